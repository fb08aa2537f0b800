//! The properties of a schema of objects, each as a schema that can be compared alone.

use std::collections::{BTreeMap, BTreeSet};

use linkspan_source::pointer;
use serde_json::{Map, Value, json};

use super::format;
use crate::schema::{Bundle, Dialect, Place};

/// How many references are followed to where properties are written.
const MOST_DEEP: usize = 32;
/// What the whole schema is called among the definitions of one of its parts.
const WHOLE: &str = "the whole";

/// A schema of objects, with its formats as patterns.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    /// The schema as a whole.
    pub(crate) bundle: Bundle,
    /// Its properties.
    pub(crate) properties: BTreeMap<String, Property>,
    /// Whether it is for sure one of objects with properties.
    pub(crate) known: bool,
    source: Bundle,
}

/// A property.
#[derive(Debug, Clone, Default)]
pub(crate) struct Property {
    /// What is said of it; several places are one after the other.
    pub(crate) schemas: Vec<Value>,
    /// Where that stands in the bundle.
    pub(crate) pointers: Vec<String>,
    /// Whether it must be there.
    pub(crate) required: bool,
}

impl Object {
    /// Reads a bundle.
    pub(crate) fn of(source: Bundle) -> Self {
        let value = format::plain(&source.value);
        let mut object = Self {
            bundle: Bundle::alone(value.clone(), source.dialect),
            properties: BTreeMap::new(),
            known: false,
            source,
        };
        let mut required = BTreeSet::new();
        object.collect(&value, &value, "", &mut required, MOST_DEEP);
        for name in required {
            object.properties.entry(name).or_default().required = true;
        }
        object
    }

    fn collect(&mut self, root: &Value, schema: &Value, at: &str, required: &mut BTreeSet<String>, depth: usize) {
        self.known |=
            schema.get("type").and_then(Value::as_str) == Some("object") || schema.get("properties").is_some();
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let known = self.properties.entry(name.clone()).or_default();
            known.schemas.push(property.clone());
            known.pointers.push(pointer::join(&format!("{at}/properties"), name));
        }
        let names = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        required.extend(names.filter_map(Value::as_str).map(ToOwned::to_owned));
        if depth == 0 {
            return;
        }
        for (index, part) in schema.get("allOf").and_then(Value::as_array).into_iter().flatten().enumerate() {
            self.collect(root, part, &format!("{at}/allOf/{index}"), required, depth - 1);
        }
        if let Some((target, at)) = behind(root, schema) {
            self.collect(root, target, &at, required, depth - 1);
        }
    }

    /// A schema of objects of which nothing but one property is said.
    pub(crate) fn view(&self, name: &str) -> Bundle {
        let property = self.properties.get(name);
        let schema = match property.map(|property| property.schemas.as_slice()) {
            Some([one]) => one.clone(),
            Some(several @ [_, ..]) => json!({ "allOf": several }),
            _ => self.others(name),
        };
        let required = property.is_some_and(|property| property.required);
        self.within(name, schema, required)
    }

    /// What is said of a property that is not named: patterns of names, and what holds for all others.
    fn others(&self, name: &str) -> Value {
        let root = &self.bundle.value;
        let patterns = root.get("patternProperties").and_then(Value::as_object).into_iter().flatten();
        let matching: Vec<Value> = patterns
            .filter(|(pattern, _)| jsonschema::is_valid(&json!({ "pattern": pattern }), &json!(name)))
            .map(|(_, schema)| schema.clone())
            .collect();
        match (matching.is_empty(), root.get("additionalProperties")) {
            (false, _) => json!({ "allOf": matching }),
            (true, Some(schema)) => schema.clone(),
            (true, None) => Value::Bool(true),
        }
    }

    fn within(&self, name: &str, schema: Value, required: bool) -> Bundle {
        let container = if self.bundle.dialect >= Dialect::Draft201909 { "$defs" } else { "definitions" };
        let mut definitions = match self.bundle.value.get(container) {
            Some(Value::Object(definitions)) => definitions.clone(),
            _ => Map::new(),
        };
        let mut whole = self.bundle.value.clone();
        if let Some(root) = whole.as_object_mut() {
            root.remove(container);
            root.remove("$schema");
        }
        definitions.insert(WHOLE.to_owned(), whole);
        let mut value = alone(name, schema, required);
        value[container] = Value::Object(definitions);
        let target = format!("#/{container}/{}", WHOLE.replace(' ', "%20"));
        let recursive = rewrite(&mut value, &target);
        if let Some(definitions) = value[container].as_object_mut() {
            if !recursive {
                definitions.remove(WHOLE);
            }
            if definitions.is_empty() {
                value.as_object_mut().map(|value| value.remove(container));
            }
        }
        value["$schema"] = schema_uri(self.bundle.dialect).into();
        Bundle::alone(value, self.bundle.dialect)
    }

    /// The types that a property's values may have, without null; all of them, where that is not said.
    pub(crate) fn types(&self, name: &str) -> BTreeSet<&'static str> {
        let Some(property) = self.properties.get(name) else { return BTreeSet::new() };
        let mut types: BTreeSet<&'static str> = ALL.into_iter().collect();
        for schema in &property.schemas {
            let own = types_of(&self.bundle.value, schema, MOST_DEEP);
            types.retain(|known| own.contains(known));
        }
        types
    }

    /// Where a part of the bundle was written.
    pub(crate) fn origin(&self, pointer: &str) -> Option<Place> {
        self.source.origin(pointer)
    }

    /// What was written of a property, before formats became patterns.
    pub(crate) fn written(&self, name: &str) -> Option<&Value> {
        let property = self.properties.get(name)?;
        pointer::get(&self.source.value, property.pointers.first()?)
    }

    /// The whole as it was read.
    pub(crate) fn source(&self) -> &Bundle {
        &self.source
    }
}

/// A schema of objects of which nothing but one property is said.
pub(crate) fn alone(name: &str, schema: Value, required: bool) -> Value {
    let mut properties = Map::new();
    properties.insert(name.to_owned(), schema);
    let mut value = json!({ "type": "object", "properties": properties });
    if required {
        value["required"] = json!([name]);
    }
    value
}

const ALL: [&str; 6] = ["boolean", "integer", "number", "string", "object", "array"];

fn types_of(root: &Value, schema: &Value, depth: usize) -> BTreeSet<&'static str> {
    let mut types: BTreeSet<&'static str> = ALL.into_iter().collect();
    if depth == 0 {
        return types;
    }
    let named = |names: Vec<&str>| -> BTreeSet<&'static str> {
        let holds = |known: &&str| names.contains(known) || **known == *"integer" && names.contains(&"number");
        ALL.into_iter().filter(holds).collect()
    };
    match schema.get("type") {
        Some(Value::String(name)) => types = named(vec![name]),
        Some(Value::Array(names)) => types = named(names.iter().filter_map(Value::as_str).collect()),
        _ => {}
    }
    let words =
        schema.get("enum").and_then(Value::as_array).cloned().or_else(|| Some(vec![schema.get("const")?.clone()]));
    if let Some(words) = words {
        let used: BTreeSet<_> = words.iter().flat_map(type_of).collect();
        types.retain(|known| used.contains(known));
    }
    let parts = |key: &str| schema.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    for part in parts("allOf") {
        let own = types_of(root, &part, depth - 1);
        types.retain(|known| own.contains(known));
    }
    for key in ["anyOf", "oneOf"] {
        let own: BTreeSet<_> = parts(key).iter().flat_map(|part| types_of(root, part, depth - 1)).collect();
        if schema.get(key).is_some() {
            types.retain(|known| own.contains(known));
        }
    }
    if let Some((target, _)) = behind(root, schema) {
        let own = types_of(root, target, depth - 1);
        types.retain(|known| own.contains(known));
    }
    types
}

fn type_of(value: &Value) -> Vec<&'static str> {
    match value {
        Value::Null => vec![],
        Value::Bool(_) => vec!["boolean"],
        Value::Number(number) if number.as_f64().is_some_and(|number| number.fract() == 0.0) => {
            vec!["integer", "number"]
        }
        Value::Number(_) => vec!["number"],
        Value::String(_) => vec!["string"],
        Value::Array(_) => vec!["array"],
        Value::Object(_) => vec!["object"],
    }
}

/// What a reference of a bundle leads to, and where it stands.
pub(crate) fn behind<'v>(root: &'v Value, schema: &Value) -> Option<(&'v Value, String)> {
    let reference = schema.get("$ref")?.as_str()?.strip_prefix('#')?;
    let at = crate::schema::unescaped(reference);
    Some((pointer::get(root, &at)?, at))
}

/// Makes references to the root lead to another place; whether there were any.
fn rewrite(value: &mut Value, target: &str) -> bool {
    match value {
        Value::Object(object) => {
            let mut found = false;
            for (key, value) in object {
                if key == "$ref" && value == "#" {
                    *value = target.into();
                    found = true;
                } else if !matches!(key.as_str(), "enum" | "const" | "default" | "examples") || value.is_object() {
                    // The whole refers to itself without anyone else referring to it.
                    let own = rewrite(value, target);
                    found |= own && key != WHOLE;
                }
            }
            found
        }
        Value::Array(items) => items.iter_mut().fold(false, |found, item| rewrite(item, target) | found),
        _ => false,
    }
}

fn schema_uri(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Draft4 => "http://json-schema.org/draft-04/schema#",
        Dialect::Draft6 => "http://json-schema.org/draft-06/schema#",
        Dialect::Draft7 => "http://json-schema.org/draft-07/schema#",
        Dialect::Draft201909 => "https://json-schema.org/draft/2019-09/schema",
        Dialect::Draft202012 => "https://json-schema.org/draft/2020-12/schema",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Object {
        Object::of(Bundle::alone(value, Dialect::Draft202012))
    }

    #[test]
    fn properties_are_found_behind_references_and_in_all_of() {
        let object = object(json!({
            "$defs": { "base": { "properties": { "id": { "$ref": "#/$defs/id" } }, "required": ["id"] }, "id": { "type": "string" } },
            "allOf": [{ "$ref": "#/$defs/base" }, { "properties": { "id": { "maxLength": 3 }, "child": { "$ref": "#" } } }]
        }));
        assert_eq!(object.properties["id"].pointers, ["/$defs/base/properties/id", "/allOf/1/properties/id"]);
        assert!(object.properties["id"].required);
        let view = object.view("id").value;
        assert!(jsonschema::is_valid(&view, &json!({ "id": "abc" })));
        assert!(!jsonschema::is_valid(&view, &json!({ "id": "abcd" })));
        assert!(!jsonschema::is_valid(&view, &json!({})));
        let view = object.view("child").value;
        assert!(jsonschema::is_valid(&view, &json!({ "child": { "id": "a" } })));
        assert!(!jsonschema::is_valid(&view, &json!({ "child": {} })));
    }

    #[test]
    fn types_are_told_from_all_that_is_said() {
        let object = object(json!({ "properties": {
            "a": { "enum": ["x", null, 1] }, "b": { "type": ["boolean", "null"] },
            "c": { "anyOf": [{ "type": "integer" }, { "type": "array" }] }, "d": {}
        } }));
        let types = |name: &str| object.types(name).into_iter().collect::<Vec<_>>().join(" ");
        assert_eq!(types("a"), "integer number string");
        assert_eq!(types("b"), "boolean");
        assert_eq!(types("c"), "array integer");
        assert_eq!(types("d"), "array boolean integer number object string");
    }
}
