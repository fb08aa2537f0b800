//! Keywords about kinds, values, numbers and strings.

use num_rational::BigRational;
use num_traits::{FromPrimitive, One, Signed};
use serde_json::{Map, Value};

use super::super::ir::{Id, Kind, Kinds, Node};
use super::super::number::exact;
use super::super::text::Test;
use super::{Parser, Place, malformed};
use crate::schema::Dialect;

impl Parser<'_, '_> {
    pub(super) fn assertions(
        &mut self,
        at: &Place,
        schema: &Map<String, Value>,
        parts: &mut Vec<Id>,
    ) -> Result<(), String> {
        if let Some(types) = schema.get("type") {
            self.types(at, types, parts)?;
        }
        match schema.get("enum") {
            Some(Value::Array(values)) => parts.push(self.graph.one_of_values(values)),
            Some(_) => return malformed(at, "enum"),
            None => {}
        }
        if let Some(value) = schema.get("const").filter(|_| self.dialect(at) >= Dialect::Draft6) {
            parts.push(self.graph.one_of_values(std::slice::from_ref(value)));
        }
        self.bounds(at, schema, parts)?;
        self.strings(at, schema, parts)
    }

    fn types(&mut self, at: &Place, types: &Value, parts: &mut Vec<Id>) -> Result<(), String> {
        let names: Option<Vec<&str>> = match types {
            Value::String(name) => Some(vec![name]),
            Value::Array(names) => names.iter().map(Value::as_str).collect(),
            _ => None,
        };
        let Some(names) = names else { return malformed(at, "type") };
        let kinds: Option<Vec<Kind>> = names.iter().map(|name| kind(name)).collect();
        let Some(kinds) = kinds else { return malformed(at, "type") };
        parts.push(match kinds.len() {
            0 => self.graph.nothing(),
            _ => self.graph.add(Node::Kinds(Kinds::of(kinds))),
        });
        if names.contains(&"integer") && !names.contains(&"number") {
            parts.push(self.graph.add(Node::Multiple(BigRational::one())));
        }
        Ok(())
    }

    fn bounds(&mut self, at: &Place, schema: &Map<String, Value>, parts: &mut Vec<Id>) -> Result<(), String> {
        let old = self.dialect(at) == Dialect::Draft4;
        let strict = |keyword: &str| old && schema.get(keyword) == Some(&Value::Bool(true));
        let mut nodes = Vec::new();
        if let Some(bound) = number(at, schema, "minimum")? {
            nodes.push(Node::AtLeast(bound, strict("exclusiveMinimum")));
        }
        if let Some(bound) = number(at, schema, "maximum")? {
            nodes.push(Node::AtMost(bound, strict("exclusiveMaximum")));
        }
        if !old && let Some(bound) = number(at, schema, "exclusiveMinimum")? {
            nodes.push(Node::AtLeast(bound, true));
        }
        if !old && let Some(bound) = number(at, schema, "exclusiveMaximum")? {
            nodes.push(Node::AtMost(bound, true));
        }
        match number(at, schema, "multipleOf")? {
            Some(divisor) if !divisor.is_positive() => return malformed(at, "multipleOf"),
            Some(divisor) => nodes.push(Node::Multiple(divisor)),
            None => {}
        }
        for node in nodes {
            parts.push(self.graph.add(node));
        }
        Ok(())
    }

    fn strings(&mut self, at: &Place, schema: &Map<String, Value>, parts: &mut Vec<Id>) -> Result<(), String> {
        if let Some(length) = count(at, schema, "minLength")? {
            parts.push(self.graph.add(Node::MinLength(length)));
        }
        if let Some(length) = count(at, schema, "maxLength")? {
            parts.push(self.graph.add(Node::MaxLength(length)));
        }
        let text = |keyword: &str| schema.get(keyword).and_then(Value::as_str);
        let dialect = self.dialect(at);
        let pattern = text("pattern").map(Test::pattern);
        let format = text("format").and_then(|format| Test::format(format, dialect));
        let asserted = matches!(dialect, Dialect::Draft6 | Dialect::Draft7);
        let content = Test::content(text("contentEncoding"), text("contentMediaType")).filter(|_| asserted);
        for test in [pattern, format, content].into_iter().flatten() {
            let test = self.graph.add_test(test);
            parts.push(self.graph.add(Node::Text(test)));
        }
        if schema.contains_key("pattern") && text("pattern").is_none() {
            return malformed(at, "pattern");
        }
        Ok(())
    }
}

fn kind(name: &str) -> Option<Kind> {
    Some(match name {
        "null" => Kind::Null,
        "boolean" => Kind::Boolean,
        "number" | "integer" => Kind::Number,
        "string" => Kind::String,
        "array" => Kind::Array,
        "object" => Kind::Object,
        _ => return None,
    })
}

fn number(at: &Place, schema: &Map<String, Value>, keyword: &str) -> Result<Option<BigRational>, String> {
    match schema.get(keyword) {
        None => Ok(None),
        Some(Value::Number(number)) => Ok(Some(exact(number))),
        Some(_) => malformed(at, keyword),
    }
}

/// A keyword that counts something; `2.0` counts as 2.
pub(super) fn count(at: &Place, schema: &Map<String, Value>, keyword: &str) -> Result<Option<u64>, String> {
    let Some(value) = schema.get(keyword) else { return Ok(None) };
    let whole = |float: &f64| float.fract() == 0.0 && *float >= 0.0;
    let counted = value.as_u64().or_else(|| value.as_f64().filter(whole).and_then(u64::from_f64));
    counted.map_or_else(|| malformed(at, keyword), |count| Ok(Some(count)))
}
