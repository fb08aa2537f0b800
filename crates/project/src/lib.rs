//! What a project is: its services, contracts, manifests and environments.
//!
//! [`Manifest`] is `linkspan.yaml` as it was written; [`Project`] is what the commands act on: the file's words,
//! and the conventions where it is silent. The file is optional.

mod check;
mod discover;
mod manifest;
mod project;
mod schema;

pub use discover::{FILE_NAME, root};
pub use manifest::{
    Contracts, Drill, Effect, EnvironmentSpec, FunctionSpec, Gate, Include, Manifest, Model, OneOrMany, Policy,
    Projection, RolloutSpec, ServiceSpec, StateProbe, TypeProjection,
};
pub use project::{Environment, Error, Project, Service};
pub use schema::json_schema;
