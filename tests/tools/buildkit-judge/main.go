// Answers questions with BuildKit's and moby's own code, so that tests can compare.
//
// Standard input is a JSON list of questions, standard output the JSON list of answers.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/containerd/platforms"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
	digest "github.com/opencontainers/go-digest"
)

type question struct {
	Op         string            `json:"op"`
	Text       string            `json:"text"`
	Env        []string          `json:"env"`
	Escape     string            `json:"escape"`
	RawQuotes  bool              `json:"raw_quotes"`
	RawEscapes bool              `json:"raw_escapes"`
	SkipQuotes bool              `json:"skip_quotes"`
	SkipUnset  bool              `json:"skip_unset"`
	Paths      []string          `json:"paths"`
	Target     string            `json:"target"`
	BuildArgs  map[string]string `json:"build_args"`
	Platform   string            `json:"platform"`
	Base       json.RawMessage   `json:"base"`
}

type warning struct {
	Rule    string `json:"rule"`
	Message string `json:"message"`
	Line    int    `json:"line"`
}

type answer struct {
	Error     string          `json:"error,omitempty"`
	Result    string          `json:"result"`
	Words     []string        `json:"words,omitempty"`
	Matched   []string        `json:"matched,omitempty"`
	Unmatched []string        `json:"unmatched,omitempty"`
	Matches   []bool          `json:"matches,omitempty"`
	Lines     [][2]int        `json:"lines,omitempty"`
	Heredocs  []string        `json:"heredocs,omitempty"`
	Config    json.RawMessage `json:"config,omitempty"`
	Warnings  []warning       `json:"warnings,omitempty"`
}

func main() {
	var questions []question
	if err := json.NewDecoder(os.Stdin).Decode(&questions); err != nil {
		panic(err)
	}
	answers := make([]answer, len(questions))
	for i, q := range questions {
		answers[i] = reply(q)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		panic(err)
	}
}

func reply(q question) answer {
	switch q.Op {
	case "parse":
		return parse(q)
	case "instructions":
		return interpret(q)
	case "word":
		return word(q)
	case "ignore":
		return ignore(q)
	case "match":
		return match(q)
	case "platform":
		p, err := platforms.Parse(q.Text)
		if err != nil {
			return answer{Error: err.Error()}
		}
		return answer{Result: platforms.FormatAll(p)}
	case "syntax":
		_, line, _, _ := parser.DetectSyntax([]byte(q.Text))
		return answer{Result: line}
	case "image":
		return image(q)
	}
	return answer{Error: "unknown operation"}
}

func parse(q question) answer {
	result, err := parser.Parse(strings.NewReader(q.Text))
	if err != nil {
		return answer{Error: err.Error()}
	}
	a := answer{Result: result.AST.Dump(), Words: []string{string(result.EscapeToken)}}
	for _, child := range result.AST.Children {
		a.Lines = append(a.Lines, [2]int{child.StartLine, child.EndLine})
		for _, heredoc := range child.Heredocs {
			flags := ""
			if heredoc.Expand {
				flags += "e"
			}
			if heredoc.Chomp {
				flags += "c"
			}
			a.Heredocs = append(a.Heredocs, heredoc.Name+"|"+flags+"|"+heredoc.Content)
		}
	}
	for _, w := range result.Warnings {
		a.Warnings = append(a.Warnings, warning{Rule: "NoEmptyContinuation", Line: w.Location.Start.Line})
	}
	return a
}

func interpret(q question) answer {
	result, err := parser.Parse(strings.NewReader(q.Text))
	if err != nil {
		return answer{Error: err.Error()}
	}
	stages, args, err := instructions.Parse(result.AST, nil)
	if err != nil {
		return answer{Error: err.Error()}
	}
	names := []string{}
	for _, arg := range args {
		names = append(names, "global "+arg.Name())
	}
	for _, stage := range stages {
		names = append(names, stage.OrigCmd+" "+stage.BaseName+" "+stage.Name+" "+stage.Platform)
		for _, command := range stage.Commands {
			names = append(names, command.Name())
		}
	}
	return answer{Words: names}
}

func word(q question) answer {
	lex := shell.NewLex([]rune(q.Escape)[0])
	lex.RawQuotes = q.RawQuotes
	lex.RawEscapes = q.RawEscapes
	lex.SkipProcessQuotes = q.SkipQuotes
	lex.SkipUnsetEnv = q.SkipUnset
	env := shell.EnvsFromSlice(q.Env)
	result, err := lex.ProcessWordWithMatches(q.Text, env)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{
		Result:    result.Result,
		Words:     result.Words,
		Matched:   names(result.Matched),
		Unmatched: names(result.Unmatched),
	}
}

func names(set map[string]struct{}) []string {
	list := []string{}
	for name := range set {
		list = append(list, name)
	}
	sort.Strings(list)
	return list
}

func ignore(q question) answer {
	patterns, err := ignorefile.ReadAll(strings.NewReader(q.Text))
	if err != nil {
		return answer{Error: err.Error()}
	}
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		return answer{Error: err.Error(), Words: patterns}
	}
	a := answer{Words: patterns}
	for _, path := range q.Paths {
		path = filepath.Clean(path)
		matched, err := matcher.MatchesOrParentMatches(path)
		if err != nil {
			return answer{Error: err.Error(), Words: patterns}
		}
		a.Matches = append(a.Matches, matched && path != ".")
	}
	return a
}

func match(q question) answer {
	a := answer{}
	for _, path := range q.Paths {
		matched, err := filepath.Match(q.Text, path)
		if err != nil {
			return answer{Error: err.Error()}
		}
		a.Matches = append(a.Matches, matched)
	}
	return a
}

// everyImage is a registry in which every image has the same configuration.
type everyImage struct {
	config []byte
}

func (e everyImage) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	return ref, "", e.config, nil
}

// image converts a Dockerfile, and gives its configuration and warnings. All images that it names have one configuration.
func image(q question) answer {
	platform := platforms.MustParse(q.Platform)
	var warnings []warning
	opt := dockerfile2llb.ConvertOpt{
		Config: dockerui.Config{
			Target:    q.Target,
			BuildArgs: q.BuildArgs,
		},
		TargetPlatform: &platform,
		MetaResolver:   everyImage{q.Base},
		Warn: func(rule, _, _, message string, location []parser.Range) {
			line := 0
			if len(location) > 0 {
				line = location[0].Start.Line
			}
			warnings = append(warnings, warning{rule, message, line})
		},
	}
	result, err := dockerfile2llb.Dockerfile2LLB(context.Background(), []byte(q.Text), opt)
	if err != nil {
		return answer{Error: err.Error()}
	}
	var config bytes.Buffer
	encoder := json.NewEncoder(&config)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(result.Image); err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Config: config.Bytes(), Warnings: warnings}
}
