use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::trail::Step;
use super::walk::Walk;
use super::{Words, go, json, shaped};
use crate::object::json::{Cursor, Kind};
use crate::types::{Field, Format, List, Shape, Struct, TypeId, Types};

/// Any JSON.
///
/// # Errors
///
/// Go's message about a syntax error.
pub(crate) fn any(text: &[u8]) -> Result<Value, String> {
    json::check(text)?;
    Ok(value(&mut Cursor::new(text)))
}

/// An object of any shape or `null`, and the duplicate fields within it.
///
/// # Errors
///
/// Go's message about a syntax error or another kind of value.
pub(crate) fn map(text: &[u8]) -> Result<(Value, Vec<String>), String> {
    const GO_TYPE: &str = "map[string]interface {}";
    json::check(text)?;
    let kind = Cursor::new(text).kind();
    if !matches!(kind, Kind::Object | Kind::Null) {
        return Err(format!("json: cannot unmarshal {} into Go value of type {GO_TYPE}", kind.word()));
    }
    let read = shaped(&Types::default(), &Shape::Any, GO_TYPE, text, true, Words::Json)?;
    Ok((read.value.unwrap_or_default(), read.strict))
}

/// The unknown and duplicate fields of the operations of a JSON patch.
///
/// # Errors
///
/// Go's message about what is no list of operations.
pub(crate) fn operations(text: &[u8]) -> Result<Vec<String>, String> {
    json::check(text)?;
    let string = || Field::new(Shape::String(Format::Plain));
    let fields = [("op", string()), ("path", string()), ("from", string()), ("value", Field::new(Shape::Any))];
    let fields: BTreeMap<_, _> = fields.into_iter().map(|(name, field)| (name.to_owned(), field)).collect();
    let types = Types::new(vec![Struct { name: "handlers.jsonPatchOp".to_owned(), fields, ..Struct::default() }]);
    let shape = Shape::List(Box::new(List::Atomic(Shape::Struct(TypeId(0)))));
    let read = shaped(&types, &shape, "[]handlers.jsonPatchOp", text, true, Words::Json)?;
    Ok(read.strict)
}

/// How Go calls a value's kind.
pub(crate) const fn word(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// A value of any shape. Numbers are whole where they are written so and fit 64 bits.
pub(super) fn value(cursor: &mut Cursor<'_>) -> Value {
    match cursor.kind() {
        Kind::Array => {
            let mut list = Vec::new();
            cursor.enter();
            while cursor.more() {
                list.push(value(cursor));
            }
            list.into()
        }
        Kind::Object => {
            let mut object = Map::new();
            cursor.enter();
            while cursor.more() {
                let key = cursor.key().into_owned();
                object.insert(key, value(cursor));
            }
            object.into()
        }
        kind => scalar(cursor, kind),
    }
}

fn scalar(cursor: &mut Cursor<'_>, kind: Kind) -> Value {
    match kind {
        Kind::Boolean => cursor.boolean().into(),
        Kind::String => cursor.string().into(),
        Kind::Number => go::number(cursor.number()),
        _ => {
            cursor.skip();
            Value::Null
        }
    }
}

impl Walk<'_> {
    /// A value of any shape, in which duplicate fields are looked for.
    pub(super) fn untyped(&mut self) -> Value {
        match self.cursor.kind() {
            Kind::Array => {
                let mut list = Vec::new();
                self.cursor.enter();
                while self.cursor.more() {
                    self.trail.push(Step::Index(list.len()));
                    list.push(self.untyped());
                    self.trail.pop();
                }
                list.into()
            }
            Kind::Object => {
                let mut object = Map::new();
                self.cursor.enter();
                while self.cursor.more() {
                    let key = self.cursor.key();
                    if object.contains_key(key.as_ref()) {
                        self.find("duplicate", &key);
                    }
                    self.trail.push(Step::Key(key.clone()));
                    object.insert(key.into_owned(), self.untyped());
                    self.trail.pop();
                }
                object.into()
            }
            kind => scalar(&mut self.cursor, kind),
        }
    }
}
