//! Single cases whose outcome the real server told.

use serde_json::{Value, json};

use super::{FieldSet, Request, Reset, Resource, apply, keep_times, update};
use crate::types::{Field, Format, List, Map, Shape, Struct, TypeId, Types, builtin};

const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
const THEN: &str = "2026-01-01T00:00:00Z";
const NOW: &str = "2026-01-02T00:00:00Z";

fn text() -> Shape {
    Shape::String(Format::Plain)
}

fn map(value: Shape, atomic: bool) -> Shape {
    Shape::Map(Box::new(Map { value, atomic }))
}

fn structure<const N: usize>(fields: [(&str, Shape); N]) -> Struct {
    let fields = fields.map(|(name, shape)| (name.to_owned(), Field::new(shape)));
    Struct { fields: fields.into(), ..Struct::default() }
}

/// A kind with one of each.
fn types() -> Types {
    let mut item = structure([("name", text()), ("zone", text()), ("count", Shape::Int32), ("on", Shape::Boolean)]);
    item.fields.get_mut("zone").unwrap().default = Some("here".into());
    let keys = vec!["name".to_owned(), "zone".to_owned()];
    Types::new(vec![
        structure([
            ("apiVersion", text()),
            ("kind", text()),
            ("metadata", Shape::Struct(TypeId(1))),
            ("spec", Shape::Struct(TypeId(2))),
            ("status", map(text(), false)),
        ]),
        structure([
            ("name", text()),
            ("uid", text()),
            ("resourceVersion", text()),
            ("labels", map(text(), false)),
            ("annotations", map(text(), false)),
            ("managedFields", Shape::List(Box::new(List::Atomic(Shape::Any)))),
        ]),
        structure([
            ("text", text()),
            ("count", Shape::Int32),
            ("parts", Shape::List(Box::new(List::Map(Shape::Struct(TypeId(3)), keys)))),
            ("set", Shape::List(Box::new(List::Set(text())))),
            ("whole", map(text(), true)),
            ("plain", Shape::List(Box::new(List::Atomic(text())))),
        ]),
        item,
    ])
}

/// An object and those who change it.
struct Case {
    types: Types,
    reset: Reset<'static>,
    live: Option<Value>,
}

impl Case {
    fn new() -> Self {
        Self { types: types(), reset: Reset::Fields(FieldSet::of_fields(&[&["status"]])), live: None }
    }

    fn resource(&self) -> Resource<'_> {
        Resource {
            types: &self.types,
            schema: Some(TypeId(0)),
            api_version: "shop/v1",
            kind: "Part",
            subresource: "",
            versions: &[],
            custom: false,
            reset: &self.reset,
        }
    }

    fn try_apply(&mut self, manager: &str, force: bool, now: &str, rest: &Value) -> Result<bool, String> {
        let config = object(rest);
        let request = Request { config: &config, manager, force, now };
        let applied = apply(&self.resource(), self.live.as_ref(), &request).map_err(|status| status.to_string())?;
        self.live = Some(applied.object);
        Ok(applied.changed)
    }

    #[track_caller]
    fn apply(&mut self, manager: &str, rest: &Value) {
        self.try_apply(manager, false, THEN, rest).unwrap();
        self.live.as_mut().unwrap()["metadata"]["uid"] = "1".into();
    }

    fn update(&mut self, manager: &str, now: &str, change: impl FnOnce(&mut Value)) {
        let mut new = self.live.clone().unwrap_or_else(|| object(&json!({})));
        change(&mut new);
        self.live = Some(update(&self.resource(), self.live.as_ref(), new, manager, now));
        self.live.as_mut().unwrap()["metadata"]["uid"] = "1".into();
    }

    fn spec(&self) -> String {
        self.live.as_ref().unwrap()["spec"].to_string()
    }

    /// The managers, a line each.
    fn managers(&self) -> String {
        let entries = self.live.as_ref().unwrap()["metadata"]["managedFields"].as_array().cloned().unwrap_or_default();
        let line = |entry: &Value| {
            let time = entry["time"].as_str().unwrap_or("never");
            let (manager, operation) = (entry["manager"].as_str().unwrap(), entry["operation"].as_str().unwrap());
            format!("{manager} {operation} {time} {}", entry["fieldsV1"])
        };
        entries.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

fn object(rest: &Value) -> Value {
    let mut object = json!({"apiVersion": "shop/v1", "kind": "Part", "metadata": {"name": "one"}});
    for (name, value) in rest.as_object().unwrap() {
        match (name.as_str(), value) {
            ("metadata", Value::Object(fields)) => object["metadata"].as_object_mut().unwrap().extend(fields.clone()),
            _ => object[name] = value.clone(),
        }
    }
    object
}

#[test]
fn what_is_no_longer_applied_goes_unless_somebody_else_owns_it() {
    let mut case = Case::new();
    case.apply("a", &json!({"spec": {"text": "x", "count": 1, "set": ["p", "q"]}}));
    case.apply("b", &json!({"spec": {"count": 1, "set": ["q"]}}));
    case.apply("a", &json!({"spec": {"text": "x"}}));
    insta::assert_snapshot!(case.spec(), @r#"{"count":1,"set":["q"],"text":"x"}"#);
    insta::assert_snapshot!(case.managers(), @r#"
    b Apply never {"f:spec":{"f:count":{},"f:set":{"v:\"q\"":{}}}}
    a Apply 2026-01-01T00:00:00Z {"f:spec":{"f:text":{}}}
    "#);
}

#[test]
fn an_item_goes_with_what_an_update_put_into_it() {
    let mut case = Case::new();
    case.apply("a", &json!({"spec": {"text": "x", "parts": [{"name": "p", "count": 1}, {"name": "q"}]}}));
    case.apply("b", &json!({"spec": {"parts": [{"name": "q", "on": true}]}}));
    case.update("u", THEN, |new| new["spec"]["parts"][0]["on"] = true.into());
    case.apply("a", &json!({"spec": {"text": "x"}}));
    insta::assert_snapshot!(case.spec(), @r#"{"parts":[{"name":"q","on":true}],"text":"x"}"#);
}

#[test]
fn items_have_the_order_of_the_configuration() {
    let mut case = Case::new();
    case.apply("a", &json!({"spec": {"set": ["a", "b", "c", "d"]}}));
    case.apply("b", &json!({"spec": {"set": ["d", "x", "b"]}}));
    insta::assert_snapshot!(case.spec(), @r#"{"set":["a","c","d","x","b"]}"#);
}

#[test]
fn an_item_is_the_same_with_its_default_key() {
    let mut case = Case::new();
    case.apply("a", &json!({"spec": {"parts": [{"name": "p", "count": 1}]}}));
    case.apply(
        "a",
        &json!({"spec": {"parts": [{"name": "p", "zone": "here", "count": 2}, {"name": "p", "zone": "there"}]}}),
    );
    insta::assert_snapshot!(case.spec(), @r#"{"parts":[{"count":2,"name":"p","zone":"here"},{"name":"p","zone":"there"}]}"#);
}

#[test]
fn a_conflict_names_the_owner_and_the_field() {
    let mut case = Case::new();
    case.apply("a", &json!({"spec": {"text": "x", "parts": [{"name": "p", "count": 1}]}}));
    case.update("u", THEN, |new| new["spec"]["count"] = 1.into());
    let one = case.try_apply("b", false, NOW, &json!({"spec": {"text": "y"}})).unwrap_err();
    insta::assert_snapshot!(one, @r#"Apply failed with 1 conflict: conflict with "a": .spec.text"#);
    let all = json!({"spec": {"text": "y", "count": 2, "parts": [{"name": "p", "count": 2}]}});
    insta::assert_snapshot!(case.try_apply("b", false, NOW, &all).unwrap_err(), @r#"
    Apply failed with 3 conflicts: conflicts with "a":
    - .spec.text
    - .spec.parts[name="p",zone="here"].count
    conflicts with "u" using shop/v1:
    - .spec.count
    "#);
    case.try_apply("b", true, NOW, &all).unwrap();
    insta::assert_snapshot!(case.managers(), @r#"
    a Apply 2026-01-01T00:00:00Z {"f:spec":{"f:parts":{"k:{\"name\":\"p\",\"zone\":\"here\"}":{".":{},"f:name":{}}}}}
    b Apply 2026-01-02T00:00:00Z {"f:spec":{"f:count":{},"f:parts":{"k:{\"name\":\"p\",\"zone\":\"here\"}":{".":{},"f:count":{},"f:name":{}}},"f:text":{}}}
    "#);
}

#[test]
fn a_configuration_that_does_not_fit_is_refused() {
    let mut case = Case::new();
    let mut why = |spec: Value| case.try_apply("a", false, NOW, &json!({"spec": spec})).unwrap_err();
    insta::assert_snapshot!(why(json!({"text": 1, "whole": ["x"]})), @r#"
    failed to create typed patch object (/one; shop/v1, Kind=Part): errors:
      .spec.text: expected string, got &value.valueUnstructured{Value:1}
      .spec.whole: expected map, got &{[x]}
    "#);
    insta::assert_snapshot!(why(json!({"count": "1"})), @"failed to create typed patch object (/one; shop/v1, Kind=Part): .spec.count: expected numeric (int or float), got string");
    insta::assert_snapshot!(why(json!({"other": 1})), @"failed to create typed patch object (/one; shop/v1, Kind=Part): .spec.other: field not declared in schema");
    insta::assert_snapshot!(why(json!({"set": ["a", "a"]})), @r#"failed to create typed patch object (/one; shop/v1, Kind=Part): .spec.set: duplicate entries for key [="a"]"#);
    insta::assert_snapshot!(why(json!({"parts": [{"name": "p"}, {"name": "p", "zone": "here"}]})), @r#"failed to create typed patch object (/one; shop/v1, Kind=Part): .spec.parts: duplicate entries for key [name="p",zone="here"]"#);
    insta::assert_snapshot!(why(json!({"parts": ["p"]})), @"failed to create typed patch object (/one; shop/v1, Kind=Part): .spec.parts: element 0: associative list with keys may not have non-map elements");
    assert_eq!(case.live, None);
}

#[test]
fn what_changes_nothing_says_so_and_keeps_its_time() {
    let mut case = Case::new();
    case.apply("a", &json!({"spec": {"text": "x"}}));
    assert_eq!(case.try_apply("a", false, NOW, &json!({"spec": {"text": "x"}})), Ok(false));
    insta::assert_snapshot!(case.managers(), @r#"a Apply 2026-01-01T00:00:00Z {"f:spec":{"f:text":{}}}"#);
    let before = case.live.clone().unwrap();
    let mut after = before.clone();
    after["metadata"]["managedFields"][0]["time"] = NOW.into();
    keep_times(&before, &mut after);
    assert_eq!(after, before);
    after["metadata"]["managedFields"][0]["time"] = NOW.into();
    after["spec"]["text"] = "y".into();
    keep_times(&before, &mut after);
    assert_eq!(after["metadata"]["managedFields"][0]["time"], NOW);
}

#[test]
fn what_is_put_back_is_owned_by_nobody() {
    let mut case = Case::new();
    case.apply("a", &json!({"status": {"phase": "x"}, "spec": {"text": "x"}}));
    case.update("u", THEN, |new| new["status"]["phase"] = "y".into());
    insta::assert_snapshot!(case.managers(), @r#"a Apply 2026-01-01T00:00:00Z {"f:spec":{"f:text":{}}}"#);
    case.reset = Reset::AllBut(&[&["spec", "parts", "*", "count"], &["spec", "set"]]);
    case.update("u", THEN, |new| {
        new["spec"] = json!({"text": "y", "set": ["a"], "parts": [{"name": "p", "count": 1, "on": true}]});
    });
    insta::assert_snapshot!(case.managers(), @r#"
    a Apply 2026-01-01T00:00:00Z {"f:spec":{"f:text":{}}}
    u Update 2026-01-01T00:00:00Z {"f:spec":{"f:parts":{".":{},"k:{\"name\":\"p\",\"zone\":\"here\"}":{".":{},"f:count":{}}},"f:set":{".":{},"v:\"a\"":{}}}}
    "#);
}

#[test]
fn more_than_ten_managers_that_update_become_ten() {
    let mut case = Case::new();
    for number in 0..13 {
        let now = format!("2026-01-01T00:00:{number:02}Z");
        case.update(&format!("u{number}"), &now, |new| new["metadata"]["labels"][format!("l{number}")] = "x".into());
    }
    let managers = case.managers();
    assert_eq!(managers.lines().count(), 10);
    let first = r#"ancient-changes Update 2026-01-01T00:00:03Z {"f:metadata":{"f:labels":{".":{},"f:l0":{},"f:l1":{},"f:l2":{},"f:l3":{}}}}"#;
    assert_eq!(managers.lines().next(), Some(first));
}

#[test]
fn managers_are_taken_away_by_an_empty_list_and_come_back_with_the_first_apply() {
    let mut case = Case::new();
    case.apply("a", &json!({"spec": {"text": "x"}}));
    case.update("u", THEN, |new| new["metadata"]["managedFields"] = json!([{}]));
    case.update("u", THEN, |new| new["spec"]["text"] = "y".into());
    insta::assert_snapshot!(case.managers(), @"");
    case.try_apply("a", false, NOW, &json!({"spec": {"count": 1}})).unwrap();
    insta::assert_snapshot!(case.managers(), @r#"
    a Apply 2026-01-02T00:00:00Z {"f:spec":{"f:count":{}}}
    before-first-apply Update 2026-01-02T00:00:00Z {"f:spec":{".":{},"f:text":{}}}
    "#);
}

#[test]
fn kubectl_takes_over_what_its_client_side_applied() {
    let written = object(&json!({"spec": {"text": "x", "count": 1}})).to_string();
    let mut case = Case::new();
    case.update("kubectl-client-side-apply", THEN, |new| {
        new["metadata"]["annotations"] = json!({LAST_APPLIED: written});
        new["spec"] = json!({"text": "x", "count": 1});
    });
    case.update("u", THEN, |new| new["spec"]["count"] = 2.into());
    let refused = case.try_apply("kubectl", false, NOW, &json!({"spec": {"text": "y", "count": 3}})).unwrap_err();
    insta::assert_snapshot!(refused, @r#"Apply failed with 1 conflict: conflict with "u" using shop/v1: .spec.count"#);
    case.try_apply("kubectl", false, NOW, &json!({"spec": {"text": "<y>"}})).unwrap();
    insta::assert_snapshot!(case.live.as_ref().unwrap()["metadata"]["annotations"][LAST_APPLIED].as_str().unwrap(), @r#"{"apiVersion":"shop/v1","kind":"Part","metadata":{"name":"one"},"spec":{"text":"\u003cy\u003e"}}"#);
}

#[test]
fn kubectl_takes_nothing_over_from_an_object_with_an_item_twice() {
    let written = object(&json!({"spec": {"text": "x"}})).to_string();
    let mut case = Case::new();
    case.update("kubectl-client-side-apply", THEN, |new| {
        new["metadata"]["annotations"] = json!({LAST_APPLIED: written});
        new["spec"] = json!({"text": "x", "set": ["a", "a"]});
    });
    let refused = case.try_apply("kubectl", false, NOW, &json!({"spec": {"text": "y"}})).unwrap_err();
    insta::assert_snapshot!(refused, @r#"Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using shop/v1: .spec.text"#);
}

#[test]
fn what_a_kind_keeps_for_others_belongs_to_one_manager() {
    let kind = builtin().kind("apps", "v1", "ControllerRevision").unwrap();
    let resource = Resource {
        types: &builtin().types,
        schema: Some(kind.schema),
        api_version: "apps/v1",
        kind: "ControllerRevision",
        subresource: "",
        versions: &[],
        custom: false,
        reset: &Reset::Nothing,
    };
    let config = json!({"apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": {"name": "one"}, "revision": 1,
        "data": {"a": {"b": "c"}, "d": null}});
    let applied = apply(&resource, None, &Request { config: &config, manager: "a", force: false, now: NOW }).unwrap();
    let fields = &applied.object["metadata"]["managedFields"][0]["fieldsV1"];
    insta::assert_snapshot!(fields, @r#"{"f:data":{},"f:revision":{}}"#);
}
