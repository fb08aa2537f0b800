//! Which stages a target needs, and their instructions with all words expanded.

mod args;
mod expand;
mod global;
pub(super) mod golang;
mod graph;
mod head;
mod order;
mod paths;
mod ports;
mod run;
mod scope;
mod signal;
mod transfer;
mod vars;
mod words;

use args::Args;
use vars::Vars;

pub use graph::Graph;

/// Arguments that steer the build and are no variables.
const NOT_VARIABLES: [&str; 2] = ["BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"];
