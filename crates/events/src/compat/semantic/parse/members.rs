//! Keywords about the members of objects and the items of arrays.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::super::ir::{Id, Kind, Kinds, Node, Scope, TestId};
use super::super::text::Test;
use super::assertions::count;
use super::{Parser, Place, malformed};
use crate::schema::Dialect;

impl Parser<'_, '_> {
    pub(super) fn members(
        &mut self,
        at: &Place,
        schema: &Map<String, Value>,
        parts: &mut Vec<Id>,
    ) -> Result<(), String> {
        if let Some(least) = count(at, schema, "minProperties")? {
            parts.push(self.graph.add(Node::MinMembers(least)));
        }
        if let Some(most) = count(at, schema, "maxProperties")? {
            parts.push(self.graph.add(Node::MaxMembers(most)));
        }
        match schema.get("required") {
            Some(Value::Array(names)) => {
                let required = self.required(at, "required", names)?;
                parts.extend(required);
            }
            // Draft 3 marked a property with it; nobody checks that any more.
            Some(Value::Bool(_)) | None => {}
            Some(_) => return malformed(at, "required"),
        }
        self.properties(at, schema, parts)?;
        self.dependencies(at, schema, parts)
    }

    fn required(&mut self, at: &Place, keyword: &str, names: &[Value]) -> Result<Vec<Id>, String> {
        let mut ids = Vec::new();
        for name in names {
            let Some(name) = name.as_str() else { return malformed(at, keyword) };
            ids.push(self.graph.add(Node::Required(name.to_owned())));
        }
        Ok(ids)
    }

    fn properties(&mut self, at: &Place, schema: &Map<String, Value>, parts: &mut Vec<Id>) -> Result<(), String> {
        for name in keys(at, schema, "properties")? {
            let id = self.child(at, &["properties", name])?;
            parts.push(self.graph.add(Node::Each(Scope::Name(name.clone()), id)));
        }
        for pattern in keys(at, schema, "patternProperties")? {
            let id = self.child(at, &["patternProperties", pattern])?;
            let test = self.graph.add_test(Test::pattern(pattern));
            parts.push(self.graph.add(Node::Each(Scope::Matching(test), id)));
        }
        if schema.contains_key("additionalProperties") {
            let id = self.child(at, &["additionalProperties"])?;
            let (names, tests) = self.evaluated_here(at, schema)?;
            parts.push(self.graph.add(Node::Each(Scope::Except(names, tests), id)));
        }
        if schema.contains_key("propertyNames") && self.dialect(at) >= Dialect::Draft6 {
            let id = self.child(at, &["propertyNames"])?;
            parts.push(self.graph.add(Node::Names(id)));
        }
        Ok(())
    }

    /// The names and patterns that `properties` and `patternProperties` of one schema speak of.
    pub(super) fn evaluated_here(
        &mut self,
        at: &Place,
        schema: &Map<String, Value>,
    ) -> Result<(BTreeSet<String>, BTreeSet<TestId>), String> {
        let names = keys(at, schema, "properties")?.into_iter().cloned().collect();
        let patterns = keys(at, schema, "patternProperties")?;
        Ok((names, patterns.into_iter().map(|pattern| self.graph.add_test(Test::pattern(pattern))).collect()))
    }

    fn dependencies(&mut self, at: &Place, schema: &Map<String, Value>, parts: &mut Vec<Id>) -> Result<(), String> {
        let late = self.dialect(at) >= Dialect::Draft201909;
        let keywords: &[&str] =
            if late { &["dependencies", "dependentRequired", "dependentSchemas"] } else { &["dependencies"] };
        for keyword in keywords {
            for name in keys(at, schema, keyword)? {
                let needed = match schema.get(*keyword).and_then(|all| all.get(name)) {
                    Some(Value::Array(names)) => {
                        let required = self.required(at, keyword, names)?;
                        self.graph.all(required)
                    }
                    Some(Value::String(required)) if *keyword == "dependencies" => {
                        self.graph.add(Node::Required(required.clone()))
                    }
                    _ => self.child(at, &[keyword, name])?,
                };
                let lacking = self.lacking(name);
                parts.push(self.graph.any([lacking, needed]));
            }
        }
        Ok(())
    }

    /// Everything but an object with this member.
    fn lacking(&mut self, name: &str) -> Id {
        let nothing = self.graph.nothing();
        self.graph.add(Node::Each(Scope::Name(name.to_owned()), nothing))
    }

    /// Everything but values of this kind that meet the formula.
    pub(super) fn unless(&mut self, kind: Kind, id: Id) -> Id {
        let others = self.graph.add(Node::Kinds(Kinds::of(Kind::ALL.into_iter().filter(|other| *other != kind))));
        let not = self.graph.not(id);
        self.graph.any([others, not])
    }

    /// Objects that have this member.
    pub(super) fn having(&mut self, name: &str) -> Id {
        let lacking = self.lacking(name);
        self.graph.not(lacking)
    }

    pub(super) fn items(&mut self, at: &Place, schema: &Map<String, Value>, parts: &mut Vec<Id>) -> Result<(), String> {
        if let Some(least) = count(at, schema, "minItems")? {
            parts.push(self.graph.add(Node::MinItems(least)));
        }
        if let Some(most) = count(at, schema, "maxItems")? {
            parts.push(self.graph.add(Node::MaxItems(most)));
        }
        if schema.get("uniqueItems") == Some(&Value::Bool(true)) {
            parts.push(self.graph.add(Node::Unique));
        }
        let tuple = self.tuple(at, schema);
        if let Some((keyword, length)) = tuple {
            for place in 0..length {
                let id = self.child(at, &[keyword, &place.to_string()])?;
                parts.push(self.graph.add(Node::Item(place, id)));
            }
        }
        if let Some(keyword) = self.rest(at, schema) {
            let id = self.child(at, &[keyword])?;
            parts.push(self.graph.add(Node::ItemsFrom(tuple.map_or(0, |(_, length)| length), id)));
        }
        self.contains(at, schema, parts)
    }

    /// The keyword that lists schemas for the first items, and how many.
    pub(super) fn tuple(&self, at: &Place, schema: &Map<String, Value>) -> Option<(&'static str, usize)> {
        let keyword = if self.dialect(at) >= Dialect::Draft202012 { "prefixItems" } else { "items" };
        Some((keyword, schema.get(keyword)?.as_array()?.len()))
    }

    /// The keyword for all items after those.
    pub(super) fn rest(&self, at: &Place, schema: &Map<String, Value>) -> Option<&'static str> {
        let tuple = self.tuple(at, schema).is_some() && self.dialect(at) < Dialect::Draft202012;
        let keyword = if tuple { "additionalItems" } else { "items" };
        schema.contains_key(keyword).then_some(keyword)
    }

    fn contains(&mut self, at: &Place, schema: &Map<String, Value>, parts: &mut Vec<Id>) -> Result<(), String> {
        let dialect = self.dialect(at);
        if !schema.contains_key("contains") || dialect < Dialect::Draft6 {
            return Ok(());
        }
        let counted = dialect >= Dialect::Draft201909;
        let bound = |keyword: &str| if counted { count(at, schema, keyword) } else { Ok(None) };
        let (least, most) = (bound("minContains")?.unwrap_or(1), bound("maxContains")?);
        let id = self.child(at, &["contains"])?;
        parts.push(self.graph.add(Node::Containing(least, id)));
        if let Some(most) = most {
            let too_many = self.graph.add(Node::Containing(most.saturating_add(1), id));
            parts.push(self.unless(Kind::Array, too_many));
        }
        Ok(())
    }
}

/// The names of what a keyword holds.
fn keys<'s>(at: &Place, schema: &'s Map<String, Value>, keyword: &str) -> Result<Vec<&'s String>, String> {
    match schema.get(keyword) {
        None => Ok(Vec::new()),
        Some(Value::Object(members)) => Ok(members.keys().collect()),
        Some(_) => malformed(at, keyword),
    }
}
