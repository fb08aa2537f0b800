//! JSON as Go's `encoding/json` reads it: its syntax errors, its strings (what is not UTF-8 is replaced), its numbers
//! as they were written.

mod check;
mod cursor;
mod string;

pub(crate) use check::check;
pub(crate) use cursor::{Cursor, Kind};

/// How deep arrays and objects may be nested.
pub(crate) const MAX_DEPTH: usize = linkspan_source::MAX_DEPTH;
