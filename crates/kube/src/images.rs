//! Where images stand in an object, whatever its kind.

use linkspan_source::pointer;
use serde_json::Value;

use crate::Object;

/// The lists of a pod spec that hold containers.
const CONTAINERS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];

/// One image reference in an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageField {
    /// A JSON Pointer to the reference.
    pub pointer: String,
    /// The container's name, or the volume's; may be empty.
    pub container: String,
    /// The reference as written.
    pub image: String,
}

/// All image references of an object, in the order in which they stand.
///
/// A pod spec is recognised by its lists of containers, wherever under `spec` or `template` it is nested: so a
/// CronJob, a Knative service, a KEDA job or any other custom resource with a pod template is covered without
/// being named. A custom resource *definition* has schemas there, no containers.
#[must_use]
pub fn image_fields(object: &Object) -> Vec<ImageField> {
    let mut found = Vec::new();
    for root in ["spec", "template"] {
        if let Some(value) = object.value().get(root) {
            walk(value, &format!("/{root}"), &mut found);
        }
    }
    found
}

fn walk(value: &Value, at: &str, found: &mut Vec<ImageField>) {
    match value {
        Value::Object(fields) => {
            collect(value, at, found);
            for (name, value) in fields {
                walk(value, &pointer::join(at, name), found);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                walk(value, &pointer::join_index(at, index), found);
            }
        }
        _ => {}
    }
}

/// The images of `value` if it is a pod spec.
fn collect(value: &Value, pointer: &str, found: &mut Vec<ImageField>) {
    let list = |name: &str| value.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for name in CONTAINERS {
        for (index, container) in list(name).iter().enumerate() {
            push(container, "/image", &format!("{pointer}/{name}/{index}"), found);
        }
    }
    if value.get("containers").is_some() {
        for (index, volume) in list("volumes").iter().enumerate() {
            push(volume, "/image/reference", &format!("{pointer}/volumes/{index}"), found);
        }
    }
}

fn push(owner: &Value, field: &str, pointer: &str, found: &mut Vec<ImageField>) {
    if let Some(image) = owner.pointer(field).and_then(Value::as_str) {
        let container = owner.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        found.push(ImageField { pointer: format!("{pointer}{field}"), container, image: image.to_owned() });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pointers(value: Value) -> Vec<String> {
        let object = Object::new(value).unwrap();
        let fields = image_fields(&object);
        for field in &fields {
            assert_eq!(object.text(&field.pointer), Some(field.image.as_str()));
        }
        fields.into_iter().map(|field| field.pointer).collect()
    }

    #[test]
    fn pod_specs_are_found_wherever_they_are_nested() {
        let spec = json!({"containers": [{"name": "a", "image": "a:1"}], "initContainers": [{"image": "b"}],
                          "ephemeralContainers": [{"image": "c"}], "volumes": [{"image": {"reference": "d"}}, {}]});
        let cases = [
            (json!({"apiVersion": "v1", "kind": "Pod", "spec": spec}), "/spec"),
            (json!({"apiVersion": "v1", "kind": "PodTemplate", "template": {"spec": spec}}), "/template/spec"),
            (
                json!({"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"template": {"spec": spec}}}),
                "/spec/template/spec",
            ),
            (
                json!({"apiVersion": "batch/v1", "kind": "CronJob", "spec": {"jobTemplate": {"spec": {"template": {"spec": spec}}}}}),
                "/spec/jobTemplate/spec/template/spec",
            ),
            (
                json!({"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledJob", "spec": {"jobTargetRef": {"template": {"spec": spec}}}}),
                "/spec/jobTargetRef/template/spec",
            ),
        ];
        for (value, at) in cases {
            let expected = [
                "initContainers/0/image",
                "containers/0/image",
                "ephemeralContainers/0/image",
                "volumes/0/image/reference",
            ];
            assert_eq!(pointers(value), expected.map(|end| format!("{at}/{end}")));
        }
    }

    #[test]
    fn what_only_looks_like_containers_is_left_alone() {
        let schema = json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "spec": {"versions": [{"schema": {"properties": {"containers": {"type": "array", "image": "no"}}}}]}});
        assert_eq!(pointers(schema), [""; 0]);
        let text = json!({"apiVersion": "v1", "kind": "ConfigMap", "data": {"containers": "image: a"}});
        assert_eq!(pointers(text), [""; 0]);
    }
}
