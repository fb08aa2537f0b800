//! What can go wrong between us and a registry, in the classes that a caller acts on.

use std::time::Duration;

use crate::credentials::CredentialError;
use crate::digest::Digest;

/// Why a registry did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be reached, answers too slowly, or is overloaded, also after several attempts.
    #[error("cannot reach `{host}`: {cause}")]
    Unreachable {
        /// Host and port.
        host: String,
        /// What happened last.
        cause: String,
        /// Whether another attempt may help.
        transient: bool,
        /// How long the registry asked to wait.
        wait: Option<Duration>,
    },
    /// It does not let us.
    #[error("`{host}` denies {request}: {said}")]
    Denied {
        /// Host and port.
        host: String,
        /// What was asked for.
        request: String,
        /// Its words, and what may help.
        said: String,
    },
    /// It has no such repository, manifest or blob.
    #[error("`{host}` has no {request}: {said}")]
    NotFound {
        /// Host and port.
        host: String,
        /// What was asked for.
        request: String,
        /// Its words.
        said: String,
    },
    /// It refuses what we sent.
    #[error("`{host}` refuses {request} with status {status}: {said}")]
    Rejected {
        /// Host and port.
        host: String,
        /// What was asked for.
        request: String,
        /// The HTTP status.
        status: u16,
        /// Its words.
        said: String,
    },
    /// Its answer breaks the protocol: wrong digest or length, no `Location`, too large.
    #[error("`{host}` gave an invalid answer to {request}: {what}")]
    Invalid {
        /// Host and port.
        host: String,
        /// What was asked for.
        request: String,
        /// What is wrong with the answer.
        what: String,
    },
    /// It sends us to an address that it must not send us to.
    #[error("`{host}` sends {request} to `{target}`, which is not followed: {why}")]
    Misdirected {
        /// Host and port.
        host: String,
        /// What was asked for.
        request: String,
        /// Host and port of the address, or the `Location` that is none.
        target: String,
        /// Why not.
        why: String,
    },
    /// The registry's name in a reference is no address.
    #[error("`{0}` is no address of a registry: the port must be between 0 and 65535")]
    Address(String),
    /// A tag is malformed.
    #[error("{0}")]
    Tag(String),
    /// Our own credentials cannot be had.
    #[error(transparent)]
    Credentials(#[from] CredentialError),
    /// The bytes to send cannot be read, or are not what their descriptor says.
    #[error("cannot read `{digest}` to send it: {cause}")]
    Source {
        /// The blob.
        digest: Digest,
        /// What its source says.
        cause: String,
    },
    /// Another part of the same push failed; this one was stopped.
    #[error("stopped, because another upload failed")]
    Stopped,
}

impl Error {
    /// Whether another attempt may help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unreachable { transient: true, .. })
    }

    /// Whether the registry says that there is no such thing.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }

    /// Whether the registry does not let us.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        matches!(self, Self::Denied { .. })
    }

    /// Whether nothing at all can be had from there: unreachable or denied (exit code 4).
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Denied { .. })
    }
}
