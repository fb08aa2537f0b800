use serde_json::{Map, Number, Value};

use super::fault::Fault;
use super::special::Special;
use super::table::{Field, Form, Kind, Message, Table, table};
use super::wire::{BYTES, FIXED64, Key, VARINT, Wire};
use crate::object::base64;
use crate::types::{Shape, builtin};

/// Messages in one another, more than any object has; each takes some of the stack.
const MAX_DEPTH: usize = 200;

/// The object that a message of the struct `name` (`io.k8s.api.core.v1.Pod`) is in JSON. What is empty is not left out
/// yet, and what no field is known for is.
///
/// # Errors
/// Why it is no such message.
pub(crate) fn read(name: &str, bytes: &[u8]) -> Result<Map<String, Value>, Fault> {
    let reader = Reader { table: table(), depth: 0 };
    let mut object = Map::new();
    reader.fields(name, bytes, &mut object)?;
    Ok(object)
}

#[derive(Clone, Copy)]
struct Reader {
    table: &'static Table,
    depth: usize,
}

impl Reader {
    /// Reads the fields of a message into an object, which may have some already: then it goes on with them.
    fn fields(self, name: &str, bytes: &[u8], object: &mut Map<String, Value>) -> Result<(), Fault> {
        static NONE: Message = Message::new();
        if self.depth > MAX_DEPTH {
            return Err(Fault::Depth);
        }
        let deeper = Self { depth: self.depth + 1, ..self };
        let fields = self.table.get(name).unwrap_or(&NONE);
        let mut wire = Wire::new(bytes);
        while let Some(key) = wire.key(name.rsplit('.').next().unwrap_or_default())? {
            match fields.get(&key.number) {
                Some(field) => deeper.field(field, key, &mut wire, object)?,
                None => wire.skip(key.wire)?,
            }
        }
        Ok(())
    }

    fn field(self, field: &Field, key: Key, wire: &mut Wire<'_>, object: &mut Map<String, Value>) -> Result<(), Fault> {
        let wrong = || Fault::WrongWireType { wire: key.wire, field: field.go_name() };
        let packed = field.form == Form::List && key.wire == BYTES && field.kind.wire() != BYTES;
        let expected = if field.form == Form::Map || packed { BYTES } else { field.kind.wire() };
        if key.wire != expected {
            return Err(wrong());
        }
        match (field.form, &field.kind) {
            (Form::Inline, Kind::Message(name)) => self.fields(name, wire.bytes()?, object),
            (Form::Map, kind) => {
                let (key, value) = self.entry(kind, wire.bytes()?)?;
                part(object, field.name, Value::Object(Map::new())).as_object_mut().map(|map| map.insert(key, value));
                Ok(())
            }
            (Form::List, kind) => {
                let values =
                    if packed { packed_values(kind, wire.bytes()?)? } else { vec![self.value(kind, wire, None)?] };
                let list = part(object, field.name, Value::Array(Vec::new()));
                if let Some(list) = list.as_array_mut() {
                    list.extend(values);
                }
                Ok(())
            }
            (_, kind) => {
                let value = self.value(kind, wire, object.remove(field.name))?;
                object.insert(field.name.to_owned(), value);
                Ok(())
            }
        }
    }

    /// A value; a message that was there before is gone on with.
    fn value(self, kind: &Kind, wire: &mut Wire<'_>, before: Option<Value>) -> Result<Value, Fault> {
        match kind {
            Kind::String => Ok(String::from_utf8_lossy(wire.bytes()?).into()),
            Kind::Bytes => Ok(base64::encode(wire.bytes()?).into()),
            Kind::Double => Ok(Number::from_f64(f64::from_bits(wire.fixed64()?)).into()),
            Kind::Message(name) => self.message(name, wire.bytes()?, before),
            Kind::Bool | Kind::Int32 | Kind::Int64 => wire.varint().map(|number| whole(kind, number)),
        }
    }

    fn message(self, name: &str, bytes: &[u8], before: Option<Value>) -> Result<Value, Fault> {
        let special = Special::of(name);
        let mut object = match before {
            Some(Value::Object(object)) if special.is_none() => object,
            _ => Map::new(),
        };
        self.fields(name, bytes, &mut object)?;
        if name == SCHEMA {
            leave_out_empty(&mut object);
        }
        match special {
            Some(special) => special.value(object, bytes),
            None => Ok(object.into()),
        }
    }

    /// A key and its value, each a field; what is missing is empty.
    fn entry(self, kind: &Kind, bytes: &[u8]) -> Result<(String, Value), Fault> {
        let mut wire = Wire::new(bytes);
        let (mut name, mut value) = (String::new(), None);
        while let Some(key) = wire.key("Entry")? {
            match key.number {
                1 => name = String::from_utf8_lossy(wire.bytes()?).into_owned(),
                2 => value = Some(self.value(kind, &mut wire, None)?),
                _ => wire.skip(key.wire)?,
            }
        }
        let value = value.map_or_else(|| self.empty(kind), Ok)?;
        Ok((name, value))
    }

    fn empty(self, kind: &Kind) -> Result<Value, Fault> {
        match kind {
            Kind::String | Kind::Bytes => Ok("".into()),
            Kind::Bool => Ok(false.into()),
            Kind::Int32 | Kind::Int64 | Kind::Double => Ok(0.into()),
            Kind::Message(name) => self.message(name, &[], None),
        }
    }
}

/// A schema may stand where any value may, so that nobody leaves out later what Go writes and JSON does not.
const SCHEMA: &str = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps";

fn leave_out_empty(schema: &mut Map<String, Value>) {
    let types = &builtin().types;
    let Some(fields) = types.find(SCHEMA).map(|id| &types.get(id).fields) else { return };
    schema.retain(|name, value| match value {
        Value::String(text) if text.is_empty() => fields.get(name).is_some_and(|field| field.pointer),
        Value::Bool(false) => fields.get(name).is_none_or(|field| field.pointer || field.shape == Shape::Any),
        _ => true,
    });
}

impl Kind {
    const fn wire(&self) -> u8 {
        match self {
            Self::String | Self::Bytes | Self::Message(_) => BYTES,
            Self::Bool | Self::Int32 | Self::Int64 => VARINT,
            Self::Double => FIXED64,
        }
    }
}

fn packed_values(kind: &Kind, bytes: &[u8]) -> Result<Vec<Value>, Fault> {
    let (mut wire, mut values) = (Wire::new(bytes), Vec::new());
    while !wire.is_empty() {
        values.push(match kind {
            Kind::Double => Number::from_f64(f64::from_bits(wire.fixed64()?)).into(),
            _ => whole(kind, wire.varint()?),
        });
    }
    Ok(values)
}

/// Numbers of 32 bits lose the others, as in Go.
#[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "as Go does")]
fn whole(kind: &Kind, number: u64) -> Value {
    match kind {
        Kind::Bool => (number != 0).into(),
        Kind::Int32 => (number as i32).into(),
        _ => (number as i64).into(),
    }
}

fn part<'a>(object: &'a mut Map<String, Value>, name: &str, empty: Value) -> &'a mut Value {
    object.entry(name).or_insert(empty)
}
