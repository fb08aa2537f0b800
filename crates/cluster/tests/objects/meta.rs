use linkspan_cluster::object::default;
use linkspan_cluster::object::metadata::{self, Scope};
use linkspan_cluster::status::{Status, Subject};
use linkspan_cluster::types::{Kind, builtin};
use serde_json::{Value, json};

use crate::answers::{kind, path};
use crate::real::{Answer, Real};

/// Objects whose metadata is wrong: each line has the resource and the object.
const CREATES: &str = include_str!("metadata.ndjson");

#[test]
fn metadata_is_refused_as_by_the_real_server() {
    let Some(real) = Real::new("meta") else { return };
    let mut different = Vec::new();
    for line in CREATES.lines().filter(|line| !line.is_empty()) {
        let [resource, object]: [Value; 2] = serde_json::from_str(line).unwrap();
        let kind = kind(resource.as_str().unwrap());
        let address = format!("{}?dryRun=All", path(kind, &real.namespace));
        let theirs = refused(real.send("POST", &address, "application/json", object.to_string().as_bytes()));
        let ours = created(kind, object, &real.namespace);
        if theirs != ours {
            different.push(format!("{line}\n  theirs {theirs}\n  ours   {ours}"));
        }
    }
    assert!(different.is_empty(), "{} differ:\n{}", different.len(), different.join("\n"));
}

fn created(kind: &Kind, mut object: Value, namespace: &str) -> Value {
    let namespace = if kind.namespaced { namespace } else { "" };
    default(&builtin().types, kind.schema, &mut object);
    metadata::wipe(&mut object);
    // A namespace may be said of any kind; those without one forget it.
    if let Err(status) = metadata::take_namespace(&mut object, namespace) {
        return status.to_value();
    }
    refusal(kind, &object, &metadata::validate(&object, &scope(kind)))
}

/// A refusal; nothing where there is none.
fn refused(answer: Answer) -> Value {
    if answer.code < 300 { Value::Null } else { answer.body }
}

fn scope(kind: &Kind) -> Scope<'_> {
    Scope { group: &kind.group, kind: &kind.kind, namespaced: kind.namespaced }
}

fn refusal(kind: &Kind, object: &Value, errors: &[linkspan_cluster::field::FieldError]) -> Value {
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    if errors.is_empty() {
        return Value::Null;
    }
    Status::invalid(&Subject::new(&kind.group, &kind.kind, name), errors).to_value()
}

#[test]
fn updates_of_metadata_are_refused_as_by_the_real_server() {
    let Some(real) = Real::new("update") else { return };
    let kind = kind("v1/configmaps");
    let address = path(kind, &real.namespace);
    let old = json!({"metadata": {"name": "a", "labels": {"a": "b"}}});
    let old = real.send("POST", &address, "application/json", old.to_string().as_bytes()).body;
    let changes = [
        json!({"name": "b"}),
        json!({"namespace": "other"}),
        json!({"name": null}),
        json!({"labels": {"a": "b c"}}),
        json!({"labels": {"a b": "c"}}),
        json!({"annotations": {"/a": "c"}}),
        json!({"ownerReferences": [{"apiVersion": "", "kind": "K", "name": "n", "uid": ""}]}),
        json!({"finalizers": ["a b"]}),
        json!({"finalizers": ["ab"]}),
        json!({"deletionGracePeriodSeconds": 5}),
        json!({"deletionTimestamp": "2026-01-01T00:00:00Z"}),
    ];
    let mut different = Vec::new();
    for change in changes {
        let mut object = old.clone();
        object["metadata"].as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        object["metadata"].as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let url = format!("{address}/a?dryRun=All");
        let theirs = refused(real.send("PUT", &url, "application/json", object.to_string().as_bytes()));
        let ours = updated(kind, object, &old, &real.namespace);
        if theirs != ours {
            different.push(format!("{change}\n  theirs {theirs}\n  ours   {ours}"));
        }
    }
    assert!(different.is_empty(), "{} differ:\n{}", different.len(), different.join("\n"));
}

fn updated(kind: &Kind, mut object: Value, old: &Value, namespace: &str) -> Value {
    let taken = metadata::take_namespace(&mut object, namespace);
    if let Err(status) = taken.and_then(|()| metadata::check_address(&object, "a", namespace)) {
        return status.to_value();
    }
    metadata::inherit(&mut object, old);
    refusal(kind, &object, &metadata::validate_update(&object, old, &scope(kind)))
}
