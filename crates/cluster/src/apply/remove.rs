//! Fields taken out of an object.

use serde_json::Value;

use super::element::PathElement;
use super::schema::{Identity, Kind, ListType, Schema, Type};
use super::set::FieldSet;

impl<'a> Schema<'a> {
    /// Takes fields and items out of an object. What is left empty stays, as an empty list or map.
    pub(super) fn remove(self, of: Type<'a>, value: &mut Value, fields: &FieldSet<'_>) {
        match (self.kind(of, value), value) {
            (Kind::Scalar(_), _) => {}
            (Kind::List(list), Value::Array(items)) => match list.identity {
                Identity::Atomic => items.clear(),
                Identity::Set | Identity::Keys(_) => items.retain_mut(|item| self.keep_item(&list, item, fields)),
            },
            (Kind::Map(map), Value::Object(entries)) if map.atomic => entries.clear(),
            (Kind::Map(map), Value::Object(entries)) => entries.retain(|name, value| {
                let Some(node) = fields.get(&PathElement::Field(name)) else { return true };
                if !node.member {
                    self.remove(map.any_field(name), value, &node.below);
                }
                !node.member
            }),
            (Kind::List(_) | Kind::Map(_), value) => *value = Value::Null,
        }
    }

    fn keep_item(self, list: &ListType<'a>, item: &mut Value, fields: &FieldSet<'_>) -> bool {
        let node = self.element(list, item).ok().and_then(|element| fields.get(&element));
        let Some(node) = node else { return true };
        if !node.member {
            self.remove(list.item, item, &node.below);
        }
        !node.member
    }
}
