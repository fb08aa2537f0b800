//! Validators for the schemas that a document contains.

use jsonschema::{Draft, Retrieve, Uri, Validator};
use serde_json::{Value, json};

use super::formats;
use super::select::Part;
use crate::schema::Dialect;

/// The address of a document in which schemas lead back to themselves.
const DOCUMENT: &str = "linkspan:document";

struct Whole(Value);

impl Retrieve for Whole {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        if uri.as_str() == DOCUMENT { Ok(self.0.clone()) } else { Err("it is not in this document".into()) }
    }
}

/// A validator for a schema in draft 7, unless its `$schema` says otherwise; for one of OpenAPI 3.0, if `nullable`.
/// References lead into `document`, if it is given. `None`, if it is no schema.
pub(super) fn validator(schema: &Part<'_>, document: Option<&Value>, nullable: bool) -> Option<Validator> {
    let named = schema.value.get("$schema").and_then(Value::as_str).and_then(Dialect::named);
    let draft = named.map_or(if nullable { Draft::Draft4 } else { Draft::Draft7 }, Draft::from);
    let options = formats::asserted(jsonschema::options().with_draft(draft));
    match document {
        None if nullable => options.build(&null_allowed(schema.value)).ok(),
        None => options.build(schema.value).ok(),
        Some(document) => {
            let document = if nullable { null_allowed(document) } else { document.clone() };
            let fragment = schema.at.split('/').map(crate::schema::escaped).collect::<Vec<_>>().join("/");
            let reference = json!({ "$ref": format!("{DOCUMENT}#{fragment}") });
            options.with_retriever(Whole(document)).build(&reference).ok()
        }
    }
}

/// OpenAPI 3.0's `nullable` in the words of JSON Schema.
pub(super) fn null_allowed(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(null_allowed).collect()),
        Value::Object(members) => {
            let mut copy: serde_json::Map<_, _> =
                members.iter().map(|(name, member)| (name.clone(), null_allowed(member))).collect();
            if copy.get("nullable") == Some(&Value::Bool(true))
                && let Some(Value::String(name)) = copy.get("type").cloned()
            {
                copy.insert("type".to_owned(), json!([name, "null"]));
            }
            Value::Object(copy)
        }
        other => other.clone(),
    }
}
