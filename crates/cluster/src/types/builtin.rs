use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::{Column, Defaults, Group, Kind, Types, rows};

/// The kinds that are always there, read from the committed tables.
#[derive(Debug, Default)]
pub struct Builtin {
    /// What their fields may be.
    pub types: Types,
    /// The kinds, in the order of discovery.
    pub kinds: Vec<Kind>,
    /// The groups, in the order of discovery.
    pub groups: Vec<Group>,
}

/// The table of kinds.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kinds {
    /// The groups, in the order of discovery.
    pub groups: Vec<Group>,
    /// The kinds, in the order of discovery.
    pub kinds: Vec<Kind>,
}

/// The columns of each kind by `group/version/plural`, `/v1/pods`.
pub type Columns = BTreeMap<String, Vec<Column>>;

/// The built-in kinds. They are read at the first call, which takes a few milliseconds.
#[must_use]
pub fn builtin() -> &'static Builtin {
    static BUILTIN: OnceLock<Builtin> = OnceLock::new();
    BUILTIN.get_or_init(|| load().unwrap_or_default())
}

/// Nothing only if the committed tables are damaged, which a test holds against.
fn load() -> Option<Builtin> {
    let mut types = rows::read(serde_json::from_str(include_str!("../../tables/types.json")).ok()?)?;
    let defaults: Defaults = serde_json::from_str(include_str!("../../tables/defaults.json")).ok()?;
    for (name, rules) in defaults {
        let place = types.find(&name)?;
        types.all_mut().get_mut(place.0 as usize)?.rules = rules;
    }
    let kinds: Kinds = serde_json::from_str(include_str!("../../tables/kinds.json")).ok()?;
    let mut columns: Columns = serde_json::from_str(include_str!("../../tables/columns.json")).ok()?;
    let complete = |mut kind: Kind| {
        kind.schema = types.find(&kind.schema_name)?;
        kind.columns = columns.remove(&format!("{}/{}/{}", kind.group, kind.version, kind.plural))?;
        for one in &mut kind.subresources {
            one.schema = types.find(&one.schema_name);
        }
        Some(kind)
    };
    let all = kinds.kinds.into_iter().map(complete).collect::<Option<_>>()?;
    Some(Builtin { types, kinds: all, groups: kinds.groups })
}

impl Builtin {
    /// The kind that has the address `plural` in a version of a group.
    #[must_use]
    pub fn resource(&self, group: &str, version: &str, plural: &str) -> Option<&Kind> {
        self.kinds.iter().find(|one| one.plural == plural && one.version == version && one.group == group)
    }

    /// The kind that objects of a version of a group call themselves.
    #[must_use]
    pub fn kind(&self, group: &str, version: &str, kind: &str) -> Option<&Kind> {
        self.kinds.iter().find(|one| one.kind == kind && one.version == version && one.group == group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{List, Shape};

    #[test]
    fn the_committed_tables_are_whole() {
        load().unwrap();
    }

    #[test]
    fn a_kind_is_found_by_its_address_and_by_its_name() {
        let found = builtin().resource("apps", "v1", "deployments").unwrap();
        assert_eq!(Some(found), builtin().kind("apps", "v1", "Deployment"));
        assert_eq!(found.api_version(), "apps/v1");
        assert_eq!(found.subresource("scale").unwrap().kind, "Scale");
        assert_eq!(builtin().resource("", "v1", "deployments"), None);
    }

    #[test]
    fn the_keys_of_a_list_are_those_of_the_server() {
        let types = &builtin().types;
        let container = types.get(types.find("io.k8s.api.core.v1.Container").unwrap());
        let Shape::List(ports) = &container.fields["ports"].shape else { unreachable!() };
        let List::Map(_, keys) = ports.as_ref() else { unreachable!() };
        assert_eq!(*keys, ["containerPort", "protocol"]);
        assert_eq!(container.fields["ports"].patch.as_ref().unwrap().key.as_deref(), Some("containerPort"));
    }

    #[test]
    fn a_field_may_say_otherwise_than_its_type_who_owns_it() {
        let types = &builtin().types;
        let spec = types.get(types.find("io.k8s.api.core.v1.PersistentVolumeSpec").unwrap());
        let Shape::Struct(claim) = spec.fields["claimRef"].shape else { unreachable!() };
        assert!(!types.get(claim).atomic);
        assert_eq!(types.get(claim).go_name(), "ObjectReference");
        assert!(types.get(types.find("io.k8s.api.core.v1.ObjectReference").unwrap()).atomic);
    }
}
