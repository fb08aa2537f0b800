//! Reading JSON by the shapes of what it should be, in the words of `sigs.k8s.io/json`, and writing it as the Go structs
//! would.

mod go;
mod scalar;
mod trail;
mod untyped;
mod walk;

use serde_json::Value;

use super::json::{self, Cursor};
use crate::types::{Shape, TypeId, Types};
pub(crate) use go::zero_struct;
use trail::Trail;
pub(crate) use untyped::{any, map, operations, word};
use walk::Walk;

/// In whose words a value of a wrong type is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Words {
    /// Those of `sigs.k8s.io/json`.
    Json,
    /// Those of apimachinery's converter, which reads what a strategic merge patch leads to.
    Converter,
}

/// What was read, and the unknown and duplicate fields.
pub(crate) struct Struct {
    pub(crate) value: Value,
    pub(crate) strict: Vec<String>,
}

/// Reads a struct from JSON.
///
/// # Errors
///
/// The message about a syntax error or a value of a wrong type.
pub(crate) fn read(types: &Types, schema: TypeId, text: &[u8], strict: bool, words: Words) -> Result<Struct, String> {
    json::check(text)?;
    let read = shaped(types, &Shape::Struct(schema), "", text, strict, words)?;
    Ok(Struct { value: read.value.unwrap_or_else(|| zero_struct(types, schema)), strict: read.strict })
}

/// What was read by any shape; nothing for `null`.
struct Shaped {
    value: Option<Value>,
    strict: Vec<String>,
}

/// Reads checked JSON by a shape.
fn shaped(
    types: &Types,
    shape: &Shape,
    go_type: &str,
    text: &[u8],
    strict: bool,
    words: Words,
) -> Result<Shaped, String> {
    let (cursor, strict) = (Cursor::new(text), strict.then(Vec::new));
    let mut walk = Walk { types, cursor, trail: Trail::default(), strict, saved: None, words, deep: false };
    walk.deep = !go_type.is_empty();
    let value = walk.value(shape, go_type)?;
    walk.saved.map_or(Ok(()), Err)?;
    Ok(Shaped { value, strict: walk.strict.unwrap_or_default() })
}

/// The message about unknown and duplicate fields.
pub(crate) fn strict_error(found: &[String]) -> String {
    format!("strict decoding error: {}", found.join(", "))
}
