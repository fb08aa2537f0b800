//! Kubeconfig files, as `kubectl` finds, reads and merges them.
//!
//! [`Sources`] says where to look, [`load`] reads and merges, [`KubeConfig::target`] picks a context and refuses
//! what is unsafe. Nothing here opens a connection or runs a program.

mod error;
mod load;
mod model;
mod read;
mod target;

pub use error::KubeConfigError;
pub use load::{Sources, load};
pub use model::{Cluster, ConfigContext, Exec, Impersonation, InteractiveMode, KubeConfig, Material, User};
pub use target::{Target, in_cluster};
