//! What is done with objects: each verb from the request to the store and back.

mod apply;
mod begin;
mod catalog;
mod create;
mod delete;
mod meta;
mod options;
mod read;
mod scope;
mod service;
mod system;
mod update;
mod view;
mod write;

use crate::store::Store;

pub(crate) use catalog::{Catalog, Resource};
pub(crate) use scope::Scope;
pub(crate) use system::{Machine, System, timestamp};
pub(crate) use view::{Include, Show};

/// The objects of a cluster, and what can be done with them.
pub(crate) struct Api {
    pub(crate) store: Store,
    pub(crate) catalog: Catalog,
    pub(crate) system: Box<dyn System>,
    /// Where it listens, `host:port`.
    pub(crate) address: String,
}

/// How often a write is tried anew when somebody else was faster.
const ATTEMPTS: usize = 5;
