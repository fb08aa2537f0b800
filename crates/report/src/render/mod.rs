//! From a [`Report`] to what was asked for: one file per renderer.

mod github;
mod json;
mod junit;
mod markdown;
mod ndjson;
mod sarif;
mod sources;
mod text;

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

pub use github::github;
pub use json::schema;
pub use sources::{FileSources, NoSources, Sources};

use crate::{Counts, Report};

/// What a report can be written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// For a terminal, with source frames.
    Text,
    /// One JSON document.
    Json,
    /// One finding a line, then a last line that sums up.
    Ndjson,
    /// SARIF 2.1.0.
    Sarif,
    /// JUnit's XML.
    Junit,
    /// For a pull request or a step summary.
    Markdown,
}

impl Format {
    /// All formats, in the order in which help shows them.
    pub const ALL: [Self; 6] = [Self::Text, Self::Json, Self::Ndjson, Self::Sarif, Self::Junit, Self::Markdown];

    /// The name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
        }
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.into_iter().map(Self::name).collect();
            format!("`{name}` is none of {}", names.join(", "))
        })
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// How a report is written.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Whether colours are used (text only).
    pub color: bool,
}

/// Writes a report in a format.
///
/// # Errors
///
/// The sink's.
pub fn render(
    report: &Report,
    format: Format,
    options: &Options,
    sources: &dyn Sources,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Text => text::write(report, options, sources, out),
        Format::Json => json::write(report, out),
        Format::Ndjson => ndjson::write(report, out),
        Format::Sarif => sarif::write(report, out),
        Format::Junit => junit::write(report, out),
        Format::Markdown => out.write_all(markdown::markdown(report).as_bytes()),
    }
}

/// The counts for people: `2 errors, 1 warning, 7 not shown`; `None` where there is nothing to count.
fn counted(counts: Counts) -> Option<String> {
    let plural = |count: usize, name: &str| match count {
        0 => None,
        1 => Some(format!("1 {name}")),
        _ => Some(format!("{count} {name}s")),
    };
    let hidden = (counts.not_shown > 0).then(|| format!("{} not shown", counts.not_shown));
    let parts =
        [plural(counts.error, "error"), plural(counts.warning, "warning"), plural(counts.notice, "notice"), hidden];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

#[cfg(test)]
mod tests;
