//! Who we are for a registry: from Docker's `config.json`, podman's `auth.json`, and the
//! credential helpers that they name.

mod config;
mod helper;

use std::path::PathBuf;
use std::time::Duration;

use crate::reference::Repository;
use crate::secret::Secret;

pub use config::ConfigFiles;

/// What to show to a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// Nothing.
    Anonymous,
    /// A user name and a password (or an access token in its place).
    Basic {
        /// The user name.
        user: String,
        /// The password.
        password: Secret,
    },
    /// An identity token: exchanged for an access token as an OAuth2 refresh token.
    Identity(Secret),
    /// An access token that the registry takes as it is.
    Bearer(Secret),
}

impl Credential {
    /// What a helper or file gave: the user name `<token>` marks an identity token (the
    /// docker-credential-helpers protocol).
    fn from_pair(user: &str, secret: &str) -> Self {
        if user == "<token>" {
            return Self::Identity(Secret::new(secret));
        }
        Self::Basic { user: user.to_owned(), password: Secret::new(secret) }
    }
}

/// Why credentials could not be had. No text has a secret in it.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// A file is there, but cannot be read.
    #[error("cannot read `{path}`: {cause}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// A file is not what `docker login` or `podman login` writes.
    #[error("malformed `{path}` at line {line}, column {column}: it is not what `docker login` writes")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// The `auth` of an entry is not `user:password` in base64.
    #[error("`auths.{key}.auth` in `{path}` is not `user:password` in base64: log in again with `docker login`")]
    Auth {
        /// The file.
        path: PathBuf,
        /// The entry.
        key: String,
    },
    /// A helper's name cannot be one.
    #[error(
        "`{name}` in `{path}` cannot be the name of a credential helper: only letters, digits, `.`, `_` and `-` are allowed"
    )]
    HelperName {
        /// The file.
        path: PathBuf,
        /// The name.
        name: String,
    },
    /// A helper could not be started.
    #[error("cannot run `{program}`, which `{path}` asks for: {cause}; install it or log in again with `docker login`")]
    HelperStart {
        /// `docker-credential-…`.
        program: String,
        /// The file that names it.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// A helper failed.
    #[error("`{program} get` failed for `{server}`: {said}")]
    HelperFailed {
        /// `docker-credential-…`.
        program: String,
        /// The server it was asked for.
        server: String,
        /// Its last words, or its exit status.
        said: String,
    },
    /// A helper did not end in time.
    #[error("`{program} get` for `{server}` did not end within {} s: does it wait for a terminal?", .limit.as_secs())]
    HelperTimeout {
        /// `docker-credential-…`.
        program: String,
        /// The server it was asked for.
        server: String,
        /// How long was waited.
        limit: Duration,
    },
}

/// Where credentials come from.
pub trait Credentials: Send + Sync {
    /// What to show for a repository.
    ///
    /// # Errors
    /// If a source is there, but broken; an absent one means [`Credential::Anonymous`].
    fn find(&self, repository: &Repository) -> Result<Credential, CredentialError>;
}

impl Credentials for Credential {
    /// The same for every registry.
    fn find(&self, _: &Repository) -> Result<Credential, CredentialError> {
        Ok(self.clone())
    }
}
