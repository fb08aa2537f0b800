//! Builds container images from Dockerfiles without a daemon where that is possible, and pushes them.
//!
//! [`BuildArgs`] → [`plan::Plan`] → stages ([`dockerfile::Graph`]) → [`assemble`] on trees of files ([`context`]) →
//! layers ([`layer`]) → a push, an image layout, an archive, the local store → [`report`]. What needs a command to
//! be run is handed over ([`handover`]).

mod args;
pub mod assemble;
pub mod build;
pub mod context;
pub mod dockerfile;
pub mod handover;
pub mod layer;
pub mod plan;
pub mod report;
mod run;

use linkspan_command::{Leaf, Program};

pub use args::{BuildArgs, Builder};
pub use run::{run, run_with};

#[cfg(test)]
mod judge;

/// What this area's command is for.
pub const ABOUT: &str = "Build container images from Dockerfiles, and push them";

const EXAMPLES: &str = "\
  linkspan-build                                   all services, to the registry of linkspan.yaml
  linkspan-build orders --tag v1                   one of them
  linkspan-build ./orders --repository ghcr.io/acme/orders
  linkspan-build ./orders --output docker=orders.tar && docker load -i orders.tar
  linkspan-build --dry-run                         what would happen, and why";

/// The command `build`.
#[must_use]
pub fn leaves() -> Vec<Leaf> {
    let build = Leaf::new("build", |args: BuildArgs, context| run(&args, context))
        .output("images", "Lines `name=repository@sha256:…`, one per service; the rollout takes them as they are.")
        .output("digest", "The digest of the image, where only one was built.");
    vec![build]
}

/// The program `linkspan-build`.
#[must_use]
pub fn program() -> Program {
    Program {
        name: "linkspan-build",
        about: ABOUT,
        examples: EXAMPLES,
        prefix: &["build"],
        leaves: leaves(),
        groups: Vec::new(),
    }
}
