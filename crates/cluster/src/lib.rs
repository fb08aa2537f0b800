//! A Kubernetes API inside one process, for machines without a cluster.
//!
//! One generic engine serves every kind: what a field may be ([`types`]) and how a kind is called, shown and defaulted
//! stands in tables that were generated from a real kube-apiserver. Objects are plain JSON values all the way.

pub mod access;
mod api;
pub mod apply;
mod cluster;
mod deletion;
pub mod field;
pub mod object;
pub mod patch;
pub mod quote;
pub mod select;
mod server;
pub mod status;
pub mod store;
mod strategy;
mod table;
pub mod types;

pub use cluster::{Cluster, StartError};
