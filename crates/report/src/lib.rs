//! What a command found and did, as one value, and its renderings.
//!
//! A command collects [`Finding`]s in [`Findings`], puts them with its own result into a [`Report`], and a
//! renderer turns that into what was asked for. No renderer decides anything.

mod finding;
mod findings;
mod outcome;
mod printable;
mod render;
mod report;
mod span;

pub use finding::{Finding, Related, Severity};
pub use findings::{Counts, DEFAULT_MAX_FINDINGS, Findings};
pub use outcome::Outcome;
pub use printable::{printable, printable_line};
pub use render::{FileSources, Format, NoSources, Options, Sources, github, render, schema};
pub use report::{Report, SCHEMA};
pub use span::{Position, Span};
