//! Defaults that are computed from other fields.

use serde_json::{Value, json};

use super::{Object, pod};
use crate::types::Struct;

const RBAC: &str = "rbac.authorization.k8s.io";

/// Applies what the tables cannot say about a struct.
pub(super) fn apply(of: &Struct, object: &mut Object) {
    match of.name.as_str() {
        "io.k8s.api.core.v1.Pod" => pod::pod(object),
        "io.k8s.api.core.v1.PodSpec" => {
            pod::account(object);
            lists(object, &["overhead"]);
        }
        "io.k8s.api.core.v1.Container" | "io.k8s.api.core.v1.EphemeralContainer" => pod::container(object),
        "io.k8s.api.core.v1.ResourceRequirements" | "io.k8s.api.core.v1.VolumeResourceRequirements" => {
            lists(object, &["limits", "requests"]);
        }
        "io.k8s.api.core.v1.ServiceSpec" => service(object),
        "io.k8s.api.core.v1.Namespace" => namespace(object),
        "io.k8s.api.core.v1.NodeStatus" => node(object),
        "io.k8s.api.core.v1.LimitRangeItem" => limit(object),
        "io.k8s.api.core.v1.PersistentVolumeSpec" => lists(object, &["capacity"]),
        "io.k8s.api.core.v1.ResourceQuotaSpec" => lists(object, &["hard"]),
        "io.k8s.api.core.v1.PersistentVolumeClaimSpec" => source(object),
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionNames" => names(object),
        "io.k8s.api.batch.v1.Job" => job(object),
        "io.k8s.api.networking.v1.NetworkPolicySpec" => policy(object),
        "io.k8s.api.rbac.v1.RoleRef" => absent(object, "apiGroup", RBAC),
        "io.k8s.api.rbac.v1.Subject" => subject(object),
        "io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerSpec" => autoscaler(object),
        _ => {}
    }
}

fn lists(object: &mut Object, names: &[&str]) {
    for name in names {
        if let Some(list) = object.get_mut(*name).and_then(Value::as_object_mut) {
            pod::resources(list);
        }
    }
}

/// Adds to an object what it does not have of another.
pub(super) fn complement(object: &mut Value, other: &Object) {
    let Some(object) = object.as_object_mut() else { return };
    for (name, value) in other {
        object.entry(name.clone()).or_insert_with(|| value.clone());
    }
}

fn text<'a>(object: &'a Object, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn absent(object: &mut Object, name: &str, value: impl Into<Value>) {
    if text(object, name).is_empty() && !object.get(name).is_some_and(|value| !value.is_null() && !value.is_string()) {
        object.insert(name.to_owned(), value.into());
    }
}

fn missing(object: &mut Object, name: &str, value: impl Into<Value>) {
    object.entry(name).or_insert_with(|| value.into());
}

/// A custom kind's other names follow from its kind.
fn names(names: &mut Object) {
    let kind = text(names, "kind").to_owned();
    absent(names, "singular", kind.to_lowercase());
    if !kind.is_empty() {
        absent(names, "listKind", format!("{kind}List"));
    }
}

/// What a claim is filled from has an old and a new name.
fn source(spec: &mut Object) {
    match (spec.get("dataSource").cloned(), spec.get("dataSourceRef").cloned()) {
        (Some(source), None) => missing(spec, "dataSourceRef", source),
        (None, Some(source)) if source.get("namespace").is_none() => missing(spec, "dataSource", source),
        _ => {}
    }
}

/// `v1.SetDefaults_Service`: a port leads to the same port, an affinity to clients has an end.
fn service(spec: &mut Object) {
    match text(spec, "sessionAffinity") {
        "ClientIP" => {
            let given = spec.get("sessionAffinityConfig").and_then(|config| config.pointer("/clientIP/timeoutSeconds"));
            if given.is_none() {
                spec.insert("sessionAffinityConfig".to_owned(), json!({"clientIP": {"timeoutSeconds": 10_800}}));
            }
        }
        "None" => drop(spec.remove("sessionAffinityConfig")),
        _ => {}
    }
    for port in spec.get_mut("ports").and_then(Value::as_array_mut).into_iter().flatten() {
        let target = port.get("targetPort");
        if target.is_none_or(|target| *target == 0 || *target == "") {
            port["targetPort"] = port.get("port").cloned().unwrap_or_else(|| 0.into());
        }
    }
}

/// A namespace has its name as a label.
fn namespace(namespace: &mut Object) {
    let Some(meta) = namespace.get_mut("metadata").and_then(Value::as_object_mut) else { return };
    let Some(name) = meta.get("name").cloned() else { return };
    let labels = meta.entry("labels").or_insert_with(|| Object::new().into());
    labels["kubernetes.io/metadata.name"] = name;
}

fn node(status: &mut Object) {
    lists(status, &["capacity", "allocatable"]);
    if let Some(capacity) = status.get("capacity").cloned() {
        status.entry("allocatable").or_insert(capacity);
    }
}

/// `v1.SetDefaults_LimitRangeItem`: for containers, limits follow from the largest, requests from limits and the least.
fn limit(item: &mut Object) {
    lists(item, &["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"]);
    if text(item, "type") != "Container" {
        return;
    }
    for (name, from) in [("default", "max"), ("defaultRequest", "default"), ("defaultRequest", "min")] {
        let Some(from) = item.get(from).and_then(Value::as_object).cloned() else { continue };
        complement(item.entry(name).or_insert_with(|| Object::new().into()), &from);
    }
}

/// A job has its template's labels unless it has some of its own.
fn job(job: &mut Object) {
    let labels = job.get("spec").and_then(|spec| spec.pointer("/template/metadata/labels")).cloned();
    if let (Some(labels), Some(Value::Object(meta))) = (labels, job.get_mut("metadata")) {
        meta.entry("labels").or_insert(labels);
    }
}

fn policy(spec: &mut Object) {
    let egress = spec.get("egress").and_then(Value::as_array).is_some_and(|rules| !rules.is_empty());
    let types = if egress { json!(["Ingress", "Egress"]) } else { json!(["Ingress"]) };
    spec.entry("policyTypes").or_insert(types);
}

fn subject(subject: &mut Object) {
    if matches!(text(subject, "kind"), "User" | "Group") {
        absent(subject, "apiGroup", RBAC);
    }
}

/// A behaviour that is given is completed in both directions.
fn autoscaler(spec: &mut Object) {
    let Some(behavior) = spec.get_mut("behavior").and_then(Value::as_object_mut) else { return };
    let percent = |value: i32| json!({"type": "Percent", "value": value, "periodSeconds": 15});
    let pods = json!({"type": "Pods", "value": 4, "periodSeconds": 15});
    let up = json!({"stabilizationWindowSeconds": 0, "selectPolicy": "Max", "policies": [pods, percent(100)]});
    let down = json!({"selectPolicy": "Max", "policies": [percent(100)]});
    for (name, rules) in [("scaleUp", up), ("scaleDown", down)] {
        let given = behavior.entry(name).or_insert_with(|| Object::new().into());
        complement(given, rules.as_object().unwrap_or(&Object::new()));
    }
}
