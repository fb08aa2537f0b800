//! What a column holds, as a JSON Schema: its type, and what is demanded of it.

use serde_json::{Value, json};

use super::condition::{Condition, Test};
use super::database::Check;
use crate::drift::shape::{both, either};

/// What kind of value is stored, which decides what a test means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A number.
    Number,
    /// A text; so are dates and the words of an enumeration.
    String,
    /// True or false.
    Boolean,
    /// Any JSON.
    Json,
    /// Something else.
    Other,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Values {
    /// Its values other than NULL.
    pub(crate) schema: Value,
    /// The same for who writes nothing but integers, where that is simpler to say.
    pub(crate) integers: Option<Value>,
    /// What is stored.
    pub(crate) kind: Kind,
    /// Whether NULL is let in.
    pub(crate) null: bool,
    /// What is demanded besides, but could not be read: `schema` may be too wide.
    pub(crate) unknown: Vec<String>,
}

impl Values {
    /// The values of a schema, and NULL.
    pub(crate) fn of(kind: Kind, schema: Value) -> Self {
        Self { schema, integers: None, kind, null: true, unknown: Vec::new() }
    }
}

/// Integers of 64 bits. The upper bound is one that every reader of JSON has exactly.
pub(crate) fn long() -> Value {
    json!({ "type": "integer", "minimum": i64::MIN, "exclusiveMaximum": 1_u64 << 63 })
}

/// Integers that a floating-point number of 64 bits holds; the bounds are the next ones that every reader of JSON has
/// exactly.
pub(crate) fn double() -> Value {
    let next = (1_i64 << 53) + 2;
    json!({ "type": "integer", "exclusiveMinimum": -next, "exclusiveMaximum": next })
}

/// The values for which no check is false. Each check speaks of this column alone.
pub(crate) fn demanded(mut values: Values, checks: &[&Check]) -> Values {
    for Check { condition, text, .. } in checks {
        let reader = Reader { kind: values.kind, null: false };
        let fragment = reader.not_false(condition);
        values.schema = both([values.schema, fragment.clone()]);
        values.integers = values.integers.map(|integers| both([integers, fragment]));
        values.null &= Reader { kind: values.kind, null: true }.not_false(condition) != Value::Bool(false);
        if reader.is_unread(condition) {
            values.unknown.push(format!("the check `{text}` is not understood"));
        }
    }
    values
}

/// Reads conditions for one column's values: those other than NULL, or NULL alone.
pub(crate) struct Reader {
    /// What is stored.
    pub(crate) kind: Kind,
    /// Whether the value is NULL.
    pub(crate) null: bool,
}

impl Reader {
    /// The values for which a condition is true or unknown: a check refuses only what is false.
    pub(crate) fn not_false(&self, condition: &Condition) -> Value {
        match condition {
            Condition::And(parts) => both(parts.iter().map(|part| self.not_false(part))),
            Condition::Or(parts) => either(parts.iter().map(|part| self.not_false(part))),
            Condition::Not(part) => self.not_true(part),
            Condition::Test(_, test) if !self.null => meets(test, self.kind).unwrap_or(Value::Bool(true)),
            Condition::IsNull(_) => Value::Bool(self.null),
            Condition::Always(word) => Value::Bool(*word),
            Condition::Test(..) | Condition::Unknown(..) => Value::Bool(true),
        }
    }

    /// The values for which a condition is false or unknown.
    fn not_true(&self, condition: &Condition) -> Value {
        match condition {
            Condition::And(parts) => either(parts.iter().map(|part| self.not_true(part))),
            Condition::Or(parts) => both(parts.iter().map(|part| self.not_true(part))),
            Condition::Not(part) => self.not_false(part),
            Condition::Test(_, test) if !self.null => fails(test, self.kind).unwrap_or(Value::Bool(true)),
            Condition::IsNull(_) => Value::Bool(!self.null),
            Condition::Always(word) => Value::Bool(!*word),
            Condition::Test(..) | Condition::Unknown(..) => Value::Bool(true),
        }
    }

    /// Whether something in a condition has no meaning for this kind of value, as far as it is known.
    pub(crate) fn is_unread(&self, condition: &Condition) -> bool {
        match condition {
            Condition::And(parts) | Condition::Or(parts) => parts.iter().any(|part| self.is_unread(part)),
            Condition::Not(part) => self.is_unread(part),
            Condition::Test(_, test) => meets(test, self.kind).is_none(),
            Condition::Unknown(..) => true,
            Condition::IsNull(_) | Condition::Always(_) => false,
        }
    }
}

/// The values that meet a test; `None` where it says nothing about this kind.
pub(crate) fn meets(test: &Test, kind: Kind) -> Option<Value> {
    Some(match (test, kind) {
        (Test::Above(number, false), Kind::Number) => json!({ "minimum": number }),
        (Test::Above(number, true), Kind::Number) => json!({ "exclusiveMinimum": number }),
        (Test::Below(number, false), Kind::Number) => json!({ "maximum": number }),
        (Test::Below(number, true), Kind::Number) => json!({ "exclusiveMaximum": number }),
        // SQLite: every text is more than every number.
        (Test::Above(..), Kind::String) => Value::Bool(true),
        (Test::Below(..), Kind::String) => Value::Bool(false),
        (Test::OneOf(words), Kind::Number | Kind::String | Kind::Boolean) if words.is_empty() => Value::Bool(false),
        (Test::OneOf(words), Kind::Number | Kind::String | Kind::Boolean) => json!({ "enum": words }),
        (Test::Longer(0), _) => Value::Bool(true),
        (Test::Longer(count), Kind::String) => json!({ "minLength": count }),
        (Test::Shorter(count), Kind::String) => json!({ "maxLength": count }),
        (Test::Matches(pattern), Kind::String) => json!({ "pattern": pattern }),
        (Test::Multiple(number), Kind::Number) if number.as_f64().is_some_and(|number| number > 0.0) => {
            json!({ "multipleOf": number })
        }
        (Test::Typed(types), Kind::Number | Kind::String | Kind::Json) => typed(types),
        _ => return None,
    })
}

fn typed(types: &[&str]) -> Value {
    match types {
        [] => Value::Bool(false),
        ["number"] => json!({ "type": "number", "not": { "type": "integer" } }),
        types => json!({ "type": types }),
    }
}

/// The values that fail a test.
pub(crate) fn fails(test: &Test, kind: Kind) -> Option<Value> {
    let other = |schema: Value| match schema {
        Value::Bool(word) => Value::Bool(!word),
        schema => json!({ "not": schema }),
    };
    Some(match (test, kind) {
        (Test::Above(number, excluded), Kind::Number) => return meets(&Test::Below(number.clone(), !excluded), kind),
        (Test::Below(number, excluded), Kind::Number) => return meets(&Test::Above(number.clone(), !excluded), kind),
        (Test::OneOf(words), Kind::String) if words == &[Value::from("")] => json!({ "minLength": 1 }),
        (Test::OneOf(words), Kind::Boolean) if words == &[Value::Bool(true)] => json!({ "enum": [false] }),
        (Test::OneOf(words), Kind::Boolean) if words == &[Value::Bool(false)] => json!({ "enum": [true] }),
        (Test::Longer(count), Kind::String) if *count > 0 => json!({ "maxLength": count - 1 }),
        (Test::Shorter(count), Kind::String) => json!({ "minLength": count + 1 }),
        (Test::Matches(pattern), Kind::String) => unmatched(pattern),
        _ => other(meets(test, kind)?),
    })
}

/// The texts that do not match: where that can be said by a pattern, by a pattern.
fn unmatched(pattern: &str) -> Value {
    let blank = |other: &str| json!({ "pattern": other });
    match pattern {
        "[^ ]" => return blank("^ *$"),
        "^ *$" => return blank("[^ ]"),
        _ => {}
    }
    // `*[^0-9]*`: something other than digits. Not that: digits alone.
    let inner = pattern.strip_prefix("^[\\s\\S]*[^").and_then(|rest| rest.strip_suffix("][\\s\\S]*$"));
    match inner.filter(|inner| !inner.contains(['[', ']', '\\'])) {
        Some(members) => json!({ "pattern": format!("^[{members}]*$") }),
        None => json!({ "not": { "pattern": pattern } }),
    }
}
