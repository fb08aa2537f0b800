use std::fs;

use linkspan_command::{Context, Exit};
use linkspan_project::Project;

use super::found::{Compose, ComposeService, Found, Place, PlaceKind, Schema};
use super::*;

fn rich() -> Found {
    let service = |name: &str, build: Option<&str>, ports: &[u16], needs: &[&str]| ComposeService {
        name: name.to_owned(),
        build: build.map(|folder| (folder.to_owned(), None)),
        image: build.is_none().then(|| "postgres:16".to_owned()),
        ports: ports.to_vec(),
        needs: needs.iter().map(|need| (*need).to_owned()).collect(),
    };
    let services = vec![
        service("web", Some("src/web"), &[8080], &["api", "db"]),
        service("api", Some("src/api"), &[], &[]),
        service("db", None, &[], &[]),
    ];
    Found {
        project: "shop".to_owned(),
        registry: Some("ghcr.io/acme/shop".to_owned()),
        below: String::new(),
        branch: "main".to_owned(),
        dockerfiles: vec!["src/api/Dockerfile".to_owned(), "src/web/Dockerfile".to_owned()],
        compose: Some(Compose { file: "compose.yaml".to_owned(), services }),
        manifests: vec![Place { path: "charts/shop".to_owned(), kind: PlaceKind::Chart, images: vec![] }],
        asyncapi: vec!["events/orders.yaml".to_owned()],
        schemas: vec![Schema { path: "schemas/order-line.schema.json".to_owned(), title: None }],
        samples: vec!["contracts/examples/a.ndjson".to_owned()],
    }
}

fn loaded(text: &str) -> Project {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(FILE_NAME), text).unwrap();
    Project::load(folder.path(), folder.path()).unwrap_or_else(|error| panic!("{error:?}\n{text}"))
}

#[test]
fn what_convention_does_not_say_is_written() {
    let (config, _) = decide(&rich());
    insta::assert_snapshot!(config, @r#"
    # What linkspan cannot see from the folders themselves. All of it is optional: where this file is silent,
    # conventions hold. Unknown keys are errors. `linkspan up` runs the project on a local Kubernetes.

    project: shop

    # Where images are pushed: <registry>/<service>. Not needed for `linkspan up`.
    registry: ghcr.io/acme/shop

    services:
      api:
        path: src/api
        manifests: charts/shop
        # dockerfile: Dockerfile            # relative to the path
        # prepare: make                     # runs in the path before the image is put together
        # platforms: [linux/amd64]          # default: this machine's
        # ports: { web: 8080 }              # Service ports that `up` forwards; default: every one
      web:
        path: src/web
        manifests: charts/shop
    # compose.yaml also runs db (postgres:16): linkspan runs what the manifests say.

    # Events and their schemas. Sample events in contracts/examples/ are checked before anything is built.
    contracts:
      asyncapi: [events/orders.yaml]
      # A model defines one thing once; its projections are its shapes elsewhere.
      models:
        OrderLine:
          schema: schemas/order-line.schema.json
          # projections:
          #   - openapi: contracts/api.openapi.yaml#/components/schemas/Order

    # Where it is rolled out to. `local` is what `linkspan up` uses; its namespace is the project's name unless
    # it is said here.
    # environments:
    #   local: { namespace: my-namespace }
    #   staging: { kube-context: staging, namespace: shop, manifests: deploy/staging }

    # Which services must be ready before a service; from `depends_on` of the compose file.
    rollout:
      needs:
        web: [api]
    "#);
    let project = loaded(&config);
    assert_eq!(project.name, "shop");
    assert_eq!(project.services.iter().map(|service| service.name.as_str()).collect::<Vec<_>>(), ["api", "web"]);
    assert_eq!(project.manifests(), [Path::new("charts/shop")]);
    assert_eq!(project.manifest.rollout.needs["web"], ["api"]);
    assert!(project.manifest.contracts.models.contains_key("OrderLine"));
}

#[test]
fn an_empty_folder_gets_a_file_that_teaches() {
    let (config, _) = decide(&Found { project: "shop".to_owned(), branch: "main".to_owned(), ..Found::default() });
    insta::assert_snapshot!(config, @r#"
    # What linkspan cannot see from the folders themselves. All of it is optional: where this file is silent,
    # conventions hold. Unknown keys are errors. `linkspan up` runs the project on a local Kubernetes.

    project: shop

    # Where images are pushed: <registry>/<service>. Not needed for `linkspan up`.
    # registry: ghcr.io/acme/shop

    # No Dockerfile was found. Every folder with one under services/ is a service; so is the project's own.
    # Once one service is listed here, all are:
    # services:
    #   orders:
    #     path: services/orders
    #     dockerfile: Dockerfile            # relative to the path
    #     prepare: make                     # runs in the path before the image is put together
    #     platforms: [linux/amd64]          # default: this machine's
    #     manifests: deploy                 # files, folders, kustomizations, charts; default: deploy/ or k8s/
    #     ports: { web: 8080 }              # Service ports that `up` forwards; default: every one

    # Events and their schemas. Sample events in contracts/examples/ are checked before anything is built.
    # contracts:
    #   asyncapi: contracts/*.asyncapi.yaml
    #   models: { Order: { schema: contracts/models/order.schema.yaml } }

    # Where it is rolled out to. `local` is what `linkspan up` uses; its namespace is the project's name unless
    # it is said here.
    # environments:
    #   local: { namespace: my-namespace }
    #   staging: { kube-context: staging, namespace: shop, manifests: deploy/staging }

    # Which services must be ready before a service:
    # rollout:
    #   needs: { orders: [catalogue] }
    "#);
    assert_eq!(loaded(&config).services, []);
}

/// A line that is a comment with a key in it is meant to be uncommented: all of them together must load, too.
#[test]
fn the_comments_are_true() {
    for found in [rich(), Found { project: "shop".to_owned(), ..Found::default() }] {
        let (config, _) = decide(&found);
        let text: String = config.lines().map(uncommented).collect();
        loaded(&text);
    }
}

fn uncommented(line: &str) -> String {
    let indent = line.len() - line.trim_start().len();
    let Some(rest) = line.trim_start().strip_prefix("# ") else { return format!("{line}\n") };
    let key = rest.trim_start().split(':').next().unwrap_or_default();
    let is_item = rest.trim_start().starts_with("- ");
    let is_field = rest.contains(':') && !key.contains(' ') && !rest.ends_with('.') && !rest.ends_with("all are:");
    if is_item || is_field { format!("{}{rest}\n", " ".repeat(indent)) } else { String::new() }
}

#[test]
fn the_workflow_says_what_the_project_needs() {
    let (_, workflow) = decide(&rich());
    assert!(workflow.contains("filename: charts/shop\n") && !workflow.contains("registry: ghcr.io"), "{workflow}");
    assert!(!workflow.contains("# if ") && !workflow.contains("# end") && !workflow.contains("BELOW"), "{workflow}");
    let found = Found { registry: None, below: "backend".to_owned(), samples: vec![], manifests: vec![], ..rich() };
    let (_, workflow) = decide(&found);
    assert!(workflow.contains("registry: ghcr.io/") && workflow.contains("working-directory: backend\n"), "{workflow}");
    assert!(!workflow.contains("actions/validate@") && !workflow.contains("actions/rollout@"), "{workflow}");
}

#[test]
fn what_exists_is_kept_unless_forced() {
    let folder = tempfile::tempdir().unwrap();
    let context = Context::quiet("init", folder.path());
    let init = |dry_run, force| run(&Args { dry_run, force }, &context);
    fs::create_dir(folder.path().join(".git")).unwrap();
    fs::write(folder.path().join("Dockerfile"), "FROM scratch\n").unwrap();

    assert!(init(true, false).unwrap().text.contains("would write linkspan.yaml:"));
    assert!(!folder.path().join(FILE_NAME).exists());

    fs::write(folder.path().join(FILE_NAME), "project: mine\n").unwrap();
    assert!(init(false, false).unwrap().text.contains("kept linkspan.yaml"));
    assert_eq!(fs::read_to_string(folder.path().join(FILE_NAME)).unwrap(), "project: mine\n");
    assert!(folder.path().join(workflow::PATH).is_file());

    assert_eq!(init(false, false).unwrap_err().exit, Exit::Refused);
    init(false, true).unwrap();
    assert_ne!(fs::read_to_string(folder.path().join(FILE_NAME)).unwrap(), "project: mine\n");
}
