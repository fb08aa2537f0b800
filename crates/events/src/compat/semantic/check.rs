//! The judges of a witness: two validators that have nothing in common.

use std::borrow::Cow;
use std::collections::BTreeSet;

use boon::{Compiler, SchemaIndex, Schemas, UrlLoader};
use jsonschema::{PatternOptions, Retrieve, Uri, Validator};
use serde_json::Value;

use super::language::without_lookaround;
use super::value::is_deep;
use crate::schema::{Bundle, Dialect, unescaped};

/// As in the validation of events.
const BACKTRACKS: usize = 1_000_000;

/// Deeper values are not given to the validators, whose stacks grow with them.
const DEPTH: usize = 500;

const BASE: &str = "https://linkspan.invalid/schema";

/// One schema, in both validators.
pub(super) struct Checker {
    one: Validator,
    other: (Schemas, SchemaIndex),
}

/// Both schemas of a pair, in both validators.
pub(super) struct Pair {
    pub(super) writer: Checker,
    pub(super) reader: Checker,
}

impl Pair {
    /// # Errors
    /// Why one of them is no schema.
    pub(super) fn new(writer: &Bundle, reader: &Bundle) -> Result<Self, String> {
        let of = |bundle, name| Checker::new(bundle).map_err(|error| format!("the {name}'s schema: {error}"));
        Ok(Self { writer: of(writer, "writer")?, reader: of(reader, "reader")? })
    }

    /// Whether both agree that the writer's schema accepts a value and the reader's does not.
    pub(super) fn confirms(&self, value: &Value) -> bool {
        !is_deep(value, DEPTH) && self.writer.accepts(value) == Some(true) && self.reader.accepts(value) == Some(false)
    }
}

struct Nothing;

impl UrlLoader for Nothing {
    fn load(&self, url: &str) -> Result<Value, Box<dyn std::error::Error>> {
        Err(format!("`{url}` is not in the schema").into())
    }
}

impl Retrieve for Nothing {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        Err(format!("`{uri}` is not in the schema").into())
    }
}

impl Checker {
    fn new(bundle: &Bundle) -> Result<Self, String> {
        let schema = known_dialect(bundle);
        let one = jsonschema::options()
            .with_draft(bundle.dialect.into())
            .with_base_uri(BASE)
            .with_retriever(Nothing)
            .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(BACKTRACKS))
            .build(&schema)
            .map_err(|error| error.to_string())?;
        let other = compiled(&without_lookaround(&schema), bundle.dialect)?;
        Ok(Self { one, other })
    }

    /// Whether a value is valid; `None` if the validators disagree.
    fn accepts(&self, value: &Value) -> Option<bool> {
        let one = self.one.is_valid(value);
        (self.other.0.validate(value, self.other.1).is_ok() == one).then_some(one)
    }

    /// The keywords that reject a value, as JSON Pointers, in order.
    pub(super) fn rejecting(&self, value: &Value, bundle: &Bundle) -> Vec<String> {
        let resources = identified(bundle);
        let places: BTreeSet<String> = self
            .one
            .iter_errors(value)
            .map(|error| match error.absolute_keyword_location() {
                Some(location) => pointer(location.as_str(), &resources),
                None => error.schema_path().as_str().to_owned(),
            })
            .map(|place| existing(&bundle.value, place))
            .collect();
        let inner = |place: &String| {
            let below = format!("{place}/");
            !places.iter().any(|other| other.starts_with(&below))
        };
        places.iter().filter(|place| inner(place)).cloned().collect()
    }
}

/// The schema, without a `$schema` that names nothing known.
fn known_dialect(bundle: &Bundle) -> Cow<'_, Value> {
    let named = bundle.value.get("$schema").and_then(Value::as_str);
    if named.is_none_or(|named| Dialect::named(named).is_some()) {
        return Cow::Borrowed(&bundle.value);
    }
    let mut schema = bundle.value.clone();
    if let Some(members) = schema.as_object_mut() {
        members.remove("$schema");
    }
    Cow::Owned(schema)
}

fn compiled(schema: &Value, dialect: Dialect) -> Result<(Schemas, SchemaIndex), String> {
    let mut compiler = Compiler::new();
    compiler.use_loader(Box::new(Nothing));
    compiler.set_default_draft(match dialect {
        Dialect::Draft4 => boon::Draft::V4,
        Dialect::Draft6 => boon::Draft::V6,
        Dialect::Draft7 => boon::Draft::V7,
        Dialect::Draft201909 => boon::Draft::V2019_09,
        Dialect::Draft202012 => boon::Draft::V2020_12,
    });
    if dialect == Dialect::Draft7 {
        compiler.enable_content_assertions();
    }
    let mut schemas = Schemas::new();
    // What it says of itself and of meta-schemas would mean nothing to people.
    let refused = |_| "one of the two validators does not take it".to_owned();
    compiler.add_resource(BASE, schema.clone()).map_err(refused)?;
    let index = compiler.compile(BASE, &mut schemas).map_err(refused)?;
    Ok((schemas, index))
}

/// The addresses that parts of a bundle give themselves, and where these parts are.
fn identified(bundle: &Bundle) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), &bundle.value)];
    while let Some((at, value)) = open.pop() {
        let children: Vec<(String, &Value)> = match value {
            Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), value)).collect(),
            Value::Array(items) => items.iter().enumerate().map(|(place, value)| (place.to_string(), value)).collect(),
            _ => Vec::new(),
        };
        for keyword in ["$id", "id"] {
            if let Some(id) = value.get(keyword).and_then(Value::as_str) {
                found.push((id.trim_end_matches('#').to_owned(), at.clone()));
            }
        }
        open.extend(children.into_iter().map(|(token, value)| (super::parse::step(&at, &token), value)));
    }
    found
}

/// A keyword's place in a bundle, from its absolute location.
fn pointer(location: &str, resources: &[(String, String)]) -> String {
    let (address, fragment) = location.split_once('#').unwrap_or((location, ""));
    let fragment = unescaped(fragment);
    let suffix =
        |id: &str| address == id || (!id.is_empty() && address.ends_with(&format!("/{}", id.trim_start_matches('/'))));
    match resources.iter().find(|(id, _)| suffix(id)) {
        Some((_, at)) => format!("{at}{fragment}"),
        None => fragment,
    }
}

/// A place, or the innermost around it that is there.
fn existing(schema: &Value, mut place: String) -> String {
    while schema.pointer(&place).is_none() {
        place.truncate(place.rfind('/').unwrap_or(0));
    }
    place
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rejecting(schema: Value, value: &Value) -> Vec<String> {
        let bundle = Bundle::alone(schema, Dialect::Draft202012);
        let checker = Checker::new(&bundle).map_err(|error| panic!("{error}")).unwrap();
        assert_eq!(checker.accepts(value), Some(false));
        checker.rejecting(value, &bundle)
    }

    #[test]
    fn keywords_are_named_where_they_stand() {
        let schema = json!({ "properties": { "a/b": { "$ref": "#/$defs/s" }, "c": { "minimum": 1 } },
                             "$defs": { "s": { "type": "string" } } });
        let places = rejecting(schema, &json!({ "a/b": 1, "c": 0 }));
        assert_eq!(places, ["/$defs/s/type", "/properties/c/minimum"]);
    }

    #[test]
    fn parts_with_an_address_of_their_own_are_found() {
        let schema = json!({ "$id": "https://a.example/root", "properties": { "a": { "$ref": "part" } },
                             "$defs": { "p": { "$id": "part", "maxLength": 1 } } });
        assert_eq!(rejecting(schema, &json!({ "a": "xx" })), ["/$defs/p/maxLength"]);
    }

    #[test]
    fn nothing_is_read_from_elsewhere() {
        let bundle = Bundle::alone(json!({ "$ref": "file:///etc/hostname" }), Dialect::Draft7);
        assert!(Checker::new(&bundle).is_err());
    }
}
