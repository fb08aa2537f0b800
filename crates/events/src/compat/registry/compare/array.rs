use super::super::fault::Outcome;
use super::super::list::List;
use super::super::node::{Array, Bag, Id, Rest};
use super::super::value::Number;
use super::object::says_nothing;
use super::{Comparison, limits, rest};

type Side<'n, 'a> = (&'n Array, &'n Bag<'a>);

/// What an array says about an item beyond its tuple.
enum Model {
    Open,
    Governed(Id),
    Closed,
}

impl Comparison<'_, '_> {
    pub(super) fn arrays(&mut self, o: Side<'_, '_>, u: Side<'_, '_>, list: &mut List) -> Outcome<()> {
        match (o.0.items, u.0.items) {
            (Some(o), Some(u)) => self.below("/items".to_owned(), o, u, list)?,
            (None, Some(_)) => list.add("SCHEMA_ADDED", "/items", self.policy),
            (Some(_), None) => list.add("SCHEMA_REMOVED", "/items", self.policy),
            (None, None) => {}
        }
        self.tuples(o, u, list)?;
        self.additional(&rest::ADDITIONAL_ITEMS, o.0.additional, u.0.additional, list)?;
        self.unevaluated(&rest::UNEVALUATED_ITEMS, o.1.unevaluated_items, u.1.unevaluated_items, list)?;
        limits::MAX_ITEMS.compare(o.0.max, u.0.max, list, self.policy);
        limits::MIN_ITEMS.compare(o.0.min, u.0.min, list, self.policy);
        match (o.0.unique, u.0.unique) {
            (false, true) => list.add("UNIQUE_ITEMS_ADDED", "/uniqueItems", self.policy),
            (true, false) => list.add("UNIQUE_ITEMS_REMOVED", "/uniqueItems", self.policy),
            _ => {}
        }
        let cut = |number: Option<Number>| number.map(Number::cut);
        limits::MAX_CONTAINS.compare(cut(o.1.max_contains()), cut(u.1.max_contains()), list, self.policy);
        limits::MIN_CONTAINS.compare(cut(o.1.min_contains()), cut(u.1.min_contains()), list, self.policy);
        Ok(())
    }

    fn tuples(&mut self, o: Side<'_, '_>, u: Side<'_, '_>, list: &mut List) -> Outcome<()> {
        for at in 0..o.0.tuple.len().max(u.0.tuple.len()) {
            let place = format!("/items/{at}");
            match (o.0.tuple.get(at), u.0.tuple.get(at)) {
                (Some(o), Some(u)) => self.below(place, *o, *u, list)?,
                (Some(gone), None) => self.item_removed(place, *gone, u, list)?,
                (None, Some(new)) => self.item_added(place, *new, o, list)?,
                (None, None) => {}
            }
        }
        Ok(())
    }

    fn item_removed(&mut self, place: String, gone: Id, u: Side<'_, '_>, list: &mut List) -> Outcome<()> {
        let kind = match self.items_model(u) {
            Model::Open => "ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL",
            Model::Closed if self.arena.node(gone).is_false() => "ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL",
            Model::Closed => "ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL",
            Model::Governed(schema) => {
                let below = self.pair(gone, schema)?;
                list.below(place.clone(), &below)?;
                if below.is_compatible() {
                    "ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL"
                } else {
                    "ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL"
                }
            }
        };
        list.add(kind, place, self.policy);
        Ok(())
    }

    fn item_added(&mut self, place: String, new: Id, o: Side<'_, '_>, list: &mut List) -> Outcome<()> {
        let kind = match self.items_model(o) {
            Model::Open if self.arena.node(new).is_empty() => "ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL",
            Model::Open => "ITEM_ADDED_TO_OPEN_CONTENT_MODEL",
            Model::Closed => "ITEM_ADDED_TO_CLOSED_CONTENT_MODEL",
            Model::Governed(schema) => {
                let below = self.pair(schema, new)?;
                list.below(place.clone(), &below)?;
                if below.is_compatible() {
                    "ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL"
                } else {
                    "ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL"
                }
            }
        };
        list.add(kind, place, self.policy);
        Ok(())
    }

    /// The content model beyond the tuple; a single schema for all items plays no part.
    fn items_model(&self, (array, bag): Side<'_, '_>) -> Model {
        let unevaluated = bag.unevaluated_items;
        match array.additional {
            Rest::Forbidden => Model::Closed,
            Rest::Schema(schema) => Model::Governed(schema),
            Rest::Any if says_nothing(self.arena, unevaluated) => Model::Open,
            Rest::Any => match unevaluated {
                Some(id) if !self.arena.node(id).is_false() => Model::Governed(id),
                _ => Model::Closed,
            },
        }
    }
}
