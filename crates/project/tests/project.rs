//! Projects as people write them.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use linkspan_project::{Direction, Error, Exchange, Gate, Project, Projection, SqlDialect};

fn project(files: &[(&str, &str)]) -> (tempfile::TempDir, Result<Project, Error>) {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let file = folder.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    let project = Project::load(folder.path(), folder.path());
    (folder, project)
}

fn faults(yaml: &str) -> Vec<String> {
    let (_folder, project) = project(&[("linkspan.yaml", yaml)]);
    let Err(Error::Malformed(findings)) = project else { panic!("it was accepted: {project:?}") };
    let line = |finding: &linkspan_report::Finding| {
        let start = finding.span.unwrap().start;
        let help = finding.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        format!("{}:{} {}{help}", start.line, start.column, finding.message)
    };
    findings.iter().map(line).collect()
}

const WHOLE: &str = "\
project: shop
registry: ghcr.io/acme/shop
services:
  orders:
    path: services/orders
    dockerfile: Dockerfile
    prepare: cargo build --release
    platforms: [linux/amd64, linux/arm64]
    manifests: deploy/orders
    ports: { web: 8080 }
functions:
  receipts: { path: functions/receipts, alias: live, shift: 10% 5m, alarms: [receipts-errors] }
contracts:
  asyncapi: contracts/*.asyncapi.yaml
  models:
    Order:
      schema: contracts/models/order.schema.yaml
      projections:
        - openapi: contracts/orders.openapi.yaml#/components/schemas/Order
        - event: contracts/orders.asyncapi.yaml#/components/messages/OrderPlaced
        - table: services/orders/schema.sql#orders
        - type: { path: services/orders/src/model.rs, generate: cargo run --bin generate }
  policy: { gate: semantic, waivers: contracts/waivers.yaml }
drills:
  loyalty: { events: contracts/examples/orders.ndjson, state: [{ get: /accounts }], effects: [MAIL_URL] }
environments:
  staging: { kube-context: staging, namespace: shop, manifests: deploy/staging }
rollout: { needs: { orders: [catalogue] }, health: health/ }
include:
  - { repository: https://github.com/globex/loyalty, ref: v3 }
";

#[test]
fn every_key_is_read() {
    let (_folder, project) = project(&[("linkspan.yaml", WHOLE), ("contracts/orders.asyncapi.yaml", "")]);
    let project = project.unwrap();
    assert_eq!((project.name.as_str(), project.registry.as_deref()), ("shop", Some("ghcr.io/acme/shop")));
    let orders = project.service("orders").unwrap();
    assert_eq!(orders.dockerfile, Path::new("services/orders/Dockerfile"));
    assert_eq!(orders.platforms, ["linux/amd64", "linux/arm64"]);
    assert_eq!(orders.manifests, [PathBuf::from("deploy/orders")]);
    assert_eq!(orders.ports["web"], 8080);
    assert_eq!(project.asyncapi, [PathBuf::from("contracts/orders.asyncapi.yaml")]);
    let staging = project.environment("staging").unwrap();
    assert_eq!((staging.kube_context.as_deref(), staging.namespace.as_deref()), (Some("staging"), Some("shop")));
    assert_eq!(staging.manifests, Some(vec![PathBuf::from("deploy/staging")]));
    let manifest = &project.manifest;
    assert_eq!(manifest.contracts.policy.gate, Gate::Semantic);
    assert_eq!(manifest.contracts.models["Order"].projections.len(), 4);
    assert!(matches!(manifest.contracts.models["Order"].projections[3], Projection::Type(_)));
    assert_eq!(manifest.functions["receipts"].alarms, ["receipts-errors"]);
    assert_eq!(manifest.drills["loyalty"].effects, ["MAIL_URL"]);
    assert_eq!(manifest.rollout.needs["orders"], ["catalogue"]);
    assert_eq!(manifest.include[0].reference.as_deref(), Some("v3"));
}

#[test]
fn a_projection_may_have_a_mapping() {
    let text = "\
contracts:
  models:
    Order:
      schema: order.yaml
      projections:
        - openapi: { at: 'api.yaml#/components/schemas/NewOrder', as: request, omitted: [status] }
        - event: { at: 'orders.asyncapi.yaml#/components/messages/OrderPlaced', is: equal }
        - table: { at: 'migrations#orders', dialect: postgresql, renames: { id: order_no }, computed: [created_at] }
        - table: { at: [schema.sql, 'migrations#orders'] }
";
    let (_folder, project) = project(&[("linkspan.yaml", text)]);
    let project = project.unwrap();
    let [Projection::Openapi(api), Projection::Event(event), Projection::Table(table), Projection::Table(files)] =
        project.manifest.contracts.models["Order"].projections.as_slice()
    else {
        unreachable!()
    };
    assert_eq!((api.exchange, api.is, api.omitted.len()), (Some(Exchange::Request), None, 1));
    assert_eq!(event.is, Some(Direction::Equal));
    assert_eq!(table.at.0, ["migrations#orders"]);
    assert_eq!((table.dialect, table.renames["id"].as_str()), (Some(SqlDialect::Postgresql), "order_no"));
    assert_eq!(files.at.0.len(), 2);
}

#[test]
fn without_a_file_the_conventions_hold() {
    let files = [
        ("services/orders/Dockerfile", "FROM scratch\n"),
        ("services/orders/k8s/a.yaml", ""),
        ("services/web/Dockerfile", "FROM scratch\n"),
        ("services/notes/README.md", ""),
        ("deploy/web/b.yaml", ""),
        ("contracts/web.asyncapi.yaml", ""),
    ];
    let (folder, project) = project(&files);
    let project = project.unwrap();
    assert_eq!(project.name, folder.path().file_name().unwrap().to_str().unwrap());
    let names: Vec<_> = project.services.iter().map(|service| service.name.as_str()).collect();
    assert_eq!(names, ["orders", "web"]);
    assert_eq!(project.manifests(), [PathBuf::from("services/orders/k8s"), PathBuf::from("deploy/web")]);
    assert_eq!(project.asyncapi.len(), 1);
}

#[test]
fn a_project_may_be_one_service() {
    let (_folder, project) =
        project(&[("Dockerfile", ""), ("deploy/a.yaml", ""), ("linkspan.yaml", "project: shop\n")]);
    let project = project.unwrap();
    assert_eq!(project.services.len(), 1);
    assert_eq!(
        (project.services[0].name.as_str(), project.services[0].dockerfile.to_str()),
        ("shop", Some("./Dockerfile"))
    );
    assert_eq!(project.manifests(), [PathBuf::from("deploy")]);
}

#[test]
fn an_empty_service_is_all_conventions() {
    let (_folder, project) = project(&[("linkspan.yaml", "services:\n  orders:\nenvironments:\n")]);
    assert_eq!(project.unwrap().services[0].path, Path::new("services/orders"));
}

#[test]
fn faults_have_places_and_advice() {
    insta::assert_snapshot!(faults("projekt: shop\nservices:\n  orders: { dockerfil: x, ports: { web: 80800 } }\n  web: 3\n").join("\n"), @"
    1:1 unknown key `projekt` (did you mean `project`?)
    3:13 unknown key `dockerfil` (did you mean `dockerfile`?)
    3:41 `web` is `80800`, which is out of range
    4:8 `web` is a number, but must be a mapping
    ");
    insta::assert_snapshot!(faults("contracts:\n  models:\n    Order: { projections: [{ tabel: x }] }\n  policy: { gate: strict }\n").join("\n"), @"
    3:28 `projections[0]` must be one of the keys `openapi`, `event`, `table`, `type`
    3:12 `Order` lacks the key `schema`
    4:19 `gate` must be one of `semantic`, `registry`, `both`
    ");
    let model = "contracts:\n  models:\n    A:\n      schema: x\n      projections:\n";
    insta::assert_snapshot!(faults(&format!("{model}        - table: {{ at: x, rename: {{ a: b }}, is: bigger }}\n        - event: {{ is: equal }}\n")).join("\n"), @"
    6:49 `is` must be one of `subset`, `superset`, `equal`
    6:27 unknown key `rename` (did you mean `renames`?)
    7:18 `event` lacks the key `at`
    ");
    insta::assert_snapshot!(faults("project: a\nproject: b\n").join("\n"), @"2:1 the key `project` occurs twice in this object (keep one of them)");
    insta::assert_snapshot!(faults("a: [\n").join("\n"), @"1:4 the `[` is not closed (close it, or indent what belongs to it)");
    insta::assert_snapshot!(faults("project: a\n---\nproject: b\n").join("\n"), @"3:1 more than one document (`linkspan.yaml` holds one document; remove the `---`)");
}

#[test]
fn the_schema_is_one_self_contained_document() {
    let schema = linkspan_project::json_schema();
    assert!(!schema.to_string().contains("\"$ref\""));
    assert_eq!(schema["properties"]["services"]["additionalProperties"]["properties"]["ports"]["type"], "object");
}
