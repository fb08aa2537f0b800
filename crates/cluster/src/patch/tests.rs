use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{Kind, Subject, merge, patch};
use crate::object::Validation;
use crate::status::Status;
use crate::types::builtin;

fn patched(current: &Value, kind: Kind, body: &[u8]) -> Result<Value, Status> {
    let schema = builtin().kind("", "v1", "ConfigMap").unwrap().schema;
    let subject = Subject { types: &builtin().types, schema, current };
    patch(subject, kind, body, Validation::Strict).map(|patched| patched.value)
}

fn map() -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a": "1"}})
}

#[test]
fn what_cannot_be_applied_is_refused() {
    let refused =
        |kind, body: &[u8]| patched(&map(), kind, body).map_err(|status| (status.code, status.message)).unwrap_err();
    assert_eq!(
        refused(Kind::Json, br#"[{"op":"remove","path":"/data/x"}]"#),
        (422, "the server rejected our request due to an error in our request".to_owned())
    );
    assert_eq!(
        refused(Kind::Json, b"{}").1,
        "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"
    );
    let many = format!("[{}]", vec![r#"{"op":"add","path":"/data/a","value":""}"#; 10_001].join(","));
    assert_eq!(
        refused(Kind::Json, many.as_bytes()),
        (
            413,
            "Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001".to_owned()
        )
    );
    assert_eq!(
        refused(Kind::Merge, b"[]").1,
        "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}"
    );
    let (code, message) = refused(Kind::Strategic, br#"{"foo":1}"#);
    assert_eq!(code, 422);
    assert!(
        message.ends_with(r#"patch: Invalid value: "map[foo:1]": strict decoding error: unknown field "foo""#),
        "{message}"
    );
}

/// Values without `null`, which a merge patch cannot set.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i8>().prop_map(Value::from),
        "[a-c]{0,2}".prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[a-d]", inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn maps() -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::btree_map("[a-d]", values(), 0..4).prop_map(|map| map.into_iter().collect())
}

/// The merge patch from one object to another.
fn difference(from: &Map<String, Value>, to: &Map<String, Value>) -> Map<String, Value> {
    let gone = from.keys().filter(|name| !to.contains_key(*name)).map(|name| (name.clone(), Value::Null));
    let changed = to.iter().filter(|(name, value)| from.get(*name) != Some(value));
    let changed = changed.map(|(name, value)| match (from.get(name), value) {
        (Some(Value::Object(from)), Value::Object(to)) => (name.clone(), difference(from, to).into()),
        _ => (name.clone(), value.clone()),
    });
    gone.chain(changed).collect()
}

proptest! {
    #[test]
    fn the_difference_leads_from_one_object_to_the_other(from in maps(), to in maps()) {
        let mut merged = from.clone();
        merge::merge(&mut merged, difference(&from, &to));
        prop_assert_eq!(merged, to);
    }

    #[test]
    fn a_merge_patch_applied_twice_is_applied_once(from in maps(), change in maps()) {
        let mut once = from.clone();
        merge::merge(&mut once, change.clone());
        let mut twice = once.clone();
        merge::merge(&mut twice, change);
        prop_assert_eq!(twice, once);
    }

    #[test]
    fn any_patch_is_applied_or_refused(change in values(), operations in "[a-z\\[\\]{}:,\"$/]{0,40}") {
        for kind in [Kind::Json, Kind::Merge, Kind::Strategic] {
            let _ = patched(&map(), kind, change.to_string().as_bytes());
            let _ = patched(&map(), kind, operations.as_bytes());
        }
    }
}
