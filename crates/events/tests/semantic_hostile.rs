//! Schemas made to exhaust whoever reads them: a verdict, or none, in bounded time.

use std::time::Duration;

use linkspan_events::compat::semantic::{Budget, Verdict, compare};
use linkspan_events::schema::{Bundle, Dialect};
use serde_json::{Map, Value, json};

/// With as much time as a busy machine needs.
fn verdict(writer: &Value, reader: &Value) -> Verdict {
    within(30, writer, reader)
}

/// For what nobody can decide.
fn hurried(writer: &Value, reader: &Value) -> Verdict {
    within(1, writer, reader)
}

fn within(seconds: u64, writer: &Value, reader: &Value) -> Verdict {
    let bundle = |schema: &Value| Bundle::alone(schema.clone(), Dialect::Draft202012);
    compare(&bundle(writer), &bundle(reader), Budget { time: Duration::from_secs(seconds) })
}

fn is_breaking(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Breaking(_))
}

fn is_unknown(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Unknown(_))
}

fn nested(depth: usize, wrap: impl Fn(Value) -> Value, innermost: Value) -> Value {
    (0..depth).fold(innermost, |inner, _| wrap(inner))
}

/// Dropping such a value must not overflow the stack either.
fn forget(values: [Value; 2]) {
    values.into_iter().for_each(std::mem::forget);
}

#[test]
fn deep_nesting() {
    let member = |name: &str, value: Value| Value::Object(Map::from_iter([(name.to_owned(), value)]));
    let wrap = |inner: Value| member("properties", member("a", inner));
    let (one, other) = (nested(60, wrap, json!({"type": "integer"})), nested(60, wrap, json!({"type": "string"})));
    assert!(is_breaking(&verdict(&one, &other)));
    let (one, other) = (nested(20_000, wrap, json!({})), nested(20_000, wrap, json!({"type": "string"})));
    let bundle = |value| Bundle::alone(value, Dialect::Draft7);
    let (one, other) = (bundle(one), bundle(other));
    assert!(is_unknown(&compare(&one, &other, Budget::default())));
    forget([one.value, other.value]);
}

#[test]
fn chains_of_references() {
    let chain = |length: usize, last: Value| {
        let mut defs: Map<String, Value> =
            (0..length).map(|n| (format!("d{n}"), json!({ "$ref": format!("#/$defs/d{}", n + 1) }))).collect();
        defs.insert(format!("d{length}"), last);
        json!({ "$ref": "#/$defs/d0", "$defs": defs })
    };
    assert!(is_breaking(&verdict(&chain(500, json!({})), &chain(500, json!({"type": "string"})))));
    let long = hurried(&chain(20_000, json!({})), &chain(20_000, json!({"type": "string"})));
    assert!(!matches!(long, Verdict::Compatible), "{long:?}");
}

#[test]
fn references_in_circles() {
    let circle =
        json!({ "$ref": "#/$defs/a", "$defs": { "a": { "$ref": "#/$defs/b" }, "b": { "$ref": "#/$defs/a" } } });
    assert!(is_unknown(&verdict(&circle, &json!({"type": "string"}))));
    assert!(is_unknown(&verdict(&json!({"type": "string"}), &circle)));
    let within = json!({ "anyOf": [{ "$ref": "#" }, { "type": "string" }] });
    assert!(is_unknown(&verdict(&within, &json!({"type": "string"}))));
}

#[test]
fn patterns_that_explode() {
    let one = json!({ "type": "string", "pattern": "^(a+)+$" });
    assert!(is_breaking(&verdict(&one, &json!({ "type": "string", "pattern": "^(aa)+$" }))));
    assert!(matches!(verdict(&one, &json!({ "pattern": "^a*$" })), Verdict::Compatible));
    let large = json!({ "type": "string", "pattern": "^(.{0,500}x){500}$" });
    let small = json!({ "type": "string", "pattern": "^(.{0,400}y){400}$" });
    assert!(!matches!(hurried(&large, &small), Verdict::Compatible));
    let behind = json!({ "type": "string", "pattern": "(?=(a+)+b)(a|aa)+" });
    assert!(!matches!(verdict(&behind, &json!({ "maxLength": 3 })), Verdict::Compatible));
}

#[test]
fn large_enumerations() {
    let texts =
        |range: std::ops::Range<u32>| json!({ "enum": range.map(|n| format!("value {n:030}")).collect::<Vec<_>>() });
    assert!(is_breaking(&verdict(&texts(0..20_000), &texts(0..19_999))));
    assert!(matches!(verdict(&texts(0..19_999), &texts(0..20_000)), Verdict::Compatible));
    assert!(is_breaking(&verdict(&json!({ "type": "string" }), &texts(0..20_000))));
    let objects = json!({ "enum": (0..5_000).map(|n| json!({ "a": n })).collect::<Vec<_>>() });
    assert!(is_breaking(&verdict(&json!({ "type": "object" }), &objects)));
}

#[test]
fn wide_objects() {
    let wide = |count: usize, kind: &str| {
        let members: Map<String, Value> = (0..count).map(|n| (format!("p{n}"), json!({ "type": kind }))).collect();
        json!({ "type": "object", "properties": members, "required": members.keys().collect::<Vec<_>>(),
                "additionalProperties": false })
    };
    assert!(matches!(verdict(&wide(120, "integer"), &wide(120, "number")), Verdict::Compatible));
    assert!(!matches!(hurried(&wide(1_500, "number"), &wide(1_500, "integer")), Verdict::Compatible));
}

#[test]
fn many_alternatives() {
    let branch = |n: usize, kind: &str| json!({ "properties": { "k": { "const": format!("k{n}") }, "v": { "type": kind } }, "required": ["k"] });
    let union = |count: usize, kind: &str| json!({ "oneOf": (0..count).map(|n| branch(n, kind)).collect::<Vec<_>>() });
    let verdict_of_30 = verdict(&union(30, "integer"), &union(30, "number"));
    assert!(!is_breaking(&verdict_of_30));
    assert!(is_breaking(&verdict(&json!({ "type": "object" }), &union(30, "number"))));
    let bomb = |inner: &str| {
        let level = |n: usize| json!({ "anyOf": [{ "$ref": format!("#/$defs/l{}", n + 1) }, { "allOf": [{ "$ref": format!("#/$defs/l{}", n + 1) }, { "minimum": n }] }] });
        let mut defs: Map<String, Value> = (0..40).map(|n| (format!("l{n}"), level(n))).collect();
        defs.insert("l40".to_owned(), json!({ "type": inner }));
        json!({ "$ref": "#/$defs/l0", "$defs": defs })
    };
    assert!(!is_breaking(&hurried(&bomb("integer"), &bomb("number"))));
    assert!(!matches!(hurried(&bomb("number"), &bomb("integer")), Verdict::Compatible));
}

#[test]
fn sizes_beyond_measure() {
    for (writer, reader) in [
        (json!({ "minItems": 1e15 }), json!({ "minItems": 2e15 })),
        (json!({ "type": "array", "minItems": 4_000_000_000_u64 }), json!({ "type": "string" })),
        (json!({ "type": "string", "minLength": 4_000_000_000_u64 }), json!({ "type": "array" })),
        (json!({ "type": "object", "minProperties": 4_000_000_000_u64 }), json!({ "type": "array" })),
        (json!({ "type": "number", "multipleOf": 1e-300 }), json!({ "type": "number", "multipleOf": 1e300 })),
        (json!({ "maximum": 1e308 }), json!({ "maximum": 1e307, "multipleOf": 7 })),
        (
            json!({ "prefixItems": vec![json!({ "type": "integer" }); 3_000] }),
            json!({ "items": { "type": "integer" } }),
        ),
    ] {
        assert!(!matches!(hurried(&writer, &reader), Verdict::Compatible), "{writer} {reader}");
    }
}

#[test]
fn recursion_in_every_direction() {
    let names = 12;
    let schema = |leaf: &str| {
        let all: Vec<Value> = (0..names).map(|n| json!({ "$ref": format!("#/$defs/n{n}") })).collect();
        let node = |n: usize| {
            json!({ "type": "object", "required": ["k"], "properties": {
            "k": { "const": n }, "one": { "anyOf": all }, "many": { "type": "array", "items": { "oneOf": all } }, "leaf": { "type": leaf } } })
        };
        let defs: Map<String, Value> = (0..names).map(|n| (format!("n{n}"), node(n))).collect();
        json!({ "$ref": "#/$defs/n0", "$defs": defs })
    };
    let same = hurried(&schema("integer"), &schema("number"));
    assert!(!is_breaking(&same));
    assert!(is_breaking(&verdict(&schema("number"), &schema("integer"))));
}

#[test]
fn numbers_at_the_edges() {
    let edge: Value = serde_json::from_str(r#"{"minimum": 1.7976931348623157e308}"#).unwrap();
    assert!(!matches!(verdict(&edge, &json!({ "maximum": 0 })), Verdict::Compatible));
}
