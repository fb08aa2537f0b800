use std::ops::Deref;
use std::sync::{Arc, PoisonError, RwLock};

use crate::select::Selectable;
use crate::server::Served;
use crate::strategy::{Strategy, strategy};
use crate::types::{Builtin, Kind, Types, builtin};

/// A kind that is served: one of the built-in ones, or one that a definition made.
#[derive(Clone, Debug)]
pub(crate) enum Resource {
    Builtin(&'static Kind),
    Custom(Arc<CustomKind>),
}

/// One version of a custom kind.
#[derive(Debug)]
pub(crate) struct CustomKind {
    pub(crate) kind: Kind,
    pub(crate) types: Types,
    pub(crate) selectable: Vec<String>,
}

impl Deref for Resource {
    type Target = Kind;

    fn deref(&self) -> &Kind {
        match self {
            Self::Builtin(kind) => kind,
            Self::Custom(custom) => &custom.kind,
        }
    }
}

impl Resource {
    /// What its fields may be.
    pub(crate) fn types(&self) -> &Types {
        match self {
            Self::Builtin(_) => &builtin().types,
            Self::Custom(custom) => &custom.types,
        }
    }

    /// How it differs from other kinds.
    pub(crate) fn strategy(&self) -> Strategy {
        strategy(&self.group, &self.kind)
    }

    /// Its fields by which a list can be narrowed.
    pub(crate) fn selectable(&self) -> Selectable {
        match self {
            Self::Builtin(kind) => Selectable::builtin(&kind.group, &kind.kind),
            Self::Custom(custom) => Selectable::custom(self.namespaced, custom.selectable.iter().map(String::as_str)),
        }
    }

    /// Whether its status is written by itself.
    pub(crate) fn has_status(&self) -> bool {
        self.subresource("status").is_some()
    }
}

/// All kinds that are served.
#[derive(Debug)]
pub(crate) struct Catalog {
    builtin: &'static Builtin,
    custom: RwLock<Arc<Vec<Arc<CustomKind>>>>,
}

impl Catalog {
    pub(crate) fn new() -> Self {
        Self { builtin: builtin(), custom: RwLock::default() }
    }

    /// The custom kinds as they are now.
    pub(crate) fn custom(&self) -> Arc<Vec<Arc<CustomKind>>> {
        Arc::clone(&self.custom.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// All kinds that are served.
    pub(crate) fn served<'a>(&'a self, custom: &'a [Arc<CustomKind>]) -> Served<'a> {
        let kinds = self.builtin.kinds.iter().chain(custom.iter().map(|one| &one.kind));
        Served { groups: self.builtin.groups.iter().collect(), kinds: kinds.collect() }
    }

    /// The kind at an address.
    pub(crate) fn at(&self, group: &str, version: &str, plural: &str) -> Option<Resource> {
        if let Some(kind) = self.builtin.resource(group, version, plural) {
            return Some(Resource::Builtin(kind));
        }
        let custom = self.custom();
        let is_it = |one: &&Arc<CustomKind>| {
            (one.kind.group.as_str(), one.kind.version.as_str(), one.kind.plural.as_str()) == (group, version, plural)
        };
        custom.iter().find(is_it).map(|found| Resource::Custom(Arc::clone(found)))
    }

    /// Whether a kind of this name is there.
    pub(crate) fn knows(&self, api_version: &str, kind: &str) -> bool {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        self.builtin.kind(group, version, kind).is_some()
            || self.custom().iter().any(|one| one.kind.api_version() == api_version && one.kind.kind == kind)
    }
}
