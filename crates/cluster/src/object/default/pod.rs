//! Defaults of pods and their containers.

use serde_json::Value;

use super::Object;
use crate::object::quantity::Quantity;

/// `v1.SetDefaults_Container`: an image of the tag `latest` is pulled each time.
pub(super) fn container(container: &mut Object) {
    if !container.contains_key("imagePullPolicy") {
        let image = container.get("image").and_then(Value::as_str).unwrap_or_default();
        let policy = if tag(image) == "latest" { "Always" } else { "IfNotPresent" };
        container.insert("imagePullPolicy".to_owned(), policy.into());
    }
}

/// The tag of an image: `latest` if it has neither tag nor digest, nothing if it is no reference.
fn tag(image: &str) -> &str {
    let (name, digest) = image.split_once('@').map_or((image, None), |(name, digest)| (name, Some(digest)));
    let last = name.rfind('/').map_or(0, |at| at + 1);
    let (path, tag) = match name[last..].find(':') {
        Some(at) => (&name[..last + at], Some(&name[last + at + 1..])),
        None => (name, None),
    };
    let host = path.split_once('/').filter(|(host, _)| host.contains(['.', ':']) || *host == "localhost");
    let repository = host.map_or(path, |(_, rest)| rest);
    let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-/".contains(&byte);
    match tag {
        _ if repository.is_empty() || !repository.bytes().all(good) => "",
        Some(tag) => tag,
        None if digest.is_some() => "",
        None => "latest",
    }
}

/// Amounts of resources are whole thousandths (`v1.SetDefaults_ResourceList`).
pub(super) fn resources(list: &mut Object) {
    for amount in list.values_mut() {
        if let Some(quantity) = amount.as_str().and_then(|text| Quantity::parse(text).ok()) {
            *amount = quantity.rounded_to_milli().to_string().into();
        }
    }
}

/// `v1.SetDefaults_Pod`: what is limited is requested; on the host's network, ports are the host's.
pub(super) fn pod(pod: &mut Object) {
    let Some(spec) = pod.get_mut("spec").and_then(Value::as_object_mut) else { return };
    let host = spec.get("hostNetwork") == Some(&true.into());
    for list in ["containers", "initContainers"] {
        let containers = spec.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten();
        for container in containers.filter_map(Value::as_object_mut) {
            requests(container);
            if host {
                host_ports(container);
            }
        }
    }
}

fn requests(container: &mut Object) {
    let Some(resources) = container.get_mut("resources").and_then(Value::as_object_mut) else { return };
    let Some(limits) = resources.get("limits").and_then(Value::as_object).cloned() else { return };
    let requests = resources.entry("requests").or_insert_with(|| Object::new().into());
    super::computed::complement(requests, &limits);
}

fn host_ports(container: &mut Object) {
    let ports = container.get_mut("ports").and_then(Value::as_array_mut).into_iter().flatten();
    for port in ports.filter_map(Value::as_object_mut) {
        if let Some(number) = port.get("containerPort").cloned().filter(|_| !port.contains_key("hostPort")) {
            port.insert("hostPort".to_owned(), number);
        }
    }
}

/// The deprecated name of a pod's service account is always the same as the other.
pub(super) fn account(spec: &mut Object) {
    let name = spec.get("serviceAccountName").or_else(|| spec.get("serviceAccount")).cloned();
    if let Some(name) = name {
        spec.insert("serviceAccountName".to_owned(), name.clone());
        spec.insert("serviceAccount".to_owned(), name);
    }
}

#[cfg(test)]
mod tests {
    use super::tag;

    #[test]
    fn an_image_without_tag_is_the_latest() {
        let cases = [
            ("nginx", "latest"),
            ("nginx:1", "1"),
            ("nginx:latest", "latest"),
            ("localhost:5000/a/b", "latest"),
            ("localhost:5000/a/b:2", "2"),
            ("nginx@sha256:abc", ""),
            ("nginx:latest@sha256:abc", "latest"),
            ("", ""),
            ("Nginx", ""),
        ];
        for (image, expected) in cases {
            assert_eq!(tag(image), expected, "{image}");
        }
    }
}
