use std::collections::BTreeSet;

use serde_json::Value;

use super::keywords::{self, Left};
use super::{Loader, Scope};
use crate::compat::registry::documents::Draft;
use crate::compat::registry::fault::{Outcome, unloadable};
use crate::compat::registry::node::{Array, Combined, Criterion, Id, Kind, Node, Numeric, Object, Rest, Text};
use crate::compat::registry::pattern;
use crate::compat::registry::value::{Datum, Number, Reading};

const ARRAY: [&str; 6] = ["items", "additionalItems", "minItems", "maxItems", "uniqueItems", "contains"];
const OBJECT: [&str; 8] = [
    "properties",
    "required",
    "minProperties",
    "maxProperties",
    "dependencies",
    "patternProperties",
    "additionalProperties",
    "propertyNames",
];
const NUMERIC: [&str; 5] = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
const TEXT: [&str; 4] = ["minLength", "maxLength", "pattern", "format"];
const CONDITIONAL: [&str; 3] = ["if", "then", "else"];

/// The formats that draft 4 knows, then those that came with 6 and with 7.
const FORMATS: [(Draft, &[&str]); 3] = [
    (Draft::Four, &["date-time", "uri", "email", "ipv4", "ipv6", "hostname"]),
    (Draft::Six, &["json-pointer", "uri-reference", "uri-template"]),
    (Draft::Seven, &["date", "time", "regex", "relative-json-pointer"]),
];

/// The last keyword of arrays and of objects came with draft 6.
fn group<'k>(keywords: &'k [&'static str], draft: Draft) -> &'k [&'static str] {
    let newer = usize::from(draft == Draft::Four);
    &keywords[..keywords.len() - newer]
}

pub(super) fn enumeration<'a>(left: &mut Left<'a>) -> Outcome<Option<Kind<'a>>> {
    let Some(list) = left.take("enum") else { return Ok(None) };
    let values = keywords::array("enum", list)?.iter().map(|value| Datum::of(value, Reading::Classic));
    Ok(Some(Kind::Enum(values.collect())))
}

impl<'a> Loader<'a, '_> {
    /// What `type` says: a kind with all its keywords, or one for each listed type.
    pub(super) fn by_type(&mut self, left: &mut Left<'a>, scope: &Scope<'a>) -> Outcome<Option<Kind<'a>>> {
        match left.take("type") {
            None => Ok(None),
            Some(Value::String(name)) => self.typed(name, left, scope).map(Some),
            Some(Value::Array(names)) => {
                let mut branches = Vec::new();
                for name in names {
                    let kind = self.typed(keywords::text("type", name)?, left, scope)?;
                    branches.push(self.arena.push(Node::of(kind))?);
                }
                Ok(Some(Kind::Combined(Combined { criterion: Criterion::Any, branches, generated: false })))
            }
            Some(_) => unloadable("`type` must be a string or an array"),
        }
    }

    fn typed(&mut self, name: &str, left: &mut Left<'a>, scope: &Scope<'a>) -> Outcome<Kind<'a>> {
        let draft = left.draft();
        match name {
            "string" => text(left, true),
            "integer" | "number" => numeric(left, true, name == "integer"),
            "boolean" => Ok(Kind::Boolean),
            "null" => Ok(Kind::Null),
            "array" => {
                left.hide(group(&ARRAY, draft));
                self.array(left, true, scope)
            }
            "object" => {
                left.hide(group(&OBJECT, draft));
                self.members(left, true, scope)
            }
            _ => unloadable(format!("the type `{name}` is unknown")),
        }
    }

    /// What the keywords say that no type has used.
    pub(super) fn by_keywords(&mut self, left: &mut Left<'a>, scope: &Scope<'a>) -> Outcome<Vec<Kind<'a>>> {
        let draft = left.draft();
        let mut parts = Vec::new();
        if left.has_any(group(&ARRAY, draft)) {
            left.hide(group(&ARRAY, draft));
            parts.push(self.array(left, false, scope)?);
        }
        if left.has_any(group(&OBJECT, draft)) {
            left.hide(group(&OBJECT, draft));
            parts.push(self.members(left, false, scope)?);
        }
        if left.has_any(&NUMERIC) {
            parts.push(numeric(left, false, false)?);
        }
        if left.has_any(&TEXT) {
            parts.push(text(left, false)?);
        }
        if draft >= Draft::Seven && left.has_any(&CONDITIONAL) {
            left.hide(&CONDITIONAL);
            let [test, then, otherwise] = CONDITIONAL.map(|keyword| left.whole(keyword));
            parts.push(Kind::Conditional([
                self.optional(test, scope)?,
                self.optional(then, scope)?,
                self.optional(otherwise, scope)?,
            ]));
        }
        Ok(parts)
    }

    fn optional(&mut self, value: Option<&'a Value>, scope: &Scope<'a>) -> Outcome<Option<Id>> {
        value.map(|value| self.child(value, scope)).transpose()
    }

    fn array(&mut self, left: &Left<'a>, typed: bool, scope: &Scope<'a>) -> Outcome<Kind<'a>> {
        let mut array =
            Array { typed, min: count(left, "minItems")?, max: count(left, "maxItems")?, ..Array::default() };
        if let Some(value) = left.whole("uniqueItems") {
            array.unique = keywords::boolean("uniqueItems", value)?;
        }
        array.additional = self.rest("additionalItems", left, scope)?;
        match left.whole("items") {
            Some(Value::Array(tuple)) => {
                array.tuple = tuple.iter().map(|item| self.child(item, scope)).collect::<Outcome<_>>()?;
            }
            Some(Value::Bool(_)) if left.draft() == Draft::Four => return unloadable("`items` must be a schema"),
            items => array.items = self.optional(items, scope)?,
        }
        // A single schema for all items leaves nothing to forbid.
        if array.items.is_some() && array.additional == Rest::Forbidden {
            array.additional = Rest::Any;
        }
        if left.draft() > Draft::Four {
            array.contains = self.optional(left.whole("contains"), scope)?;
        }
        Ok(Kind::Array(Box::new(array)))
    }

    /// `additionalItems` or `additionalProperties`.
    fn rest(&mut self, keyword: &str, left: &Left<'a>, scope: &Scope<'a>) -> Outcome<Rest> {
        match left.whole(keyword) {
            None | Some(Value::Bool(true)) => Ok(Rest::Any),
            Some(Value::Bool(false)) => Ok(Rest::Forbidden),
            Some(value @ Value::Object(_)) => self.child(value, scope).map(Rest::Schema),
            Some(_) => unloadable(format!("`{keyword}` must be a boolean or an object")),
        }
    }

    fn members(&mut self, left: &Left<'a>, typed: bool, scope: &Scope<'a>) -> Outcome<Kind<'a>> {
        let (min, max) = (count(left, "minProperties")?, count(left, "maxProperties")?);
        let mut object = Object { typed, min, max, ..Object::default() };
        self.properties(left, &mut object, scope)?;
        object.additional = self.rest("additionalProperties", left, scope)?;
        if let Some(list) = left.whole("required") {
            let names = keywords::array("required", list)?.iter().map(|name| keywords::text("required", name));
            object.required = names.collect::<Outcome<_>>()?;
        }
        if let Some(map) = left.whole("patternProperties") {
            for (pattern, value) in keywords::members("patternProperties", map)? {
                self.arena.add_pattern(pattern)?;
                object.patterns.push((pattern, self.child(value, scope)?));
            }
        }
        self.dependencies(left, &mut object, scope)?;
        if left.draft() > Draft::Four {
            object.names = self.optional(left.whole("propertyNames"), scope)?;
        }
        Ok(Kind::Object(Box::new(object)))
    }

    /// A property named like the id is dropped unless its schema is an object.
    fn properties(&mut self, left: &Left<'a>, object: &mut Object<'a>, scope: &Scope<'a>) -> Outcome<()> {
        let Some(map) = left.whole("properties") else { return Ok(()) };
        let inside = scope.inside(map)?;
        for (name, value) in keywords::members("properties", map)? {
            if name != left.draft().id_keyword() || value.is_object() {
                object.properties.insert(name, self.child(value, &inside)?);
            }
        }
        Ok(())
    }

    fn dependencies(&mut self, left: &Left<'a>, object: &mut Object<'a>, scope: &Scope<'a>) -> Outcome<()> {
        let Some(map) = left.whole("dependencies") else { return Ok(()) };
        for (name, value) in keywords::members("dependencies", map)? {
            match value {
                Value::Array(names) => {
                    let names = names.iter().map(|name| keywords::text("dependencies", name));
                    let names = names.collect::<Outcome<BTreeSet<_>>>()?;
                    if !names.is_empty() {
                        object.required_with.insert(name, names);
                    }
                }
                Value::Bool(_) if left.draft() == Draft::Four => {
                    return unloadable("a dependency must be an object or an array");
                }
                _ => {
                    object.schema_with.insert(name, self.child(value, scope)?);
                }
            }
        }
        Ok(())
    }
}

fn count(left: &Left<'_>, keyword: &str) -> Outcome<Option<i32>> {
    left.whole(keyword).map(|value| keywords::count(keyword, value)).transpose()
}

fn number(left: &Left<'_>, keyword: &str) -> Outcome<Option<Number>> {
    left.whole(keyword).map(|value| keywords::number(keyword, value)).transpose()
}

fn numeric<'a>(left: &mut Left<'a>, typed: bool, integer: bool) -> Outcome<Kind<'a>> {
    left.hide(&NUMERIC);
    let mut numeric = Numeric {
        typed,
        integer,
        minimum: number(left, "minimum")?,
        maximum: number(left, "maximum")?,
        multiple_of: number(left, "multipleOf")?,
        ..Numeric::default()
    };
    if numeric.multiple_of.is_some_and(|unit| unit.double() == 0.0) {
        return unloadable("`multipleOf` must not be 0");
    }
    if left.draft() == Draft::Four {
        for (at, keyword) in ["exclusiveMinimum", "exclusiveMaximum"].into_iter().enumerate() {
            numeric.exclusive[at] = left.whole(keyword).map_or(Ok(false), |value| keywords::boolean(keyword, value))?;
        }
    } else {
        numeric.exclusive_minimum = number(left, "exclusiveMinimum")?;
        numeric.exclusive_maximum = number(left, "exclusiveMaximum")?;
    }
    Ok(Kind::Numeric(numeric))
}

fn text<'a>(left: &mut Left<'a>, typed: bool) -> Outcome<Kind<'a>> {
    left.hide(&TEXT);
    let string = |keyword| left.whole(keyword).map(|value| keywords::text(keyword, value)).transpose();
    let (pattern, format) = (string("pattern")?, string("format")?);
    if let Some(pattern) = pattern {
        pattern::check(pattern)?;
    }
    let known = |format: &&str| FORMATS.iter().any(|(draft, names)| left.draft() >= *draft && names.contains(format));
    let (min, max) = (count(left, "minLength")?, count(left, "maxLength")?);
    Ok(Kind::Text(Text { typed, min, max, pattern, format: format.filter(known) }))
}
