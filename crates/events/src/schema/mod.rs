//! Schemas: the files that hold them, and validators made from them.

mod compile;
mod error;
mod files;

pub use compile::{Compiled, Fault, Place, compile};
pub use error::Error;
pub use files::Files;
pub(crate) use files::unescaped;
