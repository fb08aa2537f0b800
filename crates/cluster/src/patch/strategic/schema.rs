use super::Error;
use crate::types::{Field, Patch, Shape, Types};

/// What a value is, as far as merging it goes.
#[derive(Clone, Copy)]
pub(super) struct Schema<'a> {
    pub(super) types: &'a Types,
    pub(super) shape: &'a Shape,
}

/// How a field is merged.
#[derive(Clone, Debug, Default)]
pub(super) struct Rule {
    /// Maps are replaced, not merged.
    pub(super) replaces_maps: bool,
    /// Lists are merged, not replaced.
    pub(super) merges_lists: bool,
    /// The field that is an item's key. Empty for lists of scalars.
    pub(super) key: String,
}

impl Rule {
    fn of(field: &Field) -> Self {
        let replaces = |patch: &Patch| !patch.merge && !patch.retain_keys && patch.key.is_none();
        Self {
            replaces_maps: field.patch.as_ref().is_some_and(replaces),
            merges_lists: field.patch.as_ref().is_some_and(|patch| patch.merge),
            key: field.patch.as_ref().and_then(|patch| patch.key.clone()).unwrap_or_default(),
        }
    }
}

impl<'a> Schema<'a> {
    /// A field that holds an object.
    pub(super) fn field(self, name: &str) -> Result<(Self, Rule), Error> {
        let Shape::Struct(id) = self.shape else { return Err(Error::NoStruct(kind(self.shape))) };
        let of = self.types.get(*id);
        let unknown = || Error::UnknownField { of: of.go_name().to_owned(), field: name.to_owned() };
        let field = of.fields.get(name).ok_or_else(unknown)?;
        Ok((Schema { shape: &field.shape, ..self }, Rule::of(field)))
    }

    /// A field that holds a list: what its items are.
    pub(super) fn list(self, name: &str) -> Result<(Self, Rule), Error> {
        let (schema, rule) = self.field(name)?;
        match schema.shape {
            Shape::List(list) => Ok((Schema { shape: list.item(), ..self }, rule)),
            _ => Err(Error::NoList),
        }
    }

    /// How Go calls it.
    pub(super) const fn kind(self) -> &'static str {
        kind(self.shape)
    }
}

const fn kind(shape: &Shape) -> &'static str {
    match shape {
        Shape::String(_) => "string",
        Shape::Int32 => "int32",
        Shape::Int64 => "int64",
        Shape::Number => "float64",
        Shape::Boolean => "bool",
        Shape::IntOrString | Shape::Quantity | Shape::Struct(_) | Shape::Any => "struct",
        Shape::Map(_) => "map",
        Shape::List(_) => "slice",
    }
}
