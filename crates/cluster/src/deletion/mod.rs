//! How an object goes: at once, after a while, or when its finalizers are done.

mod decide;
mod options;

pub(crate) use decide::{Deletion, decide};
pub(crate) use options::{DeleteOptions, Propagation};
