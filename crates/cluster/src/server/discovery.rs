//! What the server serves, as clients ask for it before anything else.

use serde_json::{Map, Value, json};

use crate::types::{Group, Kind, Subresource};

/// All that is served: the built-in kinds and the custom ones.
pub(crate) struct Served<'a> {
    /// The groups, in the order of discovery.
    pub(crate) groups: Vec<&'a Group>,
    /// The kinds.
    pub(crate) kinds: Vec<&'a Kind>,
}

impl<'a> Served<'a> {
    fn group(&self, name: &str) -> Option<&'a Group> {
        self.groups.iter().find(|group| group.name == name).copied()
    }

    fn kinds<'b>(&'b self, group: &'b str, version: &'b str) -> impl Iterator<Item = &'a Kind> + 'b {
        self.kinds.iter().copied().filter(move |kind| kind.group == group && kind.version == version)
    }

    /// `/api`; the address is `host:port`.
    pub(crate) fn core(address: &str) -> Value {
        json!({
            "kind": "APIVersions",
            "versions": ["v1"],
            "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}],
        })
    }

    /// `/apis`.
    pub(crate) fn list(&self) -> Value {
        let groups: Vec<_> = self.groups.iter().filter(|group| !group.name.is_empty()).map(|it| of_group(it)).collect();
        json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
    }

    /// `/apis/GROUP`.
    pub(crate) fn one(&self, name: &str) -> Option<Value> {
        let mut group = of_group(self.group(name).filter(|group| !group.name.is_empty())?);
        group["kind"] = "APIGroup".into();
        group["apiVersion"] = "v1".into();
        Some(group)
    }

    /// `/api/v1`, `/apis/GROUP/VERSION`.
    pub(crate) fn resources(&self, group: &str, version: &str) -> Option<Value> {
        self.group(group).filter(|known| known.versions.iter().any(|known| known == version))?;
        let resources: Vec<_> = self.kinds(group, version).flat_map(of_kind).collect();
        Some(json!({
            "kind": "APIResourceList",
            "apiVersion": "v1",
            "groupVersion": group_version(group, version),
            "resources": resources,
        }))
    }

    /// All of `/api` or of `/apis` in one document.
    pub(crate) fn aggregated(&self, core: bool) -> Value {
        let groups = self.groups.iter().filter(|group| group.name.is_empty() == core);
        let items: Vec<_> = groups.map(|group| self.aggregated_group(group)).collect();
        json!({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items})
    }

    fn aggregated_group(&self, group: &Group) -> Value {
        let version = |version: &String| {
            let resources: Vec<_> = self.kinds(&group.name, version).map(aggregated_kind).collect();
            json!({"version": version, "resources": resources, "freshness": "Current"})
        };
        let versions: Vec<_> = group.versions.iter().map(version).collect();
        let metadata = if group.name.is_empty() { json!({}) } else { json!({"name": group.name}) };
        json!({"metadata": metadata, "versions": versions})
    }
}

/// `apps/v1`, `v1`.
fn group_version(group: &str, version: &str) -> String {
    if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") }
}

fn of_group(group: &Group) -> Value {
    let version = |version: &String| json!({"groupVersion": group_version(&group.name, version), "version": version});
    let versions: Vec<_> = group.versions.iter().map(version).collect();
    let preferred = versions.first().cloned().unwrap_or_default();
    json!({"name": group.name, "versions": versions, "preferredVersion": preferred})
}

/// A kind and what has an address below it, in the order of their names.
fn of_kind(kind: &Kind) -> Vec<Value> {
    let mut resource = json!({
        "name": kind.plural,
        "singularName": kind.singular,
        "namespaced": kind.namespaced,
        "kind": kind.kind,
        "verbs": kind.verbs,
    });
    put_names(&mut resource, kind);
    if !kind.storage_version_hash.is_empty() {
        resource["storageVersionHash"] = kind.storage_version_hash.as_str().into();
    }
    let below = kind.subresources.iter().map(|below| of_subresource(kind, below));
    std::iter::once(resource).chain(below).collect()
}

fn of_subresource(kind: &Kind, below: &Subresource) -> Value {
    let mut resource = Map::new();
    resource.insert("name".into(), format!("{}/{}", kind.plural, below.name).into());
    resource.insert("singularName".into(), "".into());
    resource.insert("namespaced".into(), kind.namespaced.into());
    if (&below.group, &below.version) != (&kind.group, &kind.version) {
        resource.insert("group".into(), below.group.as_str().into());
        resource.insert("version".into(), below.version.as_str().into());
    }
    resource.insert("kind".into(), below.kind.as_str().into());
    resource.insert("verbs".into(), below.verbs.as_slice().into());
    resource.into()
}

fn put_names(resource: &mut Value, kind: &Kind) {
    if !kind.short_names.is_empty() {
        resource["shortNames"] = kind.short_names.as_slice().into();
    }
    if !kind.categories.is_empty() {
        resource["categories"] = kind.categories.as_slice().into();
    }
}

fn aggregated_kind(kind: &Kind) -> Value {
    let mut resource = json!({
        "resource": kind.plural,
        "responseKind": response(kind, &kind.group, &kind.version, &kind.kind),
        "scope": if kind.namespaced { "Namespaced" } else { "Cluster" },
        "singularResource": kind.singular,
        "verbs": kind.verbs,
    });
    put_names(&mut resource, kind);
    if !kind.subresources.is_empty() {
        let below = |below: &Subresource| {
            let response = response(kind, &below.group, &below.version, &below.kind);
            json!({"subresource": below.name, "responseKind": response, "verbs": below.verbs})
        };
        resource["subresources"] = kind.subresources.iter().map(below).collect();
    }
    resource
}

/// What comes back; the group and version only where they are not the kind's own.
fn response(of: &Kind, group: &str, version: &str, kind: &str) -> Value {
    let own = (group, version) == (of.group.as_str(), of.version.as_str());
    let (group, version) = if own { ("", "") } else { (group, version) };
    json!({"group": group, "version": version, "kind": kind})
}
