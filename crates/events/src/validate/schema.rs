//! A schema that documents are held against: on the fast path for the verdict, on the exact one for the faults.

use std::sync::OnceLock;

use linkspan_source::tape::Node;
use linkspan_verdict::{Plan, Scratch, Verdict};

use super::plan::compile;
use crate::schema::Compiled;

/// A schema for both paths.
#[derive(Debug)]
pub(super) struct Schema {
    /// For documents with positions.
    pub(super) exact: Compiled,
    /// For tapes; made when first needed.
    plan: OnceLock<Option<Plan>>,
}

impl Schema {
    pub(super) const fn new(exact: Compiled) -> Self {
        Self { exact, plan: OnceLock::new() }
    }

    /// Whether a value on a tape is valid. What the plan is not sure of is put as a tree before the exact validator.
    pub(super) fn accepts(&self, node: Node<'_>, scratch: &mut Scratch) -> bool {
        let plan = self.plan.get_or_init(|| {
            let (files, place, draft, formats) = self.exact.source();
            compile(files, place, draft, formats)
        });
        match plan.as_ref().map_or(Verdict::Unsure, |plan| plan.check(node, scratch)) {
            Verdict::Valid => true,
            Verdict::Invalid => false,
            Verdict::Unsure => self.exact.is_valid(&node.built()),
        }
    }
}
