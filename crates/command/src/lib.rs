//! What every command line shares.
//!
//! `flags or environment → Args → Plan → effects → Report`: this crate reads the flags and the environment layer,
//! hands a command its [`Context`], and turns the [`Report`](linkspan_report::Report) or [`Failure`] that comes
//! back into output and an [`Exit`].
//!
//! A command is a [`Leaf`]: a struct of flags and a function. A [`Program`] is a set of leaves, alone or in
//! groups. The same leaf serves `linkspan-events validate` and `linkspan events validate`, the generated
//! reference and the generated `action.yml`.

mod context;
mod environment;
mod exit;
mod failure;
mod finish;
mod leaf;
mod output;
mod program;
mod progress;
mod secret;
mod usage;

pub use context::{Context, Environment};
pub use environment::{flag_name, variable, with_environment};
pub use exit::Exit;
pub use failure::Failure;
pub use leaf::{Group, Leaf, Output};
pub use output::{Color, OutputArgs};
pub use program::Program;
pub use progress::{Progress, ProgressMode, Task};
pub use secret::Secret;
