use serde_json::Value;

use super::{Resource, meta};
use crate::apply::{FieldSet, Reset, Resource as Owned};
use crate::field::FieldError;
use crate::object::metadata;
use crate::server::Target;
use crate::status::{Status, Subject};
use crate::store::{Key, Prefix};
use crate::types::Kind;

/// What a request is about: a kind, and where its objects are.
#[derive(Clone, Debug)]
pub(crate) struct Scope<'a> {
    pub(crate) resource: Resource,
    pub(crate) target: Target<'a>,
}

impl Scope<'_> {
    /// The namespace; nothing for kinds without, and for all namespaces.
    pub(crate) fn namespace(&self) -> Option<&str> {
        Some(self.target.namespace).filter(|namespace| !namespace.is_empty())
    }

    /// The key of the object.
    pub(crate) fn key(&self) -> Key {
        self.key_of(self.target.name)
    }

    /// The key of an object of this name.
    pub(crate) fn key_of(&self, name: &str) -> Key {
        Key::new(&self.resource.group, &self.resource.plural, self.namespace(), name)
    }

    /// Where lists and watches look.
    pub(crate) fn prefix(&self) -> Prefix {
        Prefix::new(&self.resource.group, &self.resource.plural, self.namespace())
    }

    /// The object in messages.
    pub(crate) fn subject(&self) -> Subject<'_> {
        self.subject_of(self.target.name)
    }

    /// An object of this name in messages.
    pub(crate) fn subject_of<'a>(&'a self, name: &'a str) -> Subject<'a> {
        Subject::new(&self.resource.group, &self.resource.plural, name)
    }

    /// An object of this name in messages about what is wrong with it, which name the kind.
    pub(crate) fn kind_of<'a>(&'a self, name: &'a str) -> Subject<'a> {
        Subject::new(&self.resource.group, &self.resource.kind, name)
    }
}

/// What an update of the object itself cannot change, where the status is written by itself.
const STATUS: &[&[&str]] = &[&["status"]];
/// What an update of the status can change.
const ONLY_STATUS: &[&[&str]] = &[&["status"], &["metadata"]];

impl Scope<'_> {
    fn metadata(&self) -> metadata::Scope<'_> {
        let Kind { group, kind, namespaced, .. } = &*self.resource;
        metadata::Scope { group, kind, namespaced: *namespaced }
    }

    fn checked(&self, object: &Value, errors: &[FieldError]) -> Result<(), Status> {
        if errors.is_empty() { Ok(()) } else { Err(Status::invalid(&self.kind_of(meta::text(object, "name")), errors)) }
    }

    /// Whether a new object is as one of its kind must be.
    ///
    /// # Errors
    /// 422 with all that is wrong.
    pub(crate) fn valid(&self, object: &Value) -> Result<(), Status> {
        self.checked(object, &metadata::validate(object, &self.metadata()))
    }

    /// Whether an object may take the place of another.
    ///
    /// # Errors
    /// 422 with all that is wrong.
    pub(crate) fn valid_update(&self, object: &Value, old: &Value) -> Result<(), Status> {
        self.checked(object, &metadata::validate_update(object, old, &self.metadata()))
    }

    /// The fields that a write through this address puts back.
    pub(crate) fn reset(&self) -> Reset<'static> {
        match self.target.subresource {
            "status" => Reset::AllBut(ONLY_STATUS),
            _ if self.resource.has_status() => Reset::Fields(FieldSet::of_fields(STATUS)),
            _ => Reset::Nothing,
        }
    }

    /// The resource as the bookkeeping of managers sees it.
    pub(crate) fn owned<'a>(
        &'a self,
        api_version: &'a str,
        versions: &'a [&'a str],
        reset: &'a Reset<'a>,
    ) -> Owned<'a> {
        Owned {
            types: self.resource.types(),
            schema: Some(self.resource.schema),
            api_version,
            kind: &self.resource.kind,
            subresource: self.target.subresource,
            versions,
            custom: matches!(self.resource, Resource::Custom(_)),
            reset,
        }
    }
}
