//! Answers without what differs from one request to the next.

use linkspan_cluster::types::{Kind, builtin};
use serde_json::Value;

/// The kind at `group/version/plural`, `v1/pods`.
pub(crate) fn kind(resource: &str) -> &'static Kind {
    let mut parts = resource.rsplitn(3, '/');
    let (plural, version, group) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap_or_default());
    builtin().resource(group, version, plural).unwrap_or_else(|| panic!("no {resource}"))
}

/// The address of a kind's objects.
pub(crate) fn path(kind: &Kind, namespace: &str) -> String {
    let root = if kind.group.is_empty() {
        format!("/api/{}", kind.version)
    } else {
        format!("/apis/{}/{}", kind.group, kind.version)
    };
    let space = if kind.namespaced { format!("/namespaces/{namespace}") } else { String::new() };
    format!("{root}{space}/{}", kind.plural)
}

/// An object without what the server adds to it on its own.
pub(crate) fn plain(mut object: Value) -> Value {
    if let Some(meta) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        for name in ["uid", "creationTimestamp", "resourceVersion", "managedFields", "generation", "namespace"] {
            meta.remove(name);
        }
        // A controller may have been faster than the test.
        if meta.get("annotations").is_some_and(|all| all.get("deployment.kubernetes.io/revision").is_some()) {
            meta.remove("annotations");
        }
    }
    object.as_object_mut().unwrap().remove("status");
    object
}
