//! Schemas: the files that hold them, and validators made from them.

mod bundle;
mod compile;
mod dialect;
mod error;
mod files;
mod hops;
mod tree;

#[cfg(feature = "registry")]
pub(crate) use bundle::resolve;
pub use bundle::{Bundle, Language, Omit, bundle, bundle_in};
pub(crate) use compile::{BACKTRACKS, no_schema};
pub use compile::{Compiled, Fault, Place, compile};
pub use dialect::Dialect;
pub use error::Error;
pub use files::Files;
pub(crate) use files::{LIMIT, escaped, parse, unescaped};
pub(crate) use hops::{MOST_HOPS, end_of};
pub use tree::{Folder, Memory, Tree};
pub(crate) use tree::{OUTSIDE, listed, normal, within};
