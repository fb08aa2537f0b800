//! A project and its earlier versions.

use linkspan_report::Outcome;
use serde_json::json;

use crate::support::{Folder, lines, pairs};

const ORDER: &str = "\
$schema: https://json-schema.org/draft/2020-12/schema
type: object
required: [id]
properties:
  id: { type: string }
  status: { enum: [open, paid, lost] }
";

const ASYNCAPI: &str = "\
asyncapi: 3.0.0
info: { title: orders, version: 1.0.0 }
channels:
  orders:
    address: orders
    messages:
      placed: { $ref: '#/components/messages/placed' }
operations:
  onPlaced: { action: receive, channel: { $ref: '#/channels/orders' }, messages: [{ $ref: '#/channels/orders/messages/placed' }] }
components:
  messages:
    placed:
      name: com.harbour.order-placed.v1
      payload: { type: object, required: [id], properties: { id: { type: string }, kind: { enum: [a, b] } } }
";

const PLACED: &str =
    r#"{"specversion":"1.0","id":"1","source":"/s","type":"com.harbour.order-placed.v1","data":{"id":"o","kind":"b"}}"#;

fn model() -> Folder {
    let folder = Folder::with(&[
        ("linkspan.yaml", "project: shop\ncontracts:\n  models:\n    Order: { schema: contracts/order.schema.yaml }\n"),
        ("contracts/order.schema.yaml", ORDER),
    ]);
    folder.release("v1.0.0");
    folder
}

fn events() -> Folder {
    let folder = Folder::with(&[
        ("linkspan.yaml", "project: shop\n"),
        ("contracts/orders.asyncapi.yaml", ASYNCAPI),
        ("contracts/examples/orders.ndjson", PLACED),
    ]);
    folder.release("v1.0.0");
    folder
}

const SCHEMA: &str = "contracts/order.schema.yaml";

#[test]
fn a_model_is_compared_with_its_last_release() {
    let folder = model();
    assert_eq!(folder.compat(&[]).unwrap().outcome, Outcome::Done);
    folder.edit(SCHEMA, ", lost", "");
    let report = folder.compat(&[]).unwrap();
    insta::assert_snapshot!(format!("{}\n{}", pairs(&report), lines(&report)), @r#"
    model Order v1.0.0 backward breaking false {"id":"","status":"lost"}
    error contracts/order.schema.yaml:6:19 compat/enum-narrowed the new schema does not list `"lost"` at `/status`, the old one does
    findings
    "#);
    let other = folder.compat(&["--against", "v1.0.0", "--mode", "forward"]).unwrap();
    assert_eq!(other.outcome, Outcome::Done);
}

#[test]
fn what_was_released_does_not_fire_again() {
    let folder = model();
    folder.edit(SCHEMA, ", lost", "");
    folder.release("v1.1.0");
    folder.write("notes.md", "released");
    folder.release("later");
    assert_eq!(folder.compat(&["--against", "v*"]).unwrap().outcome, Outcome::Done);
    let all = folder.compat(&["--against", "v*", "--mode", "backward-transitive"]).unwrap();
    insta::assert_snapshot!(format!("{}\n{}", pairs(&all), lines(&all)), @r#"
    model Order v1.1.0 backward-transitive compatible true null
    model Order v1.0.0 backward-transitive breaking false {"id":"","status":"lost"}
    error contracts/order.schema.yaml:6:19 compat/enum-narrowed the new schema does not list `"lost"` at `/status`, the old one does (since `v1.1.0`)
    findings
    "#);
}

#[test]
fn a_new_subject_and_a_first_version_are_no_errors() {
    let folder = model();
    folder.write("contracts/item.schema.yaml", "type: object\n");
    folder.edit("linkspan.yaml", "    Order", "    Item: { schema: contracts/item.schema.yaml }\n    Order");
    let report = folder.compat(&[]).unwrap();
    assert_eq!((report.outcome, &report.result["added"]), (Outcome::Done, &json!(["model Item"])));
    let report = folder.compat(&["--against", "w*"]).unwrap();
    assert_eq!((report.outcome, report.text.as_str()), (Outcome::Done, "nothing to compare"));
}

#[test]
fn waivers_accept_what_they_name_until_they_expire() {
    let folder = model();
    folder.edit(SCHEMA, ", lost", "");
    folder.edit("linkspan.yaml", "contracts:\n", "contracts:\n  policy: { waivers: contracts/waivers.yaml }\n");
    let waiver = |expires: &str| {
        format!(
            "waivers:\n  - subject: model *\n    rule: compat/enum-narrowed\n    path: /properties/status\n    reason: nobody sends it\n    expires: {expires}\n    by: ana@harbour.example\n  - subject: model Item\n    rule: '*'\n    reason: none\n    expires: 9999-12-31\n"
        )
    };
    folder.write("contracts/waivers.yaml", &waiver("9999-12-31"));
    let report = folder.compat(&[]).unwrap();
    insta::assert_snapshot!(lines(&report), @r#"
    notice contracts/order.schema.yaml:6:19 compat/enum-narrowed the new schema does not list `"lost"` at `/status`, the old one does (waived by ana@harbour.example until 9999-12-31: nobody sends it)
    notice contracts/waivers.yaml:8:5 compat/waiver-unused the waiver for `*` in `model Item` covers nothing
    done
    "#);
    assert!(report.result["pairs"][0]["accepted"].as_str().unwrap().contains("nobody sends it"));
    folder.write("contracts/waivers.yaml", &waiver("2020-01-01"));
    insta::assert_snapshot!(lines(&folder.compat(&[]).unwrap()), @r#"
    error contracts/order.schema.yaml:6:19 compat/enum-narrowed the new schema does not list `"lost"` at `/status`, the old one does
    warning contracts/waivers.yaml:2:5 compat/waiver-expired the waiver for `compat/enum-narrowed` in `model *` expired on `2020-01-01`
    notice contracts/waivers.yaml:8:5 compat/waiver-unused the waiver for `*` in `model Item` covers nothing
    findings
    "#);
    folder.write("contracts/waivers.yaml", "waivers:\n  - subject: 1\n");
    let failure = folder.compat(&[]).unwrap_err();
    insta::assert_snapshot!(format!("{} {failure}", failure.exit.code()), @"3 `subject` is a number, but must be a text");
}

#[test]
fn a_label_on_the_pull_request_lets_breaks_through() {
    let mut folder = model();
    folder.edit(SCHEMA, ", lost", "");
    let event = folder.path().join("event.json");
    folder.write("event.json", r#"{"pull_request": {"number": 7, "labels": [{"name": "breaking-change"}]}}"#);
    folder.variables = vec![("GITHUB_EVENT_PATH".into(), event.display().to_string())];
    let report = folder.compat(&["--allow-label", "breaking-change"]).unwrap();
    insta::assert_snapshot!(lines(&report), @r#"
    warning contracts/order.schema.yaml:6:19 compat/enum-narrowed the new schema does not list `"lost"` at `/status`, the old one does (the pull request #7 has the label `breaking-change`)
    done
    "#);
    assert_eq!(folder.compat(&["--allow-label", "other"]).unwrap().outcome, Outcome::Findings);
    folder.variables.clear();
    assert_eq!(folder.compat(&["--allow-label", "breaking-change"]).unwrap().outcome, Outcome::Findings);
}

#[test]
fn the_project_decides_what_counts() {
    let folder = model();
    folder.edit(SCHEMA, ", lost", "");
    let policy = |policy: &str| {
        let text =
            format!("project: shop\ncontracts:\n  policy: {policy}\n  models:\n    Order: {{ schema: {SCHEMA} }}\n");
        folder.write("linkspan.yaml", &text);
        folder.compat(&[]).unwrap()
    };
    assert_eq!(policy("{ severity: { compat/enum-narrowed: warning } }").outcome, Outcome::Done);
    assert_eq!(policy("{ severity: { compat/enum-narrowed: off } }").findings.kept(), []);
    insta::assert_snapshot!(lines(&policy("{ severity: { compat/enum: warning } }")), @r#"
    error contracts/order.schema.yaml:6:19 compat/enum-narrowed the new schema does not list `"lost"` at `/status`, the old one does
    warning linkspan.yaml compat/unknown-rule `contracts.policy.severity` names `compat/enum`, but there is no such rule
    findings
    "#);
    assert_eq!(policy("{ mode: forward }").outcome, Outcome::Done);
    assert_eq!(policy("{ modes: { 'model *': forward, 'model Order': full } }").outcome, Outcome::Findings);
    assert_eq!(
        policy("{ gate: registry, registry-policy: lenient }").result["pairs"][0]["registry"]["policy"],
        "lenient"
    );
}

#[test]
fn who_receives_decides_the_way_and_recorded_events_tell() {
    let folder = events();
    folder.edit("contracts/orders.asyncapi.yaml", "[a, b]", "[a]");
    let report = folder.compat(&[]).unwrap();
    insta::assert_snapshot!(format!("{}\n{}", pairs(&report), lines(&report)), @r#"
    asyncapi orders/placed payload v1.0.0 backward breaking false {"id":"","kind":"b"}
    error contracts/orders.asyncapi.yaml:14:98 compat/enum-narrowed the new schema does not list `"b"` at `/kind`, the old one does; it hits orders/onPlaced
    error contracts/examples/orders.ndjson:1:106 compat/golden-event the new schema rejects this recorded event at `/data/kind`: "b" is not one of "a"
    findings
    "#);
}

#[test]
fn a_break_needs_a_new_major_version_and_only_a_break_does() {
    let old = "      payload: { type: object, required: [id], properties: { id: { type: string }, kind: { enum: [a, b] } } }\n";
    let next =
        |payload: &str| format!("    next:\n      name: com.harbour.order-placed.v2\n      payload: {payload}\n");
    let channel = |folder: &Folder| {
        folder.edit(
            "contracts/orders.asyncapi.yaml",
            "messages/placed' }\noperations",
            "messages/placed' }\n      next: { $ref: '#/components/messages/next' }\noperations",
        );
    };
    let folder = events();
    channel(&folder);
    folder.edit("contracts/orders.asyncapi.yaml", old, &format!("{old}{}", next("{ type: object, required: [kind] }")));
    insta::assert_snapshot!(lines(&folder.compat(&[]).unwrap()), @"
    notice contracts/orders.asyncapi.yaml:18:43 compat/required-undeclared the new schema requires `kind`, which is not among its `properties`; the old one does not (`com.harbour.order-placed.v2` is a new major version beside `com.harbour.order-placed.v1`)
    notice contracts/orders.asyncapi.yaml:18:16 compat/verdicts-differ the registry compares `required` only for names that stand in `properties`, and accepts; at stake are events that were fine under the old schema, like the witness, and are rejected
    done
    ");
    let folder = events();
    channel(&folder);
    folder.edit("contracts/orders.asyncapi.yaml", old, &format!("{old}{}", next("{ type: object }")));
    insta::assert_snapshot!(lines(&folder.compat(&[]).unwrap()), @"
    notice contracts/orders.asyncapi.yaml:18:7 compat/needless-major `com.harbour.order-placed.v2` accepts all that `com.harbour.order-placed.v1` accepts: no new major version is needed
    done
    ");
    let folder = events();
    folder.edit("contracts/orders.asyncapi.yaml", "order-placed.v1", "order-placed.v2");
    folder.edit("contracts/orders.asyncapi.yaml", "[a, b]", "[a]");
    insta::assert_snapshot!(lines(&folder.compat(&[]).unwrap()), @r#"
    error contracts/orders.asyncapi.yaml:14:98 compat/enum-narrowed the new schema does not list `"b"` at `/kind`, the old one does
    error contracts/orders.asyncapi.yaml:14:7 compat/type-gone `com.harbour.order-placed.v1` is gone, and `com.harbour.order-placed.v2` breaks its readers
    notice contracts/orders.asyncapi.yaml:13:7 asyncapi/event-type-changed the event type of `placed` changed from `com.harbour.order-placed.v1` to `com.harbour.order-placed.v2`
    findings
    "#);
}

#[test]
fn what_else_changes_in_a_contract_is_found_too() {
    let folder = events();
    folder.edit("contracts/orders.asyncapi.yaml", "address: orders", "address: orders.v2");
    insta::assert_snapshot!(lines(&folder.compat(&[]).unwrap()), @"
    error contracts/orders.asyncapi.yaml:5:5 asyncapi/address-changed the address of the channel `orders` changed from `orders` to `orders.v2`
    findings
    ");
}

#[test]
fn two_documents_are_compared_message_by_message() {
    let folder = events();
    folder.write("v1/old.yaml", ASYNCAPI);
    folder.write("v2/new.yaml", &ASYNCAPI.replace("[a, b]", "[a]").replace("address: orders", "address: orders.v2"));
    let report = folder.compat(&["v1/old.yaml", "v2/new.yaml"]).unwrap();
    insta::assert_snapshot!(format!("{}\n{}", pairs(&report), lines(&report)), @r#"
    asyncapi new/placed payload v1/old.yaml backward breaking false {"id":"","kind":"b"}
    error v2/new.yaml:14:98 compat/enum-narrowed the new schema does not list `"b"` at `/kind`, the old one does
    error v2/new.yaml:5:5 asyncapi/address-changed the address of the channel `orders` changed from `orders` to `orders.v2`
    findings
    "#);
    assert_eq!(folder.compat(&["v1/old.yaml", "v1/old.yaml"]).unwrap().outcome, Outcome::Done);
}

#[test]
fn what_is_sent_and_what_is_answered_is_compared_the_other_way() {
    let api = |request: &str, response: &str| {
        format!(
            "openapi: 3.1.0\ninfo: {{ title: a, version: '1' }}\npaths:\n  /orders:\n    post:\n      requestBody:\n        content:\n          application/json:\n            schema: {{ enum: {request} }}\n      responses:\n        '200':\n          description: ok\n          content:\n            application/json:\n              schema: {{ enum: {response} }}\n"
        )
    };
    let folder = Folder::with(&[("old.yaml", &api("[a]", "[a, b]")), ("fine.yaml", &api("[a, b]", "[a]"))]);
    assert_eq!(folder.compat(&["old.yaml", "fine.yaml"]).unwrap().outcome, Outcome::Done);
    let report = folder.compat(&["fine.yaml", "old.yaml"]).unwrap();
    insta::assert_snapshot!(format!("{}\n{}", pairs(&report), lines(&report)), @r#"
    openapi old POST /orders request application/json fine.yaml backward breaking false "b"
    openapi old POST /orders response 200 application/json fine.yaml forward breaking false "b"
    error old.yaml:9:29 compat/enum-narrowed the new schema does not list `"b"`, the old one does
    error old.yaml:15:31 compat/enum-narrowed the old schema does not list `"b"`, the new one does
    findings
    "#);
}

#[test]
fn a_change_of_a_model_is_said_once_for_all_that_refer_to_it() {
    let payload = |number: u32| {
        format!(
            "    placed{number}: {{ name: com.harbour.placed.v{number}, payload: {{ $ref: order.schema.yaml }} }}\n"
        )
    };
    let asyncapi = format!(
        "asyncapi: 3.0.0\ninfo: {{ title: orders, version: 1.0.0 }}\nchannels:\n  orders:\n    messages: {{ placed1: {{ $ref: '#/components/messages/placed1' }}, placed2: {{ $ref: '#/components/messages/placed2' }} }}\noperations:\n  onPlaced: {{ action: receive, channel: {{ $ref: '#/channels/orders' }} }}\ncomponents:\n  messages:\n{}{}",
        payload(1),
        payload(2)
    );
    let folder = model();
    folder.write("contracts/orders.asyncapi.yaml", &asyncapi);
    folder.release("v1.1.0");
    folder.edit(SCHEMA, ", lost", "");
    let report = folder.compat(&[]).unwrap();
    insta::assert_snapshot!(format!("{}\n{}", pairs(&report), lines(&report)), @r#"
    asyncapi orders/placed1 payload v1.1.0 backward breaking false {"id":"","status":"lost"}
    asyncapi orders/placed2 payload v1.1.0 backward breaking false {"id":"","status":"lost"}
    model Order v1.1.0 backward breaking false {"id":"","status":"lost"}
    error contracts/order.schema.yaml:6:19 compat/enum-narrowed the new schema does not list `"lost"` at `/status`, the old one does; it hits orders/onPlaced
    findings
    "#);
    let finding = &report.findings.kept()[0];
    let related: Vec<_> =
        finding.related.iter().map(|related| format!("{} {}", related.file, related.message)).collect();
    insta::assert_snapshot!(format!("{}\n{}", finding.data["subjects"], related.join("\n")), @r#"
    ["model Order","asyncapi orders/placed1 payload","asyncapi orders/placed2 payload"]
    v1.1.0:contracts/order.schema.yaml the old version
    contracts/order.schema.yaml the change hits `asyncapi orders/placed1 payload`, too
    contracts/order.schema.yaml the change hits `asyncapi orders/placed2 payload`, too
    "#);

    folder.edit("linkspan.yaml", "contracts:\n", "contracts:\n  policy: { waivers: contracts/waivers.yaml }\n");
    folder.write(
        "contracts/waivers.yaml",
        "waivers:\n  - subject: model Order\n    rule: '*'\n    reason: internal\n    expires: 9999-12-31\n    by: ana\n",
    );
    insta::assert_snapshot!(lines(&folder.compat(&[]).unwrap()), @r#"
    error contracts/order.schema.yaml:6:19 compat/enum-narrowed the new schema does not list `"lost"` at `/status`, the old one does; it hits orders/onPlaced
    notice contracts/order.schema.yaml:6:19 compat/enum-narrowed the new schema does not list `"lost"` at `/status`, the old one does (waived by ana until 9999-12-31: internal)
    findings
    "#);
}

#[test]
fn a_payload_in_another_format_has_no_verdict_once_it_changes() {
    for format in
        ["application/vnd.apache.avro;version=1.9.0", "application/vnd.google.protobuf", "application/raml+yaml"]
    {
        let payload = format!("{{ schemaFormat: '{format}', schema: {{ type: record, name: R, fields: [] }} }}");
        let asyncapi = ASYNCAPI.replace(
            "{ type: object, required: [id], properties: { id: { type: string }, kind: { enum: [a, b] } } }",
            &payload,
        );
        let folder =
            Folder::with(&[("linkspan.yaml", "project: shop\n"), ("contracts/orders.asyncapi.yaml", &asyncapi)]);
        folder.release("v1.0.0");
        folder.edit("contracts/orders.asyncapi.yaml", "version: 1.0.0", "version: 1.0.1");
        let report = folder.compat(&[]).unwrap();
        assert_eq!(
            (report.outcome, pairs(&report).as_str()),
            (Outcome::Done, "asyncapi orders/placed payload v1.0.0 backward compatible true null")
        );
        folder.edit("contracts/orders.asyncapi.yaml", "fields: []", "fields: [{ name: a, type: string }]");
        let report = folder.compat(&[]).unwrap();
        assert_eq!(report.outcome, Outcome::Undecided);
        let said = format!("{}\n{}", pairs(&report), lines(&report)).replace(format, "FORMAT");
        // The schema stands behind the format's name.
        let said = said.replace(&format!(":14:{}", 44 + format.len()), ":14:…");
        insta::allow_duplicates! { insta::assert_snapshot!(said, @"
        asyncapi orders/placed payload v1.0.0 backward unknown null null
        error contracts/orders.asyncapi.yaml:14:… compat/unknown whether the new schema accepts every event that the old one accepts is unknown: the old schema cannot be used: schemas in the format `FORMAT` are not compared; the new schema cannot be used: schemas in the format `FORMAT` are not compared
        warning contracts/orders.asyncapi.yaml:14:… compat/not-compared schemas in the format `FORMAT` are not compared
        warning v1.0.0:contracts/orders.asyncapi.yaml:14:… compat/not-compared schemas in the format `FORMAT` are not compared
        undecided
        "); }
        assert_eq!(folder.compat(&["--unknown", "notice"]).unwrap().outcome, Outcome::Done);
    }
}
