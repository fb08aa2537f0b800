//! Events and their schemas.
//!
//! `validate` holds documents against JSON Schemas: CloudEvents by their type, which the project's AsyncAPI documents
//! define, or any document against one schema. Nothing is ever fetched.

pub mod catalog;
pub mod cloudevents;
pub mod compat;
pub mod documents;
pub mod drift;
pub mod lock;
pub mod schema;
pub mod validate;

use linkspan_command::{Leaf, Program};

/// The commands of this area.
#[must_use]
pub fn leaves() -> Vec<Leaf> {
    let validate = Leaf::new("validate", validate::run)
        .output("documents", "How many documents were checked")
        .output("invalid", "How many of them are not valid");
    let compat = Leaf::new("compat", compat::run)
        .output("pairs", "How many pairs of versions were compared")
        .output("breaking", "How many of them break something")
        .output("unknown", "How many of them have no verdict");
    let drift = Leaf::new("drift", drift::run)
        .output("drift", "How many projections differ from their models")
        .output("unknown", "How many could not be decided");
    let lock = Leaf::new("lock", lock::run);
    vec![validate, compat, drift, lock]
}

/// The program `linkspan-events`.
#[must_use]
pub fn program() -> Program {
    Program {
        name: "linkspan-events",
        about: ABOUT,
        examples: "",
        prefix: &["events"],
        leaves: leaves(),
        groups: Vec::new(),
    }
}

/// What this area's commands have in common.
pub const ABOUT: &str = "Check events and their schemas";
