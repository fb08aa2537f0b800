//! Watches until every object is done, failed or late: one watch per kind and namespace, nothing asked twice.

mod follow;
mod store;

pub(crate) use follow::{End, Followed, Following, Outcome};
