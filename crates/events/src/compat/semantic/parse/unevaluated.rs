//! `unevaluatedProperties` and `unevaluatedItems`: like `additionalProperties` and `items`, over what those schemas
//! have looked at that hold. As a schema that holds only adds to what is looked at, it is enough to say: there are
//! some schemas that hold, and what they leave over meets the keyword.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::super::ir::{Id, Node, Scope, TestId};
use super::{Parser, Place};
use crate::schema::Dialect;

/// More combinations of schemas that may hold are not told apart.
const MOST: usize = 256;

/// References are followed so far.
const DEPTH: usize = 64;

/// What has been looked at if all of `when` hold.
#[derive(Debug, Clone, Default)]
struct Seen {
    when: BTreeSet<Id>,
    names: BTreeSet<String>,
    tests: BTreeSet<TestId>,
    all_members: bool,
    items: usize,
    all_items: bool,
    /// Items that meet one of these.
    containing: BTreeSet<Id>,
}

impl Seen {
    fn and(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.when.extend(&other.when);
        both.names.extend(other.names.iter().cloned());
        both.tests.extend(&other.tests);
        both.all_members |= other.all_members;
        both.items = both.items.max(other.items);
        both.all_items |= other.all_items;
        both.containing.extend(&other.containing);
        both
    }
}

impl Parser<'_, '_> {
    pub(super) fn unevaluated(
        &mut self,
        at: &Place,
        schema: &Map<String, Value>,
        parts: &mut Vec<Id>,
    ) -> Result<(), String> {
        for keyword in ["unevaluatedProperties", "unevaluatedItems"] {
            if !schema.contains_key(keyword) {
                continue;
            }
            let id = self.child(at, &[keyword])?;
            let cases = self.seen(at, schema, 0, keyword)?;
            let Some(cases) = cases else {
                let text = schema.get(keyword).map(Value::to_string).unwrap_or_default();
                parts.push(self.graph.add(Node::Opaque(format!("`{keyword}` at `{}` ({text})", at.pointer))));
                continue;
            };
            let cases: Vec<Id> = cases.iter().map(|case| self.case(case, keyword, id)).collect();
            parts.push(self.graph.any(cases));
        }
        Ok(())
    }

    fn case(&mut self, case: &Seen, keyword: &str, id: Id) -> Id {
        let rest = match keyword {
            "unevaluatedProperties" if case.all_members => self.graph.anything(),
            "unevaluatedProperties" => {
                self.graph.add(Node::Each(Scope::Except(case.names.clone(), case.tests.clone()), id))
            }
            _ if case.all_items => self.graph.anything(),
            _ => {
                let item = self.graph.any(case.containing.iter().copied().chain([id]));
                self.graph.add(Node::ItemsFrom(case.items, item))
            }
        };
        self.graph.all(case.when.iter().copied().chain([rest]))
    }

    /// What a schema looks at, for each choice of its parts that hold; `None` if there are too many. Left out is what
    /// `keyword` itself, that is asked about at depth 0, looks at.
    fn seen(
        &mut self,
        at: &Place,
        schema: &Map<String, Value>,
        depth: usize,
        keyword: &str,
    ) -> Result<Option<Vec<Seen>>, String> {
        // Whether `contains` looks at items for it is read in two ways in draft 2019-09.
        let disputed = keyword == "unevaluatedItems"
            && schema.contains_key("contains")
            && self.dialect(at) == Dialect::Draft201909;
        if depth > DEPTH || disputed {
            return Ok(None);
        }
        let mut cases = vec![self.seen_here(at, schema, depth, keyword)?];
        for group in self.groups(at, schema)? {
            let mut choices = if group.always { Vec::new() } else { vec![Seen::default()] };
            for (when, place) in group.places {
                let Some(inner) = self.seen_at(&place, depth, keyword)? else { return Ok(None) };
                choices.extend(inner.into_iter().map(|mut seen| {
                    seen.when.extend(when);
                    seen
                }));
            }
            if cases.len() * choices.len() > MOST {
                return Ok(None);
            }
            cases = cases.iter().flat_map(|case| choices.iter().map(|choice| case.and(choice))).collect();
        }
        Ok(Some(cases))
    }

    fn seen_at(&mut self, place: &Place, depth: usize, keyword: &str) -> Result<Option<Vec<Seen>>, String> {
        match self.value(place) {
            Some(Value::Object(schema)) => self.seen(place, schema, depth + 1, keyword),
            _ => Ok(Some(vec![Seen::default()])),
        }
    }

    fn seen_here(
        &mut self,
        at: &Place,
        schema: &Map<String, Value>,
        depth: usize,
        keyword: &str,
    ) -> Result<Seen, String> {
        let (names, tests) = self.evaluated_here(at, schema)?;
        let rest = self.rest(at, schema).is_some();
        let mut seen = Seen { names, tests, all_items: rest, ..Seen::default() };
        seen.items = self.tuple(at, schema).map_or(0, |(_, length)| length);
        seen.all_members = schema.contains_key("additionalProperties");
        if depth > 0 && schema.contains_key(keyword) {
            seen.all_members |= keyword == "unevaluatedProperties";
            seen.all_items |= keyword == "unevaluatedItems";
        }
        if schema.contains_key("contains") && self.dialect(at) >= Dialect::Draft202012 {
            seen.containing.insert(self.child(at, &["contains"])?);
        }
        Ok(seen)
    }

    fn groups(&mut self, at: &Place, schema: &Map<String, Value>) -> Result<Vec<Group>, String> {
        let mut groups = Vec::new();
        for keyword in super::references(self.dialect(at)) {
            if schema.contains_key(*keyword)
                && let Ok(place) = self.target(at, schema, keyword)?
            {
                groups.push(Group { always: true, places: vec![(None, place)] });
            }
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let branches = schema.get(keyword).and_then(Value::as_array).map_or(0, Vec::len);
            let mut places = Vec::new();
            for branch in 0..branches {
                let place = self.below(at, &[keyword, &branch.to_string()]);
                let when = if keyword == "allOf" { None } else { Some(self.schema(&place)?) };
                places.push((when, place));
            }
            match keyword {
                "oneOf" => groups.push(Group { always: false, places }),
                _ => groups
                    .extend(places.into_iter().map(|place| Group { always: keyword == "allOf", places: vec![place] })),
            }
        }
        self.conditional_groups(at, schema, &mut groups)?;
        Ok(groups)
    }

    fn conditional_groups(
        &mut self,
        at: &Place,
        schema: &Map<String, Value>,
        groups: &mut Vec<Group>,
    ) -> Result<(), String> {
        if schema.contains_key("if") {
            let place = self.below(at, &["if"]);
            let condition = self.schema(&place)?;
            groups.push(Group { always: false, places: vec![(Some(condition), place)] });
            let not = self.graph.not(condition);
            for (keyword, when) in [("then", condition), ("else", not)] {
                if schema.contains_key(keyword) {
                    let place = self.below(at, &[keyword]);
                    groups.push(Group { always: false, places: vec![(Some(when), place)] });
                }
            }
        }
        let names: Vec<String> = match schema.get("dependentSchemas") {
            Some(Value::Object(members)) => members.keys().cloned().collect(),
            _ => Vec::new(),
        };
        for name in names {
            let place = self.below(at, &["dependentSchemas", &name]);
            let when = self.having(&name);
            groups.push(Group { always: false, places: vec![(Some(when), place)] });
        }
        Ok(())
    }
}

/// Schemas of which one is chosen: each with what must hold for it.
struct Group {
    /// One of them holds in any case.
    always: bool,
    places: Vec<(Option<Id>, Place)>,
}
