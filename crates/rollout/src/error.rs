//! Errors to exit codes: the one place.

use linkspan_command::{Exit, Failure};
use linkspan_kube::client::ClientError;
use linkspan_kube::kubeconfig::KubeConfigError;
use linkspan_kube::manifest::ManifestError;
use linkspan_report::Finding;

use crate::images::ImageLineError;
use crate::manifest::{LoadError, RenderError};

/// Why a rollout could not be done.
#[derive(Debug, thiserror::Error)]
pub enum RolloutError {
    /// Flags contradict each other or name what does not exist.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do.
        help: String,
    },
    /// An image line is malformed.
    #[error(transparent)]
    ImageLine(#[from] ImageLineError),
    /// `linkspan.yaml` cannot be read or is malformed.
    #[error(transparent)]
    Project(#[from] linkspan_project::Error),
    /// Manifests cannot be had.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Manifests were read, but cannot be used; at least one finding.
    #[error("the manifests cannot be used")]
    Manifests(Vec<Finding>),
    /// The kubeconfig cannot be used.
    #[error(transparent)]
    KubeConfig(#[from] KubeConfigError),
    /// The cluster cannot be asked.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The cluster was lost while the rollout was under way.
    #[error("{error}; {written} objects were written and are left as they are")]
    Lost {
        /// Why.
        error: ClientError,
        /// How many objects were written.
        written: usize,
    },
    /// The runtime for network calls does not start.
    #[error("the runtime for network calls does not start")]
    Runtime(#[source] std::io::Error),
}

impl From<RolloutError> for Failure {
    fn from(error: RolloutError) -> Self {
        let message = told(&error);
        match error {
            RolloutError::Usage { message, help } => Self::usage(message).help(help),
            RolloutError::ImageLine(_) => Self::usage(message),
            RolloutError::Project(linkspan_project::Error::Malformed(findings))
            | RolloutError::Manifests(findings)
            | RolloutError::Load(LoadError::Manifest(ManifestError::Malformed(findings))) => all(findings, &message),
            RolloutError::Project(linkspan_project::Error::Unreadable { .. }) => Self::input(message),
            RolloutError::Load(error) => of_loading(&error, message),
            RolloutError::KubeConfig(error) => of_kubeconfig(error, message),
            RolloutError::Client(error) => of_client(&error, message),
            RolloutError::Lost { .. } => {
                Self::unreachable(message).help("follow the rollout further with `status` and the same manifests")
            }
            RolloutError::Runtime(_) => Self::bug(message),
        }
    }
}

/// An error and what it comes from, each once.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        if !text.contains(&error.to_string()) {
            text = format!("{text}: {error}");
        }
        cause = error.source();
    }
    text
}

/// The first finding as the failure, with the others beside it.
fn all(findings: Vec<Finding>, otherwise: &str) -> Failure {
    let mut findings = findings.into_iter();
    let Some(mut first) = findings.next() else { return Failure::input(otherwise) };
    for other in findings {
        let file = other.file.unwrap_or_else(|| first.file.clone().unwrap_or_default());
        first = first.related(other.message, file, other.span);
    }
    Failure::new(Exit::Input, first)
}

fn of_loading(error: &LoadError, message: String) -> Failure {
    match error {
        LoadError::Manifest(ManifestError::Io { .. } | ManifestError::TooLarge(_) | ManifestError::Malformed(_)) => {
            Failure::input(message)
        }
        LoadError::Manifest(ManifestError::Empty(_)) => {
            Failure::input(message).help("name the files, or read folders in folders with `--recursive`")
        }
        LoadError::Render(RenderError::Missing { .. }) => {
            Failure::input(message).help("install it, or render the manifests before")
        }
        LoadError::Render(RenderError::Start { .. } | RenderError::Failed { .. }) => Failure::input(message),
        LoadError::Address(_) => Failure::refused(message),
    }
}

fn of_kubeconfig(error: KubeConfigError, message: String) -> Failure {
    match error {
        KubeConfigError::Malformed { finding, .. } => Failure::new(Exit::Input, *finding),
        KubeConfigError::Read { .. } => Failure::input(message),
        KubeConfigError::None { .. } => Failure::input(message)
            .help("name one with `--kubeconfig`, or pass its text in the variable of `--kubeconfig-content`"),
        KubeConfigError::NoContext { .. } | KubeConfigError::UnknownContext { .. } => Failure::usage(message),
        KubeConfigError::Dangling { .. } => Failure::input(message),
        KubeConfigError::Unsafe { .. } | KubeConfigError::Unsupported { .. } => Failure::refused(message),
    }
}

fn of_client(error: &ClientError, message: String) -> Failure {
    match error {
        ClientError::Unreachable { .. } | ClientError::Malformed { .. } | ClientError::Credentials { .. } => {
            Failure::unreachable(message)
        }
        ClientError::Denied { .. } => {
            Failure::unreachable(message).help("ask who runs the cluster for a role that allows it")
        }
        ClientError::ExecNotAllowed { .. } => Failure::refused(message),
        ClientError::Rejected { .. }
        | ClientError::Conflict { .. }
        | ClientError::Invalid { .. }
        | ClientError::NotFound { .. }
        | ClientError::UnknownKind { .. }
        | ClientError::Gone
        | ClientError::Status { .. } => Failure::failed(message),
    }
}
