//! One instruction as the syntax has it: keyword, flags, arguments; what they mean is not yet asked.

use std::ops::Range;

use super::json::{self, Array};
use super::shell::{Empty, Lexer};
use super::words;

/// `ONBUILD` in `ONBUILD`, at most: only one level is legal, and none may be reported deeper.
const MAX_NESTING: usize = 16;

/// A value and where it stands in the joined text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Argument {
    pub(super) value: String,
    pub(super) range: Range<usize>,
}

/// `<<EOF` and what follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heredoc {
    /// The delimiter without quotes.
    pub(super) name: String,
    /// The delimiter had no quotes: variables are expanded.
    pub(super) expand: bool,
    /// `<<-`: tabs at the beginning of lines are taken off.
    pub(super) chomp: bool,
    /// The lines up to the delimiter, line ends included.
    pub(super) content: String,
}

/// An instruction's syntax.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Node {
    /// As written.
    pub(super) keyword: String,
    pub(super) keyword_range: Range<usize>,
    pub(super) flags: Vec<Argument>,
    /// `ENV` and `LABEL`: name, value and separator (`=` or nothing) by turns.
    pub(super) arguments: Vec<Argument>,
    /// The arguments were a JSON array.
    pub(super) json: bool,
    /// What `ONBUILD` holds.
    pub(super) trigger: Option<Box<Node>>,
    pub(super) heredocs: Vec<Heredoc>,
}

/// What is wrong with an instruction's syntax, and where in the joined text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SyntaxFault {
    pub(super) range: Range<usize>,
    pub(super) message: String,
    pub(super) help: &'static str,
}

impl SyntaxFault {
    pub(super) fn new(range: Range<usize>, message: impl Into<String>, help: &'static str) -> Self {
        Self { range, message: message.into(), help }
    }
}

/// Reads the instruction in `line[range]`.
pub(super) fn parse(line: &str, range: Range<usize>, escape: char) -> Result<Node, SyntaxFault> {
    nested(line, range, escape, 0)
}

fn nested(line: &str, range: Range<usize>, escape: char, depth: usize) -> Result<Node, SyntaxFault> {
    let range = words::trim(line, range);
    let keyword_end = line[range.clone()].find(words::is_space).map_or(range.end, |length| range.start + length);
    let keyword_range = range.start..keyword_end;
    let rest = words::skip_space(line, keyword_end..range.end);
    let (flags, rest) = words::flags(line, rest, escape);
    let rest = words::trim(line, rest);
    let mut node = Node { keyword: line[keyword_range.clone()].to_owned(), keyword_range, flags, ..Node::default() };
    arguments(&mut node, line, rest, escape, depth)?;
    Ok(node)
}

fn arguments(node: &mut Node, line: &str, rest: Range<usize>, escape: char, depth: usize) -> Result<(), SyntaxFault> {
    match node.keyword.to_lowercase().as_str() {
        "add" | "copy" | "volume" => {
            if !exec_form(node, line, rest.clone())? {
                node.arguments = words::split(line, rest);
            }
        }
        "expose" | "from" => node.arguments = words::split(line, rest),
        "cmd" | "entrypoint" | "run" | "shell" => maybe_exec_form(node, line, rest)?,
        "maintainer" | "stopsignal" | "user" | "workdir" => node.arguments = one(line, rest),
        "arg" => node.arguments = words::quoted(line, rest, escape),
        "env" | "label" => node.arguments = pairs(node, line, rest, escape)?,
        "healthcheck" => healthcheck(node, line, rest)?,
        "onbuild" if rest.is_empty() => {}
        "onbuild" => trigger(node, line, rest, escape, depth)?,
        // What it takes is not known.
        _ => node.arguments = vec![Argument { value: String::new(), range: rest.start..rest.start }],
    }
    Ok(())
}

fn one(line: &str, range: Range<usize>) -> Vec<Argument> {
    if range.is_empty() { Vec::new() } else { vec![Argument { value: line[range.clone()].to_owned(), range }] }
}

/// Reads a JSON array of strings; false if it is no JSON array at all.
fn exec_form(node: &mut Node, line: &str, range: Range<usize>) -> Result<bool, SyntaxFault> {
    let start = range.end - line[range.clone()].trim_start().len();
    if !line[start..range.end].starts_with('[') {
        return Ok(false);
    }
    let shift = |range: Range<usize>| range.start + start..range.end + start;
    match json::array(&line[start..range.end]) {
        Array::No => Ok(false),
        Array::Mixed(range) => Err(SyntaxFault::new(
            shift(range),
            "the array has something else than strings in it",
            "put every argument in double quotes",
        )),
        Array::Strings(items) => {
            node.json = true;
            node.arguments = items.into_iter().map(|(value, range)| Argument { value, range: shift(range) }).collect();
            Ok(true)
        }
    }
}

fn maybe_exec_form(node: &mut Node, line: &str, range: Range<usize>) -> Result<(), SyntaxFault> {
    if !range.is_empty() && !exec_form(node, line, range.clone())? {
        node.arguments = one(line, range);
    }
    Ok(())
}

/// `name=value …`, or `name value` where the first word has no `=`.
fn pairs(node: &Node, line: &str, rest: Range<usize>, escape: char) -> Result<Vec<Argument>, SyntaxFault> {
    let words = words::quoted(line, rest.clone(), escape);
    let Some(first) = words.first() else { return Ok(Vec::new()) };
    if !first.value.contains('=') {
        return legacy_pair(node, line, rest);
    }
    let mut arguments = Vec::with_capacity(words.len() * 3);
    for word in words {
        let Some((name, value)) = word.value.split_once('=') else {
            let message = format!("`{}` lacks its `=`", word.value);
            return Err(SyntaxFault::new(word.range, message, "write `name=value`, with quotes around spaces"));
        };
        let (start, end) = (word.range.start, word.range.end);
        // An escape character that was dropped at the end of the line cannot make the name shorter.
        let middle = (start + name.len()).min(end);
        arguments.push(Argument { value: name.to_owned(), range: start..middle });
        arguments.push(Argument { value: value.to_owned(), range: (middle + 1).min(end)..end });
        arguments.push(Argument { value: "=".into(), range: middle..(middle + 1).min(end) });
    }
    Ok(arguments)
}

fn legacy_pair(node: &Node, line: &str, rest: Range<usize>) -> Result<Vec<Argument>, SyntaxFault> {
    let text = &line[rest.clone()];
    let Some(length) = text.find(words::is_space) else {
        let message = format!("{} `{text}` has no value", node.keyword.to_uppercase());
        return Err(SyntaxFault::new(rest, message, "write `name=value`"));
    };
    let middle = rest.start + length;
    let value = words::skip_space(line, middle..rest.end);
    Ok(vec![
        Argument { value: text[..length].to_owned(), range: rest.start..middle },
        Argument { value: line[value.clone()].to_owned(), range: value.clone() },
        Argument { value: String::new(), range: middle..middle },
    ])
}

/// A type word, then a command in either form.
fn healthcheck(node: &mut Node, line: &str, rest: Range<usize>) -> Result<(), SyntaxFault> {
    let bytes = line.as_bytes();
    let space = |at: &usize| words::is_byte_space(bytes[*at]);
    let Some(end) = rest.clone().find(space).or(Some(rest.end)).filter(|end| *end > rest.start) else { return Ok(()) };
    let command = (end..rest.end).find(|at| !space(at)).unwrap_or(rest.end);
    let kind = Argument {
        // Bytes are taken for characters here, as in BuildKit: half a character makes no known type.
        value: String::from_utf8_lossy(&bytes[rest.start..end]).into_owned(),
        range: rest.start..words::boundary(line, end),
    };
    maybe_exec_form(node, line, words::boundary(line, command)..rest.end)?;
    node.arguments.insert(0, kind);
    Ok(())
}

fn trigger(node: &mut Node, line: &str, rest: Range<usize>, escape: char, depth: usize) -> Result<(), SyntaxFault> {
    if depth == MAX_NESTING {
        return Err(SyntaxFault::new(rest, "ONBUILD in ONBUILD is not allowed", "keep one ONBUILD"));
    }
    node.trigger = Some(Box::new(nested(line, rest, escape, depth + 1)?));
    Ok(())
}

impl Node {
    /// Whether `<<` in this instruction begins a heredoc.
    pub(super) fn takes_heredocs(&self) -> bool {
        let inner = match &self.trigger {
            Some(trigger) if self.keyword.eq_ignore_ascii_case("onbuild") => trigger,
            _ => self,
        };
        let keyword = inner.keyword.to_lowercase();
        matches!(keyword.as_str(), "add" | "copy" | "run") && !inner.json
    }
}

/// The heredocs that a line announces, without content. A line whose quotes are not closed has none.
///
/// The escape character of the words is always `\` here, as in BuildKit.
pub(super) fn announced(line: &str) -> Vec<Heredoc> {
    let lexer = Lexer { raw_quotes: true, raw_escapes: true, skip_unset: true, ..Lexer::new('\\') };
    let words = lexer.process(line, &Empty).map(|word| word.words).unwrap_or_default();
    words.iter().filter_map(|word| heredoc(word)).collect()
}

/// Reads one word as `3<<-"EOF"`; `None` if it is no heredoc.
pub(super) fn heredoc(word: &str) -> Option<Heredoc> {
    let rest = word.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("<<")?;
    let (chomp, rest) = rest.strip_prefix('-').map_or((false, rest), |rest| (true, rest));
    let rest = rest.trim_start_matches(super::directive::is_regex_space);
    if rest.is_empty() || rest.contains('<') {
        return None;
    }
    let plain = Lexer { skip_unset: true, ..Lexer::new('\\') };
    let raw = Lexer { raw_quotes: true, ..plain };
    let words = plain.process(rest, &Empty).ok()?.words;
    let [name] = words.as_slice() else { return None };
    let raw = raw.process(rest, &Empty).ok()?.words;
    let expand = quotes(name) == raw.first().map_or(0, |word| quotes(word));
    Some(Heredoc { name: name.clone(), expand, chomp, content: String::new() })
}

fn quotes(word: &str) -> usize {
    word.matches(['\'', '"']).count()
}

/// Takes the tabs off the beginning of every line.
pub(super) fn chomp(content: &str) -> String {
    content.split_inclusive('\n').map(|line| line.trim_start_matches('\t')).collect()
}
