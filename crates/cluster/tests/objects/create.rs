use linkspan_cluster::object::{Media, Target, Validation, decode, default};
use linkspan_cluster::types::{Kind, builtin};
use serde_json::{Value, json};

use crate::answers::{kind, path, plain};
use crate::real::Real;

/// What the embedded cluster makes of a body, as the answer's code, body and warnings.
fn ours(kind: &Kind, body: &[u8], media: Media, validation: Validation) -> (u16, Value, Vec<String>) {
    let types = &builtin().types;
    let api_version = kind.api_version();
    let known = |version: &str, kind: &str| {
        let (group, version) = version.split_once('/').unwrap_or(("", version));
        builtin().kind(group, version, kind).is_some()
    };
    let target = Target { api_version: &api_version, kind: &kind.kind, schema: kind.schema, known: &known };
    match decode(types, &target, body, media, validation) {
        Ok(mut decoded) => {
            default(types, kind.schema, &mut decoded.value);
            (201, decoded.value, decoded.warnings)
        }
        Err(status) => (status.code, status.to_value(), Vec::new()),
    }
}

/// Bodies that the real server refuses to read, or reads with warnings: each line has the resource, the parameter
/// `fieldValidation`, and the body as text.
const READ: &str = include_str!("read.ndjson");

#[test]
fn bodies_are_read_and_refused_as_by_the_real_server() {
    let Some(real) = Real::new("read") else { return };
    let mut different = Vec::new();
    for line in READ.lines().filter(|line| !line.is_empty()) {
        let [resource, validation, body]: [String; 3] = serde_json::from_str(line).unwrap();
        let kind = kind(&resource);
        let address = format!("{}?dryRun=All&fieldValidation={validation}", path(kind, &real.namespace));
        let theirs = real.send("POST", &address, "application/json", body.as_bytes());
        let validation = match validation.as_str() {
            "Strict" => Validation::Strict,
            "Ignore" => Validation::Ignore,
            _ => Validation::Warn,
        };
        let (code, value, warnings) = ours(kind, body.as_bytes(), Media::Json, validation);
        let expected =
            json!([theirs.code == 400, if theirs.code == 400 { theirs.body } else { Value::Null }, theirs.warnings]);
        let got = json!([code == 400, if code == 400 { value } else { Value::Null }, warnings]);
        if expected != got {
            different.push(format!("{line}\n  theirs {expected}\n  ours   {got}"));
        }
    }
    assert!(different.is_empty(), "{} differ:\n{}", different.len(), different.join("\n"));
}

/// Objects by resource, as YAML documents.
const SAMPLES: &str = include_str!("samples.yaml");

#[test]
fn objects_are_completed_as_by_the_real_server() {
    let Some(real) = Real::new("create") else { return };
    let (mut different, mut count) = (Vec::new(), 0);
    for document in SAMPLES.split("\n---\n") {
        let document = document.replace("NAMESPACE", &real.namespace);
        let resource = document.trim_start().lines().next().unwrap().trim_start_matches("# ").to_owned();
        let kind = kind(&resource);
        let address = format!("{}?dryRun=All", path(kind, &real.namespace));
        let theirs = real.send("POST", &address, "application/yaml", document.as_bytes());
        count += 1;
        let (code, value, _) = ours(kind, document.as_bytes(), Media::Yaml, Validation::Warn);
        if theirs.code != 201 || code != 201 {
            different.push(format!("{document}\n  theirs {} {}\n  ours   {code} {value}", theirs.code, theirs.body));
            continue;
        }
        let (theirs, ours) = (admitted(plain(theirs.body)), plain(value));
        let lines = difference("", &theirs, &ours);
        if !lines.is_empty() {
            different.push(format!("{document}\n{}", lines.join("\n")));
        }
    }
    assert!(count >= 60, "{count} samples");
    assert!(different.is_empty(), "{} of {count} differ:\n{}", different.len(), different.join("\n"));
}

/// What admission, allocators and a kind's strategy add: those are other parts' business.
const ADDED: [&str; 13] = [
    "/metadata/annotations/deprecated.daemonset.template.generation",
    "/metadata/finalizers",
    "/spec/clusterIP",
    "/spec/clusterIPs",
    "/spec/finalizers",
    "/spec/ipFamilies",
    "/spec/ipFamilyPolicy",
    "/spec/preemptionPolicy",
    "/spec/priority",
    "/spec/selector",
    "/spec/serviceAccount",
    "/spec/serviceAccountName",
    "/spec/template/metadata/labels",
];

/// An answer without the taints, tolerations and labels that admission and strategies add to those that were sent.
fn admitted(mut object: Value) -> Value {
    let own = |one: &Value| !one["key"].as_str().unwrap_or_default().starts_with("node.kubernetes.io/");
    for (path, name) in [("/spec", "tolerations"), ("/spec", "taints")] {
        let Some(parent) = object.pointer_mut(path).and_then(Value::as_object_mut) else { continue };
        if let Some(list) = parent.get_mut(name).and_then(Value::as_array_mut) {
            list.retain(own);
            if list.is_empty() {
                parent.remove(name);
            }
        }
    }
    let made = |name: &String| name.ends_with("controller-uid") || name.ends_with("job-name");
    for path in ["/metadata", "/spec/template/metadata"] {
        let Some(parent) = object.pointer_mut(path).and_then(Value::as_object_mut) else { continue };
        for name in ["labels", "annotations"] {
            if let Some(map) = parent.get_mut(name).and_then(Value::as_object_mut) {
                map.retain(|name, _| !made(name) && !name.starts_with("deprecated.daemonset"));
                if map.is_empty() {
                    parent.remove(name);
                }
            }
        }
    }
    object
}

fn difference(path: &str, theirs: &Value, ours: &Value) -> Vec<String> {
    match (theirs, ours) {
        (Value::Object(left), Value::Object(right)) => {
            let names: std::collections::BTreeSet<_> = left.keys().chain(right.keys()).collect();
            let below = |name: &String| match (left.get(name), right.get(name)) {
                (Some(left), Some(right)) => difference(&format!("{path}/{name}"), left, right),
                (Some(_), None) if ADDED.contains(&format!("{path}/{name}").as_str()) => Vec::new(),
                (left, right) => vec![format!("  {path}/{name}: theirs {left:?}, ours {right:?}")],
            };
            names.into_iter().flat_map(below).collect()
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            let pairs = left.iter().zip(right).enumerate();
            pairs.flat_map(|(at, (left, right))| difference(&format!("{path}/{at}"), left, right)).collect()
        }
        _ if theirs == ours => Vec::new(),
        _ => vec![format!("  {path}: theirs {theirs}, ours {ours}")],
    }
}
