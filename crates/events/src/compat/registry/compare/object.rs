use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;

use super::super::fault::Outcome;
use super::super::list::List;
use super::super::node::{Arena, Bag, Id, Object, Rest};
use super::{Comparison, limits, rest};

type Side<'n, 'a> = (&'n Object<'a>, &'n Bag<'a>);

/// What an object says about a name that it does not declare.
enum Model {
    /// Anything may stand there.
    Open,
    /// A schema governs it.
    Governed(Id),
    /// It must not be there.
    Closed,
}

impl<'n> Comparison<'_, 'n> {
    pub(super) fn objects(&mut self, o: Side<'n, '_>, u: Side<'n, '_>, list: &mut List) -> Outcome<()> {
        self.required(o.0, u.0, list);
        self.properties(o, u, list)?;
        self.dependencies(o.0, u.0, list)?;
        self.additional(&rest::ADDITIONAL_PROPERTIES, o.0.additional, u.0.additional, list)?;
        let (original, update) = (o.1.unevaluated_properties, u.1.unevaluated_properties);
        self.unevaluated(&rest::UNEVALUATED_PROPERTIES, original, update, list)?;
        limits::MAX_PROPERTIES.compare(o.0.max, u.0.max, list, self.policy);
        limits::MIN_PROPERTIES.compare(o.0.min, u.0.min, list, self.policy);
        Ok(())
    }

    /// Only names that both sides declare.
    fn required(&self, o: &Object<'_>, u: &Object<'_>, list: &mut List) {
        let [was, is] = [o, u].map(|object| object.required.iter().copied().collect::<HashSet<_>>());
        for (name, id) in u.properties.iter().filter(|(name, _)| o.properties.contains_key(*name)) {
            let kind = match (was.contains(name), is.contains(name)) {
                (false, true) if self.has_default(*id) => "REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED",
                (false, true) => "REQUIRED_ATTRIBUTE_ADDED",
                (true, false) => "REQUIRED_ATTRIBUTE_REMOVED",
                _ => continue,
            };
            list.add(kind, format!("/required/{name}"), self.policy);
        }
    }

    fn has_default(&self, id: Id) -> bool {
        self.arena.node(id).default.is_some()
    }

    fn properties(&mut self, o: Side<'n, '_>, u: Side<'n, '_>, list: &mut List) -> Outcome<()> {
        let required: HashSet<&str> = u.0.required.iter().copied().collect();
        let names: BTreeSet<&str> = o.0.properties.keys().chain(u.0.properties.keys()).copied().collect();
        for name in names {
            self.step(1)?;
            let place = format!("/properties/{name}");
            match (o.0.properties.get(name), u.0.properties.get(name)) {
                (Some(o), Some(u)) => self.below(place, *o, *u, list)?,
                (Some(gone), None) => self.removed(place, name, *gone, u, list)?,
                (None, Some(new)) => {
                    let new = (*new, required.contains(name));
                    self.added(place, name, new, o, list)?;
                }
                (None, None) => {}
            }
        }
        Ok(())
    }

    fn removed(&mut self, place: String, name: &str, gone: Id, u: Side<'_, '_>, list: &mut List) -> Outcome<()> {
        let kind = match self.model(name, u)? {
            Model::Open => "PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL",
            Model::Closed if self.arena.node(gone).is_false() => {
                "PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL"
            }
            Model::Closed => "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL",
            Model::Governed(schema) => {
                let below = self.pair(gone, schema)?;
                list.below(place.clone(), &below)?;
                if below.is_compatible() {
                    "PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL"
                } else {
                    "PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL"
                }
            }
        };
        list.add(kind, place, self.policy);
        Ok(())
    }

    fn added(
        &mut self,
        place: String,
        name: &str,
        (new, required): (Id, bool),
        o: Side<'_, '_>,
        list: &mut List,
    ) -> Outcome<()> {
        let model = self.model(name, o)?;
        if let Model::Governed(schema) = model {
            let below: Rc<List> = self.pair(schema, new)?;
            list.below(place.clone(), &below)?;
            let kind = if below.is_compatible() {
                "PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL"
            } else {
                "PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL"
            };
            list.add(kind, place.clone(), self.policy);
        }
        let kind = match (matches!(model, Model::Open), required, self.has_default(new)) {
            (true, _, _) if self.arena.node(new).is_empty() => "PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL",
            (true, true, true) => "REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL",
            (true, true, false) => "REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL",
            (true, false, _) => "OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL",
            (false, true, true) => "REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL",
            (false, true, false) => "REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL",
            (false, false, _) => "OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL",
        };
        list.add(kind, place, self.policy);
        Ok(())
    }

    /// The content model for a name. The first pattern that fits governs, also where all else is forbidden.
    fn model(&mut self, name: &str, (object, bag): Side<'_, '_>) -> Outcome<Model> {
        let unevaluated = bag.unevaluated_properties;
        if object.additional == Rest::Any && object.patterns.is_empty() && says_nothing(self.arena, unevaluated) {
            return Ok(Model::Open);
        }
        for (pattern, schema) in &object.patterns {
            self.step(1)?;
            if self.arena.finds(pattern, name)? {
                return Ok(Model::Governed(*schema));
            }
        }
        Ok(match object.additional {
            Rest::Schema(schema) => Model::Governed(schema),
            Rest::Forbidden => Model::Closed,
            Rest::Any => match unevaluated {
                Some(id) if !self.arena.node(id).is_false() && !self.arena.node(id).is_empty() => Model::Governed(id),
                _ => Model::Closed,
            },
        })
    }

    fn dependencies(&mut self, o: &Object<'_>, u: &Object<'_>, list: &mut List) -> Outcome<()> {
        let names: BTreeSet<&str> = o.required_with.keys().chain(u.required_with.keys()).copied().collect();
        for name in names {
            let kind = match (o.required_with.get(name), u.required_with.get(name)) {
                (None, _) => "DEPENDENCY_ARRAY_ADDED",
                (_, None) => "DEPENDENCY_ARRAY_REMOVED",
                (Some(o), Some(u)) if o == u => continue,
                (Some(o), Some(u)) if u.is_superset(o) => "DEPENDENCY_ARRAY_EXTENDED",
                (Some(o), Some(u)) if u.is_subset(o) => "DEPENDENCY_ARRAY_NARROWED",
                _ => "DEPENDENCY_ARRAY_CHANGED",
            };
            list.add(kind, format!("/dependencies/{name}"), self.policy);
        }
        let names: BTreeSet<&str> = o.schema_with.keys().chain(u.schema_with.keys()).copied().collect();
        for name in names {
            let place = format!("/dependencies/{name}");
            match (o.schema_with.get(name), u.schema_with.get(name)) {
                (Some(o), Some(u)) => self.below(place, *o, *u, list)?,
                (None, _) => list.add("DEPENDENCY_SCHEMA_ADDED", place, self.policy),
                (_, None) => list.add("DEPENDENCY_SCHEMA_REMOVED", place, self.policy),
            }
        }
        Ok(())
    }
}

/// Whether an `unevaluated…` is absent or allows anything.
pub(super) fn says_nothing(arena: &Arena<'_>, unevaluated: Option<Id>) -> bool {
    unevaluated.is_none_or(|id| arena.node(id).is_empty())
}
