//! What the columns of SQLite hold (<https://www.sqlite.org/datatype3.html>, <https://www.sqlite.org/stricttables.html>).
//!
//! Outside strict tables a column takes any value; its affinity only decides what a value is turned into. A value
//! counts as held if it comes back as it was: numbers as numbers, booleans as 0 and 1, texts as texts, objects and
//! arrays as their JSON text.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::database::{Check, Column, Table};
use super::values::{Kind, Reader, Values, demanded, double, long};
use crate::drift::shape::{both, either};

/// The types of JSON, without null.
pub(crate) type Types = BTreeSet<&'static str>;

/// What a declared type makes of values (section 3.1 of the page on data types).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Affinity {
    /// Numbers, whole where they can be.
    Integer,
    /// Texts.
    Text,
    /// Nothing.
    Blob,
    /// Floating-point numbers.
    Real,
    /// Numbers where they can be.
    Numeric,
}

/// The affinity of a declared type; the order of the rules matters (`CHARINT` is an integer).
pub(crate) fn affinity(declared: &str) -> Affinity {
    let declared = declared.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| declared.contains(word));
    match () {
        () if has(&["INT"]) => Affinity::Integer,
        () if has(&["CHAR", "CLOB", "TEXT"]) => Affinity::Text,
        () if has(&["BLOB"]) || declared.is_empty() => Affinity::Blob,
        () if has(&["REAL", "FLOA", "DOUB"]) => Affinity::Real,
        () => Affinity::Numeric,
    }
}

/// A text that a column of numbers would turn into one.
const NUMERIC: &str = "^\\s*[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?\\s*$";

/// What a column holds of the types that its property has.
pub(crate) fn values(column: &Column, table: &Table, checks: &[&Check], types: &Types) -> Values {
    let numbers = numbers(column, table).map(|schema| demanded(schema, checks));
    let texts = texts(column, table).map(|schema| demanded(Values::of(Kind::String, schema), checks));
    let mut parts = Vec::new();
    let mut unknown = Vec::new();
    let number = |types: &Types| types.contains("number") || types.contains("integer");
    if let Some(numbers) = &numbers {
        if number(types) {
            let whole = numbers.integers.as_ref().filter(|_| !types.contains("number"));
            parts.push(whole.unwrap_or(&numbers.schema).clone());
            unknown.extend(numbers.unknown.iter().cloned());
        }
        if types.contains("boolean") {
            let held = |flag: bool| jsonschema::is_valid(&numbers.schema, &json!(i32::from(flag)));
            let words: Vec<Value> = [false, true].into_iter().filter(|flag| held(*flag)).map(Value::Bool).collect();
            parts.push(if words.is_empty() { Value::Bool(false) } else { json!({ "enum": words }) });
        }
    }
    if let Some(texts) = &texts {
        if types.contains("string") {
            parts.push(texts.schema.clone());
            unknown.extend(texts.unknown.iter().cloned());
        }
        for name in ["object", "array"].into_iter().filter(|name| types.contains(name)) {
            let (schema, doubt) = as_text(name, checks);
            parts.push(schema);
            unknown.extend(doubt);
        }
    }
    if parts.is_empty() {
        parts.extend(numbers.iter().chain(&texts).map(|values| values.schema.clone()));
    }
    let null = numbers.iter().chain(&texts).all(|values| values.null) && !column.rowid;
    unknown.sort();
    unknown.dedup();
    Values { schema: either(parts), integers: None, kind: Kind::Other, null, unknown }
}

/// Everything that can stand in a column, for who reads it: a column of numbers may hold a text, unless it is strict.
pub(crate) fn contents(column: &Column, table: &Table, checks: &[&Check], types: &Types) -> Values {
    let mut all: Types = types.clone();
    if numbers(column, table).is_some() && !types.contains("boolean") {
        all.insert("number");
    }
    if texts(column, table).is_some() && !(types.contains("object") || types.contains("array")) {
        all.insert("string");
    }
    values(column, table, checks, &all)
}

/// The numbers that come back as they were.
fn numbers(column: &Column, table: &Table) -> Option<Values> {
    let of = |integers: Value, schema: Value| Values { integers: Some(integers), ..Values::of(Kind::Number, schema) };
    let any = || json!({ "type": "number" });
    let declared = column.declared.text.to_ascii_uppercase();
    if column.rowid {
        return Some(of(long(), long()));
    }
    if table.strict {
        return match declared.as_str() {
            "INT" | "INTEGER" => Some(of(long(), long())),
            "REAL" => Some(of(double(), any())),
            "ANY" => Some(of(long(), any())),
            _ => None,
        };
    }
    match affinity(&declared) {
        Affinity::Text => None,
        Affinity::Real => Some(of(double(), any())),
        Affinity::Integer | Affinity::Numeric | Affinity::Blob => Some(of(long(), any())),
    }
}

/// The texts that come back as they were.
fn texts(column: &Column, table: &Table) -> Option<Value> {
    let any = json!({ "type": "string" });
    let declared = column.declared.text.to_ascii_uppercase();
    if column.rowid {
        return None;
    }
    if table.strict {
        return matches!(declared.as_str(), "TEXT" | "ANY").then_some(any);
    }
    match affinity(&declared) {
        Affinity::Text | Affinity::Blob => Some(any),
        Affinity::Integer | Affinity::Numeric | Affinity::Real => {
            Some(both([any, json!({ "not": { "pattern": NUMERIC } })]))
        }
    }
}

/// Objects or arrays as JSON text: what is demanded of the text cannot be said of them, except that it is JSON.
fn as_text(name: &str, checks: &[&Check]) -> (Value, Option<String>) {
    let reader = Reader { kind: Kind::Json, null: false };
    let demands = checks.iter().map(|check| reader.not_false(&check.condition));
    let doubt = checks.iter().find(|check| reader.is_unread(&check.condition));
    let doubt = doubt.map(|check| format!("the check `{}` is not understood", check.text));
    (both(demands.chain([json!({ "type": name })])), doubt)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the page on data types, section 3.1.1.
    #[test]
    fn affinities_follow_the_rules_in_their_order() {
        for (declared, expected) in [
            ("INT UNSIGNED", Affinity::Integer),
            ("CHARINT", Affinity::Integer),
            ("VARCHAR(255)", Affinity::Text),
            ("BLOB", Affinity::Blob),
            ("", Affinity::Blob),
            ("DOUBLE PRECISION", Affinity::Real),
            ("DECIMAL(10,5)", Affinity::Numeric),
            ("BOOLEAN", Affinity::Numeric),
            ("DATETIME", Affinity::Numeric),
            ("FLOATING POINT", Affinity::Integer),
            ("STRING", Affinity::Numeric),
        ] {
            assert_eq!(affinity(declared), expected, "{declared}");
        }
    }
}
