//! Namespaces, nodes, configuration, rights.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Row;
use super::row::{plain, text};

pub(super) fn with_age(row: &Row<'_>) -> Vec<Value> {
    vec![row.name(), row.age()]
}

pub(super) fn config_map(row: &Row<'_>) -> Vec<Value> {
    let count = row.map("/data").count() + row.map("/binaryData").count();
    vec![row.name(), count.into(), row.age()]
}

pub(super) fn secret(row: &Row<'_>) -> Vec<Value> {
    vec![row.name(), row.text("/type").into(), row.map("/data").count().into(), row.age()]
}

pub(super) fn namespace(row: &Row<'_>) -> Vec<Value> {
    vec![row.name(), row.text("/status/phase").into(), row.age()]
}

pub(super) fn lease(row: &Row<'_>) -> Vec<Value> {
    vec![row.name(), row.text("/spec/holderIdentity").into(), row.age()]
}

pub(super) fn webhooks(row: &Row<'_>) -> Vec<Value> {
    vec![row.name(), row.list("/webhooks").len().into(), row.age()]
}

pub(super) fn priority_class(row: &Row<'_>) -> Vec<Value> {
    let preemption = row.text("/preemptionPolicy").into();
    vec![row.name(), row.number("/value").into(), row.flag("/globalDefault").into(), row.age(), preemption]
}

pub(super) fn node(row: &Row<'_>) -> Vec<Value> {
    let info = |field: &str| row.text_or(&format!("/status/nodeInfo/{field}"), "<unknown>");
    let architecture = row.text("/status/nodeInfo/architecture");
    let mut kernel = info("kernelVersion").to_owned();
    if !architecture.is_empty() {
        kernel = format!("{kernel} ({architecture})");
    }
    vec![
        row.name(),
        node_status(row).into(),
        node_roles(row).into(),
        row.age(),
        row.text("/status/nodeInfo/kubeletVersion").into(),
        node_address(row, "InternalIP").into(),
        node_address(row, "ExternalIP").into(),
        info("osImage").into(),
        kernel.into(),
        info("containerRuntimeVersion").into(),
    ]
}

fn node_status(row: &Row<'_>) -> String {
    let mut conditions = row.list("/status/conditions").iter().rev();
    let ready = conditions.find(|one| text(one, "type") == "Ready").map(|one| text(one, "status"));
    let status = match ready {
        Some("True") => "Ready",
        Some(_) => "NotReady",
        None => "Unknown",
    };
    if row.flag("/spec/unschedulable") { format!("{status},SchedulingDisabled") } else { status.to_owned() }
}

fn node_roles(row: &Row<'_>) -> String {
    let role = |(key, value): (&String, &Value)| match key.strip_prefix("node-role.kubernetes.io/") {
        Some(role) => Some(role.to_owned()),
        None if key == "kubernetes.io/role" => Some(plain(value)),
        None => None,
    };
    let roles: BTreeSet<_> = row.map("/metadata/labels").filter_map(role).filter(|role| !role.is_empty()).collect();
    if roles.is_empty() { "<none>".to_owned() } else { roles.into_iter().collect::<Vec<_>>().join(",") }
}

fn node_address<'a>(row: &Row<'a>, kind: &str) -> &'a str {
    let address = row.list("/status/addresses").iter().find(|one| text(one, "type") == kind);
    address.map_or("<none>", |one| text(one, "address"))
}

pub(super) fn quota(row: &Row<'_>) -> Vec<Value> {
    let used =
        |resource: &str| row.at("/status/used").and_then(|used| used.get(resource)).map_or("0".to_owned(), plain);
    let line = |(resource, hard): (&String, &Value)| format!("{resource}: {}/{}", used(resource), plain(hard));
    let (limits, requests): (Vec<_>, Vec<_>) =
        row.map("/status/hard").partition(|(resource, _)| resource.starts_with("limits."));
    let column = |entries: Vec<_>| entries.into_iter().map(line).collect::<Vec<_>>().join(", ");
    vec![row.name(), column(requests).into(), column(limits).into(), row.age()]
}

pub(super) fn binding(row: &Row<'_>) -> Vec<Value> {
    let role = format!("{}/{}", row.text("/roleRef/kind"), row.text("/roleRef/name"));
    let subjects = |kind: &str| {
        let of_kind = row.list("/subjects").iter().filter(|one| text(one, "kind") == kind);
        of_kind.map(subject).collect::<Vec<_>>().join(", ")
    };
    let (users, groups) = (subjects("User"), subjects("Group"));
    vec![row.name(), role.into(), row.age(), users.into(), groups.into(), subjects("ServiceAccount").into()]
}

fn subject(one: &Value) -> String {
    let name = text(one, "name");
    if text(one, "kind") == "ServiceAccount" { format!("{}/{name}", text(one, "namespace")) } else { name.to_owned() }
}
