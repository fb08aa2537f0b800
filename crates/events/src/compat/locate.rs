//! Finding the same place in two schemas: along the way that a validator went, behind references.

use std::convert::Infallible;

use linkspan_source::pointer;
use serde_json::Value;

use crate::schema::end_of;

/// Keywords whose members are names, not keywords.
pub(super) const NAMED: [&str; 7] = [
    "properties",
    "patternProperties",
    "dependentSchemas",
    "dependencies",
    "$defs",
    "definitions",
    "dependentRequired",
];

/// A place in a schema that was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// A JSON Pointer to it, or to the deepest part on the way that is there.
    pub(super) pointer: String,
    /// Whether it is the place itself.
    pub(super) exact: bool,
}

/// The place that an evaluation path leads to. Where a schema goes another way to the same thing, that is followed:
/// through a reference or a part of `allOf` that the path does not have, or without one that it has.
pub(super) fn walk(schema: &Value, path: &str) -> Found {
    let tokens: Vec<_> = pointer::split(path).map(std::borrow::Cow::into_owned).collect();
    let mut at = String::new();
    let mut index = 0;
    let mut named = false;
    while let Some(token) = tokens.get(index) {
        if !named && matches!(token.as_str(), "$ref" | "$dynamicRef" | "$recursiveRef") {
            at = step_into(schema, &at).unwrap_or(at);
            index += 1;
            continue;
        }
        match descend(schema, &at, token, named) {
            Some(below) => at = below,
            None if !named && token == "allOf" => {
                index += 2;
                continue;
            }
            None => return Found { pointer: at, exact: false },
        }
        named = !named && NAMED.contains(&token.as_str());
        index += 1;
    }
    Found { pointer: at, exact: true }
}

/// The member of the schema at a place, of what it refers to, or of a part of its `allOf`.
fn descend(schema: &Value, at: &str, token: &str, named: bool) -> Option<String> {
    if named {
        return Some(pointer::join(at, token)).filter(|below| pointer::get(schema, below).is_some());
    }
    let next =
        |at: &String| Ok::<_, Infallible>(member(schema, at, token).is_none().then(|| step_into(schema, at)).flatten());
    let Ok(end) = end_of(at.to_owned(), next);
    member(schema, &end.ok()?, token)
}

/// The member of the schema at a place itself, or of a part of its `allOf`.
fn member(schema: &Value, at: &str, token: &str) -> Option<String> {
    let parts = pointer::get(schema, &pointer::join(at, "allOf")).and_then(Value::as_array).map_or(0, Vec::len);
    let inside = (0..parts).map(|part| behind(schema, format!("{at}/allOf/{part}")));
    let mut places = std::iter::once(at.to_owned()).chain(inside).map(|place| pointer::join(&place, token));
    places.find(|below| pointer::get(schema, below).is_some())
}

/// The place behind all references that stand at a place.
fn behind(schema: &Value, at: String) -> String {
    let Ok(end) = end_of(at, |at| Ok::<_, Infallible>(step_into(schema, at)));
    end.unwrap_or_else(|circle| circle)
}

/// Where the reference at a place leads.
pub(super) fn step_into(schema: &Value, at: &str) -> Option<String> {
    let node = pointer::get(schema, at)?;
    let reference = ["$ref", "$dynamicRef", "$recursiveRef"].iter().find_map(|keyword| node.get(keyword)?.as_str())?;
    let (address, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let resource = if address.is_empty() { String::new() } else { find(schema, "", &["$id", "id"], address)? };
    if fragment.is_empty() || fragment.starts_with('/') {
        let target = format!("{resource}{}", crate::schema::unescaped(fragment));
        return pointer::get(schema, &target).is_some().then_some(target);
    }
    find(schema, &resource, &["$anchor", "$dynamicAnchor"], fragment)
        .or_else(|| find(schema, &resource, &["$id", "id"], &format!("#{fragment}")))
}

/// The place below `at` where one of the keywords has a value.
fn find(schema: &Value, at: &str, keywords: &[&str], wanted: &str) -> Option<String> {
    let node = pointer::get(schema, at)?;
    if keywords.iter().any(|keyword| node.get(keyword).and_then(Value::as_str) == Some(wanted)) {
        return Some(at.to_owned());
    }
    match node {
        Value::Object(members) => {
            members.keys().find_map(|key| find(schema, &pointer::join(at, key), keywords, wanted))
        }
        Value::Array(items) => {
            (0..items.len()).find_map(|index| find(schema, &pointer::join_index(at, index), keywords, wanted))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_same_place_is_found_behind_references_and_parts() {
        let schema = json!({
            "allOf": [{ "$ref": "#/$defs/base" }],
            "properties": { "a": { "$ref": "#/$defs/a" }, "$ref": { "type": "string" } },
            "$defs": {
                "a": { "properties": { "b": { "minimum": 1 } } },
                "base": { "properties": { "c": { "maximum": 1 } }, "minProperties": 1 },
                "named": { "$anchor": "n", "const": 1 },
            },
            "not": { "$ref": "#n" },
        });
        let found = |path: &str| {
            let Found { pointer, exact } = walk(&schema, path);
            format!("{pointer}{}", if exact { "" } else { " ?" })
        };
        let paths = [
            "/properties/a/$ref/properties/b/minimum",
            "/properties/a/properties/b/minimum",
            "/properties/$ref/type",
            "/minProperties",
            "/allOf/7/properties/$ref/type",
            "/not/const",
            "/properties/a/properties/b/maximum",
            "",
        ];
        insta::assert_snapshot!(paths.map(found).join("\n"), @"
        /$defs/a/properties/b/minimum
        /$defs/a/properties/b/minimum
        /properties/$ref/type
        /$defs/base/minProperties
        /allOf ?
        /$defs/named/const
        /$defs/a/properties/b ?
        ");
    }

    #[test]
    fn circles_end() {
        let schema = json!({ "$ref": "#/$defs/a", "$defs": { "a": { "$ref": "#" } } });
        assert_eq!(walk(&schema, "/type"), Found { pointer: String::new(), exact: false });
    }
}
