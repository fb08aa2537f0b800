//! The GitHub runner's contract: what a process says to the runner, and how the runner reads it.
//!
//! A process talks to the runner in two ways. *File commands* are appended to files that the runner names in the
//! environment: outputs, variables, state, `PATH`, the step summary, artifacts. *Workflow commands* are lines on
//! standard output or standard error: annotations, masks, groups, debug lines, and the fence that stops all of them.
//!
//! - [`Runner`] is the environment as a value; it is the only reader of `GITHUB_*` and `RUNNER_*`.
//! - [`Step`] is a running step: its masks go out before anything else, and what it writes is escaped, counted and
//!   cut to the runner's limits.
//! - The rest are the pure parts: [`Command`], [`Annotation`], [`budget`], [`summary`], [`file`], [`Fence`].
//! - [`grammar`] reads what was written, as the runner and as `act` do; tests use it.
//!
//! The rules are those of `actions/runner` (`FileCommandManager`, `ActionCommandManager`, `ActionCommand`).

mod annotation;
pub mod budget;
mod command;
mod escape;
mod fence;
pub mod file;
pub mod grammar;
mod mask;
mod runner;
mod step;
pub mod summary;
mod token;

pub use annotation::{Annotation, Level, MESSAGE_LIMIT, Position};
pub use command::Command;
pub use escape::neutralise;
pub use fence::{Fence, Fenced};
pub use mask::Masks;
pub use runner::{Engine, Files, Runner};
pub use step::{Step, StepError};
pub use token::{Token, TokenError};
