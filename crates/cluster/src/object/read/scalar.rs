use serde_json::Value;

use super::walk::{Read, Walk};
use super::{Words, go};
use crate::object::json::Kind;
use crate::object::quantity::Quantity;
use crate::object::{base64, duration, time};
use crate::types::{Format, Shape};

impl<'a> Walk<'a> {
    /// A value that is no object, array or `null`, unless its type is wrong.
    pub(super) fn scalar(&mut self, shape: &'a Shape, kind: Kind, go_type: &str) -> Read {
        match (shape, kind) {
            (Shape::String(Format::Plain), Kind::String) => Ok(Some(self.cursor.string().into())),
            (Shape::String(Format::Bytes), Kind::String) => Ok(self.bytes()),
            (Shape::String(Format::Bytes), Kind::Array) => Ok(self.octets()),
            (Shape::String(Format::Time), _) => self.text(kind, time::seconds),
            (Shape::String(Format::MicroTime), _) => self.text(kind, time::micros),
            (Shape::String(Format::Duration), _) => self.text(kind, duration::canonical),
            (Shape::Boolean, Kind::Boolean) => Ok(Some(self.cursor.boolean().into())),
            (Shape::Int32 | Shape::Int64 | Shape::Number, Kind::Number) => self.number(shape, go_type),
            (Shape::IntOrString, Kind::String) => Ok(Some(self.cursor.string().into())),
            (Shape::IntOrString, _) => self.int_or_string(kind),
            (Shape::Quantity, _) => self.quantity(),
            _ => {
                let found = self.cursor.skip();
                let number = || String::from_utf8_lossy(found);
                // The converter's words depend on the number; the others say its kind only.
                let found = if self.words == Words::Converter { number() } else { kind.word().into() };
                self.mismatch(&found, kind, shape, go_type)
            }
        }
    }

    fn bytes(&mut self) -> Option<Value> {
        let text = self.cursor.string();
        match base64::canonical(&text) {
            Ok(canonical) => return Some(canonical.into()),
            Err(at) => self.save(format!("illegal base64 data at input byte {at}")),
        }
        None
    }

    /// Bytes as a list of numbers.
    fn octets(&mut self) -> Option<Value> {
        let mut bytes = Vec::new();
        self.cursor.enter();
        while self.cursor.more() {
            let found = String::from_utf8_lossy(self.cursor.skip()).into_owned();
            bytes.push(found.parse::<u8>().unwrap_or_else(|_| {
                self.save(format!(
                    "json: cannot unmarshal number {found} into Go {} of type uint8",
                    self.trail.place()
                ));
                0
            }));
        }
        Some(base64::encode(&bytes).into())
    }

    /// A string that its own type reads.
    fn text(&mut self, kind: Kind, read: impl FnOnce(&str) -> Result<String, String>) -> Read {
        if kind == Kind::String {
            return read(&self.cursor.string()).map(|text| Some(text.into()));
        }
        self.cursor.skip();
        Err(self.refused(kind.word(), "string"))
    }

    fn refused(&self, found: &str, wanted: &str) -> String {
        format!("json: cannot unmarshal {found} into Go {} of type {wanted}", self.trail.place())
    }

    fn number(&mut self, shape: &Shape, go_type: &str) -> Read {
        let text = self.cursor.number();
        let number = match shape {
            Shape::Int32 => text.parse::<i32>().ok().map(Value::from),
            Shape::Int64 => text.parse::<i64>().ok().map(Value::from),
            _ => Some(go::float(text)).filter(|value| !value.is_null()),
        };
        match number {
            None => self.mismatch(&format!("number {text}"), Kind::Number, shape, go_type),
            number => Ok(number),
        }
    }

    fn int_or_string(&mut self, kind: Kind) -> Read {
        if kind != Kind::Number {
            self.cursor.skip();
            return Err(self.refused(kind.word(), "int32"));
        }
        let text = self.cursor.number();
        let number = text.parse::<i32>().map_err(|_| self.refused(&format!("number {text}"), "int32"))?;
        Ok(Some(number.into()))
    }

    fn quantity(&mut self) -> Read {
        let raw = String::from_utf8_lossy(self.cursor.skip());
        // As the real one, which takes the letters between the quotes as they are.
        let text = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(&raw);
        Ok(Some(Quantity::parse(text.trim())?.to_string().into()))
    }
}
