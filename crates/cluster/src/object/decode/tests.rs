use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Decoded, Media, Target, Validation, decode};
use crate::object::default;
use crate::status::Status;
use crate::types::builtin;

fn read(api_version: &str, kind: &str, body: &[u8], media: Media, validation: Validation) -> Result<Decoded, Status> {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let schema = builtin().kind(group, version, kind).unwrap().schema;
    let known = |_: &str, kind: &str| kind != "Unknown";
    decode(&builtin().types, &Target { api_version, kind, schema, known: &known }, body, media, validation)
}

fn pod(body: &Value) -> Result<Value, Status> {
    read("v1", "Pod", body.to_string().as_bytes(), Media::Json, Validation::Strict).map(|decoded| decoded.value)
}

#[test]
fn an_object_is_written_as_go_writes_it() {
    let body = json!({"metadata": {"name": "a", "labels": {}, "creationTimestamp": null}, "spec": {
        "containers": [{"name": "a", "command": [], "env": [{"name": "E", "value": ""}],
            "resources": {"limits": {"cpu": 0.5, "memory": "1024Mi"}}}],
        "terminationGracePeriodSeconds": 0, "hostNetwork": false, "nodeSelector": null}});
    assert_eq!(
        pod(&body).unwrap(),
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "status": {}, "spec": {
            "containers": [{"name": "a", "env": [{"name": "E"}], "resources": {"limits": {"cpu": "500m", "memory": "1Gi"}}}],
            "terminationGracePeriodSeconds": 0}})
    );
}

#[test]
fn unknown_and_duplicate_fields_are_refused_or_warned_of() {
    let body = br#"{"metadata":{"name":"a"},"spec":{"foo":1,"containers":[{"name":"a","name":"b"}]}}"#;
    let found = ["unknown field \"spec.foo\"", "duplicate field \"spec.containers[0].name\""];
    let read = |validation| read("v1", "Pod", body, Media::Json, validation);
    assert_eq!(read(Validation::Warn).unwrap().warnings, found);
    assert!(read(Validation::Ignore).unwrap().warnings.is_empty());
    let refusal = read(Validation::Strict).unwrap_err();
    let said = format!("Pod in version \"v1\" cannot be handled as a Pod: strict decoding error: {}", found.join(", "));
    assert_eq!((refusal.code, refusal.message), (400, said));
}

#[test]
fn yaml_is_read_as_its_json() {
    let body = b"metadata: {name: a}\ndata:\n  a: 'yes'\n";
    let decoded = read("v1", "ConfigMap", body, Media::Yaml, Validation::Strict).unwrap();
    assert_eq!(decoded.value["data"], json!({"a": "yes"}));
    assert_eq!(read("v1", "ConfigMap", b"a: [", Media::Yaml, Validation::Strict).unwrap_err().code, 400);
}

#[test]
fn deep_and_broken_bodies_are_refused() {
    let refused =
        |body: &str, media| read("v1", "ConfigMap", body.as_bytes(), media, Validation::Warn).unwrap_err().code;
    for body in ["[".repeat(100_000), "{\"a\":".repeat(100_000), "\u{0}".to_owned()] {
        assert_eq!((refused(&body, Media::Json), refused(&body, Media::Yaml)), (400, 400));
    }
    assert_eq!(refused("", Media::Json), 400);
}

/// Objects with the names of real fields, and values that fit them or not.
fn objects() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-z0-9.:/]{0,6}".prop_map(Value::from),
    ];
    let names = prop::sample::select(vec![
        "metadata",
        "name",
        "labels",
        "spec",
        "containers",
        "env",
        "value",
        "resources",
        "limits",
        "cpu",
        "image",
        "ports",
        "containerPort",
        "volumes",
        "emptyDir",
        "sizeLimit",
        "tolerations",
        "key",
        "affinity",
        "foo",
    ]);
    leaf.prop_recursive(8, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(names.clone().prop_map(str::to_owned), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_was_read_reads_the_same_again(object in objects()) {
        let body = json!({"metadata": {"name": "a"}, "spec": object});
        let read = |body: &Value| read("v1", "Pod", body.to_string().as_bytes(), Media::Json, Validation::Ignore);
        if let Ok(mut decoded) = read(&body) {
            prop_assert_eq!(&read(&decoded.value).unwrap().value, &decoded.value);
            let schema = builtin().kind("", "v1", "Pod").unwrap().schema;
            default(&builtin().types, schema, &mut decoded.value);
            let once = decoded.value.clone();
            default(&builtin().types, schema, &mut decoded.value);
            prop_assert_eq!(&decoded.value, &once);
        }
    }

    #[test]
    fn any_body_is_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..80), strict in any::<bool>()) {
        let validation = if strict { Validation::Strict } else { Validation::Ignore };
        let _ = read("v1", "Pod", &body, Media::Json, validation);
        let _ = read("v1", "Pod", &body, Media::Yaml, validation);
    }
}
