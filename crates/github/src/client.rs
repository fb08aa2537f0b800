use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use octocrab::Octocrab;
use octocrab::service::middleware::retry::RetryConfig;
use serde::Deserialize;

use crate::address;
use crate::deployment::{CreateBody, StatusBody};
use crate::limits::Limits;
use crate::{DeploymentId, Deployments, GitHubError, NewDeployment, Repository, Status, Token};

/// How GitHub is talked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The API's address (`GITHUB_API_URL`); `https://api.github.com` unless an enterprise has its own.
    pub api_url: String,
    /// How long one call may take, waiting for a rate limit included. A rollout does not stand still for an hour.
    pub patience: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { api_url: "https://api.github.com".to_owned(), patience: Duration::from_secs(60) }
    }
}

/// GitHub's API for one repository.
///
/// Requests that may be sent twice are: on a rate limit after the wait that GitHub asks for, on 5xx and on transport
/// errors at once. Creating is not among them: its answer unknown, the deployment is looked for first.
#[derive(Debug)]
pub struct GitHub {
    repeating: Octocrab,
    once: Octocrab,
    limits: Arc<Limits>,
    repository: Repository,
    patience: Duration,
}

/// How often a request is repeated.
const RETRIES: usize = 3;

/// How long to wait where GitHub does not say.
const MIN_WAIT: Duration = Duration::from_secs(1);

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

impl GitHub {
    /// Prepares the client; nothing is sent. Has to be called inside a tokio runtime.
    ///
    /// # Errors
    /// [`GitHubError::Address`] for a malformed address, and for plain HTTP to anything but this machine: it would
    /// show the token to everybody on the way.
    pub fn connect(options: &Options, repository: Repository, token: &Token) -> Result<Self, GitHubError> {
        address::check(&options.api_url)?;
        let limits = Arc::new(Limits::default());
        let repeating = RetryConfig::HandleRateLimits {
            metrics: limits.clone(),
            max_retries: RETRIES,
            min_wait_seconds: MIN_WAIT.as_secs(),
            retry_on_forbidden: false,
        };
        Ok(Self {
            repeating: build(options, token, repeating)?,
            once: build(options, token, RetryConfig::None)?,
            limits,
            repository,
            patience: options.patience,
        })
    }

    async fn within<T>(&self, path: &str, call: impl Future<Output = octocrab::Result<T>>) -> Result<T, GitHubError> {
        self.limits.forget();
        match tokio::time::timeout(self.patience, call).await {
            Ok(result) => result.map_err(|error| GitHubError::from_octocrab(&error, path)),
            Err(_) => Err(self.limits.late(self.patience)),
        }
    }

    /// The newest deployment that bears the key.
    async fn find(&self, deployment: &NewDeployment) -> Result<Option<DeploymentId>, GitHubError> {
        let path = format!("/repos/{}/deployments", self.repository);
        let query = [("ref", &*deployment.git_ref), ("environment", &*deployment.environment), ("per_page", "100")];
        let call = self.repeating.get::<Vec<Listed>, _, _>(&path, Some(&query));
        let listed = self.within(&path, call).await?;
        Ok(listed.into_iter().find(|one| one.has_key(&deployment.key)).map(|one| one.id))
    }

    async fn create_once(&self, deployment: &NewDeployment) -> Result<DeploymentId, GitHubError> {
        let path = format!("/repos/{}/deployments", self.repository);
        let body = CreateBody::from(deployment);
        let call = self.once.post::<_, Created>(&path, Some(&body));
        Ok(self.within(&path, call).await?.id)
    }

    /// Creates, and where that is in doubt looks first and creates again; `None` when it is worth another try.
    async fn try_create(&self, deployment: &NewDeployment, last: bool) -> Result<Option<DeploymentId>, GitHubError> {
        match self.create_once(deployment).await {
            Ok(id) => Ok(Some(id)),
            Err(error) if error.is_ambiguous() => match self.find(deployment).await {
                Ok(Some(id)) => Ok(Some(id)),
                Ok(None) if !last => Ok(None),
                _ => Err(error),
            },
            Err(GitHubError::RateLimited { retry_after })
                if !last && retry_after.is_none_or(|wait| wait < self.patience) =>
            {
                tokio::time::sleep(retry_after.unwrap_or(MIN_WAIT)).await;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

impl Deployments for GitHub {
    async fn create(&self, deployment: &NewDeployment) -> Result<DeploymentId, GitHubError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            if let Some(id) = self.try_create(deployment, attempt > RETRIES).await? {
                return Ok(id);
            }
        }
    }

    async fn add_status(&self, id: DeploymentId, status: &Status) -> Result<(), GitHubError> {
        let path = format!("/repos/{}/deployments/{id}/statuses", self.repository);
        let body = StatusBody::from(status);
        let call = self.repeating.post::<_, Created>(&path, Some(&body));
        self.within(&path, call).await?;
        Ok(())
    }
}

/// What we read of an answer that created something.
#[derive(Debug, Deserialize)]
struct Created {
    id: DeploymentId,
}

/// What we read of a listed deployment. Its payload may be text or an object, whatever others wrote.
#[derive(Debug, Deserialize)]
struct Listed {
    id: DeploymentId,
    payload: Option<serde_json::Value>,
}

impl Listed {
    fn has_key(&self, key: &str) -> bool {
        let mark = self.payload.as_ref().and_then(|payload| payload.get("linkspan"));
        mark.and_then(serde_json::Value::as_str) == Some(key)
    }
}

fn build(options: &Options, token: &Token, retry: RetryConfig) -> Result<Octocrab, GitHubError> {
    let refused =
        |error: octocrab::Error| GitHubError::Address { url: options.api_url.clone(), why: error.to_string() };
    Octocrab::builder()
        .personal_token(token.expose())
        .add_retry_config(retry)
        .set_connect_timeout(Some(CONNECT_TIMEOUT))
        .base_uri(options.api_url.trim_end_matches('/'))
        .map_err(refused)?
        .build()
        .map_err(refused)
}
