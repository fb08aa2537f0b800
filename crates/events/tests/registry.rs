//! The registry verdict against pairs whose answers are known from the registry itself.

#![expect(clippy::panic, reason = "a test fails by panicking")]

#[path = "registry/hostile.rs"]
mod hostile;
#[path = "registry/kinds.rs"]
mod kinds;
#[path = "registry/quirks.rs"]
mod quirks;
#[path = "registry/references.rs"]
mod references;
#[path = "registry/support.rs"]
mod support;
#[path = "registry/worked.rs"]
mod worked;
