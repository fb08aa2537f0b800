//! From syntax to typed instructions: which arguments and flags each takes.

mod health;
mod run;
mod stage;
mod transfer;

use std::ops::Range;

use linkspan_report::Span;

use super::flags::{Flags, Takes};
use super::instruction::{CommandLine, HeredocFile, Instruction, Kind, Pair, Stage, Value};
use super::lines::Logical;
use super::node::{Argument, Heredoc, Node, SyntaxFault};
use super::suggest;
use super::text::{Joined, Text};

pub(super) use run::mount;

/// The instructions that there are.
const KEYWORDS: [&str; 18] = [
    "add",
    "arg",
    "cmd",
    "copy",
    "entrypoint",
    "env",
    "expose",
    "from",
    "healthcheck",
    "label",
    "maintainer",
    "onbuild",
    "run",
    "shell",
    "stopsignal",
    "user",
    "volume",
    "workdir",
];

/// `FROM`, or something in a stage.
pub(super) enum Item {
    Stage(Stage),
    Instruction(Instruction),
}

type Read<T> = Result<T, SyntaxFault>;

/// An instruction's syntax with the text around it.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) text: &'a Text<'a>,
    pub(super) joined: &'a Joined,
    pub(super) node: &'a Node,
    pub(super) comments: &'a [String],
    pub(super) span: Span,
    /// Everything in it has the place of the whole.
    pub(super) fixed: bool,
}

impl<'a> Context<'a> {
    pub(super) fn new(text: &'a Text<'a>, logical: &'a Logical, node: &'a Node, span: Span) -> Self {
        Self { text, joined: &logical.joined, node, comments: &logical.comments, span, fixed: false }
    }

    /// The typed instruction.
    pub(super) fn read(self) -> Read<Item> {
        if self.node.keyword.to_lowercase() == "from" {
            return stage::from(self).map(Item::Stage);
        }
        Ok(Item::Instruction(Instruction {
            keyword: self.node.keyword.clone(),
            original: self.joined.text.trim().to_owned(),
            span: self.span,
            comments: self.comments.to_vec(),
            kind: self.kind()?,
        }))
    }

    fn kind(self) -> Read<Kind> {
        match self.node.keyword.to_lowercase().as_str() {
            "add" => transfer::add(self).map(Kind::Add),
            "arg" => self.arg().map(Kind::Arg),
            "cmd" => self.flagless(self.command_line()).map(Kind::Cmd),
            "copy" => transfer::copy(self).map(Kind::Copy),
            "entrypoint" => self.flagless(self.command_line()).map(Kind::Entrypoint),
            "env" => self.flagless(()).and_then(|()| self.pairs()).map(Kind::Env),
            "expose" => self.expose().map(Kind::Expose),
            "healthcheck" => health::read(self).map(Kind::Healthcheck),
            "label" => self.flagless(()).and_then(|()| self.pairs()).map(Kind::Label),
            "maintainer" => self.flagless_one().map(|author| Kind::Maintainer(author.text)),
            "onbuild" => self.on_build().map(Kind::OnBuild),
            "run" => run::read(self).map(Kind::Run),
            "shell" => self.shell().map(Kind::Shell),
            // Its flags are not looked at.
            "stopsignal" => self.one().map(Kind::StopSignal),
            "user" => self.flagless_one().map(Kind::User),
            "volume" => self.volume().map(Kind::Volume),
            "workdir" => self.flagless_one().map(Kind::Workdir),
            _ => Err(self.unknown()),
        }
    }

    fn unknown(self) -> SyntaxFault {
        let keyword = self.node.keyword.to_lowercase();
        let suggestion = suggest::nearest(&keyword, KEYWORDS)
            .map_or(String::new(), |nearest| format!(" (did you mean `{}`?)", nearest.to_uppercase()));
        let shown: String = self.node.keyword.chars().take(64).collect();
        let message = format!("unknown instruction `{shown}`{suggestion}");
        SyntaxFault::new(
            self.node.keyword_range.clone(),
            message,
            "begin the line with an instruction, or end the line before it with the escape character",
        )
    }

    // --- what instructions have in common

    fn keyword(self) -> String {
        self.node.keyword.to_uppercase()
    }

    fn value(self, argument: &Argument) -> Value {
        Value { text: argument.value.clone(), span: self.span_of(argument.range.clone()) }
    }

    fn values(self) -> Vec<Value> {
        self.node.arguments.iter().map(|argument| self.value(argument)).collect()
    }

    pub(super) fn span_of(self, range: Range<usize>) -> Span {
        if self.fixed { self.span } else { self.text.span(self.joined.range(range)) }
    }

    fn fault(self, message: impl Into<String>, help: &'static str) -> SyntaxFault {
        let range = match (self.node.arguments.first(), self.node.arguments.last()) {
            (Some(first), Some(last)) => first.range.start..last.range.end.max(first.range.start),
            _ => self.node.keyword_range.clone(),
        };
        SyntaxFault::new(range, message, help)
    }

    fn flagless<T>(self, value: T) -> Read<T> {
        self.flags(&[]).map(|_| value)
    }

    fn flags(self, known: &[(&'static str, Takes)]) -> Read<Flags> {
        Flags::parse(self.node, known)
    }

    fn some_arguments(self) -> Read<()> {
        if self.node.arguments.is_empty() {
            return Err(self.fault(format!("{} has no argument", self.keyword()), "give at least one"));
        }
        Ok(())
    }

    fn one(self) -> Read<Value> {
        match self.node.arguments.as_slice() {
            [argument] => Ok(self.value(argument)),
            _ => Err(self.fault(format!("{} takes exactly one argument", self.keyword()), "give it one")),
        }
    }

    fn flagless_one(self) -> Read<Value> {
        self.flagless(()).and_then(|()| self.one())
    }

    /// The arguments as one command.
    fn command_line(self) -> CommandLine {
        command_line(&self.node.arguments, self.node.json)
    }

    // --- instructions that are short

    fn arg(self) -> Read<Vec<Pair>> {
        self.some_arguments()?;
        self.node.arguments.iter().map(|argument| self.arg_pair(argument)).collect()
    }

    fn arg_pair(self, argument: &Argument) -> Read<Pair> {
        let Some((name, value)) = argument.value.split_once('=') else {
            return Ok(Pair { name: self.value(argument), value: None, legacy: false });
        };
        if name.is_empty() {
            return Err(blank(argument, "ARG"));
        }
        let middle = (argument.range.start + name.len()).min(argument.range.end);
        let value_range = (middle + 1).min(argument.range.end)..argument.range.end;
        Ok(Pair {
            name: Value { text: name.to_owned(), span: self.span_of(argument.range.start..middle) },
            value: Some(Value { text: value.to_owned(), span: self.span_of(value_range) }),
            legacy: false,
        })
    }

    fn pairs(self) -> Read<Vec<Pair>> {
        self.some_arguments()?;
        let mut pairs = Vec::with_capacity(self.node.arguments.len() / 3);
        for triple in self.node.arguments.chunks_exact(3) {
            let [name, value, separator] = triple else { continue };
            if name.value.is_empty() {
                return Err(blank(name, &self.keyword()));
            }
            let legacy = separator.value.is_empty();
            pairs.push(Pair { name: self.value(name), value: Some(self.value(value)), legacy });
        }
        Ok(pairs)
    }

    fn expose(self) -> Read<Vec<Value>> {
        self.some_arguments()?;
        self.flagless(())?;
        let mut ports = self.values();
        ports.sort_by(|a, b| a.text.cmp(&b.text));
        Ok(ports)
    }

    fn shell(self) -> Read<Vec<String>> {
        self.flagless(())?;
        if !self.node.json || self.node.arguments.is_empty() {
            let help = "write it as a JSON array, for example `SHELL [\"/bin/sh\", \"-c\"]`";
            return Err(self.fault("SHELL takes a JSON array with at least one argument", help));
        }
        Ok(self.command_line().arguments)
    }

    fn volume(self) -> Read<Vec<Value>> {
        self.some_arguments()?;
        self.flagless(())?;
        let mut volumes = self.values();
        for volume in &mut volumes {
            volume.text = volume.text.trim().to_owned();
            if volume.text.is_empty() {
                return Err(self.fault("a VOLUME cannot be an empty path", "name a directory"));
            }
        }
        Ok(volumes)
    }

    fn on_build(self) -> Read<String> {
        let Some(trigger) = &self.node.trigger else {
            return Err(self.fault("ONBUILD has no instruction", "name the instruction that is to run later"));
        };
        self.flagless(())?;
        let keyword = trigger.keyword.trim().to_uppercase();
        if matches!(keyword.as_str(), "ONBUILD" | "MAINTAINER" | "FROM") {
            let message = format!("{keyword} is not allowed in ONBUILD");
            let help = "use any instruction but FROM, MAINTAINER and ONBUILD";
            return Err(SyntaxFault::new(trigger.keyword_range.clone(), message, help));
        }
        Ok(self.trigger_text())
    }

    /// The trigger as it is stored: as written, with its heredocs.
    fn trigger_text(self) -> String {
        let space = super::directive::is_regex_space;
        let line = self.joined.text.trim_start_matches(space);
        let own = line.get(..7).is_some_and(|keyword| keyword.eq_ignore_ascii_case("onbuild"));
        let mut text = if own { line[7..].trim_start_matches(space) } else { &self.joined.text }.to_owned();
        for heredoc in &self.node.heredocs {
            text.push('\n');
            text.push_str(&heredoc.content);
            text.push_str(&heredoc.name);
        }
        text
    }
}

fn blank(name: &Argument, keyword: &str) -> SyntaxFault {
    SyntaxFault::new(name.range.clone(), format!("{keyword} has a value without a name"), "write `name=value`")
}

/// A command: exec form as it is, shell form as one text.
fn command_line(arguments: &[Argument], exec: bool) -> CommandLine {
    let values = arguments.iter().map(|argument| argument.value.as_str());
    let arguments = match (exec, arguments.is_empty()) {
        (_, true) => Vec::new(),
        (true, false) => values.map(str::to_owned).collect(),
        (false, false) => vec![values.collect::<Vec<_>>().join(" ")],
    };
    CommandLine { arguments, exec }
}

fn heredoc_file(heredoc: &Heredoc) -> HeredocFile {
    HeredocFile {
        name: heredoc.name.clone(),
        content: heredoc.content.clone(),
        expand: heredoc.expand,
        chomp: heredoc.chomp,
    }
}
