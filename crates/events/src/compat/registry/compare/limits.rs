use super::super::Policy;
use super::super::list::List;

/// A keyword that bounds something, and what its changes are called.
pub(super) struct Limit {
    tail: &'static str,
    pub(super) added: &'static str,
    pub(super) removed: &'static str,
    pub(super) increased: &'static str,
    pub(super) decreased: &'static str,
}

macro_rules! limit {
    ($constant:ident, $keyword:literal, $name:literal) => {
        pub(super) const $constant: Limit = Limit {
            tail: concat!("/", $keyword),
            added: concat!($name, "_ADDED"),
            removed: concat!($name, "_REMOVED"),
            increased: concat!($name, "_INCREASED"),
            decreased: concat!($name, "_DECREASED"),
        };
    };
}

limit!(MAX_LENGTH, "maxLength", "MAX_LENGTH");
limit!(MIN_LENGTH, "minLength", "MIN_LENGTH");
limit!(MAXIMUM, "maximum", "MAXIMUM");
limit!(MINIMUM, "minimum", "MINIMUM");
limit!(EXCLUSIVE_MAXIMUM, "exclusiveMaximum", "EXCLUSIVE_MAXIMUM");
limit!(EXCLUSIVE_MINIMUM, "exclusiveMinimum", "EXCLUSIVE_MINIMUM");
limit!(MAX_PROPERTIES, "maxProperties", "MAX_PROPERTIES");
limit!(MIN_PROPERTIES, "minProperties", "MIN_PROPERTIES");
limit!(MAX_ITEMS, "maxItems", "MAX_ITEMS");
limit!(MIN_ITEMS, "minItems", "MIN_ITEMS");
limit!(MAX_CONTAINS, "maxContains", "MAX_CONTAINS");
limit!(MIN_CONTAINS, "minContains", "MIN_CONTAINS");

impl Limit {
    pub(super) fn compare<T: PartialOrd>(&self, o: Option<T>, u: Option<T>, list: &mut List, policy: Policy) {
        let kind = match (o, u) {
            (None, Some(_)) => self.added,
            (Some(_), None) => self.removed,
            (Some(o), Some(u)) if o < u => self.increased,
            (Some(o), Some(u)) if o > u => self.decreased,
            _ => return,
        };
        self.add(kind, list, policy);
    }

    pub(super) fn add(&self, kind: &'static str, list: &mut List, policy: Policy) {
        list.add(kind, self.tail, policy);
    }
}
