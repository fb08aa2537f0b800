//! From a value to the set of its fields.

use serde_json::Value;

use super::element::PathElement;
use super::schema::{Identity, Kind, ListType, MapType, Schema, Type};
use super::set::FieldSet;

impl<'a> Schema<'a> {
    /// The fields that an object has.
    pub(super) fn fields(self, of: Type<'a>, object: &'a Value) -> FieldSet<'a> {
        self.field_tree(of, object).1
    }

    /// Whether the value is a member of its set by itself, and what is below it.
    fn field_tree(self, of: Type<'a>, value: &'a Value) -> (bool, FieldSet<'a>) {
        match (self.kind(of, value), value) {
            (Kind::Scalar(_), _) => (true, FieldSet::default()),
            (Kind::List(ListType { identity: Identity::Atomic, .. }), _) => (true, FieldSet::default()),
            (Kind::Map(MapType { atomic: true, .. }), _) => (true, FieldSet::default()),
            (Kind::List(list), Value::Array(items)) => (false, self.items(&list, items)),
            (Kind::Map(map), Value::Object(fields)) => (false, self.map_fields(&map, fields)),
            (Kind::List(_) | Kind::Map(_), _) => (false, FieldSet::default()),
        }
    }

    fn map_fields(self, map: &MapType<'a>, fields: &'a serde_json::Map<String, Value>) -> FieldSet<'a> {
        let mut set = FieldSet::default();
        for (name, value) in fields {
            let (member, below) = self.field_tree(map.any_field(name), value);
            let bare = value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty);
            set.push(name.as_str(), member || bare || map.named(name).is_none(), below);
        }
        set
    }

    /// Items that occur several times are members as one, without what is below them.
    fn items(self, list: &ListType<'a>, items: &'a [Value]) -> FieldSet<'a> {
        let mut set = FieldSet::default();
        for item in items {
            if let Ok(element) = self.element(list, item) {
                set.push(element, true, self.field_tree(list.item, item).1);
            }
        }
        set.sort();
        set.nodes.dedup_by(|later, earlier| {
            let twice = later.element == earlier.element;
            if twice {
                earlier.below = FieldSet::default();
            }
            twice
        });
        set
    }

    /// With the declared fields that something below belongs to the set through, but not what is a map's or a list's.
    pub(super) fn with_named<'s>(self, of: Type<'a>, mut set: FieldSet<'s>) -> FieldSet<'s> {
        self.name(Some(of), &mut set);
        set
    }

    fn name(self, of: Option<Type<'a>>, set: &mut FieldSet<'_>) {
        let kind = of.map(|of| self.kind(of, &Value::Null));
        for node in set.nodes.iter_mut().filter(|node| !node.below.is_empty()) {
            let below = match (&node.element, &kind) {
                (PathElement::Field(field), Some(Kind::Map(map))) => {
                    node.member |= map.named(field).is_some();
                    map.field(field)
                }
                (PathElement::Key(_), Some(Kind::List(list))) => Some(list.item),
                _ => None,
            };
            self.name(below, &mut node.below);
        }
    }

    /// Brings a set in line with its types: what has become atomic since belongs to the manager as a whole.
    /// Says whether that changed anything.
    pub(super) fn reconcile(self, of: Type<'a>, set: &mut FieldSet<'_>) -> bool {
        let mut changed = false;
        let kind = self.kind(of, &Value::Null);
        for node in &mut set.nodes {
            let below = match (&node.element, &kind) {
                (PathElement::Field(field), Kind::Map(map)) if !map.is_deduced() => map.field(field),
                (_, Kind::List(list)) => Some(list.item),
                _ => None,
            };
            let Some(below) = below.filter(|_| !node.below.is_empty()) else { continue };
            if self.is_atomic(below) {
                (node.member, node.below) = (true, FieldSet::default());
                changed = true;
            } else {
                changed |= self.reconcile(below, &mut node.below);
            }
        }
        changed
    }

    fn is_atomic(self, of: Type<'a>) -> bool {
        match self.kind(of, &Value::Null) {
            Kind::List(list) => matches!(list.identity, Identity::Atomic),
            Kind::Map(map) => map.atomic,
            Kind::Scalar(_) => false,
        }
    }
}
