use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Unknown, read, table};
use crate::object::{Media, Target, Validation, decode};
use crate::types::builtin;

/// Bodies that a real kube-apiserver wrote, with the JSON that it wrote of the same object.
macro_rules! samples {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_bytes!(concat!("samples/", $name, ".pb")).as_slice(), include_str!(concat!("samples/", $name, ".json")))),+]
    };
}

fn decoded(kind: &str, api_version: &str, body: &[u8]) -> Result<Value, String> {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let found = builtin().kind(group, version, kind).unwrap();
    let target = Target { api_version, kind, schema: found.schema, known: &|_, _| true };
    let decoded = decode(&builtin().types, &target, body, Media::Protobuf, Validation::Strict);
    decoded.map(|decoded| decoded.value).map_err(|status| status.message)
}

#[test]
fn what_the_real_server_wrote_is_the_object_that_it_wrote_in_json() {
    let samples = samples![
        "configmap",
        "cronjob",
        "customresourcedefinition",
        "event",
        "horizontalpodautoscaler",
        "ingress",
        "lease",
        "networkpolicy",
        "pod",
        "resourcequota",
        "secret",
    ];
    for (name, body, text) in samples {
        let expected: Value = serde_json::from_str(text).unwrap();
        let of = |name: &str| expected[name].as_str().unwrap().to_owned();
        assert_eq!(decoded(&of("kind"), &of("apiVersion"), body).unwrap(), expected, "{name}");
    }
}

#[test]
fn the_committed_table_is_whole_and_has_every_struct() {
    let table = table::load().unwrap();
    for one in builtin().types.all() {
        let fields = &table[one.name.split('#').next().unwrap()];
        let inline = |kind: &table::Kind| match kind {
            table::Kind::Message(name) => table[name.as_str()].values().map(|field| field.name).collect(),
            _ => Vec::new(),
        };
        let named = |field: &table::Field| match field.form {
            table::Form::Inline => inline(&field.kind),
            _ => vec![field.name],
        };
        let names: Vec<_> = fields.values().flat_map(named).collect();
        for name in one.fields.keys().filter(|name| !["apiVersion", "kind"].contains(&name.as_str())) {
            assert!(names.contains(&name.as_str()), "{}: {name}", one.name);
        }
    }
}

fn refused(body: &[u8]) -> String {
    decoded("ConfigMap", "v1", body).unwrap_err()
}

#[test]
fn what_is_no_message_is_refused_in_the_words_of_the_real_server() {
    let said = |body: &[u8]| refused(body);
    insta::assert_snapshot!(said(b""), @"the object provided is unrecognized (must be of type ConfigMap): empty data (<empty>)");
    insta::assert_snapshot!(said(b"abc"), @"the object provided is unrecognized (must be of type ConfigMap): provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] (616263)");
    insta::assert_snapshot!(said(b"k8s\0"), @"the object provided is unrecognized (must be of type ConfigMap): empty body (6b387300)");
    insta::assert_snapshot!(said(b"k8s\0\x0a\x50"), @"the object provided is unrecognized (must be of type ConfigMap): unexpected EOF (6b3873000a50)");
    insta::assert_snapshot!(said(b"k8s\0\x12\x02\x08\x01"), @r#"ConfigMap in version "v1" cannot be handled as a ConfigMap: proto: wrong wireType = 0 for field ObjectMeta"#);
    insta::assert_snapshot!(said(b"k8s\0\x12\x02\x0a\x09"), @r#"ConfigMap in version "v1" cannot be handled as a ConfigMap: unexpected EOF"#);
    insta::assert_snapshot!(said(b"k8s\0\x12\x04\x0a\x02\x08\x01"), @r#"ConfigMap in version "v1" cannot be handled as a ConfigMap: proto: wrong wireType = 0 for field Name"#);
    insta::assert_snapshot!(said(b"k8s\0\x12\x01\x0c"), @r#"ConfigMap in version "v1" cannot be handled as a ConfigMap: proto: ConfigMap: wiretype end group for non-group"#);
    insta::assert_snapshot!(said(b"k8s\0\x12\x01\x07"), @r#"ConfigMap in version "v1" cannot be handled as a ConfigMap: proto: ConfigMap: illegal tag 0 (wire type 7)"#);
    insta::assert_snapshot!(said(b"k8s\0\x12\x02\x5f\x07"), @r#"ConfigMap in version "v1" cannot be handled as a ConfigMap: proto: illegal wireType 7"#);
}

#[test]
fn schemas_in_one_another_end_somewhere() {
    let mut message = Vec::new();
    for _ in 0..20_000 {
        let mut outer = vec![0xe2, 0x01];
        let mut length = message.len();
        while length > 0x7f {
            outer.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
            length >>= 7;
        }
        outer.push(u8::try_from(length).unwrap());
        outer.append(&mut message);
        message = outer;
    }
    let name = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps";
    assert_eq!(read(name, &message).unwrap_err().to_string(), "exceeded max depth");
}

#[test]
fn numbers_in_a_row_are_read_one_by_one_too() {
    let name = "io.k8s.api.batch.v1.PodFailurePolicyOnExitCodesRequirement";
    let expected = json!({"values": [1, 300]});
    assert_eq!(Value::from(read(name, b"\x18\x01\x18\xac\x02").unwrap()), expected);
    assert_eq!(Value::from(read(name, b"\x1a\x03\x01\xac\x02").unwrap()), expected);
}

#[test]
fn a_message_that_comes_in_parts_is_one() {
    let name = "io.k8s.api.core.v1.ConfigMap";
    let body = b"\x0a\x03\x0a\x01a\x0a\x03\x1a\x01n\x12\x06\x0a\x01k\x12\x01v\x12\x03\x0a\x01l";
    let expected = json!({"metadata": {"name": "a", "namespace": "n"}, "data": {"k": "v", "l": ""}});
    assert_eq!(Value::from(read(name, body).unwrap()), expected);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), place in any::<prop::sample::Index>()) {
        let _ = Unknown::read(&bytes);
        let all: Vec<_> = table::table().keys().collect();
        let _ = read(all[place.index(all.len())], &bytes);
    }

    #[test]
    fn a_body_that_is_cut_or_changed_is_read_or_refused(at in any::<prop::sample::Index>(), byte: u8, cut: bool) {
        let mut body = include_bytes!("samples/pod.pb").to_vec();
        let at = at.index(body.len());
        body[at] = byte;
        if cut {
            body.truncate(at);
        }
        let _ = decoded("Pod", "v1", &body);
    }
}
