//! A Dockerfile's parts, typed, before any variable is expanded.

use linkspan_report::Span;

use super::directive::Directives;
use super::fault::Warning;
use super::lint::Lint;
use super::step::Healthcheck;

/// A Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dockerfile {
    /// The parser directives at its top.
    pub directives: Directives,
    /// The `ARG`s before the first `FROM`.
    pub global_args: Vec<Instruction>,
    /// Never empty.
    pub stages: Vec<Stage>,
    /// What the checks that need no expansion found.
    pub warnings: Vec<Warning>,
    /// Which checks are wanted.
    pub(super) lint: Lint,
}

/// One `FROM` and what follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// `FROM` as written.
    pub keyword: String,
    /// What it starts from, not expanded.
    pub base: Value,
    /// `--platform`, not expanded.
    pub platform: Option<Value>,
    /// The name of `AS`, in lower case.
    pub name: Option<String>,
    /// What the comment above says of the stage.
    pub description: Option<String>,
    /// The instruction as written, continuation lines joined.
    pub original: String,
    /// The `FROM` instruction.
    pub span: Span,
    /// The comment lines right above.
    pub comments: Vec<String>,
    /// What follows, up to the next `FROM`.
    pub instructions: Vec<Instruction>,
}

/// One instruction other than `FROM`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// The keyword as written.
    pub keyword: String,
    /// The instruction as written, continuation lines joined, without heredocs.
    pub original: String,
    /// From the keyword to the end, heredocs included.
    pub span: Span,
    /// The comment lines right above.
    pub comments: Vec<String>,
    /// What it says.
    pub kind: Kind,
}

/// A text and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// As written.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// A name with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The name.
    pub name: Value,
    /// The value; `None` for an `ARG` without `=`.
    pub value: Option<Value>,
    /// Written `name value`, without `=`.
    pub legacy: bool,
}

/// A command in shell form (one argument) or exec form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLine {
    /// The arguments as written.
    pub arguments: Vec<String>,
    /// Exec form: a JSON array.
    pub exec: bool,
}

/// What the instructions say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `ADD`.
    Add(Transfer),
    /// `ARG`.
    Arg(Vec<Pair>),
    /// `CMD`.
    Cmd(CommandLine),
    /// `COPY`.
    Copy(Transfer),
    /// `ENTRYPOINT`.
    Entrypoint(CommandLine),
    /// `ENV`.
    Env(Vec<Pair>),
    /// `EXPOSE`, sorted as text.
    Expose(Vec<Value>),
    /// `HEALTHCHECK`.
    Healthcheck(Healthcheck),
    /// `LABEL`.
    Label(Vec<Pair>),
    /// `MAINTAINER`.
    Maintainer(String),
    /// `ONBUILD`: the trigger with its heredocs.
    OnBuild(String),
    /// `RUN`.
    Run(RunCommand),
    /// `SHELL`.
    Shell(Vec<String>),
    /// `STOPSIGNAL`.
    StopSignal(Value),
    /// `USER`.
    User(Value),
    /// `VOLUME`.
    Volume(Vec<Value>),
    /// `WORKDIR`.
    Workdir(Value),
}

/// `COPY` or `ADD`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transfer {
    /// `--from` (`COPY` only); empty counts as not given.
    pub from: Option<Value>,
    /// Paths, globs and URLs.
    pub sources: Vec<Value>,
    /// Inline files.
    pub heredocs: Vec<HeredocFile>,
    /// The last argument.
    pub destination: Option<Value>,
    /// `--chown`.
    pub chown: Option<Value>,
    /// `--chmod`.
    pub chmod: Option<Value>,
    /// `--link`.
    pub link: bool,
    /// `--parents` (`COPY` only).
    pub parents: bool,
    /// `--exclude`.
    pub exclude: Vec<String>,
    /// `--checksum` (`ADD` only).
    pub checksum: Option<Value>,
    /// `--keep-git-dir` (`ADD` only).
    pub keep_git_dir: Option<bool>,
    /// `--unpack` (`ADD` only).
    pub unpack: Option<bool>,
}

/// A heredoc as a file, or as part of a `RUN`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeredocFile {
    /// The delimiter without quotes.
    pub name: String,
    /// The lines; for `COPY` and `ADD` without the tabs of `<<-`.
    pub content: String,
    /// Variables are expanded.
    pub expand: bool,
    /// It was written `<<-`.
    pub chomp: bool,
}

/// `RUN`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunCommand {
    /// The command.
    pub command: CommandLine,
    /// The heredocs behind it.
    pub heredocs: Vec<HeredocFile>,
    /// `--mount`, not expanded.
    pub mounts: Vec<Value>,
    /// `--network`.
    pub network: String,
    /// `--security`.
    pub security: String,
    /// `--device`.
    pub devices: Vec<String>,
}
