//! What a project is: its services, contracts, manifests and environments.
//!
//! [`Manifest`] is `linkspan.yaml` as it was written; [`Project`] is what the commands act on: the file's words,
//! and the conventions where it is silent. The file is optional.

mod check;
mod discover;
mod lock;
mod manifest;
mod project;
mod projection;
mod schema;
mod waivers;

pub use discover::{FILE_NAME, root};
pub use lock::{Commit, LOCK_NAME, Lock, REMOTES, Remote};
pub use manifest::{
    Compatibility, Contracts, Drill, Effect, EnvironmentSpec, FunctionSpec, Gate, Include, Level, Manifest, Model,
    OneOrMany, Policy, Projection, RegistryPolicy, RolloutSpec, ServiceSpec, StateProbe, TypeProjection,
};
pub use project::{Environment, Error, Project, Service};
pub use projection::{Direction, Exchange, SchemaProjection, SqlDialect, TableProjection};
pub use schema::json_schema;
pub use waivers::{Placed as PlacedWaiver, Waiver, waivers, waivers_schema};
