//! Objects as the embedded cluster reads, completes and patches them, beside what a real kube-apiserver makes of them.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says when it is skipped"
)]

mod answers;
mod create;
mod meta;
mod patches;
mod real;
