use std::fmt;

use serde::{Deserialize, Serialize};

use crate::GitHubError;

/// The longest description of a status, in characters.
pub const DESCRIPTION_LIMIT: usize = 140;

/// A deployment's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(transparent)]
pub struct DeploymentId(pub u64);

impl fmt::Display for DeploymentId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A deployment to be created.
///
/// It never merges (`auto_merge` is false) and waits for no checks (`required_contexts` is empty): whoever rolls out
/// has decided that already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeployment {
    /// What is deployed: a commit, better than a branch or tag, which move.
    pub git_ref: String,
    /// The environment's name.
    pub environment: String,
    /// What people read on the page of deployments; cut at 140 characters.
    pub description: String,
    /// Whether people use this environment directly; GitHub takes `production` for one when this is `None`.
    pub production: Option<bool>,
    /// Whether the environment will go away again, as one per pull request does.
    pub transient: bool,
    /// What makes this rollout this one, such as the run's number and attempt: creating twice with one key gives
    /// one deployment.
    pub key: String,
}

/// How a deployment goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It waits.
    Queued,
    /// It is under way.
    InProgress,
    /// It worked. GitHub marks the environment's earlier ones inactive.
    Success,
    /// It ran, and what it brought did not work.
    Failure,
    /// It could not run.
    Error,
    /// It is gone, or another took its place.
    Inactive,
}

/// One status of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// How it goes.
    pub state: State,
    /// One line for people; cut at 140 characters.
    pub description: String,
    /// The page with the log.
    pub log_url: Option<String>,
    /// The page of what was deployed.
    pub environment_url: Option<String>,
}

/// Deployments of one repository.
#[expect(async_fn_in_trait, reason = "one thread runs it: no future has to be sent to another")]
pub trait Deployments {
    /// Creates a deployment, or finds the one that was created before with the same key.
    ///
    /// # Errors
    /// [`GitHubError`].
    async fn create(&self, deployment: &NewDeployment) -> Result<DeploymentId, GitHubError>;

    /// Adds a status to a deployment.
    ///
    /// # Errors
    /// [`GitHubError`].
    async fn add_status(&self, id: DeploymentId, status: &Status) -> Result<(), GitHubError>;
}

/// The request that creates a deployment.
#[derive(Debug, Serialize)]
pub(crate) struct CreateBody<'a> {
    #[serde(rename = "ref")]
    git_ref: &'a str,
    environment: &'a str,
    description: String,
    auto_merge: bool,
    required_contexts: [&'static str; 0],
    transient_environment: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    production_environment: Option<bool>,
    payload: Payload<'a>,
}

/// Our mark on a deployment.
#[derive(Debug, Serialize)]
struct Payload<'a> {
    linkspan: &'a str,
}

impl<'a> From<&'a NewDeployment> for CreateBody<'a> {
    fn from(deployment: &'a NewDeployment) -> Self {
        Self {
            git_ref: &deployment.git_ref,
            environment: &deployment.environment,
            description: short(&deployment.description),
            auto_merge: false,
            required_contexts: [],
            transient_environment: deployment.transient,
            production_environment: deployment.production,
            payload: Payload { linkspan: &deployment.key },
        }
    }
}

/// The request that adds a status.
#[derive(Debug, Serialize)]
pub(crate) struct StatusBody<'a> {
    state: State,
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment_url: Option<&'a str>,
}

impl<'a> From<&'a Status> for StatusBody<'a> {
    fn from(status: &'a Status) -> Self {
        Self {
            state: status.state,
            description: short(&status.description),
            log_url: status.log_url.as_deref(),
            environment_url: status.environment_url.as_deref(),
        }
    }
}

/// At most [`DESCRIPTION_LIMIT`] characters, on one line.
fn short(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= DESCRIPTION_LIMIT {
        return text;
    }
    let kept: String = text.chars().take(DESCRIPTION_LIMIT - 1).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::{DESCRIPTION_LIMIT, short};

    #[test]
    fn descriptions_are_short_and_on_one_line() {
        assert_eq!(short("3 of 3\n  ready"), "3 of 3 ready");
        let exact = "é".repeat(DESCRIPTION_LIMIT);
        assert_eq!(short(&exact), exact);
        let cut = short(&format!("{exact}x"));
        assert_eq!(cut.chars().count(), DESCRIPTION_LIMIT);
        assert!(cut.ends_with("é…"));
    }
}
