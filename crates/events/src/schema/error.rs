use linkspan_command::Failure;
use linkspan_report::{Finding, Span};

/// Why a schema cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// The file is not there, cannot be read, or lies outside the folder that references may reach.
    #[error("the schema `{file}` {reason}")]
    Unreadable {
        /// The file, as the user knows it.
        file: String,
        /// What is the matter.
        reason: String,
    },
    /// The file is not JSON or YAML; at least one finding.
    #[error("the schema `{file}` is malformed")]
    Malformed {
        /// The file.
        file: String,
        /// What is wrong, and where.
        findings: Vec<Finding>,
    },
    /// It is a schema in a language that is not understood.
    #[error("schemas in the format `{format}` are not compared")]
    Foreign {
        /// The file.
        file: String,
        /// What the language calls itself.
        format: String,
    },
    /// It is a document, but no schema.
    #[error("{message}")]
    Invalid {
        /// The file.
        file: String,
        /// What is wrong.
        message: String,
        /// Where.
        span: Option<Span>,
    },
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::Unreadable { file, .. } | Error::Foreign { file, .. } => Self::input(message).in_file(file, None),
            Error::Malformed { findings, .. } => match findings.into_iter().next() {
                Some(finding) => Self::new(linkspan_command::Exit::Input, finding),
                None => Self::input(message),
            },
            Error::Invalid { file, span, .. } => Self::input(message).in_file(file, span),
        }
    }
}
