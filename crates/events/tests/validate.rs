//! `validate`, as its users see it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use linkspan_command::{Context, Exit, Failure};
use linkspan_events::validate::{Args, run};
use linkspan_report::{Outcome, Report};
use linkspan_source::Format;

struct Folder(tempfile::TempDir);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let file = folder.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        Self(folder)
    }

    fn validate(&self, schema: Option<&str>, files: &[&str]) -> Result<Report, Failure> {
        let args = Args {
            files: files.iter().map(Into::into).collect(),
            schema: schema.map(Into::into),
            assert_formats: false,
            jobs: None,
            mask: Vec::new(),
            stdin_format: Format::Json,
        };
        run(args, &Context::quiet("events validate", self.0.path()))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

/// One line a finding: place, rule, message, help, and the schema's place.
fn lines(report: &Report) -> String {
    let line = |finding: &linkspan_report::Finding| {
        let span = finding.span.unwrap();
        let help = finding.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        let schema = finding.related.first().map(|related| {
            let start = related.span.unwrap().start;
            format!(" <- {}:{}:{}", related.file, start.line, start.column)
        });
        format!(
            "{}:{}:{}-{}:{} {} {}{help}{}",
            finding.file.as_deref().unwrap(),
            span.start.line,
            span.start.column,
            span.end.line,
            span.end.column,
            finding.rule,
            finding.message,
            schema.unwrap_or_default()
        )
    };
    report.findings.kept().iter().map(line).chain([report.text.clone()]).collect::<Vec<_>>().join("\n")
}

const ORDER: &str = "\
$schema: https://json-schema.org/draft/2020-12/schema
$id: https://harbour.example/schemas/order.schema.yaml
type: object
required: [id, lines]
additionalProperties: false
properties:
  id: { type: string, pattern: '^o-' }
  note: { type: string }
  lines:
    type: array
    items: { $ref: line.schema.yaml }
";

const LINE: &str = "\
$schema: https://json-schema.org/draft/2020-12/schema
$id: https://harbour.example/schemas/line.schema.yaml
type: object
required: [sku]
properties:
  sku: { type: string }
  quantity: { type: integer, minimum: 1 }
";

const ASYNCAPI: &str = "\
asyncapi: 3.0.0
info: { title: orders, version: 1.0.0 }
channels:
  orders:
    messages:
      placed: { $ref: '#/components/messages/placed' }
components:
  messages:
    placed:
      name: com.harbour.order-placed.v1
      payload: { $ref: models/order.schema.yaml }
    moved:
      payload:
        type: object
        required: [specversion, data]
        properties:
          specversion: { const: '1.0' }
          type: { const: com.harbour.order-moved.v1 }
          data: { type: object, required: [to] }
";

fn project(events: &str) -> Folder {
    Folder::with(&[
        ("linkspan.yaml", "project: shop\n"),
        ("contracts/models/order.schema.yaml", ORDER),
        ("contracts/models/line.schema.yaml", LINE),
        ("contracts/orders.asyncapi.yaml", ASYNCAPI),
        ("contracts/examples/orders.ndjson", events),
    ])
}

#[test]
fn events_are_checked_by_their_type() {
    let folder = project(concat!(
        r#"{"specversion":"1.0","id":"1","source":"/shop","type":"com.harbour.order-placed.v1","data":{"id":"o-1","lines":[{"sku":"b","quantity":1}]}}"#,
        "\n",
        r#"{"specversion":"1.0","id":"2","source":"/shop","type":"com.harbour.order-moved.v1","data":{"to":"x"}}"#,
        "\n",
    ));
    let report = folder.validate(None, &[]).unwrap();
    assert_eq!(lines(&report), "3 documents in 2 files: all valid");
    assert_eq!(report.outcome, Outcome::Done);
}

#[test]
fn every_fault_is_found_once_with_both_places() {
    let folder = project(concat!(
        r#"{"specversion":"1.0","id":"1","source":"/shop","type":"com.harbour.order-placed.v1","data":{"id":"1","nte":"x","lines":[{"quantity":0}]}}"#,
        "\n",
        r#"{"specversion":"1.0","id":"2","source":"/shop","type":"com.harbour.order-moved.v1","data":{}}"#,
        "\n",
        r#"{"specversion":"1.0","id":"3","source":"/shop","type":"com.harbour.order-plaсed.v1"}"#,
        "\n",
        r#"{"specversion":"1.0","id":"4","source":"/shop""#,
    ));
    let report = folder.validate(None, &["contracts/examples"]).unwrap();
    assert_eq!(report.outcome, Outcome::Findings);
    insta::assert_snapshot!(lines(&report), @r#"
    contracts/examples/orders.ndjson:1:98-1:101 schema/pattern `"1"` does not match the pattern `^o-` <- contracts/models/order.schema.yaml:7:32
    contracts/examples/orders.ndjson:1:102-1:107 schema/additionalProperties the property `nte` is not allowed here (did you mean `note`?) <- contracts/models/order.schema.yaml:5:23
    contracts/examples/orders.ndjson:1:121-1:135 schema/required the required property `sku` is missing <- contracts/models/line.schema.yaml:4:11
    contracts/examples/orders.ndjson:1:133-1:134 schema/minimum `0` is less than the minimum of `1` <- contracts/models/line.schema.yaml:7:39
    contracts/examples/orders.ndjson:2:91-2:93 schema/required the required property `to` is missing <- contracts/orders.asyncapi.yaml:19:43
    contracts/examples/orders.ndjson:3:55-3:84 events/unknown-type no schema is known for the event type `com.harbour.order-plaсed.v1` (the nearest of the AsyncAPI documents' types is `com.harbour.order-placed.v1`)
    contracts/examples/orders.ndjson:4:47-4:47 json-syntax the document ends where `,` or `}` should stand (the last line has no line break: the file may have been cut off while it was written) <- contracts/examples/orders.ndjson:4:1
    4 documents in 1 file: 4 invalid
    "#);
}

#[test]
fn an_event_may_name_its_schema_and_come_in_a_batch() {
    let event = |id: &str, sku: &str| {
        format!(
            r#"{{"specversion":"1.0","id":"{id}","source":"/shop","type":"t","dataschema":"https://harbour.example/schemas/line.schema.yaml","data":{{"sku":{sku}}}}}"#
        )
    };
    let folder = project("");
    std::fs::write(folder.path().join("batch.json"), format!("[{},\n {}]", event("1", "\"a\""), event("2", "7")))
        .unwrap();
    let report = folder.validate(None, &["batch.json"]).unwrap();
    insta::assert_snapshot!(lines(&report), @"
    batch.json:2:138-2:139 schema/type `7` is not a string <- contracts/models/line.schema.yaml:6:16
    1 document in 1 file: 1 invalid
    ");
}

#[test]
fn any_document_is_checked_as_a_whole_against_a_schema() {
    let folder = Folder::with(&[
        ("line.schema.yaml", LINE),
        ("good.json", r#"{"sku": "a"}"#),
        ("bad.yaml", "sku: 7\nquantity: 1.5\n---\nsku: a\n---\n- x\n"),
    ]);
    let report = folder.validate(Some("line.schema.yaml"), &["good.json", "bad.yaml"]).unwrap();
    insta::assert_snapshot!(lines(&report), @r#"
    bad.yaml:1:6-1:7 schema/type `7` is not a string <- line.schema.yaml:6:16
    bad.yaml:2:11-2:14 schema/type `1.5` is not an integer <- line.schema.yaml:7:21
    bad.yaml:6:1-6:4 schema/type `["x"]` is not an object <- line.schema.yaml:3:7
    4 documents in 2 files: 2 invalid
    "#);
    let report = folder.validate(Some("line.schema.yaml#/properties/sku"), &["good.json"]).unwrap();
    assert_eq!(report.outcome, Outcome::Findings);
}

#[test]
fn the_envelope_follows_the_specification() {
    let folder = Folder::with(&[(
        "event.yaml",
        "specversion: '0.3'\nid: ''\nsource: a b\nCamel: 1\nbig: 4294967296\ntime: yesterday\ndatacontenttype: json\ndataschema: relative\ndata: 1\ndata_base64: '?'\n",
    )]);
    let report = folder.validate(None, &["event.yaml"]).unwrap();
    insta::assert_snapshot!(lines(&report), @"
    event.yaml:1:1-10:17 cloudevents/required the event lacks `type` (CloudEvents 1.0, spec.md#type)
    event.yaml:1:14-1:19 cloudevents/value `specversion` must be `1.0` (CloudEvents 1.0, spec.md#specversion)
    event.yaml:2:5-2:7 cloudevents/value `id` must not be empty (CloudEvents 1.0, spec.md#id)
    event.yaml:3:9-3:12 cloudevents/value `source` must be a URI-reference that is not empty (CloudEvents 1.0, spec.md#source-1)
    event.yaml:4:1-4:6 cloudevents/name the attribute's name `Camel` may only have the letters a to z and digits (CloudEvents 1.0, spec.md#naming-conventions)
    event.yaml:5:6-5:16 cloudevents/type the extension `big` must be a text, a boolean or a 32-bit integer (CloudEvents 1.0, json-format.md §2.2)
    event.yaml:6:7-6:16 cloudevents/value `time` must be a timestamp (RFC 3339) (CloudEvents 1.0, spec.md#time)
    event.yaml:7:18-7:22 cloudevents/value `datacontenttype` must be a media type (RFC 2046) (CloudEvents 1.0, spec.md#datacontenttype)
    event.yaml:8:13-8:21 cloudevents/value `dataschema` must be an absolute URI (CloudEvents 1.0, spec.md#dataschema)
    event.yaml:10:14-10:17 cloudevents/data `data_base64` must be text in Base64 (RFC 4648) (CloudEvents 1.0, json-format.md §3.1.1)
    event.yaml:10:14-10:17 cloudevents/data `data` and `data_base64` exclude each other (CloudEvents 1.0, json-format.md §3.1.1)
    1 document in 1 file: 1 invalid
    ");
}

#[test]
fn alternatives_name_the_one_that_came_closest() {
    let schema = r#"{"oneOf": [{"type": "string"}, {"type": "object", "required": ["a"], "properties": {"a": {"properties": {"b": {"type": "integer"}}}}}]}"#;
    let folder = Folder::with(&[("s.json", schema), ("d.json", r#"{"a": {"b": "x"}}"#)]);
    let report = folder.validate(Some("s.json"), &["d.json"]).unwrap();
    insta::assert_snapshot!(lines(&report), @r#"
    d.json:1:13-1:16 schema/type `"x"` is not an integer (what comes closest is `oneOf/1`) <- s.json:1:120
    1 document in 1 file: 1 invalid
    "#);
}

#[test]
fn what_cannot_be_used_is_an_input_failure_with_a_place() {
    let folder = Folder::with(&[
        ("d.json", "{}"),
        ("broken.yaml", "type: [\n"),
        ("odd.json", "{\n  \"type\": \"strong\"\n}"),
        ("away.json", r#"{"$ref": "https://example.com/x.json"}"#),
        ("out.json", r#"{"$ref": "../../etc/passwd"}"#),
        ("pattern.json", r#"{"properties": {"a": {"pattern": "("}}}"#),
    ]);
    let failed = |schema: Option<&str>, file: &str| {
        let failure = folder.validate(schema, &[file]).unwrap_err();
        assert_eq!(failure.exit, Exit::Input, "{failure}");
        let place =
            failure.finding.span.map(|span| format!("{}:{} ", span.start.line, span.start.column)).unwrap_or_default();
        let file = failure.finding.file.clone().unwrap_or_default();
        format!("{file} {place}{failure}")
    };
    let failures = [
        failed(None, "missing.json"),
        failed(Some("missing.json"), "d.json"),
        failed(Some("broken.yaml"), "d.json"),
        failed(Some("odd.json"), "d.json"),
        failed(Some("away.json"), "d.json"),
        failed(Some("out.json"), "d.json"),
        failed(Some("pattern.json"), "d.json"),
    ];
    insta::assert_snapshot!(failures.join("\n"), @r#"
     `missing.json` cannot be read: No such file or directory (os error 2)
     the schema `missing.json` cannot be read: No such file or directory (os error 2)
    broken.yaml 1:7 the `[` is not closed
    odd.json 2:11 this is no valid schema: `"strong"` is not one of the allowed values; allowed are `"array"`, `"boolean"`, `"integer"`, `"null"`, `"number"`, `"object"`, `"string"`
    away.json 1:10 the reference `https://example.com/x.json` leads to what is not in `linkspan.lock`, and nothing is fetched: `linkspan-events lock --from https://example.com/x.json=FILE` takes it from a file
    out.json 1:10 the reference `../../etc/passwd` leads to `etc/passwd`, which cannot be read: No such file or directory (os error 2)
    pattern.json 1:34 this is no valid schema: `"("` is not of the format `regex`
    "#);
}

#[test]
fn malformed_documents_are_findings_and_the_others_are_still_checked() {
    let folder = Folder::with(&[
        ("line.schema.yaml", LINE),
        ("a.ndjson", "{\"sku\": \"a\", \"sku\": \"b\"}\n\n{\"sku\": 1}\r\n{\"sku\": \"\\ud800\"}\n"),
    ]);
    let report = folder.validate(Some("line.schema.yaml"), &["a.ndjson"]).unwrap();
    insta::assert_snapshot!(lines(&report), @r"
    a.ndjson:1:14-1:19 duplicate-key the key `sku` occurs twice in this object (keep one of them) <- a.ndjson:1:2
    a.ndjson:3:9-3:10 schema/type `1` is not a string <- line.schema.yaml:6:16
    a.ndjson:4:10-4:16 json-syntax half of a surrogate pair is no character (a character beyond U+FFFF is written as itself, or as two `\u` escapes)
    3 documents in 1 file: 3 invalid
    ");
}

#[test]
fn every_draft_is_known() {
    for (draft, schema) in [
        ("http://json-schema.org/draft-04/schema#", r#""maximum": 3, "exclusiveMaximum": true"#),
        ("http://json-schema.org/draft-06/schema#", r#""exclusiveMaximum": 3"#),
        ("http://json-schema.org/draft-07/schema#", r#""if": {"minimum": 3}, "then": false"#),
        (
            "https://json-schema.org/draft/2019-09/schema",
            r##""$ref": "#/$defs/a", "$defs": {"a": {}}, "exclusiveMaximum": 3"##,
        ),
        (
            "https://json-schema.org/draft/2020-12/schema",
            r##""$dynamicRef": "#a", "$defs": {"a": {"$dynamicAnchor": "a", "exclusiveMaximum": 3}}"##,
        ),
    ] {
        let schema = format!(r#"{{"$schema": "{draft}", {schema}}}"#);
        let folder = Folder::with(&[("s.json", &schema), ("two.json", "2"), ("three.json", "3")]);
        let report = folder.validate(Some("s.json"), &["two.json", "three.json"]).unwrap();
        assert_eq!(report.result["invalid"], 1, "{draft}");
    }
}

#[test]
fn data_in_base_64_is_held_against_its_schema() {
    let event = |kind: &str, data: &str| {
        format!(
            r#"{{"specversion":"1.0","id":"1","source":"/shop","type":"com.harbour.order-placed.v1","datacontenttype":"{kind}","data_base64":"{data}"}}"#
        )
    };
    let json = "application/json";
    let events = [
        event(json, "eyJpZCI6Im8tMSIsImxpbmVzIjpbXX0="), // {"id":"o-1","lines":[]}
        event(json, "eyJpZCI6Im8tMSIsImxpbmVzIjp7fX0="), // {"id":"o-1","lines":{}}
        event("text/plain", "eA=="),
    ];
    let folder = project(&(events.join("\n") + "\n"));
    let report = folder.validate(None, &["contracts/examples/orders.ndjson"]).unwrap();
    insta::assert_snapshot!(lines(&report), @"
    contracts/examples/orders.ndjson:2:136-2:170 schema/type `{}` is not a list <- contracts/models/order.schema.yaml:10:11
    contracts/examples/orders.ndjson:3:1-3:137 events/no-data the data in `data_base64` is no JSON that its schema could be held against
    3 documents in 1 file: 2 invalid
    ");
}

#[test]
fn a_type_without_a_schema_is_a_fault_where_there_are_contracts() {
    let event = r#"{"specversion":"1.0","id":"1","source":"/","type":"t","data":{}}"#;
    let said = |contract: &str, manifest: &str| {
        let files =
            [("linkspan.yaml", manifest), ("contracts/x.asyncapi.yaml", contract), ("order.yaml", "type: object\n")];
        let folder = Folder::with(&files.map(|(path, text)| (path, text)));
        if contract.is_empty() {
            std::fs::remove_file(folder.path().join("contracts/x.asyncapi.yaml")).unwrap();
        }
        std::fs::write(folder.path().join("e.ndjson"), format!("{event}\n")).unwrap();
        lines(&folder.validate(None, &["e.ndjson"]).unwrap())
    };
    let head = "asyncapi: 3.0.0\ninfo: { title: t, version: '1' }\n";
    let message = |message: &str| format!("{head}components:\n  messages:\n    t: {message}\n");
    insta::assert_snapshot!(said("", "project: x\n"), @"1 document in 1 file: all valid");
    insta::assert_snapshot!(said(head, "project: x\n"), @"
    e.ndjson:1:51-1:54 events/unknown-type no schema is known for the event type `t` (none of the project's AsyncAPI documents has a message with a schema; add the event's, or use `--schema` for other documents)
    1 document in 1 file: 1 invalid
    ");
    insta::assert_snapshot!(said("", "contracts: { models: { Order: { schema: order.yaml } } }\n"), @"
    e.ndjson:1:51-1:54 events/unknown-type no schema is known for the event type `t` (none of the project's AsyncAPI documents has a message with a schema; add the event's, or use `--schema` for other documents)
    1 document in 1 file: 1 invalid
    ");
    // A message without a schema says that anything goes; one in another format says that it is not checked.
    insta::assert_snapshot!(said(&message("{ title: any }"), "project: x\n"), @"1 document in 1 file: all valid");
    let avro = "{ payload: { schemaFormat: 'application/vnd.apache.avro;version=1.9.0', schema: { type: record, name: R, fields: [] } } }";
    insta::assert_snapshot!(said(&message(avro), "project: x\n"), @"
    contracts/x.asyncapi.yaml:5:8-5:129 events/format events of the type `t` are not checked: their schema is in the format `application/vnd.apache.avro;version=1.9.0` (only JSON Schema is known; check them with the format's own tools)
    1 document in 1 file: all valid
    ");
    let protobuf = "{ payload: { schemaFormat: application/vnd.google.protobuf, schema: 'message T {}' }, name: t }";
    insta::assert_snapshot!(said(&message(protobuf), "project: x\n"), @"
    contracts/x.asyncapi.yaml:5:8-5:103 events/format events of the type `t` are not checked: their schema is in the format `application/vnd.google.protobuf` (only JSON Schema is known; check them with the format's own tools)
    1 document in 1 file: all valid
    ");
}
