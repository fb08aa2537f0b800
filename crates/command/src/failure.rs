use linkspan_report::{Finding, Span};

use crate::Exit;

/// Why a command could not do its work: the exit code, and one finding that says what, where, and what to do.
///
/// Libraries have errors of their own; `From<AreaError> for Failure` is the one place where an area's errors
/// become exit codes, as a `match` without a wildcard.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// The code that the process ends with.
    pub exit: Exit,
    /// What is wrong.
    pub finding: Box<Finding>,
}

impl Failure {
    /// A failure with its finding.
    #[must_use]
    pub fn new(exit: Exit, finding: Finding) -> Self {
        Self { exit, finding: Box::new(finding) }
    }

    /// Flags, inputs or environment are wrong.
    #[must_use]
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, Finding::error("usage", message))
    }

    /// A file that the command needs is missing or malformed.
    #[must_use]
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(Exit::Input, Finding::error("input", message))
    }

    /// A peer cannot be reached or denies access.
    #[must_use]
    pub fn unreachable(message: impl Into<String>) -> Self {
        Self::new(Exit::Unreachable, Finding::error("unreachable", message))
    }

    /// It would do harm, or is not supported.
    #[must_use]
    pub fn refused(message: impl Into<String>) -> Self {
        Self::new(Exit::Refused, Finding::error("refused", message))
    }

    /// It failed, and was left as it is.
    #[must_use]
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(Exit::Failed, Finding::error("failed", message))
    }

    /// An internal error.
    #[must_use]
    pub fn bug(message: impl Into<String>) -> Self {
        Self::new(Exit::Bug, Finding::error("bug", message))
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.finding.help = Some(help.into());
        self
    }

    /// Names the file, and the place in it if known.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>, span: Option<Span>) -> Self {
        self.finding.file = Some(file.into());
        self.finding.span = span;
        self
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.finding.message)
    }
}

impl std::error::Error for Failure {}
