//! One step of a path into an object: a field, an item of a list by its key, by its value or by its index.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::{Display, Formatter, Result as Written};
use std::sync::Arc;

use serde_json::{Number, Value};

use super::text::{json, shown};
use super::value::order;

/// One step of a path into an object.
///
/// The order is that of structured-merge-diff: fields, keys, values, indices.
#[derive(Clone, Debug)]
pub enum PathElement<'a> {
    /// A field of a struct or a key of a map.
    Field(&'a str),
    /// The item of a list of objects whose fields have these values, sorted by name.
    Key(Arc<[KeyField<'a>]>),
    /// The item of a set.
    Item(Arc<Value>),
    /// The item of a list by its place.
    Index(i64),
}

/// A field that is part of an item's key, and its value.
pub(super) type KeyField<'a> = (Cow<'a, str>, Cow<'a, Value>);

/// Why a set in its written form cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldsError {
    /// Not one of `f:`, `k:`, `v:`, `i:` and something.
    #[error("`{0}` is not a path element: it begins with one letter and a colon")]
    Form(String),
    /// What follows cannot be read.
    #[error("`{0}` is not a path element: what follows the colon is malformed")]
    Content(String),
    /// Something stands where an object does.
    #[error("what is below a path element is neither an object nor null")]
    Below,
}

impl<'a> PathElement<'a> {
    /// The item of a list with these fields.
    pub(super) fn key(mut fields: Vec<KeyField<'a>>) -> Self {
        fields.sort_by(|one, other| one.0.cmp(&other.0));
        Self::Key(fields.into())
    }

    /// The item of a set.
    pub(super) fn item(value: &Value) -> Self {
        Self::Item(Arc::new(value.clone()))
    }

    /// Reads the form that `FieldsV1` has; none for a kind of step that is not known.
    pub(super) fn read(text: &'a str) -> Result<Option<Self>, FieldsError> {
        let malformed = || FieldsError::Content(text.to_owned());
        let (kind, content) = text.split_at_checked(2).ok_or_else(|| FieldsError::Form(text.to_owned()))?;
        Ok(Some(match kind {
            "f:" => Self::Field(content),
            "k:" => read_key(content).ok_or_else(malformed)?,
            "v:" => Self::Item(Arc::new(read_value(content).ok_or_else(malformed)?)),
            "i:" => Self::Index(content.parse().map_err(|_| malformed())?),
            _ if kind.ends_with(':') => return Ok(None),
            _ => return Err(FieldsError::Form(text.to_owned())),
        }))
    }

    /// The form that `FieldsV1` has.
    pub(super) fn write(&self) -> String {
        match self {
            Self::Field(name) => format!("f:{name}"),
            Self::Key(fields) => {
                let fields: Vec<_> = fields
                    .iter()
                    .map(|(name, value)| format!("{}:{}", json(&Value::from(&**name)), json(value)))
                    .collect();
                format!("k:{{{}}}", fields.join(","))
            }
            Self::Item(value) => format!("v:{}", json(value)),
            Self::Index(index) => format!("i:{index}"),
        }
    }

    const fn rank(&self) -> u8 {
        match self {
            Self::Field(_) => 0,
            Self::Key(_) => 1,
            Self::Item(_) => 2,
            Self::Index(_) => 3,
        }
    }
}

fn read_key<'a>(content: &str) -> Option<PathElement<'a>> {
    let Value::Object(fields) = read_value(content)? else { return None };
    let fields = fields.into_iter().map(|(name, value)| (Cow::Owned(name), Cow::Owned(value)));
    Some(PathElement::key(fields.collect()))
}

/// The first value in a text. The peer reads every number as a `float64`, which shows in messages from a million on.
fn read_value(content: &str) -> Option<Value> {
    let mut value = serde_json::Deserializer::from_str(content).into_iter().next()?.ok()?;
    floats(&mut value);
    Some(value)
}

fn floats(value: &mut Value) {
    match value {
        Value::Number(number) => {
            if let Some(float) = number.as_f64().and_then(Number::from_f64) {
                *number = float;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(floats),
        Value::Object(fields) => fields.values_mut().for_each(floats),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

impl<'a> From<&'a str> for PathElement<'a> {
    fn from(field: &'a str) -> Self {
        Self::Field(field)
    }
}

impl Ord for PathElement<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Field(one), Self::Field(other)) => one.cmp(other),
            (Self::Key(one), Self::Key(other)) => order_keys(one, other),
            (Self::Item(one), Self::Item(other)) => order(one, other),
            (Self::Index(one), Self::Index(other)) => one.cmp(other),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

fn order_keys(one: &[KeyField<'_>], other: &[KeyField<'_>]) -> Ordering {
    let pairs = one.iter().zip(other);
    let differences = pairs.map(|(one, other)| one.0.cmp(&other.0).then_with(|| order(&one.1, &other.1)));
    differences.into_iter().find(|order| order.is_ne()).unwrap_or_else(|| one.len().cmp(&other.len()))
}

impl PartialOrd for PathElement<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for PathElement<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for PathElement<'_> {}

impl Display for PathElement<'_> {
    /// As messages show it: `.spec`, `[name="web"]`, `[="x"]`, `[0]`.
    fn fmt(&self, to: &mut Formatter<'_>) -> Written {
        match self {
            Self::Field(name) => write!(to, ".{name}"),
            Self::Key(fields) => {
                let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", shown(value))).collect();
                write!(to, "[{}]", fields.join(","))
            }
            Self::Item(value) => write!(to, "[={}]", shown(value)),
            Self::Index(index) => write!(to, "[{index}]"),
        }
    }
}
