//! The GitHub API, as far as a rollout needs it: a deployment and its statuses.
//!
//! [`Deployments`] is the narrow trait; [`GitHub`] implements it on octocrab. [`Record`] puts the two calls around a
//! rollout: it creates the deployment and says how it goes.
//!
//! A job with `environment:` already gets a deployment from GitHub by itself: callers ask for this one only on demand.

mod address;
mod client;
mod deployment;
mod error;
mod limits;
mod record;
mod repository;
mod token;

pub use client::{GitHub, Options};
pub use deployment::{DESCRIPTION_LIMIT, DeploymentId, Deployments, NewDeployment, State, Status};
pub use error::GitHubError;
pub use record::{Links, Record};
pub use repository::Repository;
pub use token::Token;
