//! Changes that are not schemas: one file below `tests/contract/` for each rule, with an old document, a new one, and
//! the changes that must be found (`line:column rule`, in the new document).
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use linkspan_events::compat::contract::{changes, rules};
use linkspan_events::compat::subject::{Subjects, subjects};
use linkspan_events::schema::{Files, Memory};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contract")
}

/// A project of one document.
fn project(text: &str) -> (Files, Subjects) {
    let kind = if text.contains("openapi:") { "openapi" } else { "asyncapi" };
    let tree = Memory::from_iter([(format!("contracts/orders.{kind}.yaml"), text.to_owned())]);
    let files = Files::of(Arc::new(tree), "");
    let found = subjects(&files).unwrap();
    assert_eq!(found.notices, []);
    (files, found)
}

fn found(old: &str, new: &str) -> Vec<String> {
    let ((old_files, old), (new_files, new)) = (project(old), project(new));
    let line = |change: linkspan_events::compat::contract::ContractChange| {
        let position = |files: &Files, place: Option<linkspan_events::schema::Place>| {
            let place = place.unwrap();
            let start = files.document(&place.path).unwrap().nearest(&place.pointer).start;
            format!("{}:{}", start.line, start.column)
        };
        let (before, now) = (position(&old_files, change.old), position(&new_files, change.new));
        let word = if change.breaking { "breaks" } else { "is fine" };
        format!("{before} -> {now} {} {word}: {}: {}", change.rule.id, change.subject, change.message)
    };
    changes(&old.surfaces, &new.surfaces).into_iter().map(line).collect()
}

#[test]
fn each_rule() {
    let mut wrong = Vec::new();
    for rule in rules().into_iter().filter(|rule| !rule.id.starts_with("contract/")) {
        let file = folder().join(format!("{}.yaml", rule.id));
        let text = std::fs::read_to_string(&file).unwrap_or_else(|_| panic!("the rule `{}` has no test file", rule.id));
        let mut parts = text.split("\n---\n");
        let (old, new, expected) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap_or_default());
        let lines = found(old, new);
        assert!(lines.iter().any(|line| line.contains(rule.id)), "{}: {lines:#?}", rule.id);
        let expected: Vec<_> = expected.lines().filter_map(|line| line.strip_prefix("# ")).collect();
        if lines != expected {
            wrong.push(format!("{}\n# {}", rule.id, lines.join("\n# ")));
        }
        assert_eq!(found(new, new), Vec::<String>::new(), "{}", rule.id);
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

const TWO: &str = "asyncapi: 2.6.0
info: { title: Orders, version: 1.0.0 }
defaultContentType: application/json
servers: { main: { url: 'mqtt://example.com', protocol: mqtt } }
channels:
  orders.placed:
    subscribe:
      operationId: tellPlaced
      message: { $ref: '#/components/messages/OrderPlaced' }
  'orders.{tenant}.cancel':
    parameters: { tenant: { schema: { type: string } } }
    publish:
      message:
        correlationId: { location: $message.header#/trace }
        traits: [{ contentType: application/json, headers: { type: object, required: [trace] } }]
        payload: { type: object, required: [id] }
components:
  messages:
    OrderPlaced: { name: shop.order.placed.v1, payload: { type: object } }
";

const THREE: &str = "asyncapi: 3.0.0
info: { title: Orders, version: 1.0.0 }
defaultContentType: application/json
servers: { main: { host: example.com, protocol: mqtt } }
channels:
  placed:
    address: orders.placed
    messages: { OrderPlaced: { $ref: '#/components/messages/OrderPlaced' } }
  cancel:
    address: 'orders.{customer}.cancel'
    parameters: { customer: {} }
    messages:
      Cancel:
        correlationId: { location: $message.header#/trace }
        headers: { type: object, required: [trace] }
        payload: { type: object, required: [id] }
operations:
  tellPlaced: { action: send, channel: { $ref: '#/channels/placed' } }
  onCancel: { action: receive, channel: { $ref: '#/channels/cancel' } }
components:
  messages:
    OrderPlaced: { name: shop.order.placed.v1, payload: { type: object } }
";

#[test]
fn another_version_of_the_specification_is_no_change() {
    assert_eq!(found(TWO, THREE), Vec::<String>::new());
    assert_eq!(found(THREE, TWO), Vec::<String>::new());
}

#[test]
fn changes_between_versions_of_the_specification() {
    let moved = THREE.replace("address: orders.placed", "address: orders.accepted");
    let other = moved.replace("trace }", "id }").replace("action: receive", "action: send");
    insta::assert_snapshot!(found(TWO, &other).join("\n"), @"
    7:5 -> 6:3 asyncapi/channel-removed breaks: asyncapi orders/orders.placed: the channel `orders.placed` was removed
    13:7 -> 19:13 asyncapi/direction-changed breaks: asyncapi orders/orders.{customer}.cancel: the service used `orders.{customer}.cancel` to receive, and now to send
    6:3 -> 7:5 asyncapi/channel-added is fine: asyncapi orders/orders.accepted: the channel `orders.accepted` was added
    ");
}

#[test]
fn changes_within_version_two() {
    let other =
        TWO.replace("    publish:", "    subscribe:").replace("application/json\nservers", "text/plain\nservers");
    insta::assert_snapshot!(found(TWO, &other).join("\n"), @"
    19:18 -> 19:18 asyncapi/content-type-changed breaks: asyncapi orders/OrderPlaced: the content type of `OrderPlaced` changed from `application/json` to `text/plain`
    13:7 -> 13:7 asyncapi/direction-changed breaks: asyncapi orders/orders.{tenant}.cancel: the service used `orders.{tenant}.cancel` to receive, and now to send
    ");
}

#[test]
fn names_of_path_parameters_do_not_matter() {
    let old = std::fs::read_to_string(folder().join("openapi/path-removed.yaml")).unwrap();
    let old = old.split("\n---\n").next().unwrap();
    let new = old.replace("/orders/{id}", "/orders/{orderId}").replace("name: id,", "name: orderId,");
    assert_eq!(found(old, &new), Vec::<String>::new());
}

#[test]
fn a_range_of_statuses_and_of_media_types_covers_its_members() {
    let old = "openapi: 3.0.3\npaths: { /a: { get: { responses: { '201': { content: { application/json: {} } }, '404': {} } } } }\n";
    let new = "openapi: 3.1.0\npaths: { /a: { get: { responses: { 2XX: { content: { 'application/*': {} } }, default: {} } } } }\n";
    let lines = found(old, new);
    assert!(lines.iter().all(|line| line.contains("openapi/status-added")), "{lines:#?}");
}

#[test]
fn any_old_way_to_be_let_in_must_stay_enough() {
    let with = |security: &str| {
        format!("openapi: 3.1.0\nsecurity: {security}\npaths: {{ /a: {{ get: {{ responses: {{}} }} }} }}\n")
    };
    let rules = |old: &str, new: &str| {
        let lines = found(&with(old), &with(new));
        lines.iter().map(|line| line.split(' ').nth(3).unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (old, new) in [
        ("[]", "[]"),
        ("[{ a: [] }]", "[{ a: [] }, { b: [] }]"),
        ("[{ a: [x] }]", "[{}]"),
        ("[{ a: [x, y] }]", "[{ a: [x] }]"),
    ] {
        assert_eq!(rules(old, new), Vec::<String>::new(), "{old} {new}");
    }
    for (old, new) in
        [("[]", "[{ a: [] }]"), ("[{ a: [] }, { b: [] }]", "[{ a: [] }]"), ("[{ a: [] }]", "[{ a: [], b: [] }]")]
    {
        assert_eq!(rules(old, new), ["openapi/security-added"], "{old} {new}");
    }
    assert_eq!(rules("[{ a: [x] }]", "[{ a: [x, y] }]"), ["openapi/scope-added"]);
}

#[test]
fn a_document_that_is_gone() {
    let (_, old) = project(THREE);
    let gone = changes(&old.surfaces, &[]);
    assert_eq!(gone.len(), 1);
    assert!(gone[0].breaking && gone[0].rule.id == "contract/document-removed", "{gone:?}");
}
