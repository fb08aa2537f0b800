//! What a schema demands of an event's attributes.

use serde_json::Value;

/// How many schemas are looked into for a property.
const MOST_SEEN: usize = 1000;

/// The schema of a property, by the names on the way to it: directly, behind references of a bundle, or in `allOf`; one
/// with a constant before any other.
pub(super) fn property<'v>(bundle: &'v Value, names: &[&str]) -> Option<&'v Value> {
    names.iter().try_fold(bundle, |schema, name| find(bundle, schema, name))
}

/// The first text that a schema allows for a property: its `const`, or the first of its `enum`.
pub(super) fn constants(bundle: &Value, names: &[&str]) -> Option<String> {
    words(property(bundle, names)?).first().cloned()
}

fn find<'v>(bundle: &'v Value, schema: &'v Value, name: &str) -> Option<&'v Value> {
    let named = |schema: &'v Value| schema.get("properties").and_then(|properties| properties.get(name));
    let mut found: Vec<_> = together(bundle, schema).into_iter().filter_map(named).collect();
    found.sort_by_key(|schema| together(bundle, schema).into_iter().all(|schema| words(schema).is_empty()));
    let first = found.into_iter().next()?;
    let speaking = together(bundle, first).into_iter().find(|schema| !words(schema).is_empty());
    speaking.or(Some(first))
}

/// A schema and all that must hold with it: behind its reference and in its `allOf`.
fn together<'v>(bundle: &'v Value, schema: &'v Value) -> Vec<&'v Value> {
    let mut seen = vec![schema];
    let mut next = 0;
    while let Some(schema) = seen.get(next).copied().filter(|_| next < MOST_SEEN) {
        next += 1;
        let reference = schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'));
        let behind = reference.and_then(|reference| linkspan_source::pointer::get(bundle, reference));
        let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        for part in behind.into_iter().chain(parts) {
            if !seen.iter().any(|known| std::ptr::eq(*known, part)) {
                seen.push(part);
            }
        }
    }
    seen
}

fn words(schema: &Value) -> Vec<String> {
    let one = schema.get("const").map(std::slice::from_ref);
    let words = one.or_else(|| schema.get("enum")?.as_array().map(Vec::as_slice));
    words.unwrap_or_default().iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect()
}

/// The version that a name ends with, after a separator: `1` of `shop.order.placed.v1`, `0.2.0` of
/// `dev.cdevents.artifact.packaged.0.2.0`, `2` of `https://shop.example/order/2`.
pub(super) fn version_of(name: &str) -> Option<String> {
    let name = name.trim_end_matches(['/', '#']);
    let starts = name.char_indices().filter(|(_, letter)| "._-/:".contains(*letter)).map(|(at, _)| at + 1);
    starts.map(|at| &name[at..]).find_map(|rest| {
        let rest = rest.strip_prefix(['v', 'V']).unwrap_or(rest);
        let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        rest.split('.').all(number).then(|| rest.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn versions_end_names() {
        let cases = [
            ("shop.order.placed.v1", Some("1")),
            ("dev.cdevents.artifact.packaged.0.2.0", Some("0.2.0")),
            ("https://shop.example/order/2", Some("2")),
            ("shop.order.placed", None),
            ("shop.v1.placed", None),
            ("order-v12", Some("12")),
        ];
        for (name, version) in cases {
            assert_eq!(version_of(name).as_deref(), version, "{name}");
        }
    }

    #[test]
    fn constants_are_found_behind_references() {
        let schema = json!({
            "allOf": [{ "$ref": "#/definitions/envelope" }, { "properties": { "type": { "enum": ["a.v1", "a.v2"] } } }],
            "definitions": {
                "envelope": { "properties": { "type": { "type": "string" }, "context": { "$ref": "#/definitions/context" } } },
                "context": { "properties": { "type": { "const": "b" } } },
            },
        });
        assert_eq!(constants(&schema, &["type"]).as_deref(), Some("a.v1"));
        assert_eq!(constants(&schema, &["context", "type"]).as_deref(), Some("b"));
        assert_eq!(constants(&schema, &["source"]), None);
        let endless = json!({ "allOf": [{ "$ref": "#" }] });
        assert_eq!(constants(&endless, &["type"]), None);
    }
}
