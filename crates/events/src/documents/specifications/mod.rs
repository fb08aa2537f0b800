//! The published schemas of the specifications, unpacked when a document first needs them.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jsonschema::{Draft, Retrieve, Uri, Validator};
use serde::Deserialize;
use serde_json::{Value, json};

use super::formats;

/// What `generate.mjs` wrote.
static PACKED: &[u8] = include_bytes!("specifications.json.gz");

#[derive(Debug, Default, Deserialize)]
struct Archive {
    /// What describes a document of a kind and version.
    documents: BTreeMap<String, Parts>,
    /// All schemas, each once.
    schemas: Vec<Value>,
}

/// The schemas of one specification, as their places in the archive.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Parts {
    /// The document's own.
    root: usize,
    /// What is put into it as `definitions`.
    definitions: BTreeMap<String, usize>,
    /// What it refers to by addresses.
    others: Vec<usize>,
}

fn archive() -> &'static Archive {
    static ARCHIVE: OnceLock<Archive> = OnceLock::new();
    ARCHIVE.get_or_init(|| {
        let mut text = String::new();
        // The archive is part of the program; the tests below hold that it can be read.
        let _ = flate2::read::GzDecoder::new(PACKED).read_to_string(&mut text);
        serde_json::from_str(&text).unwrap_or_default()
    })
}

/// The schemas of one specification, by their addresses.
struct Specification(BTreeMap<String, Value>);

impl Retrieve for Specification {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        self.0.get(uri.as_str().trim_end_matches('#')).cloned().ok_or_else(|| "it is no part of it".into())
    }
}

/// A validator for a part of a specification (`#/definitions/…`, or an address), or for whole documents. `name` is a
/// kind and a version, such as `asyncapi 3.1.0` or `openapi 3.2`; `None` for any that is not known.
pub(super) fn validator(name: &str, part: Option<&str>) -> Option<Arc<Validator>> {
    static MADE: Mutex<BTreeMap<String, Arc<Validator>>> = Mutex::new(BTreeMap::new());
    let key = format!("{name} {}", part.unwrap_or_default());
    if let Some(made) = MADE.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return Some(Arc::clone(made));
    }
    let validator = Arc::new(make(name, part)?);
    MADE.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&validator));
    Some(validator)
}

fn make(name: &str, part: Option<&str>) -> Option<Validator> {
    let archive = archive();
    let parts = archive.documents.get(name)?;
    let schema = |index: &usize| archive.schemas.get(*index);
    let mut root = schema(&parts.root)?.clone();
    let draft = match root.get("$schema").and_then(Value::as_str) {
        Some(uri) if uri.contains("2020-12") => Draft::Draft202012,
        Some(uri) if uri.contains("draft-04") => Draft::Draft4,
        _ => Draft::Draft7,
    };
    if let Some(root) = root.as_object_mut().filter(|_| !parts.definitions.is_empty()) {
        let definitions =
            parts.definitions.iter().filter_map(|(name, index)| Some((name.clone(), schema(index)?.clone())));
        root.insert("definitions".to_owned(), Value::Object(definitions.collect()));
    }
    let addressed = |schema: &Value| {
        let id = schema.get("$id").or_else(|| schema.get("id"))?.as_str()?;
        Some((id.trim_end_matches('#').to_owned(), schema.clone()))
    };
    let known = parts.others.iter().filter_map(schema).chain([&root]).filter_map(addressed).collect();
    let schema = match part {
        Some(part) if part.starts_with('#') => json!({ "$ref": part, "definitions": root.get("definitions") }),
        Some(part) => json!({ "$ref": part }),
        None => root.clone(),
    };
    let options = formats::asserted(jsonschema::options().with_draft(draft));
    options.with_retriever(Specification(known)).build(&schema).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_specification_can_be_used() {
        let names: Vec<_> = archive().documents.keys().map(String::as_str).collect();
        assert_eq!(names.len(), 12, "{names:?}");
        for name in names {
            let validator = validator(name, None).unwrap();
            assert!(!validator.is_valid(&json!({})), "{name}");
        }
        assert!(validator("asyncapi 1.2.0", None).is_none());
    }

    #[test]
    fn versions_differ() {
        let document =
            |version: &str| json!({ "asyncapi": version, "info": { "title": "t", "version": "1" }, "channels": {} });
        for version in ["2.0.0", "2.6.0", "3.0.0", "3.1.0"] {
            let validator = validator(&format!("asyncapi {version}"), None).unwrap();
            assert!(validator.is_valid(&document(version)));
            assert!(!validator.is_valid(&document("2.9.0")));
        }
    }
}
