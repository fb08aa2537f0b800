//! From client-side to server-side apply: what `kubectl apply` wrote down about itself in an annotation.

use serde_json::Value;

use super::conflict::Conflict;
use super::resource::Resource;
use super::set::FieldSet;
use super::text::json;

const ANNOTATION: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// How many bytes all annotations of an object may have.
const MOST_ANNOTATIONS: usize = 256 * 1024;

/// The conflicts without those about fields that are as client-side apply left them; all of them, if that is not known.
pub(super) fn unforeseen<'a>(resource: &Resource<'_>, live: &Value, conflicts: Vec<Conflict<'a>>) -> Vec<Conflict<'a>> {
    let written = live["metadata"]["annotations"][ANNOTATION].as_str().unwrap_or_default();
    let Ok(config) = serde_json::from_str::<Value>(written) else { return conflicts };
    let Some(applied) = still_applied(resource, live, &config) else { return conflicts };
    let left = conflicts.into_iter().map(|conflict| conflict.without(&applied));
    left.filter(|conflict| !conflict.fields.is_empty()).collect()
}

/// The fields of a client-side configuration that the object still has as it says.
fn still_applied<'a>(resource: &Resource<'a>, live: &'a Value, config: &'a Value) -> Option<FieldSet<'a>> {
    let (schema, of) = resource.schema();
    let is_kind = config["apiVersion"] == resource.api_version && config["kind"] == resource.kind;
    // An object with the same item twice is beyond this, as with the peer.
    if !is_kind || ![config, live].iter().all(|value| schema.check(of, value).is_empty()) {
        return None;
    }
    let difference = schema.compare(of, config, live).ok()?;
    let fields = schema.fields(of, config);
    Some(fields.difference(&difference.modified).difference(&difference.added).difference(&difference.removed))
}

/// Keeps the annotation of an object that has one in line with what was applied; drops it when it gets too large.
pub(super) fn refresh(object: &mut Value, config: &Value) {
    let Some(annotations) = object.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut) else { return };
    if annotations.get(ANNOTATION).and_then(Value::as_str).is_none_or(str::is_empty) {
        return;
    }
    annotations.insert(ANNOTATION.into(), (json(&without_annotation(config)) + "\n").into());
    let size = |(name, value): (&String, &Value)| name.len() + value.as_str().map_or(0, str::len);
    if annotations.iter().map(size).sum::<usize>() > MOST_ANNOTATIONS {
        annotations.remove(ANNOTATION);
    }
}

fn without_annotation(config: &Value) -> Value {
    let mut config = config.clone();
    if let Some(annotations) = config.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut) {
        annotations.remove(ANNOTATION);
        annotations.values_mut().filter(|value| value.is_null()).for_each(|value| *value = "".into());
    }
    config
}
