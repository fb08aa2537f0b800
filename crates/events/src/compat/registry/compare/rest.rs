use super::super::fault::Outcome;
use super::super::list::List;
use super::super::node::{Id, Rest};
use super::Comparison;

/// What the changes of a keyword for the rest of an object or array are called.
pub(super) struct Names {
    tail: &'static str,
    added: &'static str,
    removed: &'static str,
    extended: &'static str,
    narrowed: &'static str,
}

macro_rules! names {
    ($constant:ident, $keyword:literal, $name:literal) => {
        pub(super) const $constant: Names = Names {
            tail: concat!("/", $keyword),
            added: concat!($name, "_ADDED"),
            removed: concat!($name, "_REMOVED"),
            extended: concat!($name, "_EXTENDED"),
            narrowed: concat!($name, "_NARROWED"),
        };
    };
}

names!(ADDITIONAL_PROPERTIES, "additionalProperties", "ADDITIONAL_PROPERTIES");
names!(ADDITIONAL_ITEMS, "additionalItems", "ADDITIONAL_ITEMS");
names!(UNEVALUATED_PROPERTIES, "unevaluatedProperties", "UNEVALUATED_PROPERTIES");
names!(UNEVALUATED_ITEMS, "unevaluatedItems", "UNEVALUATED_ITEMS");

impl Comparison<'_, '_> {
    /// `additionalProperties` or `additionalItems`.
    pub(super) fn additional(&mut self, names: &Names, o: Rest, u: Rest, list: &mut List) -> Outcome<()> {
        let kind = match (o, u) {
            (Rest::Schema(o), Rest::Schema(u)) => return self.below(names.tail.to_owned(), o, u, list),
            (Rest::Any, Rest::Any) | (Rest::Forbidden, Rest::Forbidden) => return Ok(()),
            (Rest::Forbidden, _) => names.added,
            (_, Rest::Forbidden) => names.removed,
            (Rest::Schema(_), Rest::Any) => names.extended,
            (Rest::Any, Rest::Schema(_)) => names.narrowed,
        };
        list.add(kind, names.tail, self.policy);
        Ok(())
    }

    /// `unevaluatedProperties` or `unevaluatedItems`.
    pub(super) fn unevaluated(&mut self, names: &Names, o: Option<Id>, u: Option<Id>, list: &mut List) -> Outcome<()> {
        let arena = self.arena;
        let is_false = |id: Id| arena.node(id).is_false();
        let is_empty = |id: Id| arena.node(id).is_empty();
        let kind = match (o, u) {
            (None, None) => return Ok(()),
            (None, Some(u)) if is_false(u) => names.removed,
            (None, Some(_)) => names.narrowed,
            (Some(o), None) if is_false(o) => names.added,
            (Some(_), None) => names.extended,
            (Some(o), Some(u)) => match ((is_false(o), is_false(u)), (is_empty(o), is_empty(u))) {
                ((true, false), _) => names.added,
                ((false, true), _) => names.removed,
                (_, (true, false)) => names.narrowed,
                (_, (false, true)) => names.extended,
                _ => return self.below(names.tail.to_owned(), o, u, list),
            },
        };
        list.add(kind, names.tail, self.policy);
        Ok(())
    }
}
