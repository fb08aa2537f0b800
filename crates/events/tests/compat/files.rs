//! Two files.

use linkspan_command::Exit;
use linkspan_report::{Format, Outcome};
use serde_json::json;

use crate::support::{Folder, lines, pairs};

const OLD: &str = "\
$schema: https://json-schema.org/draft/2020-12/schema
type: object
required: [id]
properties:
  id: { type: string }
  status: { enum: [open, paid, lost] }
  lines: { type: array, items: { $ref: line.yaml } }
";

const NEW: &str = "\
$schema: https://json-schema.org/draft/2020-12/schema
type: object
required: [id, total]
properties:
  id: { type: string }
  status: { enum: [open, paid] }
  total: { type: number }
  lines: { type: array, items: { $ref: line.yaml } }
";

const LINE: &str = "{ type: object, required: [sku] }\n";

fn folder() -> Folder {
    Folder::with(&[("v1/order.yaml", OLD), ("v2/order.yaml", NEW), ("v1/line.yaml", LINE), ("v2/line.yaml", LINE)])
}

/// Two schemas as JSON.
fn pair(old: &str, new: &str) -> Folder {
    Folder::with(&[("old.json", old), ("new.json", new)])
}

const PAIR: [&str; 2] = ["old.json", "new.json"];

#[test]
fn every_break_is_shown_with_both_places() {
    let folder = folder();
    let report = folder.compat(&["v1/order.yaml", "v2/order.yaml"]).unwrap();
    assert_eq!(report.outcome, Outcome::Findings);
    insta::assert_snapshot!(folder.rendered(&report, Format::Text), @r#"
    error[compat/required-added]: the new schema requires `total`, the old one does not
     --> v2/order.yaml:3:16
      |
    3 | required: [id, total]
      |                ^^^^^
      |
     ::: v1/order.yaml:3:11
      |
    3 | required: [id]
      |           ---- the old version
      |
      = help: make it optional, or publish the change as a new major version

    error[compat/enum-narrowed]: the new schema does not list `"lost"` at `/status`, the old one does
     --> v2/order.yaml:6:19
      |
    6 |   status: { enum: [open, paid] }
      |                   ^^^^^^^^^^^^
      |
     ::: v1/order.yaml:6:19
      |
    6 |   status: { enum: [open, paid, lost] }
      |                   ------------------ the old version
      |
      = help: keep the values

    error[compat/property-added]: the new schema says what `total` must be and rejects `null` at `/total` by `type`, which the old one accepts
     --> v2/order.yaml:7:18
      |
    7 |   total: { type: number }
      |                  ^^^^^^
      |
     ::: v1/order.yaml:4:1
      |
    4 | properties:
      | ---------- the old version
      |
      = help: if nothing else was ever sent there, waive it; a closed object (`additionalProperties: false`) has no such events

    3 errors
    subject        mode      semantic  registry
    v2/order.yaml  backward  breaking  incompatible (strict)

    v2/order.yaml: the new schema requires `total`, the old one does not (and 2 more)
      {
        "id": ""
      }

    1 pair: 1 breaking
    "#);
}

#[test]
fn a_pull_request_gets_one_table() {
    let folder = folder();
    let report = folder.compat(&["v1/order.yaml", "v2/order.yaml"]).unwrap();
    insta::assert_snapshot!(report.markdown, @r#"
    | Subject | Semantic | Registry | Witness |
    | --- | --- | --- | --- |
    | <code>v2/order.yaml</code><br>backward | ❌ breaking | ❌ incompatible (strict) | <details><summary>the new schema requires total, the old one does not</summary><pre>{<br>&#32;&#32;"id"&#58;&#32;""<br>}</pre></details><details><summary>the new schema does not list "lost" at /status, the old one does</summary><pre>{<br>&#32;&#32;"id"&#58;&#32;"",<br>&#32;&#32;"status"&#58;&#32;"lost"<br>}</pre></details><details><summary>the new schema says what total must be and rejects null at /total by type, which the old one accepts</summary><pre>{<br>&#32;&#32;"id"&#58;&#32;"",<br>&#32;&#32;"total"&#58;&#32;null<br>}</pre></details> |

    1 pair: 1 breaking
    "#);
}

#[test]
fn machines_get_both_verdicts() {
    let folder = folder();
    let report = folder.compat(&["v1/order.yaml", "v2/order.yaml", "--registry-policy", "lenient"]).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&report.result).unwrap(), @r##"
    {
      "added": [],
      "against": [],
      "goldenEvents": 0,
      "pairs": [
        {
          "consumers": [],
          "mode": "backward",
          "new": "v2/order.yaml",
          "old": "v1/order.yaml",
          "registry": {
            "changes": [
              {
                "path": "#/properties/status/enum",
                "type": "ENUM_ARRAY_NARROWED"
              },
              {
                "path": "#/properties/total",
                "type": "REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL"
              }
            ],
            "compatible": false,
            "error": null,
            "policy": "lenient"
          },
          "semantic": {
            "breaks": [
              {
                "direction": "backward",
                "message": "the new schema requires `total`, the old one does not",
                "path": "/required/1",
                "rule": "compat/required-added",
                "witness": {
                  "id": ""
                }
              },
              {
                "direction": "backward",
                "message": "the new schema does not list `\"lost\"` at `/status`, the old one does",
                "path": "/properties/status/enum",
                "rule": "compat/enum-narrowed",
                "witness": {
                  "id": "",
                  "status": "lost"
                }
              },
              {
                "direction": "backward",
                "message": "the new schema says what `total` must be and rejects `null` at `/total` by `type`, which the old one accepts",
                "path": "/properties/total/type",
                "rule": "compat/property-added",
                "witness": {
                  "id": "",
                  "total": null
                }
              }
            ],
            "direction": "backward",
            "explanation": "the new schema requires `total`, the old one does not (and 2 more)",
            "verdict": "breaking",
            "witness": {
              "id": ""
            }
          },
          "subject": "v2/order.yaml"
        }
      ]
    }
    "##);
    let schema = linkspan_events::compat::result_schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults = validator.iter_errors(&report.result).map(|fault| fault.to_string());
    assert_eq!(faults.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn both_ways_are_judged_and_told_apart() {
    let folder = pair(r#"{"type": ["string", "null"]}"#, r#"{"type": ["string", "integer"]}"#);
    let modes = ["backward", "forward", "full"].map(|mode| {
        let report = folder.compat(&[PAIR[0], PAIR[1], "--mode", mode]).unwrap();
        let semantic = &report.result["pairs"][0]["semantic"];
        format!("{}\n{} {}", pairs(&report), semantic["direction"], semantic["explanation"])
    });
    insta::assert_snapshot!(modes.join("\n"), @r#"
    new.json - backward breaking false null
    "backward" "the new schema does not accept `null`, the old one does"
    new.json - forward breaking false 0
    "forward" "the old schema wants the type `[\"string\",\"null\"]`, the new one `[\"string\",\"integer\"]`"
    new.json - full breaking false null
    "backward" "backward: the new schema does not accept `null`, the old one does; forward: the old schema wants the type `[\"string\",\"null\"]`, the new one `[\"string\",\"integer\"]`"
    "#);
}

#[test]
fn an_event_may_be_null() {
    let folder = pair("true", r#"{"type": "object"}"#);
    let report = folder.compat(&PAIR).unwrap();
    let semantic = &report.result["pairs"][0]["semantic"];
    assert_eq!((&semantic["verdict"], &semantic["witness"]), (&json!("breaking"), &json!(null)));
    assert_eq!(report.outcome, Outcome::Findings);
}

#[test]
fn what_cannot_be_decided_is_said_and_can_be_let_through() {
    let folder = pair(r#"{"pattern": "^(a+)b\\1$"}"#, r#"{"pattern": "^(a+)b\\1c?$"}"#);
    let report = folder.compat(&PAIR).unwrap();
    let rules: Vec<_> = report.findings.kept().iter().map(|finding| finding.rule.as_ref()).collect();
    assert_eq!((report.outcome, rules), (Outcome::Undecided, vec!["compat/unknown"]));
    assert_eq!(report.result["pairs"][0]["semantic"]["witness"], json!(null));
    let report = folder.compat(&[PAIR[0], PAIR[1], "--unknown", "warning"]).unwrap();
    assert_eq!((report.outcome, report.findings.counts().warning), (Outcome::Done, 1));
    let report = folder.compat(&[PAIR[0], PAIR[1], "--gate", "registry"]).unwrap();
    assert_eq!(report.outcome, Outcome::Findings);
}

#[test]
fn either_verdict_may_gate() {
    let harmless = pair(r#"{"type": "object"}"#, r#"{"type": "object", "maxProperties": 3, "minProperties": 0}"#);
    let outcomes = |folder: &Folder| {
        ["semantic", "registry", "both"].map(|gate| folder.compat(&[PAIR[0], PAIR[1], "--gate", gate]).unwrap().outcome)
    };
    assert_eq!(outcomes(&harmless), [Outcome::Findings; 3]);
    let forbidden = pair(r#"{"enum": ["a", "b"]}"#, r#"{"type": "string"}"#);
    assert_eq!(outcomes(&forbidden), [Outcome::Done, Outcome::Findings, Outcome::Findings]);
    let unseen = pair(r#"{"type": "object"}"#, r#"{"type": "object", "propertyNames": {"maxLength": 1}}"#);
    assert_eq!(outcomes(&unseen), [Outcome::Findings, Outcome::Done, Outcome::Findings]);
}

#[test]
fn where_the_verdicts_differ_one_sentence_says_why() {
    let difference = |old: &str, new: &str| {
        let report = pair(old, new).compat(&PAIR).unwrap();
        report.result["pairs"][0]["difference"].as_str().unwrap_or("none").to_owned()
    };
    let differences = [
        difference(r#"{"type": "object"}"#, r#"{"type": "object", "propertyNames": {"maxLength": 1}}"#),
        difference(r#"{"enum": ["a", "b"]}"#, r#"{"type": "string"}"#),
        difference(r#"{"type": "object"}"#, r#"{"type": "object", "required": ["a"]}"#),
        difference(r#"{"type": "string"}"#, r#"{"type": "integer"}"#),
    ];
    insta::assert_snapshot!(differences.join("\n"), @"
    the registry does not look at `propertyNames`, and accepts; at stake are events that were fine under the old schema, like the witness, and are rejected
    the registry refuses `TYPE_CHANGED #/`: the type is another one, and no rule makes the new one cover the old one; but no event is at stake: the new schema accepts everything that the old one accepts
    the registry compares `required` only for names that stand in `properties`, and accepts; at stake are events that were fine under the old schema, like the witness, and are rejected
    none
    ");
}

#[test]
fn a_part_of_a_document_may_be_named() {
    let old = r##"{"$defs": {"a": {"type": "string"}, "b": {"$ref": "#/$defs/a"}}}"##;
    let folder = pair(old, &old.replace("string", "integer"));
    let report = folder.compat(&["old.json#/$defs/b", "new.json#/$defs/b"]).unwrap();
    insta::assert_snapshot!(lines(&report), @r#"
    error new.json:1:26 compat/type-changed the new schema wants the type `"integer"`, the old one `"string"`
    findings
    "#);
    assert_eq!(folder.compat(&["old.json#/$defs/c", "new.json"]).unwrap_err().exit, Exit::Input);
}

#[test]
fn recorded_events_are_held_against_both() {
    let folder = folder();
    folder.write("events/a.ndjson", "{\"id\": \"a\"}\n{\"id\": \"b\", \"total\": 1}\n{\"id\": 1}\n");
    let report = folder.compat(&["v1/order.yaml", "v2/order.yaml", "--golden", "events"]).unwrap();
    let golden: Vec<_> = lines(&report).lines().filter(|line| line.contains("golden")).map(str::to_owned).collect();
    insta::assert_snapshot!(golden.join("\n"), @r#"
    error events/a.ndjson:1:1 compat/golden-event the new schema rejects this recorded event: "total" is a required property
    warning events/a.ndjson:3:1 compat/golden-event the new schema, like the old one, rejects this recorded event: "total" is a required property
    "#);
    assert_eq!(report.result["goldenEvents"], 3);
}

#[test]
fn what_cannot_be_used_has_a_place() {
    let folder = Folder::with(&[
        ("good.json", "{}"),
        ("torn.json", "{\n  \"type\":"),
        ("odd.json", "{\n  \"type\": \"strong\"\n}"),
        ("dangling.yaml", "properties:\n  a: { $ref: nowhere.yaml }\n"),
        ("twice.json", r#"{"a": 1, "a": 2}"#),
    ]);
    let failed = |old: &str, new: &str| {
        let failure = folder.compat(&[old, new]).unwrap_err();
        let start = failure.finding.span.map(|span| format!("{}:{} ", span.start.line, span.start.column));
        format!(
            "{} {} {}{failure}",
            failure.exit.code(),
            failure.finding.file.clone().unwrap_or_default(),
            start.unwrap_or_default()
        )
    };
    let failures =
        [failed("good.json", "torn.json"), failed("gone.json", "good.json"), failed("twice.json", "good.json")];
    insta::assert_snapshot!(failures.join("\n"), @"
    3 torn.json 2:10 the document ends where a value should stand
    3  `gone.json` cannot be read: No such file or directory (os error 2)
    3 twice.json 1:10 the key `a` occurs twice in this object
    ");
    let invalid = ["odd.json", "dangling.yaml"].map(|new| lines(&folder.compat(&["good.json", new]).unwrap()));
    insta::assert_snapshot!(invalid.join("\n"), @r#"
    error odd.json:2:11 compat/invalid-schema this is no valid schema: `"strong"` is not one of the allowed values; allowed are `"array"`, `"boolean"`, `"integer"`, `"null"`, `"number"`, `"object"`, `"string"`
    findings
    error dangling.yaml:2:14 compat/invalid-schema the reference `nowhere.yaml` leads to `nowhere.yaml`, which cannot be read: No such file or directory (os error 2)
    findings
    "#);
    let old = folder.compat(&["odd.json", "good.json"]).unwrap();
    assert_eq!(old.outcome, Outcome::Undecided);
    assert_eq!(folder.compat(&["good.json"]).unwrap_err().exit, Exit::Usage);
}

#[test]
fn the_draft_may_be_said_where_a_schema_names_none() {
    let folder = pair(r#"{"type": "string"}"#, r#"{"type": "string", "format": "date"}"#);
    let verdict = |draft: &str| {
        let report = folder.compat(&[PAIR[0], PAIR[1], "--schema-draft", draft]).unwrap();
        report.result["pairs"][0]["semantic"]["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!([verdict("7"), verdict("2020-12")], ["breaking", "compatible"]);
}

#[test]
fn digits_that_a_double_does_not_have_prove_nothing() {
    let maximum = |number: &str| format!(r#"{{"type": "integer", "maximum": {number}}}"#);
    let (more, less) = (format!("1{}", "0".repeat(40)), "9".repeat(40));
    let report = pair(&maximum(&more), &maximum(&less)).compat(&PAIR).unwrap();
    insta::assert_snapshot!(lines(&report), @"
    error new.json:1:1 compat/unknown whether the new schema accepts every event that the old one accepts is unknown: `9999999999999999999999999999999999999999` and `10000000000000000000000000000000000000000` differ only in digits that a double does not have
    undecided
    ");
    for (old, new) in [(&more, &more), (&"12".to_owned(), &more)] {
        let report = pair(&maximum(old), &maximum(new)).compat(&PAIR).unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{old} {new}");
    }
}

#[test]
fn both_ways_show_their_events() {
    let folder = pair(r#"{"type": "integer", "minimum": 0}"#, r#"{"type": "integer", "maximum": 9}"#);
    let report = folder.compat(&["old.json", "new.json", "--mode", "full"]).unwrap();
    insta::assert_snapshot!(report.text, @"
    subject   mode  semantic  registry
    new.json  full  breaking  incompatible (strict)

    new.json: backward: `maximum` is `9` in the new schema, in the old one there is none: `10`; forward: `minimum` is `0` in the old schema, in the new one there is none: `-1`
      backward:
      10
      forward:
      -1

    1 pair: 1 breaking
    ");
    assert!(report.markdown.contains("<summary>forward&#58; ") && report.markdown.contains("<pre>-1</pre>"));
}

#[test]
fn an_old_file_that_is_no_schema_is_named() {
    let folder = pair("{\n \"items\": {\"$ref\": \"#/$defs/none\"}}", "{}");
    insta::assert_snapshot!(lines(&folder.compat(&PAIR).unwrap()), @"
    error old.json:2:20 compat/unknown whether the new schema accepts every event that the old one accepts is unknown: the old schema cannot be used: the reference `#/$defs/none` leads nowhere
    undecided
    ");
}

#[test]
fn a_document_is_not_compared_with_a_schema() {
    let folder = pair(r#"{"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}}"#, "{}");
    let failure = folder.compat(&PAIR).unwrap_err();
    insta::assert_snapshot!(format!("{} {failure}", failure.exit.code()), @"3 `old.json` is an openapi document, `new.json` is a schema");
}

#[test]
fn the_registrys_paths_follow_the_files_order() {
    let draft = "$schema: https://json-schema.org/draft/2020-12/schema\n";
    for (part, path) in
        [("maxLength: 3\nenum: [a]\n", "#/allOf/1/enum"), ("enum: [a]\nmaxLength: 3\n", "#/allOf/0/enum")]
    {
        let old = format!("{draft}{part}");
        let folder = Folder::with(&[("old.yaml", &old), ("new.yaml", &old.replace("[a]", "[a, b]"))]);
        let report = folder.compat(&["old.yaml", "new.yaml"]).unwrap();
        assert_eq!(
            report.result["pairs"][0]["registry"]["changes"],
            json!([{ "type": "ENUM_ARRAY_EXTENDED", "path": path }])
        );
        // As a part of a document, too.
        let inside = |text: &str| {
            format!(
                "openapi: 3.1.0\ncomponents:\n  schemas:\n    A:\n      {}\n",
                text.trim().replace('\n', "\n      ")
            )
        };
        let folder = Folder::with(&[("old.yaml", &inside(&old)), ("new.yaml", &inside(&old.replace("[a]", "[a, b]")))]);
        let report = folder.compat(&["old.yaml#/components/schemas/A", "new.yaml#/components/schemas/A"]).unwrap();
        assert_eq!(
            report.result["pairs"][0]["registry"]["changes"],
            json!([{ "type": "ENUM_ARRAY_EXTENDED", "path": path }])
        );
    }
}
