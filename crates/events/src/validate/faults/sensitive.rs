//! What a schema calls sensitive: values that a part of it with `x-sensitive: true` describes.
//!
//! An annotation of a validator would not do: it is dropped where the value is wrong, which is just when it would be
//! shown. So every way through the schema counts, whichever branch holds.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::catalog::follow;
use crate::schema::{Compiled, Files, Place};
use linkspan_source::pointer;

const KEYWORD: &str = "x-sensitive";

/// How many steps are taken before the whole value counts as sensitive.
const MOST: usize = 100_000;

/// Whether any part of a value has the keyword.
pub(in crate::validate) fn is_sensitive(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => {
            members.get(KEYWORD) == Some(&Value::Bool(true)) || members.values().any(is_sensitive)
        }
        Value::Array(items) => items.iter().any(is_sensitive),
        _ => false,
    }
}

/// Pointers to the sensitive parts of a value that stands at `at` in its document.
pub(super) fn pointers(schema: &Compiled, value: &Value, at: &str) -> Vec<String> {
    let (files, place, ..) = schema.source();
    let mut walk = Walk { files, seen: BTreeSet::new(), found: Vec::new() };
    walk.schema(place, value, at);
    walk.found
}

struct Walk<'a> {
    files: &'a Files,
    seen: BTreeSet<(Place, String)>,
    found: Vec<String>,
}

/// Keywords whose schema, or schemas, describe the same value.
const SAME: [&str; 8] = ["allOf", "anyOf", "oneOf", "if", "then", "else", "dependentSchemas", "dependencies"];

/// Keywords whose schema, or schemas, describe the items of an array.
const ITEMS: [&str; 5] = ["items", "additionalItems", "prefixItems", "contains", "unevaluatedItems"];

impl Walk<'_> {
    fn schema(&mut self, place: &Place, value: &Value, at: &str) {
        if self.seen.len() > MOST {
            return self.found.push(at.to_owned());
        }
        if !self.seen.insert((place.clone(), at.to_owned())) {
            return;
        }
        let Ok(document) = self.files.document(&place.path) else { return };
        let Some(Value::Object(schema)) = pointer::get(&document.value, &place.pointer) else { return };
        if schema.get(KEYWORD) == Some(&Value::Bool(true)) {
            return self.found.push(at.to_owned());
        }
        self.references(place, schema, value, at, is_sensitive(&document.value));
        for keyword in SAME {
            self.parts(place, schema, keyword, &[(value, at.to_owned())]);
        }
        match value {
            Value::Object(members) => self.members(place, schema, members, at),
            Value::Array(items) => {
                let items: Vec<_> =
                    items.iter().enumerate().map(|(index, it)| (it, pointer::join_index(at, index))).collect();
                for keyword in ITEMS {
                    self.parts(place, schema, keyword, &items);
                }
            }
            _ => {}
        }
    }

    fn references(&mut self, place: &Place, schema: &Map<String, Value>, value: &Value, at: &str, sensitive: bool) {
        if schema.contains_key("$ref") {
            let target = follow(self.files, place).ok().filter(|(_, target)| target != place);
            match target {
                Some((_, target)) => self.schema(&target, value, at),
                // What the reference leads to is found by its anchor; whether that is sensitive is not known.
                None if sensitive => self.found.push(at.to_owned()),
                None => {}
            }
        }
        if sensitive && (schema.contains_key("$dynamicRef") || schema.contains_key("$recursiveRef")) {
            self.found.push(at.to_owned());
        }
    }

    fn members(&mut self, place: &Place, schema: &Map<String, Value>, members: &Map<String, Value>, at: &str) {
        for (name, value) in members {
            let below = pointer::join(at, name);
            let properties = schema.get("properties").and_then(Value::as_object);
            if properties.is_some_and(|properties| properties.contains_key(name)) {
                self.schema(&sub(place, &["properties", name]), value, &below);
            } else {
                for keyword in ["patternProperties", "additionalProperties", "unevaluatedProperties"] {
                    self.parts(place, schema, keyword, &[(value, below.clone())]);
                }
            }
        }
    }

    /// All schemas of a keyword, which is one, a list or a map of them, on all these values.
    fn parts(&mut self, place: &Place, schema: &Map<String, Value>, keyword: &str, values: &[(&Value, String)]) {
        let mut places = Vec::new();
        match schema.get(keyword) {
            Some(Value::Array(list)) => {
                places.extend((0..list.len()).map(|index| sub(place, &[keyword, &index.to_string()])));
            }
            Some(Value::Object(map)) => {
                places.push(sub(place, &[keyword]));
                places.extend(map.keys().filter(|_| is_map(keyword)).map(|name| sub(place, &[keyword, name])));
            }
            _ => {}
        }
        for part in &places {
            values.iter().for_each(|(value, at)| self.schema(part, value, at));
        }
    }
}

fn is_map(keyword: &str) -> bool {
    matches!(keyword, "dependentSchemas" | "dependencies" | "patternProperties")
}

fn sub(place: &Place, tokens: &[&str]) -> Place {
    let at = tokens.iter().fold(place.pointer.clone(), |at, token| pointer::join(&at, token));
    Place { path: place.path.clone(), pointer: at }
}
