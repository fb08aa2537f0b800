//! Changes of a schema in an API's or events' document.

use std::path::PathBuf;

use linkspan_project::Direction;
use linkspan_source::{Format, format_of, pointer};
use serde_json::{Map, Value, json};

use super::document::Editor;
use crate::drift::judge::Question;
use crate::drift::load::Schemas;
use crate::drift::mapping::Mapping;
use crate::drift::object::{Object, behind};
use crate::schema::{Dialect, Files, Place};

/// How many references are written out, one within the other.
const MOST_DEEP: usize = 16;

/// What a schema's words may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    /// The Schema Object of OpenAPI 3.0.
    OpenApi30,
    /// A draft.
    Draft(Dialect),
}

/// The file, and what it becomes, so that the questions hold.
///
/// # Errors
/// Why that cannot be done.
pub(super) fn change(
    files: &Files,
    model: &Place,
    schemas: &Schemas,
    mapping: &Mapping,
    failed: &[Question],
) -> Result<(PathBuf, String), String> {
    let path = schemas.place.path.clone();
    if path == model.path {
        return Err("it is the model's own schema that differs".to_owned());
    }
    let text = super::text_of(files, &path)?;
    let document = files.document(&path).map_err(|error| error.to_string())?;
    let version = document.value.get("openapi").and_then(Value::as_str).unwrap_or_default();
    let dialect = schemas.projection.source().dialect;
    let target = if version.starts_with("3.0") { Target::OpenApi30 } else { Target::Draft(dialect) };
    let editor = Editor::new(text, format_of(&path) == Some(Format::Json));
    let mut writer = Writer { schemas, mapping, target, editor };
    for question in failed {
        match &question.property {
            Some(property) => writer.property(property)?,
            None => writer.whole()?,
        }
    }
    Ok((path, writer.editor.into_text()))
}

struct Writer<'a> {
    schemas: &'a Schemas,
    mapping: &'a Mapping,
    target: Target,
    editor: Editor,
}

impl Writer<'_> {
    fn property(&mut self, name: &str) -> Result<(), String> {
        let there = self.mapping.there(name).to_owned();
        let (own, theirs) = (self.schemas.model.properties.get(name), self.schemas.projection.properties.get(&there));
        let at = match theirs.and_then(|property| property.pointers.first()) {
            Some(pointer) => self.place(pointer)?,
            None => pointer::join(&format!("{}/properties", self.schemas.place.pointer), &there),
        };
        let required = own.is_some_and(|property| property.required);
        let done = match (own, theirs) {
            (Some(_), None) => {
                let all = format!("{}/properties", self.schemas.place.pointer);
                let new = self.target_of(name)?;
                match self.editor.value(&all) {
                    Some(_) => self.editor.set(&at, &new),
                    None => self.editor.set(&all, &json!({ there.as_str(): new })),
                }
            }
            (None, _) => self.editor.remove(&at),
            (Some(_), Some(_)) => {
                let new = self.target_of(name)?;
                let old = self.editor.value(&at).unwrap_or_default();
                self.editor.set(&at, &kept(&old, &new))
            }
        };
        let object =
            at.strip_suffix(&pointer::join("/properties", &there)).unwrap_or(&self.schemas.place.pointer).to_owned();
        if done && self.require(&object, &there, required) {
            return Ok(());
        }
        Err(format!("the place `{at}` is written in a way that is not changed here"))
    }

    /// The place of a part of the bundle, if it is in the file that is edited.
    fn place(&self, pointer: &str) -> Result<String, String> {
        let place = self.schemas.projection.origin(pointer).ok_or("its place is not known")?;
        if place.path == self.schemas.place.path {
            Ok(place.pointer)
        } else {
            Err(format!("what differs is written in `{}`, which others may use", place.path.display()))
        }
    }

    fn require(&mut self, object: &str, name: &str, wanted: bool) -> bool {
        let at = pointer::join(object, "required");
        let mut names = match self.editor.value(&at) {
            Some(Value::Array(names)) => names,
            _ => Vec::new(),
        };
        let known = names.iter().any(|known| known == name);
        let change = match self.mapping.direction {
            Direction::Equal => known != wanted,
            Direction::Subset => !known && wanted,
            Direction::Superset => known && !wanted,
        };
        if !change {
            return true;
        }
        if wanted {
            names.push(name.into());
        } else {
            names.retain(|known| known != name);
        }
        if names.is_empty() { self.editor.remove(&at) } else { self.editor.set(&at, &Value::Array(names)) }
    }

    /// The one thing about the whole that is written: whether there may be other properties.
    fn whole(&mut self) -> Result<(), String> {
        let key = "additionalProperties";
        let at = pointer::join(&self.schemas.place.pointer, key);
        let own = self.schemas.model.source().value.get(key).cloned();
        if own == self.editor.value(&at) || own.as_ref().is_some_and(|own| !own.is_boolean()) {
            return Err("a condition on several properties at once is not written".to_owned());
        }
        let done = match own {
            Some(own) => self.editor.set(&at, &own),
            None => self.editor.remove(&at),
        };
        if done { Ok(()) } else { Err(format!("`{at}` is written in a way that is not changed here")) }
    }

    fn target_of(&self, name: &str) -> Result<Value, String> {
        translated(&inlined(&self.schemas.model, name)?, self.target)
    }
}

/// What the model says of a property, without references.
///
/// # Errors
/// It refers to itself.
pub(super) fn inlined(model: &Object, name: &str) -> Result<Value, String> {
    let root = &model.source().value;
    let property = model.properties.get(name).ok_or("the model does not have it")?;
    let parts: Vec<_> = property.pointers.iter().filter_map(|at| pointer::get(root, at)).collect();
    match parts.as_slice() {
        [one] => inline(root, one, MOST_DEEP),
        several => {
            let parts = several.iter().map(|part| inline(root, part, MOST_DEEP)).collect::<Result<Vec<_>, _>>()?;
            Ok(json!({ "allOf": parts }))
        }
    }
}

fn inline(root: &Value, schema: &Value, depth: usize) -> Result<Value, String> {
    if depth == 0 {
        return Err("the model refers to itself".to_owned());
    }
    match schema {
        Value::Object(object) => {
            let mut copy = Map::new();
            for (key, value) in object.iter().filter(|(key, _)| *key != "$ref") {
                copy.insert(key.clone(), inline(root, value, depth)?);
            }
            match behind(root, schema) {
                None => Ok(Value::Object(copy)),
                Some((target, _)) => match inline(root, target, depth - 1)? {
                    Value::Object(target) if target.keys().all(|key| !copy.contains_key(key)) => {
                        copy.extend(target);
                        Ok(Value::Object(copy))
                    }
                    target => {
                        copy.insert("allOf".to_owned(), json!([target]));
                        Ok(Value::Object(copy))
                    }
                },
            }
        }
        Value::Array(items) => items.iter().map(|item| inline(root, item, depth)).collect(),
        other => Ok(other.clone()),
    }
}

/// A schema in the words of its target.
fn translated(schema: &Value, target: Target) -> Result<Value, String> {
    const COMMON: [&str; 35] = [
        "type",
        "enum",
        "const",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "pattern",
        "format",
        "items",
        "minItems",
        "maxItems",
        "uniqueItems",
        "properties",
        "required",
        "additionalProperties",
        "minProperties",
        "maxProperties",
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "title",
        "description",
        "default",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly",
        "contentEncoding",
        "contentMediaType",
        "$comment",
    ];
    let Value::Object(object) = schema else { return Ok(schema.clone()) };
    let mut copy = Map::new();
    for (key, value) in object {
        let newest = target == Target::Draft(Dialect::Draft202012);
        if !newest && !COMMON.contains(&key.as_str()) && !key.starts_with("x-") {
            return Err(format!("`{key}` of the model cannot be said there"));
        }
        let value = match key.as_str() {
            "items" | "not" | "additionalProperties" => translated(value, target)?,
            "allOf" | "anyOf" | "oneOf" => {
                let parts = value.as_array().into_iter().flatten();
                parts.map(|part| translated(part, target)).collect::<Result<Value, _>>()?
            }
            "properties" => {
                let members = value.as_object().into_iter().flatten();
                let members = members.map(|(name, part)| Ok((name.clone(), translated(part, target)?)));
                Value::Object(members.collect::<Result<_, String>>()?)
            }
            _ => value.clone(),
        };
        copy.insert(key.clone(), value);
    }
    if target == Target::OpenApi30 { openapi_30(copy) } else { Ok(Value::Object(copy)) }
}

/// What draft 2020-12 says and OpenAPI 3.0 says otherwise.
fn openapi_30(mut schema: Map<String, Value>) -> Result<Value, String> {
    if let Some(word) = schema.remove("const") {
        schema.insert("enum".to_owned(), json!([word]));
    }
    if let Some(Value::Array(types)) = schema.get("type").cloned() {
        let named: Vec<_> = types.iter().filter(|name| *name != "null").cloned().collect();
        let [one] = named.as_slice() else { return Err("several types cannot be said there".to_owned()) };
        schema.insert("type".to_owned(), one.clone());
        if named.len() < types.len() {
            schema.insert("nullable".to_owned(), true.into());
        }
    }
    for (bound, switch) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        if let Some(number) = schema.get(switch).filter(|number| number.is_number()).cloned() {
            schema.insert(bound.to_owned(), number);
            schema.insert(switch.to_owned(), true.into());
        }
    }
    for key in ["examples", "$comment", "contentEncoding", "contentMediaType"] {
        schema.remove(key);
    }
    Ok(Value::Object(schema))
}

/// The new schema with the old one's words for people.
fn kept(old: &Value, new: &Value) -> Value {
    const WORDS: [&str; 12] = [
        "title",
        "description",
        "default",
        "example",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly",
        "discriminator",
        "xml",
        "externalDocs",
        "$comment",
    ];
    let (Value::Object(old), Value::Object(new)) = (old, new) else { return new.clone() };
    let word = |key: &str| WORDS.contains(&key) || key.starts_with("x-");
    let mut made: Map<String, Value> =
        old.iter().filter(|(key, _)| word(key)).map(|(key, value)| (key.clone(), value.clone())).collect();
    for (key, value) in new.iter().filter(|(key, _)| !word(key)) {
        let value = match (key.as_str(), old.get(key), value) {
            ("items", Some(old), new) => kept(old, new),
            ("properties", Some(Value::Object(old)), Value::Object(new)) => {
                let member = |(name, new): (&String, &Value)| {
                    (name.clone(), old.get(name).map_or(new.clone(), |old| kept(old, new)))
                };
                Value::Object(new.iter().map(member).collect())
            }
            _ => value.clone(),
        };
        made.insert(key.clone(), value);
    }
    Value::Object(made)
}
