//! Whatever comes in: no panic, no end of the stack, an answer or an error in bounded time.

use linkspan_events::compat::registry::{Answer, Policy, Registered, class, compare};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::support::{LENIENT, STRICT, ask, registered};

const NEWEST: &str = "https://json-schema.org/draft/2020-12/schema";

fn in_both_drafts(schema: &Value) -> [Value; 2] {
    let mut newer = schema.clone();
    if let Value::Object(members) = &mut newer {
        members.insert("$schema".to_owned(), NEWEST.into());
    }
    [schema.clone(), newer]
}

fn errors(schema: &Value, reason: &str) {
    for schema in in_both_drafts(schema) {
        let answer = ask(schema.clone(), schema, STRICT);
        let error = answer.error.as_deref().unwrap_or("none");
        assert!(answer.compatible.is_none() && error.contains(reason), "{error}, not {reason}");
    }
}

fn nested(levels: usize, wrap: impl Fn(Value) -> Value) -> Value {
    (0..levels).fold(json!({"type": "string"}), |inner, _| wrap(inner))
}

/// Building and dropping deep values takes more stack than a test has.
fn on_a_deep_stack(test: fn()) {
    let thread = std::thread::Builder::new().stack_size(128 << 20).spawn(test).map(std::thread::JoinHandle::join);
    assert!(matches!(thread, Ok(Ok(()))));
}

#[test]
fn deep_schemas_are_compared_or_refused() {
    on_a_deep_stack(deep_schemas);
}

fn deep_schemas() {
    for wrap in [
        |inner| json!({"properties": {"a": inner}}),
        |inner| json!({"allOf": [inner]}),
        |inner| json!({"type": ["array", "null"], "items": inner}),
        |inner| json!({"not": inner}),
    ] {
        for schema in in_both_drafts(&nested(150, wrap)) {
            assert_eq!(ask(schema.clone(), schema, STRICT).error, None);
        }
        errors(&nested(1_000, wrap), "too deeply");
    }
}

#[test]
fn long_chains_of_references_are_compared_or_refused() {
    let chain = |length: usize| {
        let link = |at: usize| json!({"properties": {"next": {"$ref": format!("#/$defs/d{}", (at + 1) % length)}}});
        let defs: Map<String, Value> = (0..length).map(|at| (format!("d{at}"), link(at))).collect();
        json!({"$ref": "#/$defs/d0", "$defs": defs})
    };
    for schema in in_both_drafts(&chain(200)) {
        assert_eq!(ask(schema.clone(), schema, STRICT).compatible, Some(true));
    }
    for (old, new) in in_both_drafts(&chain(501)).into_iter().zip(in_both_drafts(&chain(502))) {
        assert!(ask(old, new, STRICT).error.is_some_and(|error| error.contains("too deeply")));
    }
    let [_, newer] = in_both_drafts(&chain(3_000));
    assert!(ask(newer.clone(), newer, STRICT).error.is_some());
}

#[test]
fn schemas_that_double_are_compared_or_refused() {
    let twice = |at: usize| {
        let next = json!({"$ref": format!("#/definitions/d{}", at + 1)});
        json!({"properties": {"a": next, "b": next}, "title": "t"})
    };
    let mut definitions: Map<String, Value> = (0..40).map(|at| (format!("d{at}"), twice(at))).collect();
    definitions.insert("d40".to_owned(), json!({"type": "string"}));
    let old = json!({"$ref": "#/definitions/d0", "definitions": definitions});
    assert_eq!(ask(old.clone(), old.clone(), STRICT).compatible, Some(true));
    definitions.insert("d40".to_owned(), json!({"type": "null"}));
    let new = json!({"$ref": "#/definitions/d0", "definitions": definitions});
    assert!(ask(old, new, STRICT).error.is_some_and(|error| error.contains("too many changes")));
    let types = nested(60, |inner| json!({"type": ["object", "object"], "properties": {"a": inner}}));
    assert!(ask(types.clone(), types, STRICT).error.is_some_and(|error| error.contains("too large")));
}

#[test]
fn wide_schemas_are_compared_or_refused() {
    let union = |width: usize| json!({"oneOf": (0..width).map(|at| json!({"const": at})).collect::<Vec<_>>()});
    for schema in in_both_drafts(&union(150)) {
        assert_eq!(ask(schema.clone(), schema, STRICT).compatible, Some(true));
    }
    errors(&union(700), "too large");
    let values: Vec<_> = (0..100_000).map(|at| format!("value {at}")).collect();
    let [old, new] = in_both_drafts(&json!({ "enum": values }));
    assert_eq!(ask(old, new, STRICT).compatible, Some(true));
}

#[test]
fn catastrophic_patterns_end() {
    for pattern in ["(a+)+$", "(?=(a+)+b)a", r"(a*)*\1b"] {
        let name = "a".repeat(1_000);
        let old = json!({"patternProperties": {pattern: {"type": "string"}}});
        let new = json!({"properties": {name: {"type": "string"}}});
        for (old, new) in in_both_drafts(&old).into_iter().zip(in_both_drafts(&new)) {
            let answer = ask(old, new, STRICT);
            assert_eq!(answer.compatible.is_none(), answer.error.is_some());
        }
    }
}

#[test]
fn what_is_no_schema_is_refused() {
    for schema in [json!(null), json!(1), json!("{}"), json!([{}])] {
        assert!(ask(schema, json!({}), STRICT).error.is_some());
    }
    for schema in [
        json!({"type": "strong"}),
        json!({"type": 1}),
        json!({"properties": []}),
        json!({"properties": {"a": 1}}),
        json!({"items": 1}),
        json!({"allOf": {}}),
        json!({"enum": "a"}),
        json!({"required": [1]}),
        json!({"minLength": "3"}),
        json!({"title": 1}),
        json!({"not": null}),
        json!({"pattern": "["}),
        json!({"patternProperties": {"(": {}}}),
        json!({"$ref": 1}),
        json!({"$ref": "#/nowhere"}),
        json!({"$ref": "#/a b"}),
        json!({"$ref": "elsewhere.json"}),
        json!({"$ref": "https://example.com/a.json"}),
        json!({"maximum": true}),
    ] {
        errors(&schema, "cannot be loaded");
    }
    for (key, value) in [("maxLength", json!(3.0)), ("maxItems", json!(1_u64 << 40)), ("exclusiveMaximum", json!(true))]
    {
        let schema = json!({key: value});
        assert!(ask(schema.clone(), schema, STRICT).error.is_some(), "{key}");
    }
}

fn values() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "string",
        "number",
        "integer",
        "object",
        "array",
        "null",
        "a",
        "",
        "#",
        "#/$defs/a",
        "#a",
        "(",
        "^a",
        "other",
        "http://json-schema.org/draft-04/schema#",
        "http://json-schema.org/draft-06/schema#",
        NEWEST,
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..4).prop_map(Value::from),
        prop::sample::select(vec![0.5, -0.0, 1.0, 1e300, 1e-300]).prop_map(Value::from),
        words.prop_map(Value::from),
    ];
    let names = prop::sample::select(vec![
        "$schema",
        "$id",
        "id",
        "$ref",
        "$defs",
        "definitions",
        "$anchor",
        "$dynamicAnchor",
        "$dynamicRef",
        "type",
        "properties",
        "required",
        "additionalProperties",
        "patternProperties",
        "dependencies",
        "dependentRequired",
        "dependentSchemas",
        "unevaluatedProperties",
        "unevaluatedItems",
        "items",
        "prefixItems",
        "additionalItems",
        "contains",
        "minContains",
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "if",
        "then",
        "enum",
        "const",
        "default",
        "title",
        "minLength",
        "pattern",
        "format",
        "maximum",
        "exclusiveMaximum",
        "multipleOf",
        "maxItems",
        "uniqueItems",
        "a",
        "b",
        "connect.type",
        "readOnly",
    ]);
    leaf.prop_recursive(5, 48, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(names.clone(), inner, 0..5).prop_map(|members| {
                Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
            }),
        ]
    })
}

/// Schemas that load, for the most part.
fn schemas() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        prop::sample::select(vec!["string", "number", "integer", "boolean", "null"])
            .prop_map(|name| json!({ "type": name })),
        (0..4).prop_map(|length| json!({"minLength": length})),
        (0..4).prop_map(|limit| json!({"type": "number", "exclusiveMaximum": limit, "title": "t"})),
        prop::sample::subsequence(vec![json!(1), json!("a"), json!(null)], 1..3).prop_map(|all| json!({ "enum": all })),
        Just(json!({"$ref": "#"})),
        Just(json!({"$ref": "#/$defs/a"})),
        Just(json!({"default": [1]})),
    ];
    let inner = leaf.prop_recursive(4, 32, 4, |inner| {
        let list = prop::collection::vec(inner.clone(), 1..4);
        let map = prop::collection::btree_map("[ab]", inner.clone(), 0..3);
        prop_oneof![
            (prop::sample::select(vec!["allOf", "anyOf", "oneOf"]), list.clone())
                .prop_map(|(criterion, list)| json!({ criterion: list })),
            (map.clone(), any::<bool>()).prop_map(|(map, open)| {
                json!({"type": "object", "properties": map, "required": ["a"], "additionalProperties": open})
            }),
            (map, inner.clone())
                .prop_map(|(map, rest)| json!({"patternProperties": map, "additionalProperties": rest})),
            (inner.clone(), 0..3).prop_map(|(items, count)| json!({"items": items, "minItems": count})),
            inner.prop_map(|inner| json!({ "not": inner })),
        ]
    });
    (inner.clone(), inner, any::<bool>()).prop_map(|(mut root, definition, newer)| {
        if let Value::Object(members) = &mut root {
            members.insert("$defs".to_owned(), json!({ "a": definition }));
            if newer {
                members.insert("$schema".to_owned(), NEWEST.into());
            }
        }
        root
    })
}

fn is_coherent(answer: &Answer, policy: Policy) -> bool {
    let allowed = |kind| class(kind).is_some_and(|class| class.allows(policy));
    match answer.compatible {
        Some(compatible) => compatible == answer.changes.iter().all(|change| allowed(change.kind)),
        None => answer.error.is_some() && answer.changes.is_empty(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_json_has_an_answer(old in values(), new in values(), referred in values()) {
        let with = |schema| Registered { schema, references: [("other".to_owned(), referred.clone())].into(), ..Registered::default() };
        for policy in [STRICT, LENIENT] {
            prop_assert!(is_coherent(&compare(&with(old.clone()), &with(new.clone()), policy), policy));
        }
    }

    #[test]
    fn no_schema_breaks_against_itself(schema in schemas()) {
        for policy in [STRICT, LENIENT] {
            let same = registered(schema.clone());
            let answer = compare(&same, &same, policy);
            prop_assert!(answer.error.is_some() || answer.compatible == Some(true), "{:?}", answer);
        }
    }

    #[test]
    fn what_is_strictly_compatible_is_leniently_so(old in schemas(), new in schemas()) {
        let (old, new) = (registered(old), registered(new));
        let strict = compare(&old, &new, STRICT);
        prop_assert!(is_coherent(&strict, STRICT));
        if strict.compatible == Some(true) {
            let lenient = compare(&old, &new, LENIENT);
            prop_assert_eq!(lenient.compatible, Some(true));
        }
    }
}

#[test]
fn the_deepest_schemas_fit_the_stack() {
    on_a_deep_stack(|| {
        for wrap in [
            |inner| json!({"type": ["object"], "additionalProperties": inner}),
            |inner| json!({"anyOf": [{"type": "null"}, inner], "title": "t"}),
            |inner| json!({"patternProperties": {"a": inner}, "properties": {"a": {}}}),
        ] {
            for levels in [450, 499] {
                for (old, new) in
                    in_both_drafts(&nested(levels, wrap)).into_iter().zip(in_both_drafts(&nested(levels, wrap)))
                {
                    let answer = ask(old, new, STRICT);
                    assert_eq!(answer.compatible.is_none(), answer.error.is_some());
                }
            }
        }
    });
}
