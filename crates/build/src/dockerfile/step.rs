//! What an assembler sees: stages whose instructions have been expanded. It needs to know nothing of words.

use std::time::Duration;

use linkspan_report::Span;

use super::Platform;

/// Where a stage starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// `FROM scratch`: nothing.
    Scratch,
    /// An image of a registry (or a named context that takes its place).
    Image {
        /// The reference as expanded, not normalised.
        reference: String,
        /// `--platform`, where given; else the target platform holds.
        platform: Option<Platform>,
    },
    /// An earlier stage, by its index.
    Stage(usize),
}

/// Where the files of a `COPY` come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The build context.
    Context,
    /// An earlier stage, by its index.
    Stage(usize),
    /// `--from` names no stage: a named context of that name if there is one, else an image reference.
    Named(String),
}

/// What an image gives to the stages that start from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BaseImage {
    /// `Config.Env` in its order, split at the first `=`.
    pub env: Vec<(String, String)>,
    /// `Config.WorkingDir`; empty where it has none.
    pub working_dir: String,
    /// `Config.User`; empty where it has none.
    pub user: String,
    /// `Config.Shell`; empty where it has none.
    pub shell: Vec<String>,
    /// `Config.OnBuild`: instructions that run right after `FROM`.
    pub on_build: Vec<String>,
    /// The operating system: `linux`, `windows`; empty is `linux`.
    pub os: String,
}

/// A stage with its instructions expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedStage {
    /// Counts from 0 in the order of the file.
    pub index: usize,
    /// The lower-case name of `AS`.
    pub name: Option<String>,
    /// Where it starts.
    pub base: Base,
    /// The `FROM` instruction.
    pub span: Span,
    /// The triggers of the base first, then the stage's own instructions.
    pub steps: Vec<Step>,
    /// Nothing in the base's and the stage's environment had a `PATH`: the default one is added to `Config.Env`
    /// first (as BuildKit does, except on Windows).
    pub default_path: bool,
}

/// One instruction, expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where it stands; for a trigger of the base image the `FROM` that brought it.
    pub span: Span,
    /// The instruction as written, continuation lines joined.
    pub original: String,
    /// `created_by` of the history entry, as BuildKit prints it; `None` where it writes no entry (`ONBUILD`).
    pub created_by: Option<String>,
    /// The history entry belongs to a layer.
    pub layer: bool,
    /// It came from an `ONBUILD` of the base.
    pub on_build: bool,
    /// The directory that holds for this step, absolute (after it, for `WORKDIR`).
    pub working_dir: String,
    /// The user that holds for this step; empty where none was set (after it, for `USER`).
    pub user: String,
    /// What it does.
    pub kind: StepKind,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// `ADD`.
    Add(Add),
    /// `ARG`: the names with the values that hold; no trace in the configuration except in `RUN`.
    Arg(Vec<(String, Option<String>)>),
    /// `CMD`: the final arguments, with the shell in front for the shell form.
    Cmd(Vec<String>),
    /// `COPY`.
    Copy(Copy),
    /// `ENTRYPOINT`: as `Cmd`. Clears `Cmd` unless this stage has set it before.
    Entrypoint(Vec<String>),
    /// `ENV`: names and values in order.
    Env(Vec<(String, String)>),
    /// `EXPOSE`: `80/tcp`, ranges taken apart, in the order written.
    Expose(Vec<String>),
    /// `HEALTHCHECK`.
    Healthcheck(Healthcheck),
    /// `LABEL`: names and values in order.
    Label(Vec<(String, String)>),
    /// `MAINTAINER`: the author.
    Maintainer(String),
    /// `ONBUILD`: recorded, not run.
    OnBuild(String),
    /// `RUN`.
    Run(Run),
    /// `SHELL`.
    Shell(Vec<String>),
    /// `STOPSIGNAL`: checked, as written.
    StopSignal(String),
    /// `USER`, verbatim.
    User(String),
    /// `VOLUME`: paths as written.
    Volume(Vec<String>),
    /// `WORKDIR`: absolute and clean.
    Workdir(String),
}

/// `COPY`, expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// Where the files come from.
    pub from: Source,
    /// Paths and globs as expanded, without the inline files.
    pub sources: Vec<String>,
    /// Inline files, copied after the sources.
    pub heredocs: Vec<InlineFile>,
    /// As written (expanded): may be relative, may end in `/`.
    pub destination: String,
    /// The destination joined to the working directory, a trailing `/` or `/.` kept (BuildKit's `NormalizePath`).
    pub target: String,
    /// `--chown`, not empty.
    pub chown: Option<String>,
    /// `--chmod`, checked.
    pub chmod: Option<Chmod>,
    /// `--link`.
    pub link: bool,
    /// `--parents`.
    pub parents: bool,
    /// `--exclude`, in order; not expanded (as BuildKit).
    pub exclude: Vec<String>,
}

/// `ADD`, expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Add {
    /// Paths, globs and URLs as expanded, without the inline files.
    pub sources: Vec<String>,
    /// Inline files, copied after the sources.
    pub heredocs: Vec<InlineFile>,
    /// As [`Copy::destination`].
    pub destination: String,
    /// As [`Copy::target`].
    pub target: String,
    /// `--chown`, not empty.
    pub chown: Option<String>,
    /// `--chmod`, checked.
    pub chmod: Option<Chmod>,
    /// `--link`.
    pub link: bool,
    /// `--exclude`, in order.
    pub exclude: Vec<String>,
    /// `--checksum`, not empty.
    pub checksum: Option<String>,
    /// `--keep-git-dir`, where given.
    pub keep_git_dir: Option<bool>,
    /// `--unpack`, where given: else local archives are unpacked and downloads are not.
    pub unpack: Option<bool>,
}

impl Add {
    /// The sources that are not in the build context: `http(s)://…`, `git@…`, `….git`.
    pub fn remote(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().map(String::as_str).filter(|source| super::is_remote(source))
    }
}

/// A mode for the copied files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chmod {
    /// `0..=0o7777`.
    Octal(u32),
    /// Symbolic, for instance `u=rwX,go=rX`; its syntax is right.
    Symbolic(String),
}

/// A file whose content stands in the Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlineFile {
    /// The delimiter, which is also the file's name.
    pub name: String,
    /// The content, expanded unless the delimiter was quoted, tabs taken off for `<<-`.
    pub content: String,
}

/// `RUN`, as far as an assembler without an executor needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The final arguments, with the shell in front for the shell form; a heredoc is put in.
    pub arguments: Vec<String>,
    /// A single heredoc that begins with `#!`: it is run as a file of this name and content.
    pub script: Option<InlineFile>,
    /// `--mount`, expanded and checked.
    pub mounts: Vec<Mount>,
    /// `--network`: `default`, `none` or `host`.
    pub network: String,
    /// `--security`: `sandbox` or `insecure`.
    pub security: String,
    /// `--device`, as written.
    pub devices: Vec<String>,
    /// The environment that the command sees, `ARG`s included, in the order in which it was set.
    pub env: Vec<(String, String)>,
}

/// What kind of mount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MountKind {
    /// Files of the context, a stage or an image.
    Bind,
    /// A directory that outlives the build.
    Cache,
    /// Memory.
    Tmpfs,
    /// A secret, as a file or variable.
    Secret,
    /// An SSH agent's socket.
    Ssh,
}

/// One `--mount` of a `RUN`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// `type=`.
    pub kind: MountKind,
    /// `from=`; `None`: the context (bind), nothing (others).
    pub from: Option<Source>,
    /// `source=`.
    pub source: String,
    /// `target=`.
    pub target: String,
    /// Whether it cannot be written.
    pub read_only: bool,
    /// `id=`.
    pub id: String,
    /// `sharing=`; empty where not given.
    pub sharing: String,
    /// `required=`.
    pub required: bool,
    /// `size=` in bytes, 0 where not given.
    pub size: i64,
    /// `env=`.
    pub env: Option<String>,
    /// `mode=`.
    pub mode: Option<u32>,
    /// `uid=`.
    pub uid: Option<u32>,
    /// `gid=`.
    pub gid: Option<u32>,
}

/// `HEALTHCHECK`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Healthcheck {
    /// `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", …]`.
    pub test: Vec<String>,
    /// `--interval`; zero where not given.
    pub interval: Duration,
    /// `--timeout`; zero where not given.
    pub timeout: Duration,
    /// `--start-period`; zero where not given.
    pub start_period: Duration,
    /// `--start-interval`; zero where not given.
    pub start_interval: Duration,
    /// `--retries`; zero where not given.
    pub retries: u32,
}
