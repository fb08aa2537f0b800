//! What `up` made: kept in the cluster itself, so that `down` finds it from anywhere.
//!
//! Only objects that did not exist before are in it. It is written before they are made: after a crash it names too
//! much, never too little, and what is not there is not deleted.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use linkspan_command::Failure;
use linkspan_kube::{GroupKind, Object, ObjectKey};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::cluster::{Cluster, core, object};

/// The label of what `up` made besides the manifests' objects: the project's name.
const PROJECT: &str = "linkspan.dev/project";
/// A namespace that is just being deleted may take this long.
const LEAVING: Duration = Duration::from_secs(60);
const STEP: Duration = Duration::from_millis(200);
/// The field manager of a rollout.
const ROLLOUT: &str = "linkspan";

/// One object that `up` made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Its group; empty for the core group.
    pub group: String,
    /// Its kind.
    pub kind: String,
    /// Its namespace; empty for an object of the cluster.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The volume claims that a StatefulSet makes and leaves behind: the names of its templates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<String>,
}

impl Entry {
    /// What identifies it.
    pub(crate) fn key(&self) -> ObjectKey {
        ObjectKey {
            kind: GroupKind::new(self.group.clone(), self.kind.clone()),
            namespace: self.namespace.clone(),
            name: self.name.clone(),
        }
    }

    /// Whether it holds data, which only `down` may delete.
    pub(crate) fn is_data(&self) -> bool {
        matches!(
            self.kind.as_str(),
            "PersistentVolumeClaim" | "PersistentVolume" | "CustomResourceDefinition" | "Namespace"
        )
    }
}

/// An entry for an object as it is applied.
pub(crate) fn entry(key: &ObjectKey, applied: &Object) -> Entry {
    let templates = applied.list("/spec/volumeClaimTemplates").iter();
    let name = |template: &serde_json::Value| Some(template.pointer("/metadata/name")?.as_str()?.to_owned());
    Entry {
        group: key.kind.group.clone(),
        kind: key.kind.kind.clone(),
        namespace: key.namespace.clone(),
        name: key.name.clone(),
        claims: if key.kind.is("apps", "StatefulSet") { templates.filter_map(name).collect() } else { Vec::new() },
    }
}

/// Whether a rollout of ours wrote a live object.
pub(crate) fn is_ours(live: &Object) -> bool {
    let manager = |entry: &serde_json::Value| entry.get("manager").and_then(serde_json::Value::as_str) == Some(ROLLOUT);
    live.list("/metadata/managedFields").iter().any(manager)
}

/// The inventory of one project in one namespace.
pub(crate) struct Inventory<'a> {
    cluster: &'a Cluster,
    project: &'a str,
    namespace: &'a str,
}

impl<'a> Inventory<'a> {
    /// The inventory of `project` in `namespace`.
    pub(crate) const fn of(cluster: &'a Cluster, project: &'a str, namespace: &'a str) -> Self {
        Self { cluster, project, namespace }
    }

    fn name(&self) -> String {
        format!("linkspan-up-{}", self.project)
    }

    /// The ConfigMap that holds it, if there is one.
    ///
    /// # Errors
    /// The cluster cannot be asked.
    pub(crate) fn live(&self) -> Result<Option<Object>, Failure> {
        self.cluster.get(&core("ConfigMap"), self.namespace, &self.name())
    }

    /// What is in it.
    ///
    /// # Errors
    /// The cluster cannot be asked.
    pub(crate) fn read(&self) -> Result<BTreeSet<Entry>, Failure> {
        let live = self.live()?;
        let text = live.as_ref().and_then(|live| live.text("/data/objects")).unwrap_or_default();
        // A line that somebody spoilt is one object that is not deleted: better than a wrong one.
        Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
    }

    /// Writes it.
    ///
    /// # Errors
    /// The cluster does not let it.
    pub(crate) fn write(&self, entries: &BTreeSet<Entry>) -> Result<(), Failure> {
        let lines: Result<Vec<_>, _> = entries.iter().map(serde_json::to_string).collect();
        let lines = lines.map_err(|error| Failure::bug(error.to_string()))?;
        let map = object(json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {
                "name": self.name(), "namespace": self.namespace,
                "labels": {"app.kubernetes.io/managed-by": "linkspan", PROJECT: self.project},
                "annotations": {"linkspan.dev/about": "what `linkspan up` made; `linkspan down` deletes it"},
            },
            "data": {"objects": lines.join("\n")},
        }))?;
        self.cluster.apply(&core("ConfigMap"), &map)
    }
}

/// Makes the namespace, marked as ours, unless it is there; whether it was made.
///
/// # Errors
/// The cluster does not let it.
pub(crate) fn ensure_namespace(cluster: &Cluster, project: &str, namespace: &str) -> Result<bool, Failure> {
    let deadline = Instant::now() + LEAVING;
    while let Some(live) = cluster.get(&core("Namespace"), "", namespace)? {
        if !live.is_being_deleted() {
            return Ok(false);
        }
        if Instant::now() >= deadline {
            let failure = Failure::failed(format!("the namespace `{namespace}` is still being deleted"));
            return Err(failure.help("a finalizer may hold something in it; run the command again when it is gone"));
        }
        std::thread::sleep(STEP);
    }
    let made = object(json!({
        "apiVersion": "v1", "kind": "Namespace",
        "metadata": {"name": namespace, "labels": {"app.kubernetes.io/managed-by": "linkspan", PROJECT: project}},
    }))?;
    cluster.apply(&core("Namespace"), &made)?;
    Ok(true)
}

/// The namespace, if `up` made it for this project.
///
/// # Errors
/// The cluster cannot be asked.
pub(crate) fn own_namespace(cluster: &Cluster, project: &str, namespace: &str) -> Result<Option<Object>, Failure> {
    let live = cluster.get(&core("Namespace"), "", namespace)?;
    let ours = |live: &Object| {
        live.label("app.kubernetes.io/managed-by") == Some("linkspan") && live.label(PROJECT) == Some(project)
    };
    Ok(live.filter(ours))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stateful_set_leaves_claims_behind() {
        let set = object(
            json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "hub", "namespace": "shop"},
                                "spec": {"volumeClaimTemplates": [{"metadata": {"name": "data"}}]}}),
        );
        let set = set.unwrap();
        let entry = entry(&set.key(), &set);
        assert_eq!(entry.claims, ["data"]);
        let line = serde_json::to_string(&entry).unwrap();
        assert_eq!(line, r#"{"group":"apps","kind":"StatefulSet","namespace":"shop","name":"hub","claims":["data"]}"#);
        assert_eq!(serde_json::from_str::<Entry>(&line).unwrap(), entry);
    }

    #[test]
    fn only_what_a_rollout_wrote_is_ours() {
        let map = |manager: &str| {
            object(json!({"apiVersion": "v1", "kind": "ConfigMap",
                          "metadata": {"name": "a", "managedFields": [{"manager": manager, "operation": "Apply"}]}}))
            .unwrap()
        };
        assert!(is_ours(&map("linkspan")));
        assert!(!is_ours(&map("kubectl")));
    }
}
