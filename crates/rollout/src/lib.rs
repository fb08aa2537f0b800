//! Brings one environment to a set of manifests, and knows whether it worked.
//!
//! Manifests are loaded and made ready ([`manifest`]), images are put in ([`images`]), a plan is made against what is
//! there ([`plan`]), applied, and watched until every object is done, failed or late. How an object is ([`health`])
//! and why a pod does not get there ([`diagnose`]) are pure functions.

mod apply;
mod args;
mod cluster;
mod command;
mod deployment;
pub mod diagnose;
mod error;
mod evidence_log;
pub mod health;
pub mod images;
pub mod manifest;
mod many;
mod observer;
pub mod plan;
pub mod redact;
mod refusal;
mod summary;
mod watch;

pub use args::{ApplyArgs, ClusterArgs, StatusArgs};
pub use command::{run_apply, run_apply_observed, run_status};
pub use deployment::{DeploymentArgs, run_apply_recorded};
pub use error::RolloutError;
pub use observer::{Nobody, Observer, Start};

use linkspan_command::{Leaf, Program};

/// What this area's commands have in common.
pub const ABOUT: &str = "Roll out to Kubernetes, and know whether it worked";

/// The commands of this area.
#[must_use]
pub fn leaves() -> Vec<Leaf> {
    let apply = Leaf::new("apply", |args: ApplyArgs, context| run_apply_recorded(&args, context));
    let status = Leaf::new("status", |args: StatusArgs, context| run_status(&args, context));
    vec![with_outputs(apply), with_outputs(status)]
}

fn with_outputs(leaf: Leaf) -> Leaf {
    leaf.output("changed", "How many objects were written")
        .output("created", "How many of them were new")
        .output("unchanged", "How many objects were as they should be")
        .output("ready", "`true` if every object is ready")
}

/// The program `linkspan-rollout`.
#[must_use]
pub fn program() -> Program {
    Program {
        name: "linkspan-rollout",
        about: ABOUT,
        examples: "  linkspan-rollout apply -f deploy/ --image orders=ghcr.io/acme/orders@sha256:…\n  \
                   linkspan-rollout apply --environment staging --dry-run\n  \
                   linkspan-rollout status deployment/orders -n shop",
        prefix: &["rollout"],
        leaves: leaves(),
        groups: Vec::new(),
    }
}
