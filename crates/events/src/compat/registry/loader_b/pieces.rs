use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Loader, Place, fold};
use crate::compat::registry::fault::{Outcome, unloadable};
use crate::compat::registry::node::{Array, Combined, Criterion, Id, Kind, Node, Numeric, Object, Rest, Text};
use crate::compat::registry::pattern;
use crate::compat::registry::value::{Datum, Number};

/// The keywords that the loader knows.
#[rustfmt::skip]
const KNOWN: &[&str] = &[
    "$id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$ref", "$defs", "$schema", "$vocabulary",
    "minLength", "maxLength", "allOf", "anyOf", "oneOf", "additionalProperties", "properties", "patternProperties",
    "title", "description", "readOnly", "writeOnly", "deprecated", "default", "enum", "const", "false", "true",
    "type", "not", "required", "maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum", "multipleOf",
    "uniqueItems", "items", "prefixItems", "contains", "minContains", "maxContains", "if", "then", "else",
    "dependentSchemas", "dependentRequired", "unevaluatedItems", "unevaluatedProperties", "minItems", "maxItems",
    "minProperties", "maxProperties", "propertyNames", "pattern", "format",
];

pub(super) fn is_known(keyword: &str) -> bool {
    KNOWN.contains(&keyword)
}

/// Keywords under which anything may be a name, as the search for anchors sees it.
pub(super) fn has_free_names(keyword: &str) -> bool {
    matches!(keyword, "$defs" | "allOf" | "anyOf" | "oneOf" | "properties" | "patternProperties")
}

pub(super) fn text<'a>(keyword: &str, object: &'a Map<String, Value>) -> Outcome<Option<&'a str>> {
    match object.get(keyword) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => unloadable(format!("`{keyword}` must be a string")),
    }
}

pub(super) fn map<'a>(keyword: &str, value: &'a Value) -> Outcome<&'a Map<String, Value>> {
    value.as_object().map_or_else(|| unloadable(format!("`{keyword}` must be an object")), Ok)
}

fn list<'a>(keyword: &str, value: &'a Value) -> Outcome<&'a Vec<Value>> {
    value.as_array().map_or_else(|| unloadable(format!("`{keyword}` must be an array")), Ok)
}

fn string<'a>(keyword: &str, value: &'a Value) -> Outcome<&'a str> {
    value.as_str().map_or_else(|| unloadable(format!("`{keyword}` must be a string")), Ok)
}

fn flag(keyword: &str, value: &Value) -> Outcome<bool> {
    value.as_bool().map_or_else(|| unloadable(format!("`{keyword}` must be a boolean")), Ok)
}

fn object(object: Object<'_>) -> Node<'_> {
    Node::of(Kind::Object(Box::new(object)))
}

fn array<'a>(array: Array) -> Node<'a> {
    Node::of(Kind::Array(Box::new(array)))
}

/// A keyword that says nothing by itself, yet keeps others apart.
fn blank<'a>() -> Node<'a> {
    fold::generated(Criterion::All, Vec::new())
}

impl<'a> Loader<'a, '_> {
    /// Folds all pieces of an object: keywords, properties, patterns, what is unevaluated.
    pub(super) fn pieces(&mut self, members: &'a Map<String, Value>, place: &Place<'a>) -> Outcome<()> {
        for (keyword, value) in place.members(members) {
            let piece = self.piece(keyword, value, members, place)?;
            self.fold(piece)?;
        }
        let properties = self.properties(members, place)?;
        self.fold(properties)?;
        let patterns = self.patterns(members, place)?;
        self.fold(patterns)?;
        if let Some(value) = members.get("unevaluatedItems") {
            let mut node = array(Array::default());
            node.bag.unevaluated_items = Some(self.child(value, place)?);
            self.fold(Some(node))?;
        }
        if let Some(value) = members.get("unevaluatedProperties") {
            let mut node = object(Object::default());
            node.bag.unevaluated_properties = Some(self.child(value, place)?);
            self.fold(Some(node))?;
        }
        Ok(())
    }

    fn piece(
        &mut self,
        keyword: &'a str,
        value: &'a Value,
        members: &'a Map<String, Value>,
        place: &Place<'a>,
    ) -> Outcome<Option<Node<'a>>> {
        if let Some(node) = simple(keyword, value, place)? {
            return Ok(Some(node));
        }
        Ok(Some(match keyword {
            "type" => self.of_type(value)?,
            "$ref" => {
                let address = self.places.address(string(keyword, value)?, place)?;
                self.reference(address)
            }
            "not" => Node::of(Kind::Not(self.child(value, place)?)),
            "if" => Node::of(Kind::Conditional([
                Some(self.child(value, place)?),
                self.optional(members.get("then"), place)?,
                self.optional(members.get("else"), place)?,
            ])),
            "allOf" => self.combined(Criterion::All, value, place)?,
            "anyOf" => self.combined(Criterion::Any, value, place)?,
            "oneOf" => self.combined(Criterion::One, value, place)?,
            "items" => self.items(value, members, place)?,
            "prefixItems" => {
                let tuple = list(keyword, value)?.iter().map(|item| self.child(item, place));
                array(Array { tuple: tuple.collect::<Outcome<_>>()?, ..Array::default() })
            }
            "contains" => self.contains(value, members, place)?,
            "additionalProperties" => {
                let additional = match value {
                    Value::Bool(true) => Rest::Any,
                    Value::Bool(false) => Rest::Forbidden,
                    _ => Rest::Schema(self.child(value, place)?),
                };
                object(Object { additional, ..Object::default() })
            }
            "propertyNames" => object(Object { names: Some(self.child(value, place)?), ..Object::default() }),
            "dependentSchemas" => {
                let mut schema_with = std::collections::BTreeMap::new();
                for (name, schema) in place.members(map(keyword, value)?) {
                    schema_with.insert(name, self.child(schema, place)?);
                }
                object(Object { schema_with, ..Object::default() })
            }
            _ => return Ok(None),
        }))
    }

    fn optional(&mut self, value: Option<&'a Value>, place: &Place<'a>) -> Outcome<Option<Id>> {
        value.map(|value| self.child(value, place)).transpose()
    }

    fn of_type(&mut self, value: &'a Value) -> Outcome<Node<'a>> {
        let Value::Array(names) = value else { return typed(string("type", value)?) };
        let mut branches = Vec::new();
        for name in names {
            branches.push(self.arena.push(typed(string("type", name)?)?)?);
        }
        Ok(fold::generated(Criterion::Any, branches))
    }

    fn combined(&mut self, criterion: Criterion, value: &'a Value, place: &Place<'a>) -> Outcome<Node<'a>> {
        let mut branches = Vec::new();
        for branch in list(criterion.keyword(), value)? {
            let branch = self.schema(&place.inside(branch), None)?;
            fold::append(self.arena, &mut branches, branch)?;
        }
        Ok(Node::of(Kind::Combined(Combined { criterion, branches, generated: false })))
    }

    fn items(&mut self, value: &'a Value, members: &'a Map<String, Value>, place: &Place<'a>) -> Outcome<Node<'a>> {
        let after_tuple = members.get("prefixItems").and_then(Value::as_array).is_some_and(|tuple| !tuple.is_empty());
        Ok(array(match value {
            Value::Bool(true) => Array::default(),
            Value::Bool(false) => Array { additional: Rest::Forbidden, ..Array::default() },
            _ => {
                let schema = self.child(value, place)?;
                if after_tuple {
                    Array { additional: Rest::Schema(schema), ..Array::default() }
                } else {
                    Array { items: Some(schema), ..Array::default() }
                }
            }
        }))
    }

    fn contains(&mut self, value: &'a Value, members: &'a Map<String, Value>, place: &Place<'a>) -> Outcome<Node<'a>> {
        let mut node = array(Array { contains: Some(self.child(value, place)?), ..Array::default() });
        let count = |keyword| members.get(keyword).and_then(|value| Number::of(value, place.reading));
        node.bag.min_contains = count("minContains").or(Some(Number::Integer(1)));
        node.bag.max_contains = count("maxContains");
        Ok(node)
    }

    fn properties(&mut self, members: &'a Map<String, Value>, place: &Place<'a>) -> Outcome<Option<Node<'a>>> {
        let Some(value) = members.get("properties") else { return Ok(None) };
        let mut properties = std::collections::BTreeMap::new();
        for (name, schema) in place.members(map("properties", value)?) {
            properties.insert(name, self.child(schema, place)?);
        }
        Ok((!properties.is_empty()).then(|| object(Object { properties, ..Object::default() })))
    }

    fn patterns(&mut self, members: &'a Map<String, Value>, place: &Place<'a>) -> Outcome<Option<Node<'a>>> {
        let Some(value) = members.get("patternProperties") else { return Ok(None) };
        let mut patterns = Vec::new();
        for (pattern, schema) in place.members(map("patternProperties", value)?) {
            self.arena.add_pattern(pattern)?;
            patterns.push((pattern, self.child(schema, place)?));
        }
        Ok((!patterns.is_empty()).then(|| object(Object { patterns, ..Object::default() })))
    }
}

fn typed<'a>(name: &str) -> Outcome<Node<'a>> {
    Ok(Node::of(match name {
        "string" => Kind::Text(Text { typed: true, ..Text::default() }),
        "integer" | "number" => {
            Kind::Numeric(Numeric { typed: true, integer: name == "integer", ..Numeric::default() })
        }
        "boolean" => Kind::Boolean,
        "null" => Kind::Null,
        "array" => Kind::Array(Box::new(Array { typed: true, ..Array::default() })),
        "object" => Kind::Object(Box::new(Object { typed: true, ..Object::default() })),
        _ => return unloadable(format!("the type `{name}` is unknown")),
    }))
}

/// The piece of a keyword that holds no schema.
fn simple<'a>(keyword: &str, value: &'a Value, place: &Place<'a>) -> Outcome<Option<Node<'a>>> {
    let number =
        || Number::of(value, place.reading).map_or_else(|| unloadable(format!("`{keyword}` must be a number")), Ok);
    let limit = || number().map(Some);
    let count = || Ok(Some(number()?.cut()));
    let text = |text| Node::of(Kind::Text(text));
    let numeric = |numeric| Node::of(Kind::Numeric(numeric));
    Ok(Some(match keyword {
        "minLength" => text(Text { min: count()?, ..Text::default() }),
        "maxLength" => text(Text { max: count()?, ..Text::default() }),
        "pattern" => {
            let pattern = string(keyword, value)?;
            pattern::check(pattern)?;
            text(Text { pattern: Some(pattern), ..Text::default() })
        }
        "format" => {
            string(keyword, value)?;
            blank()
        }
        "readOnly" | "writeOnly" => {
            if !flag(keyword, value)? {
                return Ok(None);
            }
            blank()
        }
        "minimum" => numeric(Numeric { minimum: limit()?, ..Numeric::default() }),
        "maximum" => numeric(Numeric { maximum: limit()?, ..Numeric::default() }),
        "exclusiveMinimum" => numeric(Numeric { exclusive_minimum: limit()?, ..Numeric::default() }),
        "exclusiveMaximum" => numeric(Numeric { exclusive_maximum: limit()?, ..Numeric::default() }),
        "multipleOf" => numeric(Numeric { multiple_of: limit()?, ..Numeric::default() }),
        "minItems" => array(Array { min: count()?, ..Array::default() }),
        "maxItems" => array(Array { max: count()?, ..Array::default() }),
        "uniqueItems" => array(Array { unique: flag(keyword, value)?, ..Array::default() }),
        "minProperties" => object(Object { min: count()?, ..Object::default() }),
        "maxProperties" => object(Object { max: count()?, ..Object::default() }),
        "required" => {
            let names = list(keyword, value)?.iter().map(|name| string(keyword, name));
            object(Object { required: names.collect::<Outcome<_>>()?, ..Object::default() })
        }
        "dependentRequired" => dependent_required(value)?,
        "const" => Node::of(Kind::Const(Datum::of(value, place.reading))),
        "enum" => {
            let values = list(keyword, value)?.iter().map(|value| Datum::of(value, place.reading));
            Node::of(Kind::Enum(values.collect()))
        }
        _ => return Ok(None),
    }))
}

fn dependent_required(value: &Value) -> Outcome<Node<'_>> {
    let mut whole = Object::default();
    for (name, names) in map("dependentRequired", value)? {
        let names = list("dependentRequired", names)?.iter().map(|name| string("dependentRequired", name));
        let names = names.collect::<Outcome<BTreeSet<_>>>()?;
        if !names.is_empty() {
            whole.required_with.insert(name, names);
        }
    }
    Ok(object(whole))
}
