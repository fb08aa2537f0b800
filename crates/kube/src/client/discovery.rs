//! What a cluster serves.

use std::collections::BTreeMap;

use serde_json::Value;
use tokio::task::JoinSet;

use super::request::{Call, escape};
use super::{Client, ClientError};
use crate::{GroupKind, GroupVersionKind};

/// Asks for aggregated discovery (`apidiscovery.k8s.io/v2`), and takes the old form from servers without it.
const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
                          application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

/// One resource: the kind's plural in paths, and what can be done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// The kind.
    pub gvk: GroupVersionKind,
    /// The name in paths: `deployments`.
    pub plural: String,
    /// The name of one: `deployment`.
    pub singular: String,
    /// Short names: `deploy`.
    pub short_names: Vec<String>,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
    /// Whether its status is written apart from the rest: then there is a controller that may tell how it is.
    pub has_status: bool,
    /// What can be done: `get`, `list`, `watch`, `patch`, …
    pub verbs: Vec<String>,
}

impl Resource {
    /// A resource that is known without asking: for calls before discovery, and for tests.
    pub fn known(gvk: GroupVersionKind, plural: impl Into<String>, namespaced: bool) -> Self {
        let singular = gvk.kind.to_ascii_lowercase();
        Self {
            gvk,
            plural: plural.into(),
            singular,
            short_names: Vec::new(),
            namespaced,
            has_status: false,
            verbs: Vec::new(),
        }
    }

    /// The path of one object, or of all. The namespace is left out for objects of the cluster, and where it is
    /// empty (all namespaces).
    #[must_use]
    pub fn path(&self, namespace: &str, name: Option<&str>) -> String {
        let mut path = match self.gvk.group.as_str() {
            "" => format!("/api/{}", self.gvk.version),
            group => format!("/apis/{group}/{}", self.gvk.version),
        };
        if self.namespaced && !namespace.is_empty() {
            path.push_str(&format!("/namespaces/{}", escape(namespace)));
        }
        path.push_str(&format!("/{}", self.plural));
        if let Some(name) = name {
            path.push_str(&format!("/{}", escape(name)));
        }
        path
    }
}

/// What a cluster serves, in its order of preference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Discovery {
    resources: Vec<Resource>,
}

impl Discovery {
    /// The resource of a kind in exactly this version.
    #[must_use]
    pub fn find(&self, gvk: &GroupVersionKind) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.gvk == *gvk)
    }

    /// The resource of a kind in the version that the server prefers.
    #[must_use]
    pub fn preferred(&self, kind: &GroupKind) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.gvk.is(&kind.group, &kind.kind))
    }

    /// A resource by what people type: kind, plural, singular or short name in any case, with a group behind a
    /// point where needed (`deploy`, `Deployments`, `deployment.apps`). Of several the server's first counts.
    #[must_use]
    pub fn named(&self, typed: &str) -> Option<&Resource> {
        let typed = typed.to_ascii_lowercase();
        let is = |resource: &&Resource, name: &str| {
            resource.plural == name
                || resource.singular == name
                || resource.gvk.kind.to_ascii_lowercase() == name
                || resource.short_names.iter().any(|short| short == name)
        };
        let whole = self.resources.iter().find(|resource| is(resource, &typed));
        whole.or_else(|| {
            let (name, group) = typed.split_once('.')?;
            self.resources.iter().find(|resource| is(resource, name) && resource.gvk.group == group)
        })
    }

    /// All resources.
    #[must_use]
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }
}

pub(super) async fn discover(client: &Client) -> Result<Discovery, ClientError> {
    let ask = |path: &str| client.call(Call::get(path.to_owned()).accept(AGGREGATED));
    let (core, groups) = tokio::try_join!(ask("/api"), ask("/apis"))?;
    let mut resources = Vec::new();
    for (answer, is_core) in [(core, true), (groups, false)] {
        if answer.get("kind").and_then(Value::as_str) == Some("APIGroupDiscoveryList") {
            resources.extend(aggregated(&answer));
        } else {
            resources.extend(one_by_one(client, &group_versions(&answer, is_core)).await?);
        }
    }
    Ok(Discovery { resources })
}

fn list<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    value.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn texts(value: &Value, pointer: &str) -> Vec<String> {
    list(value, pointer).filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The resources of an `APIGroupDiscoveryList`.
fn aggregated(answer: &Value) -> Vec<Resource> {
    let mut resources = Vec::new();
    for group in list(answer, "/items") {
        for version in list(group, "/versions") {
            for resource in list(version, "/resources") {
                let kind = text(resource, "/responseKind/kind");
                let (name, version) = (text(group, "/metadata/name"), text(version, "/version"));
                resources.push(Resource {
                    gvk: GroupVersionKind { group: name, version, kind },
                    plural: text(resource, "/resource"),
                    singular: text(resource, "/singularResource"),
                    short_names: texts(resource, "/shortNames"),
                    namespaced: text(resource, "/scope") == "Namespaced",
                    has_status: list(resource, "/subresources").any(|part| text(part, "/subresource") == "status"),
                    verbs: texts(resource, "/verbs"),
                });
            }
        }
    }
    resources
}

/// The group versions of an `APIVersions` or `APIGroupList`, the preferred version of each group first.
fn group_versions(answer: &Value, is_core: bool) -> Vec<(String, String)> {
    if is_core {
        return texts(answer, "/versions").into_iter().map(|version| (String::new(), version)).collect();
    }
    let mut found = Vec::new();
    for group in list(answer, "/groups") {
        let (name, preferred) = (text(group, "/name"), text(group, "/preferredVersion/version"));
        let mut versions: Vec<_> = list(group, "/versions").map(|version| text(version, "/version")).collect();
        versions.sort_by_key(|version| *version != preferred);
        found.extend(versions.into_iter().map(|version| (name.clone(), version)));
    }
    found
}

/// Asks for each group version, all at once. A group whose server is down is passed over, as `kubectl` does.
async fn one_by_one(client: &Client, versions: &[(String, String)]) -> Result<Vec<Resource>, ClientError> {
    let mut asked = JoinSet::new();
    for (index, (group, version)) in versions.iter().cloned().enumerate() {
        let client = client.clone();
        asked.spawn(async move {
            let path = if group.is_empty() { format!("/api/{version}") } else { format!("/apis/{group}/{version}") };
            (index, group, version, client.call(Call::get(path)).await)
        });
    }
    let mut found = BTreeMap::new();
    while let Some(answered) = asked.join_next().await {
        let Ok((index, group, version, answer)) = answered else {
            continue;
        };
        match answer {
            Ok(answer) => _ = found.insert(index, of_version(&answer, &group, &version)),
            Err(error @ (ClientError::Denied { .. } | ClientError::Credentials { .. })) => {
                return Err(error);
            }
            Err(error) => client.tell(&format!("{group}/{version} is passed over: {error}")),
        }
    }
    Ok(found.into_values().flatten().collect())
}

/// The resources of an `APIResourceList`; those with a slash are parts of others.
fn of_version(answer: &Value, group: &str, version: &str) -> Vec<Resource> {
    let whole = list(answer, "/resources").filter(|resource| !text(resource, "/name").contains('/'));
    let resource = |resource: &Value| Resource {
        gvk: GroupVersionKind::new(group, version, text(resource, "/kind")),
        plural: text(resource, "/name"),
        singular: text(resource, "/singularName"),
        short_names: texts(resource, "/shortNames"),
        namespaced: resource.get("namespaced").and_then(Value::as_bool).unwrap_or_default(),
        has_status: list(answer, "/resources")
            .any(|part| text(part, "/name") == format!("{}/status", text(resource, "/name"))),
        verbs: texts(resource, "/verbs"),
    };
    whole.map(resource).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_are_escaped_and_follow_the_scope() {
        let deployments = Resource::known(GroupVersionKind::new("apps", "v1", "Deployment"), "deployments", true);
        assert_eq!(deployments.path("shop", Some("a/b")), "/apis/apps/v1/namespaces/shop/deployments/a%2Fb");
        assert_eq!(deployments.path("", None), "/apis/apps/v1/deployments");
        let namespaces = Resource::known(GroupVersionKind::new("", "v1", "Namespace"), "namespaces", false);
        assert_eq!(namespaces.path("shop", Some("shop")), "/api/v1/namespaces/shop");
    }

    #[test]
    fn resources_are_found_as_people_type_them() {
        let answer = json!({"kind": "APIGroupDiscoveryList", "items": [{"metadata": {"name": "apps"}, "versions": [
            {"version": "v1", "resources": [{"resource": "deployments", "singularResource": "deployment", "shortNames": ["deploy"],
             "responseKind": {"kind": "Deployment"}, "scope": "Namespaced", "verbs": ["get"]}]}]}]});
        let discovery = Discovery { resources: aggregated(&answer) };
        for typed in ["deploy", "Deployment", "deployments", "deployments.apps", "deploy.apps"] {
            assert_eq!(discovery.named(typed).map(|found| found.plural.as_str()), Some("deployments"), "{typed}");
        }
        assert_eq!(discovery.named("deploy.batch"), None);
        assert!(discovery.preferred(&GroupKind::new("apps", "Deployment")).unwrap().namespaced);
    }
}
