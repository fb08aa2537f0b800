//! Documents with positions: YAML, JSON and NDJSON, and the way from a JSON Pointer to a line and a column.
//!
//! [`json`] and [`yaml`] read a whole text, [`ndjson`] one line after the other in constant memory. Each gives
//! [`Document`]s: an ordinary [`serde_json::Value`], and beside it the [`Span`](linkspan_report::Span) of every
//! value and key. What is wrong with a text comes back as [`Fault`]s with their places, all that can be found in
//! one pass; a syntax error ends it. A [`tape`] holds one JSON document without a tree and without places.

mod document;
mod fault;
mod format;
mod json;
mod lines;
mod map;
mod ndjson;
pub mod pointer;
pub mod tape;
mod text;
mod yaml;

pub use document::{Document, Inexact};
pub use fault::Fault;
pub use format::{Format, format_of};
pub use json::json;
pub use ndjson::{DEFAULT_LINE_LIMIT, Line, Lines, ndjson, ndjson_with_limit};
pub use text::{ReadError, read, text};
pub use yaml::{Dialect, Stream, yaml, yaml_stream};

/// How deep arrays and objects may be nested, in any format. Deeper input is refused with a place.
pub const MAX_DEPTH: usize = 512;
