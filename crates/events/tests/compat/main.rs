//! `compat`, as its users see it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod files;
mod page;
mod project;
mod support;
