//! Patches: JSON patch (RFC 6902), merge patch (RFC 7386) and strategic merge patch, each as kube-apiserver applies it.

mod apply;
mod json;
mod merge;
mod print;
mod strategic;
#[cfg(test)]
mod tests;

pub use apply::{Kind, Patched, Subject, patch};
