//! What is wrong with a Dockerfile, and what is only unwise.

use std::fmt;

use linkspan_report::Span;

/// One thing that makes a Dockerfile unusable, with its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {}, column {}: {message}", span.start.line, span.start.column)]
pub struct Fault {
    /// Where.
    pub span: Span,
    /// What is wrong, values in backticks.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Fault {
    /// A fault at a place.
    #[must_use]
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), help: None }
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The faults of a Dockerfile, in the order of their lines; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self(vec![fault])
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(formatter, "{separator}{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

/// Something that builds, but is unwise: one of BuildKit's build checks, under its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The rule's name, for instance `StageNameCasing`.
    pub rule: &'static str,
    /// Where.
    pub span: Span,
    /// What is unwise, as BuildKit says it.
    pub message: String,
}
