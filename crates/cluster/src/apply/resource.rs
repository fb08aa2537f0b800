//! What is changed: a kind at a version, perhaps one of its subresources.

use serde_json::{Map, Value};

use super::schema::{Schema, Type};
use super::set::FieldSet;
use crate::quote::quote;
use crate::types::{Shape, TypeId, Types};

/// The resource that a request is for.
#[derive(Clone, Copy, Debug)]
pub struct Resource<'a> {
    /// Where its types are.
    pub types: &'a Types,
    /// Its type; none for a custom resource without a schema, which is taken as it comes.
    pub schema: Option<TypeId>,
    /// The version that the request is for, `apps/v1`.
    pub api_version: &'a str,
    /// Its kind, `Deployment`.
    pub kind: &'a str,
    /// The subresource, `status`; empty for the object itself.
    pub subresource: &'a str,
    /// All versions that there are. What is owned at another one is dropped, but for a custom resource it is an error.
    pub versions: &'a [&'a str],
    /// Whether it is a custom resource.
    pub custom: bool,
    /// What a request cannot change.
    pub reset: &'a Reset<'a>,
}

/// The fields that a request cannot change, because the kind's strategy puts them back: nobody owns them through it.
#[derive(Clone, Debug, Default)]
pub enum Reset<'a> {
    /// All can be changed.
    #[default]
    Nothing,
    /// These and what is below cannot.
    Fields(FieldSet<'a>),
    /// Only these and what is below can; `*` is any field or item.
    AllBut(&'a [&'a [&'a str]]),
}

impl Reset<'_> {
    /// The set without what is put back.
    pub(super) fn filter<'s>(&self, set: FieldSet<'s>) -> FieldSet<'s> {
        match self {
            Self::Nothing => set,
            Self::Fields(fields) => set.recursive_difference(fields),
            Self::AllBut(patterns) => set.matching(patterns),
        }
    }
}

impl<'a> Resource<'a> {
    pub(super) const fn schema(&self) -> (Schema<'a>, Type<'a>) {
        let of = match self.schema {
            Some(id) => Type::Struct(id),
            None => Type::Deduced,
        };
        (Schema { types: self.types }, of)
    }

    /// An object of this kind before anything is set: what Go writes of an empty one.
    #[must_use]
    pub fn empty(&self) -> Value {
        let mut object = self.schema.map(|id| empty(self.types, id)).unwrap_or_default();
        object.insert("apiVersion".into(), self.api_version.into());
        object.insert("kind".into(), self.kind.into());
        object.into()
    }

    /// `/v1, Kind=ConfigMap`, as messages name a kind.
    pub(super) fn group_version_kind(object: &Value) -> String {
        let text = |name| object.get(name).and_then(Value::as_str).unwrap_or_default();
        let version = text("apiVersion");
        let slash = if version.contains('/') { "" } else { "/" };
        format!("{slash}{version}, Kind={}", text("kind"))
    }

    /// Whether fields may be owned at a version.
    ///
    /// # Errors
    ///
    /// In the peer's words, if that cannot be said.
    pub(super) fn knows(&self, version: &str) -> Result<bool, String> {
        if version == self.api_version || self.versions.contains(&version) {
            return Ok(true);
        }
        let group = |version: &str| version.rsplit_once('/').map(|(group, _)| group.to_owned());
        match (self.custom, group(version) == group(self.api_version)) {
            (false, _) => Ok(false),
            (true, true) => Err(format!("request to convert CR to an invalid group/version: {version}")),
            (true, false) => Err(format!(
                "{}, Kind={} is unstructured and is not suitable for converting to {}",
                self.api_version,
                self.kind,
                quote(version)
            )),
        }
    }
}

fn empty(types: &Types, id: TypeId) -> Map<String, Value> {
    let fields = types.get(id).fields.iter();
    let written = fields.filter_map(|(name, field)| {
        let value = match (field.empty.as_ref()?, &field.shape) {
            (Value::Object(_), Shape::Struct(id)) => empty(types, *id).into(),
            (value, _) => value.clone(),
        };
        Some((name.clone(), value))
    });
    written.collect()
}
