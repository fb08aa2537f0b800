//! Bundles mean what they were made of: the JSON-Schema-Test-Suite, with its remote documents, through bundles.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod conformance;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use linkspan_events::schema::{Dialect, Files, Memory, Place, bundle};
use linkspan_source::Document;
use serde_json::Value;

const DRAFTS: [(&str, Dialect); 5] = [
    ("draft4", Dialect::Draft4),
    ("draft6", Dialect::Draft6),
    ("draft7", Dialect::Draft7),
    ("draft2019-09", Dialect::Draft201909),
    ("draft2020-12", Dialect::Draft202012),
];

/// The suite's remote documents, at the address of the suite's own server.
fn remotes(folder: &Path, below: &str, found: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let below = format!("{below}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            remotes(&entry.path(), &below, found);
        } else {
            found.insert(format!("http://localhost:1234{below}"), std::fs::read_to_string(entry.path()).unwrap());
        }
    }
}

fn documents(remotes: &BTreeMap<String, String>) -> BTreeMap<String, Document> {
    remotes.iter().filter_map(|(uri, text)| Some((uri.clone(), linkspan_source::json(text).ok()?))).collect()
}

#[test]
fn the_suite_through_bundles() {
    let Some(suite) = conformance::suite() else { return };
    let mut known = BTreeMap::new();
    remotes(&suite.join("remotes"), "", &mut known);
    let known = documents(&known);
    for (draft, dialect) in DRAFTS {
        let (mut right, mut wrong) = (0, Vec::new());
        for file in std::fs::read_dir(suite.join("tests").join(draft)).unwrap().map(|entry| entry.unwrap().path()) {
            // Custom meta-schemas that switch vocabularies off are no draft.
            if !file.is_file() || file.ends_with("vocabulary.json") {
                continue;
            }
            let groups: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
            for group in groups.as_array().unwrap() {
                let tree = Memory::from_iter([("schema.json", group["schema"].to_string())]);
                let files = Files::of(Arc::new(tree), "").with_remote(known.clone());
                let place = Place { path: "schema.json".into(), pointer: String::new() };
                let validator = bundle(&files, &place, dialect).map(|bundle| {
                    let draft = bundle.dialect.into();
                    jsonschema::options().with_draft(draft).build(&bundle.value).map_err(|error| error.to_string())
                });
                for case in group["tests"].as_array().unwrap() {
                    let verdict = match &validator {
                        Ok(Ok(validator)) => Ok(validator.is_valid(&case["data"])),
                        other => Err(format!("{other:?}")),
                    };
                    if verdict == Ok(case["valid"] == Value::Bool(true)) {
                        right += 1;
                    } else {
                        let name = file.file_name().unwrap().to_string_lossy().into_owned();
                        wrong.push(format!("{name}: {}: {}: {verdict:?}", group["description"], case["description"]));
                    }
                }
            }
        }
        println!("{draft}: {right} cases right through bundles");
        assert!(wrong.is_empty(), "{draft}: {} right, {} wrong: {wrong:#?}", right, wrong.len());
        assert!(right > 500, "{draft}: only {right} cases");
    }
}

mod laws {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    const FILES: [&str; 3] = ["a.json", "sub/b.json", "sub/c d.json"];

    /// References from one file to another, in all their forms.
    fn reference(from: usize) -> impl Strategy<Value = String> {
        let to =
            (0..FILES.len(), prop::sample::select(vec!["", "#", "#/$defs/x", "#/$defs/y~1z", "#/%24defs/x", "#mark"]));
        to.prop_map(move |(to, fragment)| {
            let path = match (from, to) {
                _ if from == to => String::new(),
                (0, _) => FILES[to].replace(' ', "%20"),
                (_, 0) => "../a.json".to_owned(),
                (_, _) => FILES[to].trim_start_matches("sub/").replace(' ', "%20"),
            };
            let target = format!("{path}{fragment}");
            if target.is_empty() { "#".to_owned() } else { target }
        })
    }

    fn schema(from: usize) -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(json!({ "type": "integer" })),
            Just(json!({ "type": ["string", "null"], "maxLength": 2 })),
            Just(json!({ "enum": [{ "$ref": "no reference" }, 1] })),
            Just(json!(true)),
            Just(json!({ "minimum": 3 })),
        ];
        leaf.prop_recursive(3, 12, 3, move |inner| {
            prop_oneof![
                // References stand below a property, so that none leads to itself in place.
                reference(from).prop_map(|to| json!({ "type": "object", "properties": { "next": { "$ref": to } } })),
                reference(from).prop_map(|to| json!({ "items": { "$ref": to, "maxProperties": 2 } })),
                (inner.clone(), inner.clone()).prop_map(|(one, other)| json!({ "anyOf": [one, other] })),
                inner.clone().prop_map(|one| json!({ "properties": { "next": one }, "required": ["next"] })),
                inner.clone().prop_map(|one| json!({ "not": one })),
                (inner.clone(), inner).prop_map(|(one, other)| json!({ "if": one, "then": other })),
            ]
        })
    }

    fn document(from: usize) -> impl Strategy<Value = Value> {
        (schema(from), schema(from), schema(from), any::<bool>()).prop_map(move |(body, x, y, named)| {
            let mut document = json!({ "allOf": [body], "$defs": { "x": x, "y/z": y, "m": { "$anchor": "mark", "minProperties": 0 } } });
            if named {
                document["$id"] = format!("file:///{}", FILES[from].replace(' ', "%20")).into();
            }
            document
        })
    }

    fn instance() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            (0..5i64).prop_map(Value::from),
            "[ab]{0,3}".prop_map(Value::from),
            Just(Value::Null),
            Just(json!({ "$ref": "no reference" })),
        ];
        leaf.prop_recursive(3, 10, 3, |inner| {
            prop_oneof![
                inner.clone().prop_map(|one| json!({ "next": one })),
                prop::collection::vec(inner, 0..3).prop_map(Value::from)
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        /// The original is judged by the crate, which asks for the files one by one.
        #[test]
        fn a_bundle_accepts_what_the_files_accept(
            a in document(0), b in document(1), c in document(2), instances in prop::collection::vec(instance(), 12),
        ) {
            let texts = FILES.iter().zip([&a, &b, &c]).map(|(path, value)| (*path, value.to_string()));
            let files = Files::of(Arc::new(texts.collect::<Memory>()), "");
            let place = Place { path: FILES[0].into(), pointer: String::new() };
            let bundle = bundle(&files, &place, Dialect::Draft202012).unwrap();
            prop_assert!(!bundle.value.to_string().contains(".json"));
            let alone = jsonschema::draft202012::new(&bundle.value).unwrap();
            let original = jsonschema::options().with_retriever(files).with_base_uri("file:///a.json").build(&a).unwrap();
            for instance in instances {
                prop_assert_eq!(alone.is_valid(&instance), original.is_valid(&instance), "{} of {}", instance, bundle.value);
            }
        }
    }
}

#[test]
fn parts_know_where_they_were_written() {
    let files = Files::of(
        Arc::new(Memory::from_iter([
            (
                "a.yaml",
                "{ $schema: 'http://json-schema.org/draft-07/schema#', items: [{ $ref: 'b.yaml#/x' }], additionalItems: { $ref: c.yaml } }",
            ),
            ("b.yaml", "{ x: { properties: { id: { minimum: 3 } } } }"),
            (
                "c.yaml",
                "{ $schema: 'https://json-schema.org/draft/2020-12/schema', prefixItems: [{ type: string }], dependentRequired: { a: [b] } }",
            ),
        ])),
        "",
    );
    let bundle = bundle(&files, &Place { path: "a.yaml".into(), pointer: String::new() }, Dialect::Draft7).unwrap();
    // Two drafts: all is said in the newer one.
    assert_eq!(
        (bundle.dialect, bundle.parts.clone()),
        (Dialect::Draft202012, vec![Dialect::Draft7, Dialect::Draft202012])
    );
    insta::assert_snapshot!(serde_json::to_string_pretty(&bundle.value).unwrap(), @r##"
    {
      "$defs": {
        "c": {
          "dependentRequired": {
            "a": [
              "b"
            ]
          },
          "prefixItems": [
            {
              "type": "string"
            }
          ]
        },
        "x": {
          "properties": {
            "id": {
              "minimum": 3
            }
          }
        }
      },
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "items": {
        "$ref": "#/$defs/c"
      },
      "prefixItems": [
        {
          "$ref": "#/$defs/x"
        }
      ]
    }
    "##);
    let origin =
        |at: &str| bundle.origin(at).map(|place| format!("{}#{}", place.path.display(), place.pointer)).unwrap();
    assert_eq!(origin(""), "a.yaml#");
    assert_eq!(origin("/prefixItems/0"), "a.yaml#/items/0");
    assert_eq!(origin("/items"), "a.yaml#/additionalItems");
    assert_eq!(origin("/$defs/x/properties/id/minimum"), "b.yaml#/x/properties/id/minimum");
    assert_eq!(origin("/$defs/c/prefixItems/0/type"), "c.yaml#/prefixItems/0/type");
}

#[test]
fn open_api_says_the_same_in_the_newest_draft() {
    use linkspan_events::schema::{Language, Omit, bundle_in};
    let text = "
openapi: 3.0.3
components:
  schemas:
    Order:
      type: object
      required: [id, note, secret]
      properties:
        id: { $ref: '#/components/schemas/Id', description: ignored }
        note: { type: string, nullable: true, enum: [a, null] }
        price: { type: number, minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false }
        secret: { type: string, writeOnly: true }
        const: { type: integer, const: 3 }
    Id: { type: integer, readOnly: true }
";
    let files = Files::of(Arc::new(Memory::from_iter([("o.yaml", text)])), "");
    let place = Place { path: "o.yaml".into(), pointer: "/components/schemas/Order".to_owned() };
    let of = |omit| bundle_in(&files, &place, Language::OpenApi30, omit).unwrap().value;
    insta::assert_snapshot!(of(None).to_string(), @r##"{"$defs":{"Id":{"readOnly":true,"type":"integer"}},"$schema":"https://json-schema.org/draft/2020-12/schema","properties":{"const":{"type":"integer"},"id":{"$ref":"#/$defs/Id"},"note":{"enum":["a",null],"type":["string","null"]},"price":{"exclusiveMinimum":0,"maximum":9,"type":"number"},"secret":{"type":"string","writeOnly":true}},"required":["id","note","secret"],"type":"object"}"##);
    insta::assert_snapshot!(of(Some(Omit { mark: "readOnly", written: true })).to_string(), @r#"{"$defs":{"Id":{"readOnly":true,"type":"integer"}},"$schema":"https://json-schema.org/draft/2020-12/schema","properties":{"const":{"type":"integer"},"id":false,"note":{"enum":["a",null],"type":["string","null"]},"price":{"exclusiveMinimum":0,"maximum":9,"type":"number"},"secret":{"type":"string","writeOnly":true}},"required":["note","secret"],"type":"object"}"#);
    insta::assert_snapshot!(of(Some(Omit { mark: "writeOnly", written: false })).to_string(), @r##"{"$defs":{"Id":{"readOnly":true,"type":"integer"}},"$schema":"https://json-schema.org/draft/2020-12/schema","properties":{"const":{"type":"integer"},"id":{"$ref":"#/$defs/Id"},"note":{"enum":["a",null],"type":["string","null"]},"price":{"exclusiveMinimum":0,"maximum":9,"type":"number"},"secret":true},"required":["id","note"],"type":"object"}"##);
}

#[test]
fn references_that_cannot_be_followed_are_said_where_they_stand() {
    let said = |text: &str| {
        let files = Files::of(Arc::new(Memory::from_iter([("a.yaml", text), ("b.yaml", "{ type: string }")])), "v1:");
        let error =
            bundle(&files, &Place { path: "a.yaml".into(), pointer: String::new() }, Dialect::Draft202012).unwrap_err();
        let linkspan_events::schema::Error::Invalid { file, message, span } = error else { panic!("{error:?}") };
        let start = span.unwrap().start;
        format!("{file}:{}:{}: {message}", start.line, start.column)
    };
    let found = [
        "properties: { x: { $ref: 'nowhere.yaml' } }",
        "properties: { x: { $ref: 'b.yaml#/nothing' } }",
        "properties: { x: { $ref: '#mark' } }",
        "properties: { x: { $ref: 'https://example.com/x.json' } }",
        "properties: { x: { $ref: 'http://[' } }",
        "{ $ref: '#' }",
        "{ $defs: { a: { anyOf: [{ $ref: '#/$defs/b' }] }, b: { allOf: [{ $ref: '#/$defs/a' }] } }, not: { $ref: '#/$defs/a' } }",
    ].map(said);
    insta::assert_snapshot!(found.join("\n"), @"
    v1:a.yaml:1:26: the reference `nowhere.yaml` leads to `v1:nowhere.yaml`, which cannot be read: it is not there
    v1:a.yaml:1:26: the reference `b.yaml#/nothing` leads nowhere
    v1:a.yaml:1:26: the reference `#mark` leads nowhere
    v1:a.yaml:1:26: the reference `https://example.com/x.json` leads to what is not in `linkspan.lock`, and nothing is fetched: `linkspan-events lock --from https://example.com/x.json=FILE` takes it from a file
    v1:a.yaml:1:26: the reference `http://[` is no address
    v1:a.yaml:1:1: references go in circles: what is described here describes itself
    v1:a.yaml:1:54: references go in circles: what is described here describes itself
    ");
}

/// A test's thread has a quarter of the stack that a program has.
#[test]
fn deep_and_large_schemas_take_no_more_than_their_size() {
    let mut deep = serde_json::json!({ "enum": vec!["a long word in a list of many words"; 20_000] });
    for _ in 0..240 {
        deep = serde_json::json!({ "properties": { "a": deep } });
    }
    let text = deep.to_string();
    let files = Files::of(Arc::new(Memory::from_iter([("a.json", text)])), "");
    let place = Place { path: "a.json".into(), pointer: String::new() };
    let bundle = bundle(&files, &place, Dialect::Draft7).unwrap();
    assert_eq!(bundle.value["properties"], deep["properties"]);
}

#[test]
fn chains_of_references_are_no_recursion() {
    let definition =
        |number: usize| (format!("d{number}"), serde_json::json!({ "$ref": format!("#/$defs/d{}", number + 1) }));
    let mut definitions: serde_json::Map<_, _> = (0..5000).map(definition).collect();
    definitions.insert("d5000".to_owned(), serde_json::json!({ "type": "integer" }));
    let schema = serde_json::json!({ "items": { "$ref": "#/$defs/d0" }, "$defs": definitions });
    let files = Files::of(Arc::new(Memory::from_iter([("a.json", schema.to_string())])), "");
    let bundle =
        bundle(&files, &Place { path: "a.json".into(), pointer: String::new() }, Dialect::Draft202012).unwrap();
    assert_eq!(bundle.value["$defs"].as_object().unwrap().len(), 5001);
}
