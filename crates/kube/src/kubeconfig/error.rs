use std::io;
use std::path::PathBuf;

use linkspan_report::{Finding, Span};

/// Why a kubeconfig cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KubeConfigError {
    /// A file cannot be read.
    #[error("cannot read kubeconfig `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file's text is malformed.
    #[error("kubeconfig `{file}` is malformed: {}", finding.message)]
    Malformed {
        /// The file, or where else the text came from.
        file: String,
        /// What is wrong, and where.
        finding: Box<Finding>,
    },
    /// There is no kubeconfig at all.
    #[error("no kubeconfig found: looked at {looked_at}")]
    None {
        /// Where it was looked for.
        looked_at: String,
    },
    /// No context is chosen.
    #[error("the kubeconfig has no current context: choose one with `--kube-context` ({})", known(.contexts))]
    NoContext {
        /// The contexts that exist.
        contexts: Vec<String>,
    },
    /// The chosen context does not exist.
    #[error("the kubeconfig has no context `{name}` ({})", known(.contexts))]
    UnknownContext {
        /// The context asked for.
        name: String,
        /// The contexts that exist.
        contexts: Vec<String>,
    },
    /// The context names a cluster or a user that does not exist.
    #[error("context `{context}` names the {what} `{name}`, which the kubeconfig does not have")]
    Dangling {
        /// The context.
        context: String,
        /// `cluster` or `user`.
        what: &'static str,
        /// The missing name.
        name: String,
    },
    /// It would be used, but is not safe.
    #[error("{what}")]
    Unsafe {
        /// What is unsafe, and what to do.
        what: String,
    },
    /// It needs what is not supported.
    #[error("{what}")]
    Unsupported {
        /// What is not supported, and what to do.
        what: String,
    },
}

impl KubeConfigError {
    /// A malformed text, at a place.
    pub(crate) fn malformed(file: &str, message: impl Into<String>, span: Span) -> Self {
        let finding = Finding::error("kubeconfig", message).in_file(file).at(span);
        Self::Malformed { file: file.to_owned(), finding: Box::new(finding) }
    }
}

fn known(contexts: &[String]) -> String {
    match contexts {
        [] => "it has no contexts".to_owned(),
        names => format!("it has {}", names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")),
    }
}
