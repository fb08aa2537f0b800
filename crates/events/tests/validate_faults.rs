//! `validate`: every fault once, at its own node; what stays hidden is nowhere.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use linkspan_command::Context;
use linkspan_events::validate::{Args, run};
use linkspan_report::{FileSources, Format as Rendering, Options, Report, render};
use linkspan_source::Format;
use serde_json::{Value, json};

fn validate(schema: &str, document: (&str, &str), mask: &[&str]) -> (Report, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("s.json"), schema).unwrap();
    std::fs::write(folder.path().join(document.0), document.1).unwrap();
    let args = Args {
        files: vec![document.0.into()],
        schema: Some("s.json".to_owned()),
        assert_formats: false,
        mask: mask.iter().map(|mask| (*mask).to_owned()).collect(),
        jobs: None,
        stdin_format: Format::Json,
    };
    let report = run(args, &Context::quiet("events validate", folder.path())).unwrap();
    let mut all = Vec::new();
    for format in Rendering::ALL {
        render(&report, format, &Options::default(), &FileSources::new(folder.path()), &mut all).unwrap();
    }
    (report, String::from_utf8(all).unwrap())
}

/// Rule and text of each finding's node, with its help.
fn found(schema: &Value, document: &str) -> Vec<String> {
    let (report, _) = validate(&schema.to_string(), ("d.json", document), &[]);
    let node = |finding: &linkspan_report::Finding| {
        let span = finding.span.unwrap();
        let text: String = document
            .lines()
            .next()
            .unwrap()
            .chars()
            .skip(span.start.column - 1)
            .take(span.end.column - span.start.column)
            .collect();
        let help = finding.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        format!("{} {text}{help}", finding.rule)
    };
    report.findings.kept().iter().map(node).collect()
}

#[test]
fn one_fault_is_one_finding_at_its_node() {
    let line = json!({"type": "object", "required": ["sku"], "properties": {"sku": {"type": "string"}}});
    for (schema, document, expected) in [
        (json!({"type": "string"}), "7", "schema/type 7"),
        (json!({"items": {"required": ["a"]}}), r#"[{"b":1}]"#, r#"schema/required {"b":1}"#),
        (
            json!({"properties": {"a": {"enum": ["x", "y"]}}}),
            r#"{"a":"z"}"#,
            r#"schema/enum "z" (allowed are `"x"`, `"y"`)"#,
        ),
        (json!({"properties": {"a": {"type": "string", "enum": ["x"]}}}), r#"{"a":1}"#, "schema/type 1"),
        (
            json!({"properties": {"name": {}}, "additionalProperties": false}),
            r#"{"nmae":1}"#,
            r#"schema/additionalProperties "nmae" (did you mean `name`?)"#,
        ),
        (
            json!({"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": false}),
            r#"{"a":1,"b":2}"#,
            r#"schema/unevaluatedProperties "b""#,
        ),
        (
            json!({"prefixItems": [true], "unevaluatedItems": false}),
            "[4,4,5]",
            "schema/unevaluatedItems 4|schema/unevaluatedItems 5",
        ),
        (json!({"propertyNames": {"pattern": "^a"}}), r#"{"a":1,"b":2}"#, r#"schema/propertyNames "b""#),
        (json!({"dependentRequired": {"a": ["b"]}}), r#"{"a":1}"#, r#"schema/required {"a":1}"#),
        (json!({"contains": {"type": "null"}}), "[1]", "schema/contains [1]"),
        (json!({"uniqueItems": true}), "[1,2,1.0,3]", "schema/uniqueItems 1.0"),
        (
            json!({"if": {"type": "object"}, "then": {"properties": {"a": {"minimum": 3}}}}),
            r#"{"a":1}"#,
            "schema/minimum 1",
        ),
        (
            json!({"allOf": [{"$ref": "#/$defs/l"}, {"$ref": "#/$defs/l"}], "$defs": {"l": line}}),
            r#"{"sku":1}"#,
            "schema/type 1",
        ),
        (json!({"not": {"type": "null"}}), "null", "schema/not null"),
        (json!({"properties": {"a": false}}), r#"{"a":1}"#, "schema/false 1"),
        (
            json!({"$schema": "http://json-schema.org/draft-07/schema#", "items": [true], "additionalItems": false}),
            "[1,2]",
            "schema/additionalItems 2",
        ),
        (json!({"minProperties": 2}), r#"{"a":1}"#, r#"schema/minProperties {"a":1}"#),
        (json!({"patternProperties": {"^a": {"maxLength": 1}}}), r#"{"ab":"xy"}"#, r#"schema/maxLength "xy""#),
    ] {
        assert_eq!(found(&schema, document).join("|"), expected, "{schema}");
    }
}

#[test]
fn of_alternatives_the_one_that_is_meant_is_told() {
    let card = json!({"type": "object", "required": ["number"], "properties": {"kind": {"const": "card"}, "number": {"type": "string"}}});
    let bank = json!({"type": "object", "required": ["iban"], "properties": {"kind": {"const": "bank"}, "iban": {"type": "string"}}});
    let tagged = json!({"oneOf": [card, bank]});
    assert_eq!(
        found(&tagged, r#"{"kind":"bank","number":"1","iban":7}"#),
        ["schema/type 7 (as `kind` says, it is meant to be `oneOf/1`)"]
    );
    assert_eq!(found(&tagged, r#"{"kind":"cash"}"#), [r#"schema/oneOf "cash" (allowed are `"card"`, `"bank"`)"#]);
    assert_eq!(found(&tagged, "7"), ["schema/oneOf 7 (it must be an object)"]);
    let open = json!({
        "anyOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}],
        "discriminator": {"propertyName": "pet", "mapping": {"hound": "#/$defs/Dog"}},
        "$defs": {
            "Cat": {"properties": {"lives": {"type": "integer"}, "pet": {"type": "string"}}, "required": ["lives"]},
            "Dog": {"properties": {"bark": {"type": "string"}}, "required": ["bark", "name"]},
        },
    });
    let about = "as `pet` says, it is meant to be `anyOf";
    assert_eq!(found(&open, r#"{"pet":"hound","bark":1,"name":"x"}"#), [format!("schema/type 1 ({about}/1`)")]);
    assert_eq!(found(&open, r#"{"pet":"Cat","lives":"x"}"#), [format!("schema/type \"x\" ({about}/0`)")]);
    assert_eq!(found(&open, r#"{"pet":"Cow"}"#), [r#"schema/anyOf "Cow" (allowed are `"hound"`)"#]);
    let plain =
        json!({"oneOf": [{"required": ["a", "b"]}, {"required": ["c"], "properties": {"d": {"type": "null"}}}]});
    assert_eq!(found(&plain, r#"{"c":1,"d":2}"#), ["schema/type 2 (what comes closest is `oneOf/1`)"]);
    assert_eq!(found(&json!({"oneOf": [{"type": "integer"}, {"minimum": 2}]}), "3").len(), 1);
}

#[test]
fn what_stays_hidden_is_in_no_rendering() {
    let schema = json!({
        "type": "object", "additionalProperties": false,
        "properties": {
            "card": {"type": "object", "properties": {"number": {"type": "string", "pattern": "^[0-9]+$"}}, "additionalProperties": false},
            "email": {"enum": ["a"]},
            "token": {"$ref": "#/$defs/secret"},
            "either": {"oneOf": [{"properties": {"pin": {"type": "integer"}}, "required": ["pin", "x"]}, {"type": "null"}]},
            "list": {"uniqueItems": true, "items": {"$ref": "#/$defs/secret"}},
        },
        "$defs": {"secret": {"type": "string", "maxLength": 3, "x-sensitive": true}},
    });
    let json = r#"{"card": {"number": "4111-SECRET", "SECRETname": 1}, "email": "SECRET@x", "token": "SECRETtoken", "either": {"pin": "SECRETpin"}, "list": ["SECRET1", "SECRET1"]}"#;
    let yaml = "card:\n  number: 4111-SECRET\n  SECRETname: 1\nemail: SECRET@x\ntoken: SECRETtoken\neither: {pin: SECRETpin}\nlist: [SECRET1, SECRET1]\n";
    for document in [("d.json", json), ("d.ndjson", json), ("d.yaml", yaml)] {
        let (report, all) = validate(&schema.to_string(), document, &["/card", "email", "/either/pin"]);
        assert!(report.findings.kept().len() >= 6, "{all}");
        assert!(all.contains("***"), "{all}");
        assert!(!all.contains("SECRET"), "{}: {all}", document.0);
    }
    for broken in ["{\"card\": SECRET}", "{\"SECRET\": 1, \"SECRET\": 2}", "{\"card\": \"SECRET"] {
        let (report, all) = validate(&schema.to_string(), ("d.json", broken), &[]);
        assert!(report.result["invalid"] == 1 && !all.contains("SECRET"), "{all}");
    }
    let (_, all) = validate("{\"type\": \"null\"}", ("d.json", json), &[]);
    assert!(all.contains("SECRET"));
}
