//! What the cluster knows: objects by key, each change with a revision, lists of the past, watches, all of it kept on disk.
//!
//! Everything is in memory; [`fjall`] keeps it. A write is acknowledged when it is on the disk, and writes that wait
//! together share one sync. Revisions, lists and watches behave as those of etcd and of the watch cache of
//! kube-apiserver 1.36.

mod change;
mod disk;
mod draft;
mod error;
mod handle;
mod history;
mod key;
mod list;
mod log;
mod options;
mod past;
mod repair;
mod row;
mod stage;
mod state;
mod status;
mod stored;
mod token;
mod ttl;
mod watch;
mod watchers;
mod writer;

#[cfg(test)]
mod tests;

pub use change::{Event, EventKind, Seen};
pub use draft::Draft;
pub use error::StoreError;
pub use handle::{Acknowledgement, Limits, Store};
pub use key::{Key, Prefix};
pub use list::{At, ListRequest, Page};
pub use options::ListOptions;
pub use stage::Write;
pub(crate) use status::MODIFIED;
pub use stored::Stored;
pub use watch::{From, WatchRequest, Watcher};

/// The number of a change: one counter for all resources, which never begins anew.
pub type Revision = u64;
