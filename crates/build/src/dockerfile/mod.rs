//! Dockerfiles, read by the rules of BuildKit's Dockerfile frontend.
//!
//! Everything here is pure. The way through:
//!
//! 1. [`parse`] turns the text into a [`Dockerfile`]: directives, global `ARG`s and stages of typed instructions,
//!    each with its place; every fault is found in one pass.
//! 2. [`Graph::new`] expands the `FROM` lines, finds the stages that the target needs and the images that they
//!    start from ([`Graph::missing_bases`]).
//! 3. The caller loads those images' configurations and gives them back ([`Graph::set_base`]); their `ONBUILD`
//!    triggers may need further stages.
//! 4. [`Graph::resolve_next`] expands one stage after the other, in build order, into [`ResolvedStage`]s.

mod check;
mod directive;
mod fault;
mod flags;
mod instruction;
mod json;
mod lines;
mod lint;
mod node;
mod parse;
mod platform;
mod read;
mod remote;
mod resolve;
pub mod shell;
mod step;
mod suggest;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod text;
mod words;

pub use directive::{Directive, Directives};
pub use fault::{Fault, Faults, Warning};
pub use instruction::{
    CommandLine, Dockerfile, HeredocFile, Instruction, Kind, Pair, RunCommand, Stage, Transfer, Value,
};
pub use parse::parse;
pub use platform::{Platform, PlatformError};
pub use resolve::Graph;
pub use step::{
    Add, Base, BaseImage, Chmod, Copy, Healthcheck, InlineFile, Mount, MountKind, ResolvedStage, Run, Source, Step,
    StepKind,
};

use std::collections::BTreeMap;

use linkspan_report::Span;

/// What a build is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// `--target`: a stage's name, in any case; `None`: the last stage.
    pub target: Option<String>,
    /// `--build-arg`.
    pub build_args: BTreeMap<String, String>,
    /// The platform that is built for.
    pub platform: Platform,
    /// The platform of the machine that builds (`BUILDPLATFORM`).
    pub build_platform: Platform,
}

/// A stage's `FROM`, expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageHead {
    /// The lower-case name of `AS`.
    pub name: Option<String>,
    /// Where it starts.
    pub base: Base,
    /// The `FROM` instruction.
    pub span: Span,
}

/// Whether a source of `ADD` is not in the build context: a download or a Git repository.
#[must_use]
pub fn is_remote(source: &str) -> bool {
    remote::kind(source) != remote::Remote::No
}
