use crate::{DeploymentId, Deployments, GitHubError, NewDeployment, State, Status};

/// The pages that a deployment's statuses lead to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// The workflow's run.
    pub log: Option<String>,
    /// What was deployed.
    pub environment: Option<String>,
}

/// A rollout as people see it on GitHub: one deployment, and how it goes.
#[derive(Debug)]
pub struct Record<D: Deployments> {
    deployments: D,
    id: DeploymentId,
    links: Links,
}

impl<D: Deployments> Record<D> {
    /// Creates the deployment and says that it waits.
    ///
    /// # Errors
    /// [`GitHubError`].
    pub async fn begin(deployments: D, new: &NewDeployment, links: Links) -> Result<Self, GitHubError> {
        let id = deployments.create(new).await?;
        let record = Self { deployments, id, links };
        record.say(State::Queued, &new.description).await?;
        Ok(record)
    }

    /// The deployment's number.
    #[must_use]
    pub fn id(&self) -> DeploymentId {
        self.id
    }

    /// Says how it goes.
    ///
    /// # Errors
    /// [`GitHubError`].
    pub async fn say(&self, state: State, description: &str) -> Result<(), GitHubError> {
        let status = Status {
            state,
            description: description.to_owned(),
            log_url: self.links.log.clone(),
            environment_url: self.links.environment.clone(),
        };
        self.deployments.add_status(self.id, &status).await
    }
}
