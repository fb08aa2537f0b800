//! Plans for tapes. Their leaves (formats, and what else is not their own) are left to the `jsonschema` crate.

mod compile;

pub(super) use compile::compile;

#[cfg(test)]
mod tests;
