use std::borrow::Cow;

use serde_json::{Map, Value};

use super::go::{self, complete, zero};
use super::trail::{Step, Trail};
use super::{Words, untyped};
use crate::object::json::{Cursor, Kind};
use crate::types::{Field, Shape, Struct, TypeId, Types};

/// More findings of strict reading than these are not said.
const STRICT_LIMIT: usize = 100;

/// Goes through a text by the shape of what it should be.
///
/// As in Go, a value of a wrong type is remembered and the rest is read nevertheless, while a value that its own type
/// refuses (a quantity, a time) ends it.
pub(super) struct Walk<'a> {
    pub(super) types: &'a Types,
    pub(super) cursor: Cursor<'a>,
    pub(super) trail: Trail<'a>,
    /// Unknown and duplicate fields. Nothing is looked for where nobody wants to know.
    pub(super) strict: Option<Vec<String>>,
    /// The first value of a wrong type.
    pub(super) saved: Option<String>,
    pub(super) words: Words,
    /// Whether duplicate fields are looked for within values of any shape.
    pub(super) deep: bool,
}

/// A value, nothing for `null`; or why its type refuses it.
pub(super) type Read = Result<Option<Value>, String>;

impl<'a> Walk<'a> {
    /// The value at the cursor. `go_type` is empty where it follows from the shape.
    pub(super) fn value(&mut self, shape: &'a Shape, go_type: &'a str) -> Read {
        match (shape, self.cursor.kind()) {
            (_, Kind::Null) => {
                self.cursor.skip();
                Ok(None)
            }
            (Shape::Any, _) if self.deep => Ok(Some(self.untyped())),
            (Shape::Any, _) => Ok(Some(untyped::value(&mut self.cursor))),
            (Shape::Struct(id), Kind::Object) => self.object(*id).map(Some),
            (Shape::Map(map), Kind::Object) => self.map(&map.value, go::element(go_type)).map(Some),
            (Shape::List(list), Kind::Array) => self.list(list.item(), go::element(go_type)).map(Some),
            (_, kind) => self.scalar(shape, kind, go_type),
        }
    }

    /// A value of a wrong type: remembered or, by the converter, refused at once.
    pub(super) fn mismatch(&mut self, found: &str, kind: Kind, shape: &Shape, go_type: &str) -> Read {
        if self.words == Words::Converter {
            return Err(go::unconvertible(self.types, found, kind, shape, go_type));
        }
        let wanted = if go_type.is_empty() { self.types.go_type(shape) } else { go_type.to_owned() };
        self.save(format!("json: cannot unmarshal {found} into Go {} of type {wanted}", self.trail.place()));
        Ok(None)
    }

    pub(super) fn save(&mut self, error: String) {
        self.saved.get_or_insert(error);
    }

    fn object(&mut self, id: TypeId) -> Result<Value, String> {
        let fields = self.types.get(id);
        let (mut object, mut seen) = (Map::new(), Vec::new());
        self.cursor.enter();
        while self.cursor.more() {
            let key = self.cursor.key();
            match fields.fields.get_key_value(key.as_ref()) {
                Some((name, field)) => self.field(fields, name, field, &mut object, &mut seen)?,
                None if fields.open => self.kept(key, &mut object),
                None => {
                    self.find("unknown", &key);
                    self.cursor.skip();
                }
            }
        }
        complete(self.types, fields, &mut object);
        Ok(object.into())
    }

    fn field(
        &mut self,
        of: &'a Struct,
        name: &'a str,
        field: &'a Field,
        object: &mut Map<String, Value>,
        seen: &mut Vec<&'a str>,
    ) -> Result<(), String> {
        if seen.contains(&name) {
            self.find("duplicate", name);
        } else if self.strict.is_some() {
            seen.push(name);
        }
        self.trail.push(Step::Field(of, name));
        let value = self.value(&field.shape, &field.go_type)?;
        self.trail.pop();
        let value = merged(object.remove(name), value, &field.shape);
        settle(object, name, field, value);
        Ok(())
    }

    /// A field that is not known, where those are kept.
    fn kept(&mut self, key: Cow<'a, str>, object: &mut Map<String, Value>) {
        if object.contains_key(key.as_ref()) {
            self.find("duplicate", &key);
        }
        let value = untyped::value(&mut self.cursor);
        object.insert(key.into_owned(), value);
    }

    fn map(&mut self, shape: &'a Shape, go_type: &'a str) -> Result<Value, String> {
        let mut map = Map::new();
        self.cursor.enter();
        while self.cursor.more() {
            let key = self.cursor.key();
            if map.contains_key(key.as_ref()) {
                self.find("duplicate", &key);
            }
            self.trail.push(Step::Key(key.clone()));
            let value = self.value(shape, go_type)?;
            self.trail.pop();
            map.insert(key.into_owned(), value.unwrap_or_else(|| zero(self.types, shape)));
        }
        Ok(map.into())
    }

    fn list(&mut self, shape: &'a Shape, go_type: &'a str) -> Result<Value, String> {
        let mut list = Vec::new();
        self.cursor.enter();
        while self.cursor.more() {
            self.trail.push(Step::Index(list.len()));
            let value = self.value(shape, go_type)?;
            self.trail.pop();
            list.push(value.unwrap_or_else(|| zero(self.types, shape)));
        }
        Ok(list.into())
    }

    /// Remembers an unknown or a duplicate field, each once.
    pub(super) fn find(&mut self, what: &str, name: &str) {
        let Some(found) = &mut self.strict else { return };
        let text = format!("{what} field {}", crate::quote::quote(&self.trail.path(name)));
        if found.len() < STRICT_LIMIT && !found.contains(&text) {
            found.push(text);
        }
    }
}

/// A field that is given twice: maps are merged, and `null` leaves scalars as they are.
fn merged(before: Option<Value>, value: Option<Value>, shape: &Shape) -> Option<Value> {
    match (before, value, shape) {
        (Some(Value::Object(mut before)), Some(Value::Object(value)), Shape::Map(_)) => {
            before.extend(value);
            Some(before.into())
        }
        (before, None, Shape::String(_) | Shape::Int32 | Shape::Int64 | Shape::Number | Shape::Boolean) => before,
        (_, value, _) => value,
    }
}

/// Puts a field that was read into its object, as Go would write it again.
fn settle(object: &mut Map<String, Value>, name: &str, field: &Field, value: Option<Value>) {
    match value {
        Some(value) if is_empty(&value) => match (&field.empty, value) {
            (Some(empty), Value::Array(_) | Value::Object(_)) if is_collection(&field.shape) => {
                object.insert(name.to_owned(), empty.clone());
            }
            (None, Value::Array(_)) => drop(object.remove(name)),
            (None, Value::Object(_)) if is_collection(&field.shape) => drop(object.remove(name)),
            (None, Value::String(_) | Value::Number(_) | Value::Bool(_)) if !field.pointer => drop(object.remove(name)),
            (_, value) => drop(object.insert(name.to_owned(), value)),
        },
        Some(value) => drop(object.insert(name.to_owned(), value)),
        None if field.nullable => drop(object.insert(name.to_owned(), Value::Null)),
        None => {}
    }
}

/// What Go holds as a map or a slice; a `runtime.RawExtension` keeps its text.
fn is_collection(shape: &Shape) -> bool {
    match shape {
        Shape::Map(map) => !(map.atomic && map.value == Shape::Any),
        Shape::List(_) => true,
        _ => false,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
    }
}
