//! The build context: which files there are, and which of them an instruction means.

mod folder;
pub mod glob;
pub mod ignore;
mod pattern;
mod tree;

pub use folder::{Folder, Ignore};
pub use glob::PatternError;
pub use ignore::{IgnoreError, IgnoreFile};
pub use tree::{Tree, TreeError, resolve, resolve_parent};
