//! Schemas that would take for ever: branches that multiply on the way from reference to reference, and chains of
//! references without an end in sight. They are refused before a validator follows them.

use std::collections::HashMap;

use linkspan_source::pointer;
use serde_json::{Map, Value};

use crate::schema::{Error, Files, Place, unescaped};

/// How many schemas may be tried on one value.
const MOST: u64 = 1_000_000;

/// How many schemas may lead from one to the next on one value.
const DEEPEST: usize = 2_000;

/// Keywords whose schemas describe the same value.
const SAME: [&str; 8] = ["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"];

/// Keywords whose values are no schemas.
const DATA: [&str; 4] = ["enum", "const", "default", "examples"];

/// Whether the schemas in a document can be followed in bounded time; references to other documents count as one.
///
/// # Errors
/// They cannot; the error names the first place.
pub(super) fn check(files: &Files, path: &std::path::Path) -> Result<(), Error> {
    let document = files.document(path)?;
    let mut guard = Guard { root: &document.value, costs: HashMap::new(), depth: 0 };
    let wrong = guard.worst(&document.value, "");
    let Some((at, why)) = wrong else { return Ok(()) };
    let span = Some(document.nearest(&at));
    let message =
        format!("the schema cannot be used: {why} at `{}`", Place { path: path.to_owned(), pointer: at }.pointer);
    Err(Error::Invalid { file: files.shown(path), message, span })
}

struct Guard<'v> {
    root: &'v Value,
    /// By pointer; `None` while it is counted: references in a circle add nothing to it.
    costs: HashMap<String, Option<u64>>,
    depth: usize,
}

impl<'v> Guard<'v> {
    /// The first place that is too much, and why.
    fn worst(&mut self, value: &'v Value, at: &str) -> Option<(String, String)> {
        match value {
            Value::Object(members) => {
                let combines =
                    members.contains_key("$ref") || SAME.iter().any(|keyword| members.contains_key(*keyword));
                if combines && let Err(why) = self.cost(at) {
                    return Some((at.to_owned(), why));
                }
                let parts = members.iter().filter(|(name, _)| !DATA.contains(&name.as_str()));
                parts.into_iter().find_map(|(name, value)| match value {
                    Value::Object(_) | Value::Array(_) => self.worst(value, &pointer::join(at, name)),
                    _ => None,
                })
            }
            Value::Array(items) => {
                let parts = items.iter().enumerate();
                parts.into_iter().find_map(|(index, item)| self.worst(item, &pointer::join_index(at, index)))
            }
            _ => None,
        }
    }

    /// How many schemas are tried on a value that the schema at a pointer describes.
    fn cost(&mut self, at: &str) -> Result<u64, String> {
        if let Some(known) = self.costs.get(at) {
            return Ok(known.unwrap_or(0));
        }
        let Some(Value::Object(schema)) = pointer::get(self.root, at) else { return Ok(1) };
        if self.depth >= DEEPEST {
            return Err(format!("more than {DEEPEST} schemas lead from one to the next"));
        }
        self.costs.insert(at.to_owned(), None);
        self.depth += 1;
        let mut sum = 1_u64;
        for part in parts(schema, at) {
            sum = sum.saturating_add(self.cost(&part)?);
        }
        self.depth -= 1;
        if sum > MOST {
            return Err(format!("its branches multiply to more than {MOST} schemas for one value"));
        }
        self.costs.insert(at.to_owned(), Some(sum));
        Ok(sum)
    }
}

/// Pointers to the schemas that describe the same value as a schema.
fn parts(schema: &Map<String, Value>, at: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'));
    if let Some(target) = target.filter(|target| target.is_empty() || target.starts_with('/')) {
        parts.push(unescaped(target));
    }
    for keyword in SAME {
        let at = pointer::join(at, keyword);
        match schema.get(keyword) {
            Some(Value::Array(list)) => parts.extend((0..list.len()).map(|index| pointer::join_index(&at, index))),
            Some(Value::Object(map)) if keyword == "dependentSchemas" => {
                parts.extend(map.keys().map(|name| pointer::join(&at, name)));
            }
            Some(Value::Object(_)) => parts.push(at),
            _ => {}
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn checked(schema: &Value) -> Result<(), String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("s.json"), schema.to_string()).unwrap();
        check(&Files::new(folder.path(), folder.path()), std::path::Path::new("s.json"))
            .map_err(|error| error.to_string())
    }

    fn chain(length: usize, link: impl Fn(Value) -> Value) -> Value {
        let next = |index| link(json!({"$ref": format!("#/$defs/a{}", index + 1)}));
        let mut defs: Map<String, Value> = (0..length).map(|index| (format!("a{index}"), next(index))).collect();
        defs.insert(format!("a{length}"), json!({"type": "integer"}));
        json!({"$ref": "#/$defs/a0", "$defs": defs})
    }

    #[test]
    fn what_multiplies_is_refused() {
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let twice = |next: Value| json!({keyword: [next.clone(), next]});
            assert!(checked(&chain(40, twice)).unwrap_err().contains("multiply"));
            assert_eq!(checked(&chain(15, twice)), Ok(()));
        }
        assert!(checked(&chain(5000, |next| next)).unwrap_err().contains("lead from one to the next"));
    }

    #[test]
    fn ordinary_schemas_and_circles_are_not() {
        assert_eq!(checked(&chain(1000, |next| next)), Ok(()));
        assert_eq!(checked(&json!({"$ref": "#"})), Ok(()));
        assert_eq!(
            checked(&json!({"properties": {"a": {"$ref": "#"}}, "items": {"$ref": "#"}, "allOf": [true]})),
            Ok(())
        );
        assert_eq!(checked(&json!({"enum": [{"$ref": "#/enum/0", "allOf": [1]}]})), Ok(()));
    }
}
