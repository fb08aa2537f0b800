use jsonschema::Draft;
use proptest::prelude::*;
use serde_json::{Value, json};

use linkspan_verdict::{Plan, Scratch, Verdict};

use super::compile;
use crate::schema::{Compiled, Files, Place};
use linkspan_source::tape::Tape;

fn both(schema: &Value) -> (Plan, Compiled) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("s.json"), schema.to_string()).unwrap();
    let files = Files::new(folder.path(), folder.path());
    let place = Place { path: "s.json".into(), pointer: String::new() };
    let exact = crate::schema::compile(&files, place.clone(), Draft::Draft202012, false).unwrap();
    (compile(&files, &place, Draft::Draft202012, false).unwrap(), exact)
}

fn verdict(plan: &Plan, instance: &Value) -> Verdict {
    let text = instance.to_string();
    let mut tape = Tape::default();
    let view = tape.read(&text).unwrap();
    plan.check(view.root(), &mut Scratch::default())
}

#[test]
fn ordinary_schemas_are_decided() {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object", "required": ["id"], "additionalProperties": false,
        "properties": {
            "id": {"type": "string", "pattern": "^o-[0-9]+$", "minLength": 3},
            "kind": {"enum": ["a", "b", null, 3]},
            "lines": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/line"}},
            "when": {"if": {"type": "integer"}, "then": {"minimum": 5}, "else": {"const": "now"}},
        },
        "patternProperties": {"^x-": {"type": ["integer", "null"]}},
        "$defs": {"line": {"type": "object", "properties": {"quantity": {"type": "integer", "maximum": 9}}}},
    });
    let (plan, exact) = both(&schema);
    for instance in [
        json!({"id": "o-1"}),
        json!({"id": "o-"}),
        json!({"id": "o-1", "kind": "b", "lines": [{"quantity": 9}], "x-y": 1, "when": 5}),
        json!({"id": "o-1", "kind": null, "lines": [{"quantity": 10}]}),
        json!({"id": "o-1", "lines": []}),
        json!({"id": "o-1", "kind": 3, "when": 4}),
        json!({"id": "o-1", "kind": 4}),
        json!({"id": "o-1", "x-y": "1"}),
        json!({"id": "o-1", "y": "1"}),
        json!({"kind": "a", "when": "now"}),
        json!([]),
    ] {
        let expected = if exact.is_valid(&instance) { Verdict::Valid } else { Verdict::Invalid };
        assert_eq!(verdict(&plan, &instance), expected, "{instance}");
    }
}

#[test]
fn what_plans_do_not_know_they_say() {
    for schema in [
        json!({"unevaluatedProperties": false}),
        json!({"$ref": "#"}),
        json!({"type": "integer"}),
        json!({"pattern": "(\\d)\\1b"}),
        json!({"not": {"pattern": "(a*)*\\1$"}}),
        json!({"$schema": "http://json-schema.org/draft-04/schema#", "const": 1}),
    ] {
        let (plan, _) = both(&schema);
        let instance =
            if schema.get("type").is_some() { json!(1.0) } else { json!("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab") };
        assert_eq!(verdict(&plan, &instance), Verdict::Unsure, "{schema}");
    }
}

fn leaf() -> impl Strategy<Value = Value> {
    let number = (-3_i64..12, 0_i64..4).prop_map(|(whole, part)| {
        if part == 0 { json!(whole) } else { json!(f64::from(i32::try_from(4 * whole + part).unwrap()) / 4.0) }
    });
    prop_oneof![Just(json!(null)), any::<bool>().prop_map(Value::from), number, "[ab\u{e9}]{0,4}".prop_map(Value::from)]
}

fn instance() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[ab]{1,2}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn schema() -> impl Strategy<Value = Value> {
    let types =
        proptest::sample::subsequence(vec!["null", "boolean", "integer", "number", "string", "array", "object"], 1..4);
    let simple = prop_oneof![
        any::<bool>().prop_map(Value::from),
        types.prop_map(|types| json!({"type": types})),
        proptest::collection::vec(instance(), 1..4).prop_map(|options| json!({"enum": options})),
        instance().prop_map(|value| json!({"const": value})),
        (0..4, 0..5).prop_map(|(least, most)| json!({"minLength": least, "maxLength": most})),
        (0..4, 0..5).prop_map(|(least, most)| json!({"minItems": least, "maxItems": most, "uniqueItems": true})),
        (0..3, 0..4).prop_map(|(least, most)| json!({"minProperties": least, "maxProperties": most})),
        (-2..9).prop_map(|bound| json!({"minimum": bound, "exclusiveMaximum": f64::from(bound) + 3.5})),
        (1..4).prop_map(|factor| json!({"multipleOf": f64::from(factor) / 2.0})),
        proptest::sample::select(vec!["^a", "a+b*$", "^[ab]{2}$", "(?=b)", "\u{e9}"])
            .prop_map(|it| json!({"pattern": it})),
        proptest::collection::vec("[ab]{1,2}", 0..3).prop_map(|names| {
            let names: std::collections::BTreeSet<_> = names.into_iter().collect();
            json!({"required": names})
        }),
        Just(json!({"$ref": "#/$defs/d"})),
        Just(json!({"unevaluatedProperties": false})),
        Just(json!({"dependentRequired": {"a": ["b"]}})),
    ];
    simple.prop_recursive(3, 24, 4, |inner| {
        let several = || proptest::collection::vec(inner.clone(), 1..3);
        let named = || proptest::collection::btree_map("[ab]{1,2}", inner.clone(), 0..3);
        prop_oneof![
            several().prop_map(|all| json!({"allOf": all})),
            several().prop_map(|any| json!({"anyOf": any})),
            several().prop_map(|one| json!({"oneOf": one})),
            inner.clone().prop_map(|not| json!({"not": not})),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| json!({"if": a, "then": b, "else": c})),
            (named(), inner.clone())
                .prop_map(|(named, rest)| json!({"properties": named, "additionalProperties": rest})),
            (named(), inner.clone()).prop_map(|(named, rest)| {
                let patterns: serde_json::Map<_, _> =
                    named.into_iter().map(|(name, it)| (format!("^{name}"), it)).collect();
                json!({"patternProperties": patterns, "additionalProperties": rest})
            }),
            inner.clone().prop_map(|names| json!({"propertyNames": names})),
            (several(), inner.clone()).prop_map(|(first, rest)| json!({"prefixItems": first, "items": rest})),
            (inner.clone(), 0..3, 0..3).prop_map(|(item, least, most)| {
                json!({"contains": item, "minContains": least, "maxContains": most})
            }),
            named().prop_map(|named| json!({"dependentSchemas": named})),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_plan_is_right_where_it_is_sure(
        schema in schema(), def in schema(), instances in proptest::collection::vec(instance(), 12)
    ) {
        let mut schema = if schema.is_object() { schema } else { json!({"allOf": [schema]}) };
        schema.as_object_mut().unwrap().insert("$defs".to_owned(), json!({"d": def}));
        let (plan, exact) = both(&schema);
        for instance in instances {
            match verdict(&plan, &instance) {
                Verdict::Valid => prop_assert!(exact.is_valid(&instance), "{schema} {instance}"),
                Verdict::Invalid => prop_assert!(!exact.is_valid(&instance), "{schema} {instance}"),
                Verdict::Unsure => {}
            }
        }
    }
}
