//! What a value may be, as merging sees it: a scalar, a list or a map.

use std::borrow::Cow;

use serde_json::Value;

use super::element::PathElement;
use super::text::go_list;
use crate::types::{Format, List, Shape, Struct, TypeId, Types};

/// The types of an object, and where to look them up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schema<'a> {
    pub(super) types: &'a Types,
}

/// What is known of a value's type.
#[derive(Clone, Copy, Debug)]
pub(super) enum Type<'a> {
    /// As a table says.
    Shape(&'a Shape),
    /// A struct.
    Struct(TypeId),
    /// Nothing: maps are merged, lists are atomic.
    Deduced,
    /// Nothing, and all of it belongs to one manager.
    Opaque,
}

/// A value's type, decided.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind<'a> {
    Scalar(Scalar),
    List(ListType<'a>),
    Map(MapType<'a>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scalar {
    Number,
    Text,
    Truth,
    Any,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct ListType<'a> {
    pub(super) item: Type<'a>,
    pub(super) identity: Identity<'a>,
}

/// What tells the items of a list apart.
#[derive(Clone, Copy, Debug)]
pub(super) enum Identity<'a> {
    /// Nothing: the list is one.
    Atomic,
    /// They themselves.
    Set,
    /// These fields.
    Keys(&'a [String]),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct MapType<'a> {
    fields: Option<&'a Struct>,
    /// The type of what is not a field; none if there is nothing else.
    rest: Option<Type<'a>>,
    pub(super) atomic: bool,
}

impl<'a> MapType<'a> {
    /// The type of a field; none for one that may not be.
    pub(super) fn field(&self, name: &str) -> Option<Type<'a>> {
        self.named(name).or(self.rest)
    }

    /// The type of a field, where what is not declared is like anything else.
    pub(super) fn any_field(&self, name: &str) -> Type<'a> {
        self.field(name).unwrap_or(Type::Deduced)
    }

    /// The type of a declared field.
    pub(super) fn named(&self, name: &str) -> Option<Type<'a>> {
        Some(Type::Shape(&self.fields?.fields.get(name)?.shape))
    }

    /// Whether nothing is known of what is in it.
    pub(super) const fn is_deduced(&self) -> bool {
        matches!(self.rest, Some(Type::Deduced)) && self.fields.is_none()
    }
}

impl<'a> Schema<'a> {
    /// The type of a value. One that does not fit is taken for what the type says.
    pub(super) fn kind(self, of: Type<'a>, value: &Value) -> Kind<'a> {
        match of {
            Type::Struct(id) => self.structure(id),
            Type::Deduced | Type::Opaque => free(of, value),
            Type::Shape(shape) => match shape {
                Shape::String(Format::Time | Format::MicroTime) | Shape::Quantity => Kind::Scalar(Scalar::Any),
                Shape::String(_) => Kind::Scalar(Scalar::Text),
                Shape::Int32 | Shape::Int64 | Shape::Number => Kind::Scalar(Scalar::Number),
                Shape::Boolean => Kind::Scalar(Scalar::Truth),
                Shape::IntOrString | Shape::Any => free(Type::Deduced, value),
                Shape::Struct(id) => self.structure(*id),
                Shape::Map(map) => {
                    Kind::Map(MapType { fields: None, rest: Some(Type::Shape(&map.value)), atomic: map.atomic })
                }
                Shape::List(list) => Kind::List(list_type(list)),
            },
        }
    }

    fn structure(self, id: TypeId) -> Kind<'a> {
        let of = self.types.get(id);
        let fields = Some(of).filter(|of| !of.fields.is_empty());
        let rest = (of.open || fields.is_none()).then_some(Type::Deduced);
        Kind::Map(MapType { fields, rest, atomic: of.atomic })
    }

    /// What tells an item of a list apart from the others.
    ///
    /// # Errors
    ///
    /// In words, if nothing does.
    pub(super) fn element(self, list: &ListType<'a>, item: &'a Value) -> Result<PathElement<'a>, String> {
        match list.identity {
            Identity::Atomic => Err("invalid indexing of non-associative list".into()),
            Identity::Set => set_element(item),
            Identity::Keys(keys) => self.keyed_element(list.item, keys, item),
        }
    }

    fn keyed_element(self, of: Type<'a>, keys: &'a [String], item: &'a Value) -> Result<PathElement<'a>, String> {
        let Value::Object(fields) = item else {
            let what = if item.is_null() { "a null element" } else { "non-map elements" };
            return Err(format!("associative list with keys may not have {what}"));
        };
        let found = |key: &'a String| fields.get(key).or_else(|| self.default_of(of, key));
        let found = keys.iter().filter_map(|key| Some((Cow::Borrowed(key.as_str()), Cow::Borrowed(found(key)?))));
        let found: Vec<_> = found.collect();
        if found.is_empty() {
            return Err(format!(
                "associative list with keys has an element that omits all key fields {} (and doesn't have default \
                 values for any key fields)",
                go_list(keys)
            ));
        }
        Ok(PathElement::key(found))
    }

    fn default_of(self, of: Type<'a>, field: &str) -> Option<&'a Value> {
        match self.kind(of, &Value::Null) {
            Kind::Map(map) => map.fields?.fields.get(field)?.default.as_ref(),
            Kind::Scalar(_) | Kind::List(_) => None,
        }
    }
}

/// A value of no known type is what it is.
fn free<'a>(of: Type<'a>, value: &Value) -> Kind<'a> {
    match value {
        Value::Array(_) => Kind::List(ListType { item: Type::Opaque, identity: Identity::Atomic }),
        Value::Object(_) | Value::Null => {
            Kind::Map(MapType { fields: None, rest: Some(of), atomic: matches!(of, Type::Opaque) })
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => Kind::Scalar(Scalar::Any),
    }
}

fn list_type(list: &List) -> ListType<'_> {
    let identity = match list {
        List::Atomic(_) => Identity::Atomic,
        List::Set(_) => Identity::Set,
        List::Map(_, keys) => Identity::Keys(keys),
    };
    ListType { item: Type::Shape(list.item()), identity }
}

fn set_element(item: &Value) -> Result<PathElement<'_>, String> {
    match item {
        Value::Object(_) => Err("associative list without keys has an element that's a map type".into()),
        Value::Array(_) => Err("not supported: associative list with lists as elements".into()),
        Value::Null => Err("associative list without keys has an element that's an explicit null".into()),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(PathElement::item(item)),
    }
}
