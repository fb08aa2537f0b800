//! A schema as a plan for tapes: what most schemas consist of is checked cell by cell; the leaves (patterns, formats,
//! bounds) are left to the `jsonschema` crate. The plan is sure, or says that it is not.

mod check;
mod compile;
mod rule;

pub(super) use check::{Scratch, Verdict};
pub(super) use compile::compile;
pub(super) use rule::Plan;

#[cfg(test)]
mod tests;
