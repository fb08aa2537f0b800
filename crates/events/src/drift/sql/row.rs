//! Demands on several columns of a row, as schemas of objects.

use std::collections::BTreeMap;

use linkspan_project::SqlDialect;
use serde_json::{Value, json};

use super::condition::{Condition, Test};
use super::sqlite::Types;
use super::values::{Kind, fails, meets};
use crate::drift::shape::{both, either, or_null};

/// A column's counterpart in the model.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// The property.
    pub(crate) property: String,
    /// The types that it may have.
    pub(crate) types: Types,
    /// What the column stores.
    pub(crate) kind: Kind,
}

/// Reads conditions for whole rows; the fields by column.
pub(crate) struct Rows<'a> {
    /// The columns that the model knows.
    pub(crate) fields: &'a BTreeMap<String, Field>,
    /// Whose SQL it is.
    pub(crate) dialect: SqlDialect,
}

impl Rows<'_> {
    /// The rows for which a condition is true or unknown.
    pub(crate) fn not_false(&self, condition: &Condition) -> Value {
        self.rows(condition, true)
    }

    /// Rows for which a condition is not false (`wanted`), or not true.
    fn rows(&self, condition: &Condition, wanted: bool) -> Value {
        let all = |parts: &[Condition]| both(parts.iter().map(|part| self.rows(part, wanted)));
        let any = |parts: &[Condition]| either(parts.iter().map(|part| self.rows(part, wanted)));
        match condition {
            Condition::And(parts) if wanted => all(parts),
            Condition::Or(parts) if !wanted => all(parts),
            Condition::And(parts) | Condition::Or(parts) => any(parts),
            Condition::Not(part) => self.rows(part, !wanted),
            Condition::Test(column, test) => self.test(column, test, wanted),
            Condition::IsNull(column) => self.null(column, wanted),
            Condition::Always(word) => Value::Bool(*word == wanted),
            Condition::Unknown(..) => Value::Bool(true),
        }
    }

    fn test(&self, column: &str, test: &Test, wanted: bool) -> Value {
        let Some(field) = self.fields.get(column) else { return Value::Bool(true) };
        let fragment = |kind| if wanted { meets(test, kind) } else { fails(test, kind) }.unwrap_or(Value::Bool(true));
        let schema = match self.dialect {
            SqlDialect::Postgresql => fragment(field.kind),
            SqlDialect::Sqlite => {
                let number = fragment(Kind::Number);
                let words =
                    [false, true].into_iter().filter(|flag| jsonschema::is_valid(&number, &json!(i32::from(*flag))));
                let words: Vec<_> = words.map(Value::Bool).collect();
                let has = |names: &[&str]| names.iter().any(|name| field.types.contains(name));
                let mut parts = Vec::new();
                if has(&["boolean"]) {
                    parts.push(if words.is_empty() { Value::Bool(false) } else { json!({ "enum": words }) });
                }
                if has(&["integer", "number"]) {
                    parts.push(both([json!({ "type": "number" }), number]));
                }
                if has(&["string"]) {
                    parts.push(both([json!({ "type": "string" }), fragment(Kind::String)]));
                }
                if has(&["object", "array"]) {
                    parts.push(json!({ "type": ["object", "array"] }));
                }
                either(parts)
            }
        };
        match schema {
            Value::Bool(true) => schema,
            schema => json!({ "properties": { &field.property: or_null(&schema) } }),
        }
    }

    fn null(&self, column: &str, wanted: bool) -> Value {
        let Some(field) = self.fields.get(column) else { return Value::Bool(true) };
        let property = &field.property;
        if wanted {
            json!({ "properties": { property: { "type": "null" } } })
        } else {
            json!({ "required": [property], "properties": { property: { "not": { "type": "null" } } } })
        }
    }
}
