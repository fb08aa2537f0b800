//! Server-side apply: who owns which fields of an object, and what is left of it when an owner changes its mind.
//!
//! Pure functions on values, as kube-apiserver does it with structured-merge-diff: sets of fields ([`FieldSet`]), which an
//! object's `metadata.managedFields` has for each manager, and the two ways of changing an object, [`apply`] and
//! [`update`].
//!
//! What [`apply`] returns is what a client could have sent: it is decoded, gets its defaults and goes the way of every
//! write from there. [`update`] comes right after decoding and defaults, before admission and the kind's own strategy.
//! Right before a write, [`keep_times`] undoes what differs in times only: what is as it was then is not written.

mod applied;
mod cap;
mod check;
mod compare;
mod conflict;
mod element;
mod encode;
#[cfg(test)]
mod examples;
mod fields;
mod last_applied;
#[cfg(test)]
mod laws;
mod managed;
mod manager;
mod merge;
mod problem;
mod prune;
mod remove;
mod resource;
mod scale;
mod schema;
mod set;
mod text;
mod times;
mod update;
mod value;

pub use applied::{Applied, Request, apply};
pub use element::{FieldsError, PathElement};
pub use manager::manager_name;
pub use resource::{Reset, Resource};
pub use scale::Replicas;
pub use set::FieldSet;
pub use times::keep_times;
pub use update::update;
