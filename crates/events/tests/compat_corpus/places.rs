//! Where schemas are in a schema.

use serde_json::{Map, Value, json};

use crate::random::Random;

/// The pointers of all objects that are schemas.
pub(crate) fn schemas(value: &Value, at: String, found: &mut Vec<String>) {
    let Value::Object(schema) = value else { return };
    found.push(at.clone());
    for (keyword, inner) in schema {
        let below = format!("{at}/{keyword}");
        match (keyword.as_str(), inner) {
            ("properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas", Value::Object(map)) => {
                for (name, inner) in map {
                    schemas(inner, format!("{below}/{}", name.replace('~', "~0").replace('/', "~1")), found);
                }
            }
            ("allOf" | "anyOf" | "oneOf" | "prefixItems" | "items", Value::Array(list)) => {
                for (index, inner) in list.iter().enumerate() {
                    schemas(inner, format!("{below}/{index}"), found);
                }
            }
            (
                "items"
                | "additionalItems"
                | "additionalProperties"
                | "unevaluatedProperties"
                | "contains"
                | "not"
                | "propertyNames"
                | "if"
                | "then"
                | "else",
                inner,
            ) => schemas(inner, below, found),
            _ => {}
        }
    }
}

/// Whether a schema is more than a name or a definition, so that it can be wrapped.
pub(crate) fn plain(schema: &Map<String, Value>) -> bool {
    !["$schema", "$id", "id", "$anchor", "$defs", "definitions", "$ref"].iter().any(|name| schema.contains_key(*name))
}

/// Makes a definition of a property's schema and refers to it.
pub(crate) fn extract(root: &mut Value, random: &mut Random, definitions: &str) -> bool {
    let mut pointers = Vec::new();
    schemas(root, String::new(), &mut pointers);
    pointers.retain(|pointer| {
        pointer.contains("/properties/") && !pointer.contains("efs/") && !pointer.contains("definitions/")
    });
    if pointers.is_empty() {
        return false;
    }
    let pointer = random.pick(&pointers).clone();
    let Some(inner) = root.pointer_mut(&pointer).filter(|inner| inner.as_object().is_some_and(plain)) else {
        return false;
    };
    let inner = std::mem::replace(inner, json!({ "$ref": format!("#/{}/shared", definitions) }));
    let definitions = root.as_object_mut().unwrap().entry(definitions).or_insert_with(|| json!({}));
    definitions.as_object_mut().unwrap().insert("shared".to_owned(), inner).is_none()
}
