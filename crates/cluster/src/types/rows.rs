//! How the committed table writes structs.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Field, Patch, Struct, TypeId, Types, notation};

/// The structs of a table, by name.
pub type Rows<'a> = BTreeMap<Cow<'a, str>, StructRow<'a>>;

/// A struct as the committed table writes it.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StructRow<'a> {
    /// One manager owns it as a whole.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub atomic: bool,
    /// The fields by name.
    #[serde(borrow)]
    pub fields: BTreeMap<Cow<'a, str>, FieldRow<'a>>,
}

/// A field as the committed table writes it; see [`Field`] for what its parts mean.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FieldRow<'a> {
    /// The shape, as [`notation::write`] writes it.
    #[serde(borrow)]
    pub shape: Cow<'a, str>,
    /// Whether it is a pointer in Go.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub pointer: bool,
    /// The Go type, where it does not follow from the shape.
    #[serde(borrow, skip_serializing_if = "str::is_empty")]
    pub go: Cow<'a, str>,
    /// What is written when it is empty.
    #[serde(deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub empty: Option<Value>,
    /// What it becomes when it is missing.
    #[serde(deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// How a strategic merge patch treats it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patch: Option<Patch>,
}

/// `null` is a value here: some fields are written as `null` when they are empty.
fn some<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// The structs as rows.
#[must_use]
pub fn write<'a>(types: &'a Types) -> Rows<'a> {
    let row = |one: &'a Struct| StructRow {
        atomic: one.atomic,
        fields: one.fields.iter().map(|(name, field)| (Cow::Owned(name.clone()), write_field(field, types))).collect(),
    };
    types.all().iter().map(|one| (Cow::Borrowed(one.name.as_str()), row(one))).collect()
}

fn write_field<'a>(field: &'a Field, types: &Types) -> FieldRow<'a> {
    FieldRow {
        shape: notation::write(&field.shape, types).into(),
        pointer: field.pointer,
        go: field.go_type.as_str().into(),
        empty: field.empty.clone(),
        default: field.default.clone(),
        patch: field.patch.clone(),
    }
}

/// The structs in the order of their names. Nothing if a shape names a struct that is not there.
pub(super) fn read(rows: Rows<'_>) -> Option<Types> {
    let names: Vec<_> = rows.keys().cloned().collect();
    let find = |name: &str| {
        let place = names.binary_search_by(|one| one.as_ref().cmp(name)).ok()?;
        u32::try_from(place).ok().map(TypeId)
    };
    let structs = rows.into_iter().map(|(name, row)| read_struct(name, row, &find)).collect::<Option<_>>()?;
    Some(Types::new(structs))
}

fn read_struct(name: Cow<'_, str>, row: StructRow<'_>, find: &impl Fn(&str) -> Option<TypeId>) -> Option<Struct> {
    let read = |(name, row): (Cow<'_, str>, FieldRow<'_>)| Some((name.into_owned(), read_field(row, find)?));
    let fields = row.fields.into_iter().map(read).collect::<Option<_>>()?;
    Some(Struct { name: name.into_owned(), fields, atomic: row.atomic, ..Struct::default() })
}

fn read_field(row: FieldRow<'_>, find: &impl Fn(&str) -> Option<TypeId>) -> Option<Field> {
    let shape = notation::read(&row.shape, find)?;
    let go_type = row.go.into_owned();
    let FieldRow { pointer, empty, default, patch, .. } = row;
    Some(Field { empty, default, patch, pointer, go_type, ..Field::new(shape) })
}
