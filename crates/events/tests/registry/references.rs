//! References within and between registered documents, and recursion.

use linkspan_events::compat::registry::{Answer, Registered, compare};
use serde_json::{Value, json};

use super::support::{STRICT, ask, expect, lines, newer, registered, schema};

const DIALECTS: [&str; 2] = ["http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2020-12/schema"];

fn with(mut root: Value, dialect: &str, references: &[(&str, Value)]) -> Registered {
    root["$schema"] = dialect.into();
    let references = references.iter().map(|(name, document)| ((*name).to_owned(), document.clone())).collect();
    Registered { schema: root, references, ..Registered::default() }
}

fn answer(old: &Registered, new: &Registered) -> Answer {
    compare(old, new, STRICT)
}

#[test]
fn documents_are_found_by_the_name_that_the_reference_uses() {
    for dialect in DIALECTS {
        let root = json!({"properties": {"a": {"$ref": "other.json"}, "b": {"$ref": "other.json#/definitions/B"}}});
        let other = |kind: &str| json!({"type": kind, "definitions": {"B": {"type": kind}}});
        let [old, new] = ["string", "integer"].map(|kind| with(root.clone(), dialect, &[("other.json", other(kind))]));
        let changes = "!TYPE_CHANGED #/properties/a\n!TYPE_CHANGED #/properties/b";
        expect(dialect, &answer(&old, &new), changes);
        expect(dialect, &answer(&old, &old), "");
    }
}

#[test]
fn names_resolve_against_the_roots_id() {
    for dialect in DIALECTS {
        let root = json!({"$id": "http://example.com/a/root.json", "properties": {
            "near": {"$ref": "near.json"}, "far": {"$ref": "http://example.org/far.json"}, "up": {"$ref": "../up.json#"},
        }});
        let documents = |kind: &str| {
            ["near.json", "http://example.org/far.json", "../up.json"].map(|name| (name, json!({ "type": kind })))
        };
        let [old, new] = ["string", "integer"].map(|kind| with(root.clone(), dialect, &documents(kind)));
        let changes = "!TYPE_CHANGED #/properties/near\n!TYPE_CHANGED #/properties/far\n!TYPE_CHANGED #/properties/up";
        expect(dialect, &answer(&old, &new), changes);
    }
}

#[test]
fn documents_refer_to_one_another_and_into_themselves() {
    for dialect in DIALECTS {
        let root = json!({"properties": {"a": {"$ref": "a.json"}}});
        let a = json!({"properties": {"b": {"$ref": "b.json#/$defs/B"}, "own": {"$ref": "#/$defs/own"}},
                       "$defs": {"own": {"type": "null"}}});
        let b = |kind: &str| json!({"$defs": {"B": {"properties": {"x": {"$ref": "#/$defs/X"}}}, "X": {"type": kind}}});
        let [old, new] = ["string", "integer"]
            .map(|kind| with(root.clone(), dialect, &[("a.json", a.clone()), ("b.json", b(kind))]));
        expect(dialect, &answer(&old, &new), "!TYPE_CHANGED #/properties/a/properties/b/properties/x");
    }
}

#[test]
fn what_is_not_registered_is_an_error_that_names_it() {
    for dialect in DIALECTS {
        let root = with(json!({"$ref": "missing.json#/definitions/A"}), dialect, &[("other.json", json!({}))]);
        let answer = answer(&root, &root);
        assert_eq!(answer.compatible, None);
        assert!(answer.error.as_deref().is_some_and(|error| error.contains("missing.json")), "{answer:?}");
    }
}

#[test]
fn meta_schemas_are_known_by_their_addresses() {
    let metas = [DIALECTS[0], "https://json-schema.org/draft/2020-12/meta/validation"];
    for (dialect, meta) in DIALECTS.into_iter().zip(metas) {
        let root = with(json!({"properties": {"a": {"$ref": meta}}}), dialect, &[]);
        let answer = answer(&root, &root);
        assert_eq!((answer.compatible, answer.error), (Some(true), None), "{dialect}");
    }
    // That of 2020-12 as a whole recurs dynamically, which the registry cannot load either.
    let whole = with(json!({"$ref": DIALECTS[1]}), DIALECTS[1], &[]);
    assert_eq!(answer(&whole, &whole).compatible, None);
}

#[test]
fn anchors_and_ids_are_found() {
    let seven = |kind: &str| {
        json!({"properties": {"a": {"$ref": "#it"}, "b": {"$ref": "http://example.com/b"}},
               "definitions": {"a": {"$id": "#it", "type": kind}, "b": {"$id": "http://example.com/b", "type": kind}}})
    };
    let changes = "!TYPE_CHANGED #/properties/a\n!TYPE_CHANGED #/properties/b";
    expect("7", &ask(seven("string"), seven("integer"), STRICT), changes);
    let newest = |kind: &str| {
        json!({"$schema": DIALECTS[1], "$id": "http://example.com/root",
               "properties": {"a": {"$ref": "#it"}, "b": {"$ref": "b"}},
               "$defs": {"a": {"$anchor": "it", "type": kind}, "b": {"$id": "b", "type": kind}}})
    };
    expect("2020-12", &ask(newest("string"), newest("integer"), STRICT), changes);
}

#[test]
fn a_dynamic_reference_is_translated_in_place() {
    let schema = |limit: u8| {
        newer(&format!(
            "{{'$ref':'#/$defs/A','$defs':{{'N':{{'$dynamicAnchor':'n','maxLength':{limit}}},
               'A':{{'$dynamicRef':'#n'}}}}}}"
        ))
    };
    let answer = ask(schema(3), schema(4), STRICT);
    assert_eq!(answer.error, None);
    let kinds: Vec<_> = answer.changes.iter().map(|change| change.kind).collect();
    assert!(kinds.contains(&"MAX_LENGTH_INCREASED"), "{kinds:?}");
}

#[test]
fn fractions_of_a_referred_document_are_not_those_of_the_root() {
    let fetched = with(json!({"$ref": "other.json"}), DIALECTS[1], &[("other.json", json!({"const": 1.0}))]);
    let inline = with(json!({"const": 1.0}), DIALECTS[1], &[]);
    expect("2020-12", &answer(&fetched, &inline), "!ENUM_ARRAY_CHANGED #/const");
    expect("2020-12", &answer(&fetched, &fetched), "");
    let [fetched, inline] = [fetched, inline].map(|mut registered| {
        registered.schema["$schema"] = DIALECTS[0].into();
        registered
    });
    expect("7", &answer(&fetched, &inline), "");
}

#[test]
fn members_of_a_map_named_like_the_id_are_no_schemas() {
    let old = schema("{'properties':{'$id':true,'a':$string}}");
    expect("7", &ask(old, schema("{'properties':{'a':$string}}"), STRICT), "");
    let old = schema("{'properties':{'$id':{'type':'string'}}}");
    expect(
        "7",
        &ask(old, json!({"type": "object"}), STRICT),
        "PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL #/properties/$id",
    );
}

#[test]
fn recursion_through_the_root_repeats_as_in_the_older_loader() {
    let list = |value: &str| newer(&format!("{{'properties':{{'c':{{'$ref':'#'}},'x':{value}}}}}"));
    let changes = "!TYPE_CHANGED #/properties/x
        !TYPE_CHANGED #/properties/c/properties/x
        !TYPE_CHANGED #/properties/c/properties/c/properties/x";
    expect("2020-12", &ask(list("$string"), list("$integer"), STRICT), changes);
    let titled = "{'type':'string','title':'t'}";
    let changes = "TITLE_CHANGED #/properties/x\nTITLE_CHANGED #/properties/c/properties/x";
    expect("2020-12", &ask(list("$string"), list(titled), STRICT), changes);
}

#[test]
fn a_break_behind_a_cycle_of_unions_is_found() {
    let tree = |value: &str| {
        schema(&format!(
            "{{'$ref':'#/definitions/N','definitions':{{'N':{{'properties':{{
                'left':{{'anyOf':[$null,{{'$ref':'#/definitions/N'}}]}},
                'right':{{'anyOf':[$null,{{'$ref':'#/definitions/N'}}]}},'v':{value}}}}}}}}}"
        ))
    };
    let changes = "!TYPE_CHANGED #/properties/v
        !COMBINED_TYPE_SUBSCHEMAS_CHANGED #/properties/left
        !COMBINED_TYPE_SUBSCHEMAS_CHANGED #/properties/right";
    expect("7", &ask(tree("$string"), tree("$integer"), STRICT), changes);
    expect("7", &ask(tree("$integer"), tree("$integer"), STRICT), "");
}

#[test]
fn a_reference_that_only_leads_to_itself_has_an_answer() {
    for dialect in DIALECTS {
        let circle = json!({"$ref": "#/definitions/A", "definitions": {"A": {"$ref": "#/definitions/A"}}});
        let circle = with(circle, dialect, &[]);
        let other = registered(json!({"type": "string"}));
        assert_eq!(answer(&circle, &circle).compatible, Some(true), "{dialect}");
        assert_eq!(answer(&circle, &other).compatible, Some(false), "{dialect}");
    }
}

/// A schema of 2020-12 with a document `other`, both as they are written.
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
fn as_written(schema: &str, other: &str) -> Registered {
    let draft = "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", ";
    let document = |text: &str| linkspan_source::json(&text.replace('\'', "\"")).unwrap();
    let (schema, other) = (document(&schema.replacen('{', draft, 1)), document(other));
    Registered {
        orders: [(String::new(), schema.orders()), ("other".to_owned(), other.orders())].into(),
        schema: schema.value,
        references: [("other".to_owned(), other.value)].into(),
    }
}

#[test]
fn parts_are_numbered_as_they_are_written() {
    let changes = |[old, new]: [(&str, &str); 2]| {
        let answer = compare(&as_written(old.0, old.1), &as_written(new.0, new.1), STRICT);
        lines(&answer).join(", ")
    };
    let own = |schema: &'static str| changes([(schema, "{}"), (&schema.replace("['a']", "['a', 'b']"), "{}")]);
    let others = |other: &'static str| {
        let schema = "{'$ref': 'other'}";
        changes([(schema, other), (schema, &other.replace("['a']", "['a', 'b']"))])
    };
    // `enum` and `maxLength` are in one bucket of the root's table, `type` is in one before it.
    assert_eq!(own("{'maxLength': 3, 'enum': ['a']}"), "ENUM_ARRAY_EXTENDED #/allOf/1/enum");
    assert_eq!(own("{'enum': ['a'], 'maxLength': 3}"), "ENUM_ARRAY_EXTENDED #/allOf/0/enum");
    assert_eq!(own("{'enum': ['a'], 'type': 'string'}"), "ENUM_ARRAY_EXTENDED #/allOf/1/enum");
    // A document that is referred to has no table.
    assert_eq!(others("{'enum': ['a'], 'type': 'string'}"), "ENUM_ARRAY_EXTENDED #/allOf/0/enum");
    assert_eq!(others("{'type': 'string', 'enum': ['a']}"), "ENUM_ARRAY_EXTENDED #/allOf/1/enum");
    // What stands in `definitions` is found in `$defs`, too, as it is written.
    let bridged = |part: &str| format!("{{'$ref': '#/$defs/d', 'definitions': {{'z': {{}}, 'd': {part}}}}}");
    for (part, index) in [("{'maxLength': 3, 'enum': ['a']}", 1), ("{'enum': ['a'], 'maxLength': 3}", 0)] {
        let (old, new) = (bridged(part), bridged(&part.replace("['a']", "['a', 'b']")));
        let found = changes([(&old, "{}"), (&new, "{}")]);
        assert!(found.contains(&format!("ENUM_ARRAY_EXTENDED #/allOf/{index}/enum")), "{part}: {found}");
    }
}
