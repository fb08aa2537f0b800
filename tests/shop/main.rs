//! The sample system on a real Kubernetes: through the programs, through the actions, and through `linkspan up`.
#![expect(clippy::panic, clippy::print_stderr, clippy::unwrap_used, reason = "a test fails by panicking, and says why")]

#[path = "../support/mod.rs"]
mod support;

mod actions;
mod programs;
mod shop;
mod up;

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The sample's folder. It is built in place, so that what was compiled is compiled once.
fn folder() -> PathBuf {
    support::repository().join("examples/shop")
}

/// One shop at a time: they are built in one folder, and share a small machine.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}
