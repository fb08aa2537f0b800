//! How an object is: pure functions of the object and what it owns, one file and one row per kind.
//!
//! A verdict says what the *status* says. Whether a workload that is still progressing will ever get there is told
//! by its pods: [`crate::diagnose`].

mod apiservice;
mod autoscaler;
mod built_in;
mod cronjob;
mod custom;
mod daemonset;
mod definition;
mod deployment;
mod job;
mod namespace;
mod pdb;
mod pod;
mod pvc;
mod replicaset;
mod service;
mod statefulset;

use linkspan_kube::{GroupKind, Object};
use serde_json::Value;

/// In a word, how an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It is as it should be.
    Ready,
    /// It is paused by its own manifest.
    Suspended,
    /// It is on the way.
    Progressing,
    /// It is being deleted.
    Terminating,
    /// Nothing says how it is.
    Unknown,
    /// It will not get there without help.
    Failed,
}

impl State {
    /// The word for people and machines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Suspended => "suspended",
            Self::Progressing => "progressing",
            Self::Terminating => "terminating",
            Self::Unknown => "unknown",
            Self::Failed => "failed",
        }
    }
}

/// How an object is, and why: the message is empty for what is simply ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// In a word.
    pub state: State,
    /// Why: for people, lower-case, without a full stop.
    pub message: String,
}

impl Verdict {
    /// A verdict.
    pub fn new(state: State, message: impl Into<String>) -> Self {
        Self { state, message: message.into() }
    }

    pub(crate) fn ready() -> Self {
        Self::new(State::Ready, "")
    }

    pub(crate) fn progressing(message: impl Into<String>) -> Self {
        Self::new(State::Progressing, message)
    }

    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::new(State::Failed, message)
    }
}

/// All that a verdict may depend on.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The object.
    pub object: &'a Object,
    /// What it owns, directly or through others: replica sets, revisions, pods.
    pub children: &'a [&'a Object],
    /// The events about it and its children.
    pub events: &'a [&'a Object],
    /// Whether its kind has a status that is written apart: so somebody may tell how it is.
    pub has_status: bool,
    /// The time, in seconds since 1970: compared with times that the cluster wrote.
    pub now: i64,
}

impl<'a> Scene<'a> {
    /// The children of a kind that an owner controls.
    pub(crate) fn owned(&self, kind: &'static str, owner: &'a str) -> impl Iterator<Item = &'a Object> + use<'a> {
        let children = self.children;
        children.iter().copied().filter(move |child| child.kind() == kind && child.controller_uid() == Some(owner))
    }

    /// Whether the status speaks of an older desired state.
    fn is_behind(&self) -> bool {
        let observed = self.object.integer("/status/observedGeneration");
        self.object.generation() > observed.unwrap_or_default()
    }
}

/// What is known about a kind.
pub(crate) struct Row {
    group: &'static str,
    kind: &'static str,
    /// The kinds of what it owns, as group, version, plural and kind: they are watched with it.
    pub(crate) children: &'static [Child],
    rule: fn(&Scene<'_>) -> Verdict,
    /// The pods that show whether the newest revision works.
    pods: for<'a> fn(&Scene<'a>) -> Vec<&'a Object>,
}

/// A kind of owned objects: group, version, kind and plural.
pub(crate) type Child = (&'static str, &'static str, &'static str, &'static str);

pub(crate) const POD: Child = ("", "v1", "Pod", "pods");
pub(crate) const REPLICA_SET: Child = ("apps", "v1", "ReplicaSet", "replicasets");
pub(crate) const REVISION: Child = ("apps", "v1", "ControllerRevision", "controllerrevisions");

const fn row(group: &'static str, kind: &'static str, rule: fn(&Scene<'_>) -> Verdict) -> Row {
    Row { group, kind, children: &[], rule, pods: |_| Vec::new() }
}

const fn workload(
    group: &'static str,
    kind: &'static str,
    children: &'static [Child],
    rule: fn(&Scene<'_>) -> Verdict,
    pods: for<'a> fn(&Scene<'a>) -> Vec<&'a Object>,
) -> Row {
    Row { group, kind, children, rule, pods }
}

/// One row per kind; what is not here is [`built_in`] or [`custom`].
static ROWS: &[Row] = &[
    workload("apps", "Deployment", &[REPLICA_SET, POD], deployment::verdict, deployment::pods),
    workload("apps", "StatefulSet", &[POD], statefulset::verdict, statefulset::pods),
    workload("apps", "DaemonSet", &[REVISION, POD], daemonset::verdict, daemonset::pods),
    workload("apps", "ReplicaSet", &[POD], replicaset::verdict, replicaset::pods),
    workload("", "ReplicationController", &[POD], replicaset::verdict, replicaset::pods),
    workload("batch", "Job", &[POD], job::verdict, job::pods),
    workload("", "Pod", &[], pod::verdict, |scene| vec![scene.object]),
    row("batch", "CronJob", cronjob::verdict),
    row("", "Service", service::verdict),
    row("", "PersistentVolumeClaim", pvc::verdict),
    row("", "Namespace", namespace::verdict),
    row("apiextensions.k8s.io", "CustomResourceDefinition", definition::verdict),
    row("apiregistration.k8s.io", "APIService", apiservice::verdict),
    row("policy", "PodDisruptionBudget", pdb::verdict),
    row("autoscaling", "HorizontalPodAutoscaler", autoscaler::verdict),
];

/// Whether a group is not one of Kubernetes itself.
pub(crate) fn is_custom(group: &str) -> bool {
    !built_in::is_built_in(group)
}

/// The row of a kind, if it has one.
pub(crate) fn row_of(kind: &GroupKind) -> Option<&'static Row> {
    ROWS.iter().find(|row| kind.is(row.group, row.kind))
}

/// How an object is.
#[must_use]
pub fn verdict(scene: &Scene<'_>) -> Verdict {
    let kind = scene.object.gvk().group_kind();
    if scene.object.is_being_deleted() {
        return Verdict::new(State::Terminating, "it is being deleted");
    }
    match row_of(&kind) {
        Some(row) => (row.rule)(scene),
        None if built_in::is_built_in(&kind.group) => built_in::verdict(scene),
        None => custom::verdict(scene),
    }
}

/// The pods that show whether the newest revision of a workload works; none before its controller has seen it.
#[must_use]
pub fn newest_pods<'a>(scene: &Scene<'a>) -> Vec<&'a Object> {
    let Some(row) = row_of(&scene.object.gvk().group_kind()) else { return Vec::new() };
    (row.pods)(scene).into_iter().filter(|pod| !pod.is_being_deleted()).collect()
}

/// A container without a readiness probe counts as ready the moment it starts, even if it ends in the next. It must
/// have run for this long, in seconds, before its workload is believed to be ready.
const STEADY: i64 = 3;

/// How long (seconds) a workload that says that it is ready must still be watched: until all containers without a readiness probe have run for a moment. 0 for what has no such pods.
#[must_use]
pub fn unsteady_for(scene: &Scene<'_>) -> i64 {
    if scene.object.gvk().is("batch", "Job") {
        return 0;
    }
    let is_over = |pod: &Object| matches!(pod.text("/status/phase"), Some("Succeeded" | "Failed"));
    let pods = newest_pods(scene).into_iter().filter(|pod| !is_over(pod));
    pods.map(|pod| pod_unsteady_for(pod, scene.now)).max().unwrap_or_default()
}

fn pod_unsteady_for(pod: &Object, now: i64) -> i64 {
    let left = |status: &Value| {
        let text = |pointer: &str| status.pointer(pointer).and_then(Value::as_str);
        // The pod's status is ahead of its owner's: that it ended will be counted in a moment.
        if status.pointer("/state/terminated").is_some() {
            return Some(STEADY);
        }
        let started = linkspan_kube::time::unix_seconds(text("/state/running/startedAt")?)?;
        // A clock that is ahead of ours must not make us wait longer.
        (!has_readiness_probe(pod, text("/name")?)).then(|| (started.min(now) + STEADY - now).max(0))
    };
    pod.list("/status/containerStatuses").iter().filter_map(left).max().unwrap_or_default()
}

/// Whether a container of a pod is asked whether it is ready.
pub(crate) fn has_readiness_probe(pod: &Object, container: &str) -> bool {
    pod.list("/spec/containers").iter().any(|candidate| {
        let named = candidate.get("name").and_then(Value::as_str) == Some(container);
        named && candidate.get("readinessProbe").is_some_and(Value::is_object)
    })
}

/// `1 of 3 pods are available`.
fn count(have: i64, want: i64, what: &str) -> String {
    format!("{have} of {want} pods are {what}")
}

#[cfg(test)]
pub(crate) mod tests {
    use linkspan_kube::Object;
    use linkspan_kube::manifest::read_text;

    use super::*;

    /// Objects from YAML: the first is judged, the others are its children, or events by their kind.
    pub(crate) fn objects(yaml: &str) -> Vec<Object> {
        read_text("scene.yaml", yaml).unwrap().into_iter().map(|manifest| manifest.object).collect()
    }

    /// `state: message` of the first object.
    pub(crate) fn told(yaml: &str) -> String {
        let objects = objects(yaml);
        let (events, children): (Vec<_>, Vec<_>) = objects.iter().skip(1).partition(|object| object.kind() == "Event");
        let scene = Scene { object: &objects[0], children: &children, events: &events, has_status: true, now: 0 };
        let verdict = verdict(&scene);
        format!("{}: {}", verdict.state.name(), verdict.message).trim_end_matches(": ").to_owned()
    }

    #[test]
    fn what_is_being_deleted_is_neither_ready_nor_failed() {
        let yaml = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {deletionTimestamp: \"2026-01-01T00:00:00Z\"}\n";
        assert_eq!(told(yaml), "terminating: it is being deleted");
    }

    #[test]
    fn without_a_probe_a_container_must_run_for_a_moment() {
        let left = |probe: &str, now: i64| {
            let pod = objects(&format!(
                "apiVersion: v1\nkind: Pod\nspec: {{containers: [{{name: c{probe}}}]}}\n\
                 status: {{containerStatuses: [{{name: c, state: {{running: {{startedAt: \"1970-01-01T00:01:40Z\"}}}}}}]}}\n"
            ));
            unsteady_for(&Scene { object: &pod[0], children: &[], events: &[], has_status: true, now })
        };
        assert_eq!([left("", 100), left("", 102), left("", 103), left("", 50)], [3, 1, 0, 3]);
        assert_eq!(left(", readinessProbe: {exec: {}}", 100), 0);
    }

    #[test]
    fn every_kind_has_one_row() {
        for row in ROWS {
            let same = ROWS.iter().filter(|other| (other.group, other.kind) == (row.group, row.kind));
            assert_eq!(same.count(), 1, "{}", row.kind);
        }
    }
}
