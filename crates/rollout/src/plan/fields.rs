//! Field sets as the API writes them into `metadata.managedFields` (`fieldsV1`).
//!
//! A set is a tree: `f:name` is a field, `k:{"name":"a"}` an item of a list by its key, `v:"x"` an item of a set,
//! `.` the thing itself. A node without children is owned as a whole.

use linkspan_kube::Object;
use serde_json::{Map, Value};

/// The entry of a manager in `managedFields`, where it writes the object itself and not its status.
pub(crate) fn entry<'a>(live: &'a Object, manager: &str, operation: &str) -> Option<&'a Value> {
    let text = |entry: &Value, field: &str| entry.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    live.list("/metadata/managedFields").iter().find(|entry| {
        text(entry, "manager") == manager
            && text(entry, "operation") == operation
            && text(entry, "subresource").is_empty()
    })
}

/// Whether applying `wanted` would change nothing: `manager` applied exactly these fields before, and all of them
/// still have these values. `false` may also mean that it cannot be told without asking (quantities written
/// otherwise, lists that the server completes).
#[must_use]
pub fn is_applied(wanted: &Object, live: &Object, manager: &str) -> bool {
    let Some(entry) = entry(live, manager, "Apply") else {
        // A bare name, for example of a namespace, leaves nothing to manage.
        return body(wanted).as_object().is_some_and(Map::is_empty);
    };
    let same_version = entry.get("apiVersion").and_then(Value::as_str) == Some(wanted.gvk().api_version().as_str());
    let Some(owned) = entry.get("fieldsV1") else { return false };
    same_version && holds(&body(wanted), live.value(), owned)
}

/// An object without what identifies it, which no manager owns.
fn body(object: &Object) -> Value {
    let mut value = object.value().clone();
    if let Some(fields) = value.as_object_mut() {
        fields.remove("apiVersion");
        fields.remove("kind");
        if let Some(metadata) = fields.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.remove("name");
            metadata.remove("namespace");
            if metadata.is_empty() {
                fields.remove("metadata");
            }
        }
    }
    value
}

/// Whether `wanted` has exactly the fields of `owned`, with the values of `live`.
fn holds(wanted: &Value, live: &Value, owned: &Value) -> bool {
    let Some(owned) = owned.as_object() else { return false };
    let children: Vec<_> = owned.iter().filter(|(name, _)| name.as_str() != ".").collect();
    if children.is_empty() {
        return wanted == live;
    }
    match (wanted, live) {
        (Value::Object(wanted), Value::Object(live)) => holds_fields(wanted, live, &children),
        (Value::Array(wanted), Value::Array(live)) => holds_items(wanted, live, &children),
        _ => false,
    }
}

fn holds_fields(wanted: &Map<String, Value>, live: &Map<String, Value>, owned: &[(&String, &Value)]) -> bool {
    let wanted: Vec<_> = wanted.iter().filter(|(_, value)| !value.is_null()).collect();
    wanted.len() == owned.len()
        && wanted.into_iter().all(|(name, value)| {
            let node = owned.iter().find(|(key, _)| key.strip_prefix("f:") == Some(name.as_str()));
            node.zip(live.get(name)).is_some_and(|((_, node), live)| holds(value, live, node))
        })
}

fn holds_items(wanted: &[Value], live: &[Value], owned: &[(&String, &Value)]) -> bool {
    wanted.len() == owned.len()
        && owned.iter().all(|(key, node)| match key.split_once(':') {
            Some(("k", key)) => {
                let Ok(Value::Object(key)) = serde_json::from_str(key) else { return false };
                let wanted = wanted.iter().find(|item| has_key(item, &key));
                wanted
                    .zip(live.iter().find(|item| has_key(item, &key)))
                    .is_some_and(|(wanted, live)| holds_item(wanted, live, node, &key))
            }
            Some(("v", value)) => {
                serde_json::from_str(value).is_ok_and(|value: Value| wanted.contains(&value) && live.contains(&value))
            }
            _ => false,
        })
}

/// An item of a keyed list. Keys that the server fills in (a port's `protocol`) are owned, but not written.
fn holds_item(wanted: &Value, live: &Value, owned: &Value, key: &Map<String, Value>) -> bool {
    let (Some(wanted), Some(live), Some(owned)) = (wanted.as_object(), live.as_object(), owned.as_object()) else {
        return false;
    };
    let mut wanted = wanted.clone();
    for (name, value) in key {
        if owned.contains_key(&format!("f:{name}")) {
            wanted.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    let children: Vec<_> = owned.iter().filter(|(name, _)| name.as_str() != ".").collect();
    holds_fields(&wanted, live, &children)
}

/// Whether an item has a key. A key field that is not written has the API's default, which for ports is `TCP`.
fn has_key(item: &Value, key: &Map<String, Value>) -> bool {
    key.iter().all(|(name, value)| match item.get(name) {
        Some(given) => given == value,
        None => name == "protocol" && value == "TCP",
    })
}

/// Both sets in one.
fn union(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (name, node) in from {
                match into.get_mut(name) {
                    Some(own) => union(own, node),
                    None => _ = into.insert(name.clone(), node.clone()),
                }
            }
        }
        (into, from) => into.clone_from(from),
    }
}

/// Who client-side apply, and applying over objects that nobody managed, are called in `managedFields`.
const CLIENT_SIDE: [&str; 2] = ["kubectl-client-side-apply", "before-first-apply"];

/// A JSON patch that hands the fields of client-side apply over to `manager`, or `None` if there are none. Without
/// it, fields that leave the manifest would never be removed (client-go's `csaupgrade` does the same).
#[must_use]
pub fn take_over(live: &Object, manager: &str) -> Option<Value> {
    let entries = live.list("/metadata/managedFields");
    let is_old = |entry: &Value| {
        let text = |field: &str| entry.get(field).and_then(Value::as_str).unwrap_or_default();
        CLIENT_SIDE.contains(&text("manager")) && text("operation") == "Update" && text("subresource").is_empty()
    };
    let mut fields = entry(live, manager, "Apply").and_then(|entry| entry.get("fieldsV1")).cloned();
    let old: Vec<_> = entries.iter().filter(|entry| is_old(entry)).collect();
    let newest = *old.last()?;
    for entry in &old {
        let from = entry.get("fieldsV1").cloned().unwrap_or_default();
        match &mut fields {
            Some(fields) => union(fields, &from),
            None => fields = Some(from),
        }
    }
    let mut folded = newest.clone();
    folded["manager"] = manager.into();
    folded["operation"] = "Apply".into();
    folded["fieldsV1"] = fields?;
    let is_own = |candidate: &&Value| entry(live, manager, "Apply") == Some(*candidate);
    let mut kept: Vec<Value> = entries.iter().filter(|entry| !is_old(entry) && !is_own(entry)).cloned().collect();
    kept.push(folded);
    Some(serde_json::json!([
        {"op": "replace", "path": "/metadata/managedFields", "value": kept},
        {"op": "replace", "path": "/metadata/resourceVersion", "value": live.resource_version()},
    ]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn deployment(image: &str) -> Value {
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a", "namespace": "n", "labels": {"app": "a"}},
               "spec": {"template": {"spec": {"containers": [{"name": "c", "image": image, "ports": [{"containerPort": 80}]}]}}}})
    }

    fn live() -> Object {
        let mut value = deployment("i:1");
        value["spec"]["replicas"] = 1.into();
        value["spec"]["template"]["spec"]["containers"][0]["ports"][0]["protocol"] = "TCP".into();
        value["spec"]["template"]["spec"]["containers"][0]["imagePullPolicy"] = "Always".into();
        value["metadata"]["managedFields"] = json!([{"manager": "linkspan", "operation": "Apply", "apiVersion": "apps/v1", "fieldsV1": {
            "f:metadata": {"f:labels": {"f:app": {}}},
            "f:spec": {"f:template": {"f:spec": {"f:containers": {"k:{\"name\":\"c\"}": {".": {}, "f:name": {}, "f:image": {},
                "f:ports": {"k:{\"containerPort\":80,\"protocol\":\"TCP\"}": {".": {}, "f:containerPort": {}}}}}}}}}}]);
        Object::new(value).unwrap()
    }

    fn is_same(change: impl FnOnce(&mut Value)) -> bool {
        let mut wanted = deployment("i:1");
        change(&mut wanted);
        is_applied(&Object::new(wanted).unwrap(), &live(), "linkspan")
    }

    #[test]
    fn what_was_applied_and_still_holds_needs_no_write() {
        assert!(is_same(|_| {}));
        assert!(is_same(|wanted| wanted["spec"]["replicas"] = Value::Null));
    }

    #[test]
    fn every_difference_needs_one() {
        assert!(!is_same(|wanted| *wanted = deployment("i:2")));
        assert!(!is_same(|wanted| wanted["spec"]["replicas"] = 1.into()), "equal, but not ours yet");
        assert!(!is_same(|wanted| wanted["metadata"]["labels"] = json!({"app": "a", "b": "c"})));
        assert!(
            !is_same(|wanted| _ = wanted["metadata"].as_object_mut().unwrap().remove("labels")),
            "ours, but not wanted"
        );
        assert!(!is_same(|wanted| wanted["spec"]["template"]["spec"]["containers"]
            .as_array_mut()
            .unwrap()
            .push(json!({"name": "d"}))));
        assert!(!is_applied(&Object::new(deployment("i:1")).unwrap(), &live(), "another"));
    }

    #[test]
    fn client_side_apply_is_folded_into_one_entry() {
        let mut value = live().into_value();
        value["metadata"]["resourceVersion"] = "7".into();
        value["metadata"]["managedFields"].as_array_mut().unwrap().extend([
            json!({"manager": "kubectl-client-side-apply", "operation": "Update", "apiVersion": "apps/v1", "fieldsV1": {"f:spec": {"f:replicas": {}}}}),
            json!({"manager": "kube-controller-manager", "operation": "Update", "subresource": "status", "fieldsV1": {}}),
        ]);
        let patch = take_over(&Object::new(value).unwrap(), "linkspan").unwrap();
        let entries = patch.pointer("/0/value").unwrap().as_array().unwrap();
        let managers: Vec<_> = entries
            .iter()
            .map(|entry| (entry["manager"].as_str().unwrap(), entry["operation"].as_str().unwrap()))
            .collect();
        assert_eq!(managers, [("kube-controller-manager", "Update"), ("linkspan", "Apply")]);
        assert!(
            entries[1].pointer("/fieldsV1/f:spec/f:replicas").is_some()
                && entries[1].pointer("/fieldsV1/f:metadata").is_some()
        );
        assert_eq!(patch.pointer("/1/value").unwrap(), "7");
        assert_eq!(take_over(&live(), "linkspan"), None);
    }
}
