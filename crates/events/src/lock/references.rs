//! The remote documents that a document refers to.

use std::collections::BTreeSet;

use jsonschema::Uri;
use serde_json::Value;

/// The words whose texts are references. `$schema` may name a meta-schema of one's own.
pub(super) const WORDS: [&str; 4] = ["$ref", "$dynamicRef", "$recursiveRef", "$schema"];

/// How deep values are looked into; documents are not nested deeper.
const MOST_DEEP: usize = linkspan_source::MAX_DEPTH;

/// What a document refers to, and what it is called, as addresses without fragments.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct References {
    /// Addresses that are referred to; what JSON Schema itself publishes is at hand and not among them.
    pub(super) to: BTreeSet<String>,
    /// Addresses that the document's parts give themselves.
    pub(super) own: BTreeSet<String>,
    /// Files that are referred to.
    files: BTreeSet<String>,
}

/// All references of a document that has an address. Only those with a scheme other than `file` count.
pub(super) fn of(value: &Value, address: &str) -> References {
    let mut references = References::default();
    collect(value, address, MOST_DEEP, &mut references);
    references
}

/// The files that a document refers to by paths, as addresses.
pub(super) fn files(value: &Value, address: &str) -> BTreeSet<String> {
    let mut references = References::default();
    collect(value, address, MOST_DEEP, &mut references);
    references.files
}

/// All documents that a document refers to, as addresses.
pub(crate) fn referred(value: &Value, address: &str) -> BTreeSet<String> {
    let References { mut to, files, .. } = of(value, address);
    to.extend(files);
    to
}

/// Whether an address has a scheme.
pub(super) fn is_absolute(address: &str) -> bool {
    address.parse::<Uri<String>>().is_ok()
}

fn collect(value: &Value, base: &str, depth: usize, found: &mut References) {
    if depth == 0 {
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, base, depth - 1, found)),
        Value::Object(members) => {
            let id = ["$id", "id"].iter().find_map(|word| identifier(members.get(*word)?));
            let named = id.and_then(|id| resolved(base, id));
            let base = named.as_deref().unwrap_or(base);
            if let Some(own) = named.as_deref().filter(|own| is_remote(own)) {
                found.own.insert(own.to_owned());
            }
            for word in WORDS {
                let reference = members.get(word).and_then(Value::as_str);
                let target = reference.and_then(|reference| resolved(base, reference));
                match target {
                    Some(target) if !is_remote(&target) => drop(found.files.insert(target)),
                    Some(target) if !is_known(&target) => drop(found.to.insert(target)),
                    _ => {}
                }
            }
            members.values().for_each(|member| collect(member, base, depth - 1, found));
        }
        _ => {}
    }
}

/// A member `id` may be anything; one that changes the base looks like an address.
fn identifier(value: &Value) -> Option<&str> {
    value.as_str().filter(|id| !id.starts_with('#') && !id.contains(' ') && (id.contains([':', '/', '.'])))
}

/// A reference against its base, without its fragment.
fn resolved(base: &str, reference: &str) -> Option<String> {
    let base = base.parse::<Uri<String>>().ok()?;
    let target = referencing::uri::resolve_against(&base.borrow(), reference).ok()?;
    let text = target.as_str();
    Some(text.split_once('#').map_or(text, |(address, _)| address).to_owned())
}

fn is_remote(address: &str) -> bool {
    !address.starts_with("file:")
}

/// What is at hand without a lock.
fn is_known(address: &str) -> bool {
    address.starts_with("http://json-schema.org/draft")
        || address.starts_with("https://json-schema.org/draft")
        || address.starts_with("https://spec.openapis.org/oas/3.")
        || address.starts_with("http://asyncapi.com/definitions/")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bases_change_with_identifiers() {
        let value = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "properties": {
                "a": { "$ref": "beside.json#/x" },
                "b": { "$id": "https://example.com/b/", "items": { "$ref": "c.json" }, "id": "x" },
                "d": { "$ref": "https://example.com/d#/e" },
                "e": { "$ref": "#/properties/a" },
                "f": { "$ref": "urn:example:f" }
            }
        });
        let found = of(&value, "file:///contracts/a.json");
        assert_eq!(
            found.to,
            ["https://example.com/b/c.json", "https://example.com/d", "urn:example:f"].map(str::to_owned).into()
        );
        assert_eq!(found.own, ["https://example.com/b/".to_owned()].into());
        let found = of(&json!({ "$ref": "y.json" }), "https://example.com/x.json");
        assert_eq!(found.to, ["https://example.com/y.json".to_owned()].into());
    }
}
