//! The client against servers: one that says what a test wants, and one made from GitHub's own description.

mod answers;
mod contract;
mod support;
