use std::error::Error;
use std::time::Duration;

/// Why GitHub did not do what was asked. The token is in none of the texts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GitHubError {
    /// The repository's name is malformed.
    #[error("`{0}` is no repository: give it as `owner/name`")]
    Repository(String),
    /// The API's address cannot be used.
    #[error("`{url}` cannot be the address of GitHub's API: {why}")]
    Address {
        /// The address.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// The token is not accepted (401).
    #[error("GitHub does not accept the token: {0}")]
    Unauthorized(String),
    /// The token may not do it (403).
    #[error("GitHub denies access ({message}): the token needs `{permission}`, in a workflow under `permissions:`")]
    Denied {
        /// The permission that is missing, as a workflow writes it.
        permission: String,
        /// GitHub's message.
        message: String,
    },
    /// The repository or deployment is not there, or not for this token (404).
    #[error("GitHub finds nothing at `{path}`: it is not there, or the token may not see it")]
    NotFound {
        /// What was asked for.
        path: String,
    },
    /// Too many requests (429, or 403 with the limit used up), longer than was waited.
    #[error("GitHub's rate limit is used up{}", wait(*.retry_after))]
    RateLimited {
        /// How long GitHub asks to wait.
        retry_after: Option<Duration>,
    },
    /// GitHub refuses the request as it is (409, 422 and other 4xx).
    #[error("GitHub refuses the request ({status}): {message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// GitHub's message with its details.
        message: String,
    },
    /// No answer, or 5xx.
    #[error("GitHub cannot be reached: {0}")]
    Unreachable(String),
    /// An answer that cannot be understood.
    #[error("GitHub's answer cannot be understood: {0}")]
    Unexpected(String),
}

impl GitHubError {
    /// What became of the request is unknown: it may have been carried out.
    pub(crate) fn is_ambiguous(&self) -> bool {
        matches!(self, Self::Unreachable(_))
    }

    /// Translates octocrab's error about a request to `path`.
    pub(crate) fn from_octocrab(error: &octocrab::Error, path: &str) -> Self {
        match error {
            octocrab::Error::GitHub { source, .. } => from_answer(source, path),
            octocrab::Error::Service { source, .. } => Self::Unreachable(chain(&**source)),
            octocrab::Error::Hyper { source, .. } => Self::Unreachable(chain(source)),
            octocrab::Error::Json { source, .. } => Self::Unexpected(chain(source)),
            octocrab::Error::Serde { source, .. } => Self::Unexpected(chain(source)),
            octocrab::Error::InvalidHeaderValue { .. } => {
                Self::Unauthorized("it contains characters that no token has".to_owned())
            }
            octocrab::Error::Http { .. } => Self::Unauthorized("it contains characters that no token has".to_owned()),
            other => Self::Unexpected(other.source().map_or_else(|| other.to_string(), chain)),
        }
    }
}

fn from_answer(answer: &octocrab::GitHubError, path: &str) -> GitHubError {
    let message = one_line(&answer.message);
    match answer.status_code.as_u16() {
        401 => GitHubError::Unauthorized(message),
        403 | 429 if is_rate_limit(answer) => GitHubError::RateLimited { retry_after: retry_after(answer) },
        403 => GitHubError::Denied { permission: permission(answer), message },
        404 => GitHubError::NotFound { path: path.to_owned() },
        status @ 400..=499 => GitHubError::Refused { status, message: with_details(answer, message) },
        status => GitHubError::Unreachable(format!("it answers {status}: {message}")),
    }
}

fn header<'a>(answer: &'a octocrab::GitHubError, name: &str) -> Option<&'a str> {
    answer.headers.as_ref()?.get(name)?.to_str().ok()
}

/// A secondary limit comes with `retry-after`, or with its message only.
fn is_rate_limit(answer: &octocrab::GitHubError) -> bool {
    answer.status_code == 429
        || header(answer, "retry-after").is_some()
        || header(answer, "x-ratelimit-remaining") == Some("0")
        || answer.message.to_ascii_lowercase().contains("rate limit")
}

fn retry_after(answer: &octocrab::GitHubError) -> Option<Duration> {
    let seconds = header(answer, "retry-after")?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// GitHub names what it wants in a header: `deployments=write`, several with commas, alternatives with semicolons.
fn permission(answer: &octocrab::GitHubError) -> String {
    let accepted = header(answer, "x-accepted-github-permissions").filter(|text| !text.is_empty());
    let Some(accepted) = accepted else {
        return "deployments: write".to_owned();
    };
    let all = |text: &str| {
        let parts = text.split(',').map(|part| part.trim().replacen('=', ": ", 1));
        parts.collect::<Vec<_>>().join(", ")
    };
    accepted.split(';').map(all).collect::<Vec<_>>().join(" or ")
}

fn with_details(answer: &octocrab::GitHubError, message: String) -> String {
    let details = answer.errors.iter().flatten().map(ToString::to_string);
    std::iter::once(message).chain(details).collect::<Vec<_>>().join("; ")
}

/// The whole chain of causes, none of them twice.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = one_line(&error.to_string());
    let mut next = error.source();
    while let Some(cause) = next {
        let said = one_line(&cause.to_string());
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        next = cause.source();
    }
    text
}

fn one_line(text: &str) -> String {
    let text: String = text.chars().take(500).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn wait(retry_after: Option<Duration>) -> String {
    retry_after.map_or_else(String::new, |wait| format!(": try again in {} s", wait.as_secs()))
}
