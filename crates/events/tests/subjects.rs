//! What is compared of a project, and with what: real folders, real git repositories.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;

use linkspan_events::compat::history::{Against, Credentials, Request, Version, earlier};
use linkspan_events::compat::subject::{Subjects, subjects};
use linkspan_events::schema::Files;

/// A git repository in a folder of its own.
struct Repository(tempfile::TempDir);

impl Repository {
    fn new() -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        repository.git(&["init", "--quiet", "--initial-branch", "main"]);
        repository
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn git(&self, arguments: &[&str]) -> String {
        git(self.path(), arguments)
    }

    fn write(&self, path: &str, text: &str) {
        let file = self.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    /// Writes a file, commits and tags.
    fn release(&self, tag: &str, path: &str, text: &str) {
        self.write(path, text);
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", tag]);
        self.git(&["tag", tag]);
    }
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args([
        "-c",
        "user.name=A",
        "-c",
        "user.email=a@example.com",
        "-c",
        "protocol.file.allow=always",
    ]);
    let output = command.args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn of(folder: &Path) -> Subjects {
    subjects(&Files::new(folder, folder)).unwrap()
}

fn versions(folder: &Path, against: &Against, transitive: bool) -> Result<Vec<Version>, linkspan_command::Failure> {
    let current = of(folder);
    let request = Request {
        against,
        root: folder,
        directory: folder,
        transitive,
        credentials: &Credentials::None,
        current: &current.subjects,
    };
    earlier(&request)
}

fn names(versions: &[Version]) -> Vec<&str> {
    versions.iter().map(|version| version.name.as_str()).collect()
}

#[test]
fn the_subjects_of_the_sample() {
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop");
    let found = of(&shop);
    let rows: Vec<_> = found
        .subjects
        .iter()
        .map(|subject| {
            let place = format!("{}#{}", subject.place.path.display(), subject.place.pointer);
            format!(
                "{} | {:?} | {} | {:?} {:?}",
                subject.id, subject.direction, place, subject.event_type, subject.version
            )
        })
        .collect();
    insta::assert_snapshot!(rows.join("\n"), @r#"
    asyncapi gull-catalogue/ProductChanged payload | Sends | contracts/models/product.schema.yaml# | Some("com.gullrecords.catalogue.product-changed.v1") Some("1")
    asyncapi harbour-catalogue/ProductChanged payload | Sends | contracts/models/product.schema.yaml# | Some("com.harbourbooks.catalogue.product-changed.v1") Some("1")
    asyncapi loyalty/PointsAdded payload | Sends | contracts/models/points.schema.yaml# | Some("com.gullrecords.loyalty.points-added.v1") Some("1")
    asyncapi loyalty/storefront.OrderConfirmed payload | Receives | contracts/models/order.schema.yaml# | Some("com.harbourbooks.storefront.order-confirmed.v1") Some("1")
    asyncapi storefront/OrderConfirmed payload | Sends | contracts/models/order.schema.yaml# | Some("com.harbourbooks.storefront.order-confirmed.v1") Some("1")
    asyncapi storefront/OrderPlaced payload | Sends | contracts/models/order.schema.yaml# | Some("com.harbourbooks.storefront.order-placed.v1") Some("1")
    asyncapi storefront/gull-catalogue.ProductChanged payload | Receives | contracts/models/product.schema.yaml# | Some("com.gullrecords.catalogue.product-changed.v1") Some("1")
    asyncapi storefront/harbour-catalogue.ProductChanged payload | Receives | contracts/models/product.schema.yaml# | Some("com.harbourbooks.catalogue.product-changed.v1") Some("1")
    asyncapi storefront/loyalty.PointsAdded payload | Receives | contracts/models/points.schema.yaml# | Some("com.gullrecords.loyalty.points-added.v1") Some("1")
    asyncapi storefront/warehouse.StockRejected payload | Receives | contracts/models/reservation.schema.yaml# | Some("com.harbourbooks.warehouse.stock-rejected.v1") Some("1")
    asyncapi storefront/warehouse.StockReserved payload | Receives | contracts/models/reservation.schema.yaml# | Some("com.harbourbooks.warehouse.stock-reserved.v1") Some("1")
    asyncapi warehouse/StockRejected payload | Sends | contracts/models/reservation.schema.yaml# | Some("com.harbourbooks.warehouse.stock-rejected.v1") Some("1")
    asyncapi warehouse/StockReserved payload | Sends | contracts/models/reservation.schema.yaml# | Some("com.harbourbooks.warehouse.stock-reserved.v1") Some("1")
    asyncapi warehouse/gull-catalogue.ProductChanged payload | Receives | contracts/models/product.schema.yaml# | Some("com.gullrecords.catalogue.product-changed.v1") Some("1")
    asyncapi warehouse/harbour-catalogue.ProductChanged payload | Receives | contracts/models/product.schema.yaml# | Some("com.harbourbooks.catalogue.product-changed.v1") Some("1")
    asyncapi warehouse/storefront.OrderPlaced payload | Receives | contracts/models/order.schema.yaml# | Some("com.harbourbooks.storefront.order-placed.v1") Some("1")
    model Order | None | contracts/models/order.schema.yaml# | None None
    model Points | None | contracts/models/points.schema.yaml# | None None
    model Product | None | contracts/models/product.schema.yaml# | None None
    model Reservation | None | contracts/models/reservation.schema.yaml# | None None
    openapi catalogue GET /products response 200 application/json | Sends | contracts/catalogue.openapi.yaml#/paths/~1products/get/responses/200/content/application~1json/schema | None None
    openapi catalogue GET /products/{sku} parameter path sku | Receives | contracts/models/product.schema.yaml#/properties/sku | None None
    openapi catalogue GET /products/{sku} response 200 application/json | Sends | contracts/models/product.schema.yaml# | None None
    openapi catalogue GET /products/{sku} response 404 application/problem+json | Sends | contracts/catalogue.openapi.yaml#/components/schemas/Problem | None None
    openapi catalogue PUT /products/{sku} parameter path sku | Receives | contracts/models/product.schema.yaml#/properties/sku | None None
    openapi catalogue PUT /products/{sku} request application/json | Receives | contracts/catalogue.openapi.yaml#/components/schemas/ProductDraft | None None
    openapi catalogue PUT /products/{sku} response 200 application/json | Sends | contracts/models/product.schema.yaml# | None None
    openapi catalogue PUT /products/{sku} response 422 application/problem+json | Sends | contracts/catalogue.openapi.yaml#/components/schemas/Problem | None None
    openapi hub DELETE /dead-letters/{subscription}/{position} parameter path position | Receives | contracts/hub.openapi.yaml#/paths/~1dead-letters~1{subscription}~1{position}/parameters/1/schema | None None
    openapi hub DELETE /dead-letters/{subscription}/{position} parameter path subscription | Receives | contracts/hub.openapi.yaml#/paths/~1dead-letters~1{subscription}~1{position}/parameters/0/schema | None None
    openapi hub DELETE /dead-letters/{subscription}/{position} response 404 application/problem+json | Sends | contracts/hub.openapi.yaml#/components/schemas/Problem | None None
    openapi hub DELETE /subscriptions/{name} parameter path name | Receives | contracts/hub.openapi.yaml#/paths/~1subscriptions~1{name}/parameters/0/schema | None None
    openapi hub DELETE /subscriptions/{name} response 404 application/problem+json | Sends | contracts/hub.openapi.yaml#/components/schemas/Problem | None None
    openapi hub DELETE /subscriptions/{name} response 409 application/problem+json | Sends | contracts/hub.openapi.yaml#/components/schemas/Problem | None None
    openapi hub GET /dead-letters response 200 application/json | Sends | contracts/hub.openapi.yaml#/paths/~1dead-letters/get/responses/200/content/application~1json/schema | None None
    openapi hub GET /logs response 200 application/json | Sends | contracts/hub.openapi.yaml#/paths/~1logs/get/responses/200/content/application~1json/schema | None None
    openapi hub GET /logs/{type} parameter path type | Receives | contracts/hub.openapi.yaml#/paths/~1logs~1{type}/parameters/0/schema | None None
    openapi hub GET /logs/{type} parameter query after | Receives | contracts/hub.openapi.yaml#/paths/~1logs~1{type}/parameters/1/schema | None None
    openapi hub GET /logs/{type} parameter query limit | Receives | contracts/hub.openapi.yaml#/paths/~1logs~1{type}/parameters/2/schema | None None
    openapi hub GET /logs/{type} response 200 application/json | Sends | contracts/hub.openapi.yaml#/paths/~1logs~1{type}/get/responses/200/content/application~1json/schema | None None
    openapi hub GET /subscriptions response 200 application/json | Sends | contracts/hub.openapi.yaml#/paths/~1subscriptions/get/responses/200/content/application~1json/schema | None None
    openapi hub GET /subscriptions/{name} parameter path name | Receives | contracts/hub.openapi.yaml#/paths/~1subscriptions~1{name}/parameters/0/schema | None None
    openapi hub GET /subscriptions/{name} response 200 application/json | Sends | contracts/hub.openapi.yaml#/components/schemas/Subscription | None None
    openapi hub GET /subscriptions/{name} response 404 application/problem+json | Sends | contracts/hub.openapi.yaml#/components/schemas/Problem | None None
    openapi hub POST /dead-letters/{subscription}/{position}/resend parameter path position | Receives | contracts/hub.openapi.yaml#/paths/~1dead-letters~1{subscription}~1{position}~1resend/parameters/1/schema | None None
    openapi hub POST /dead-letters/{subscription}/{position}/resend parameter path subscription | Receives | contracts/hub.openapi.yaml#/paths/~1dead-letters~1{subscription}~1{position}~1resend/parameters/0/schema | None None
    openapi hub POST /dead-letters/{subscription}/{position}/resend response 404 application/problem+json | Sends | contracts/hub.openapi.yaml#/components/schemas/Problem | None None
    openapi hub POST /dead-letters/{subscription}/{position}/resend response 502 application/problem+json | Sends | contracts/hub.openapi.yaml#/components/schemas/Problem | None None
    openapi hub POST /events request application/cloudevents+json | Receives | contracts/hub.openapi.yaml#/components/schemas/Event | None None
    openapi hub POST /events request application/cloudevents-batch+json | Receives | contracts/hub.openapi.yaml#/paths/~1events/post/requestBody/content/application~1cloudevents-batch+json/schema | None None
    openapi hub POST /events response 400 application/problem+json | Sends | contracts/hub.openapi.yaml#/components/schemas/Problem | None None
    openapi hub POST /events response 415 application/problem+json | Sends | contracts/hub.openapi.yaml#/components/schemas/Problem | None None
    openapi hub POST /subscriptions/{name}/replay parameter path name | Receives | contracts/hub.openapi.yaml#/paths/~1subscriptions~1{name}~1replay/parameters/0/schema | None None
    openapi hub POST /subscriptions/{name}/replay request application/json | Receives | contracts/hub.openapi.yaml#/paths/~1subscriptions~1{name}~1replay/post/requestBody/content/application~1json/schema | None None
    openapi hub POST /subscriptions/{name}/replay response 404 application/problem+json | Sends | contracts/hub.openapi.yaml#/components/schemas/Problem | None None
    openapi hub PUT /subscriptions/{name} parameter path name | Receives | contracts/hub.openapi.yaml#/paths/~1subscriptions~1{name}/parameters/0/schema | None None
    openapi hub PUT /subscriptions/{name} request application/json | Receives | contracts/hub.openapi.yaml#/components/schemas/SubscriptionWish | None None
    openapi hub PUT /subscriptions/{name} response 200 application/json | Sends | contracts/hub.openapi.yaml#/components/schemas/Subscription | None None
    openapi hub PUT /subscriptions/{name} response 409 application/problem+json | Sends | contracts/hub.openapi.yaml#/components/schemas/Problem | None None
    openapi hub PUT /subscriptions/{name} response 422 application/problem+json | Sends | contracts/hub.openapi.yaml#/components/schemas/Problem | None None
    openapi loyalty GET /accounts response 200 application/json | Sends | contracts/loyalty.openapi.yaml#/paths/~1accounts/get/responses/200/content/application~1json/schema | None None
    openapi loyalty GET /accounts/{customer} parameter path customer | Receives | contracts/loyalty.openapi.yaml#/paths/~1accounts~1{customer}/parameters/0/schema | None None
    openapi loyalty GET /accounts/{customer} response 200 application/json | Sends | contracts/loyalty.openapi.yaml#/components/schemas/Account | None None
    openapi loyalty GET /accounts/{customer} response 404 application/problem+json | Sends | contracts/loyalty.openapi.yaml#/components/schemas/Problem | None None
    openapi storefront GET /orders response 200 application/json | Sends | contracts/storefront.openapi.yaml#/paths/~1orders/get/responses/200/content/application~1json/schema | None None
    openapi storefront GET /orders/{orderId} parameter path orderId | Receives | contracts/models/order.schema.yaml#/properties/orderId | None None
    openapi storefront GET /orders/{orderId} response 200 application/json | Sends | contracts/storefront.openapi.yaml#/components/schemas/OrderProgress | None None
    openapi storefront GET /orders/{orderId} response 404 application/problem+json | Sends | contracts/storefront.openapi.yaml#/components/schemas/Problem | None None
    openapi storefront GET /products response 200 application/json | Sends | contracts/storefront.openapi.yaml#/paths/~1products/get/responses/200/content/application~1json/schema | None None
    openapi storefront GET /products/{sku} parameter path sku | Receives | contracts/models/product.schema.yaml#/properties/sku | None None
    openapi storefront GET /products/{sku} response 200 application/json | Sends | contracts/storefront.openapi.yaml#/components/schemas/Offer | None None
    openapi storefront GET /products/{sku} response 404 application/problem+json | Sends | contracts/storefront.openapi.yaml#/components/schemas/Problem | None None
    openapi storefront PUT /orders/{orderId} parameter path orderId | Receives | contracts/models/order.schema.yaml#/properties/orderId | None None
    openapi storefront PUT /orders/{orderId} request application/json | Receives | contracts/storefront.openapi.yaml#/components/schemas/OrderWish | None None
    openapi storefront PUT /orders/{orderId} response 200 application/json | Sends | contracts/storefront.openapi.yaml#/components/schemas/OrderProgress | None None
    openapi storefront PUT /orders/{orderId} response 201 application/json | Sends | contracts/storefront.openapi.yaml#/components/schemas/OrderProgress | None None
    openapi storefront PUT /orders/{orderId} response 409 application/problem+json | Sends | contracts/storefront.openapi.yaml#/components/schemas/Problem | None None
    openapi storefront PUT /orders/{orderId} response 422 application/problem+json | Sends | contracts/storefront.openapi.yaml#/components/schemas/Problem | None None
    openapi warehouse GET /reservations response 200 application/json | Sends | contracts/warehouse.openapi.yaml#/paths/~1reservations/get/responses/200/content/application~1json/schema | None None
    openapi warehouse GET /stock response 200 application/json | Sends | contracts/warehouse.openapi.yaml#/paths/~1stock/get/responses/200/content/application~1json/schema | None None
    openapi warehouse PUT /stock/{sku} parameter path sku | Receives | contracts/models/product.schema.yaml#/properties/sku | None None
    openapi warehouse PUT /stock/{sku} request application/json | Receives | contracts/warehouse.openapi.yaml#/paths/~1stock~1{sku}/put/requestBody/content/application~1json/schema | None None
    openapi warehouse PUT /stock/{sku} response 404 application/problem+json | Sends | contracts/warehouse.openapi.yaml#/components/schemas/Problem | None None
    "#);
    assert_eq!(found.notices, []);
}

const MODEL: &str = "contracts/models/order.schema.yaml";

fn released() -> Repository {
    let repository = Repository::new();
    for (tag, length) in [("v1.9.0", 9), ("v1.10.0", 10), ("v2.0.0-rc1", 11), ("other-1", 12)] {
        repository.release(tag, MODEL, &format!("{{ type: string, maxLength: {length} }}\n"));
    }
    repository
}

fn lengths(versions: &[Version]) -> Vec<(String, u64)> {
    let length = |version: &Version| version.subjects[0].bundle.value["maxLength"].as_u64().unwrap();
    versions.iter().map(|version| (version.name.clone(), length(version))).collect()
}

#[test]
fn tags_in_the_order_of_their_versions() {
    let repository = released();
    let tags = Against::parse("v*", repository.path());
    assert_eq!(tags, Against::Tags("v*".to_owned()));
    let all = versions(repository.path(), &tags, true).unwrap();
    let expected = [("v2.0.0-rc1", 11), ("v1.10.0", 10), ("v1.9.0", 9)].map(|(tag, length)| (tag.to_owned(), length));
    assert_eq!(lengths(&all), expected);
    assert!(all.iter().all(|version| version.released));
    assert_eq!(names(&versions(repository.path(), &tags, false).unwrap()), ["v2.0.0-rc1"]);
    let place = &all[1].subjects[0].place;
    assert_eq!(all[1].files.shown(&place.path), format!("v1.10.0:{MODEL}"));
}

#[test]
fn a_tag_that_head_cannot_reach_is_no_earlier_version() {
    let repository = released();
    repository.git(&["checkout", "--quiet", "-b", "side", "v1.9.0"]);
    repository.release("v3.0.0", MODEL, "{ type: string, maxLength: 30 }\n");
    repository.git(&["checkout", "--quiet", "main"]);
    let tags = Against::Tags("v*".to_owned());
    assert_eq!(names(&versions(repository.path(), &tags, false).unwrap()), ["v2.0.0-rc1"]);
}

#[test]
fn revisions_of_all_kinds() {
    let repository = released();
    let first = repository.git(&["rev-parse", "v1.9.0"]);
    for (revision, length, released) in
        [("v1.9.0", 9, true), ("HEAD~2", 10, false), (first.trim(), 9, false), ("main", 12, false)]
    {
        let against = Against::parse(revision, repository.path());
        let found = versions(repository.path(), &against, false).unwrap();
        assert_eq!(lengths(&found), [(revision.to_owned(), length)]);
        assert_eq!(found[0].released, released, "{revision}");
    }
}

#[test]
fn hostile_revisions_are_names_and_nothing_else() {
    let repository = released();
    let marker = repository.path().join("marker");
    let hostile = [
        format!("--output={}", marker.display()),
        format!("$(touch {})", marker.display()),
        format!("main; touch {}", marker.display()),
        format!("--upload-pack=touch {}", marker.display()),
        "main\nHEAD".to_owned(),
        "-".to_owned(),
        String::new(),
    ];
    for revision in hostile {
        let failure = versions(repository.path(), &Against::Revision(revision.clone()), false).unwrap_err();
        assert_eq!(failure.exit, linkspan_command::Exit::Input, "{revision}: {failure}");
    }
    assert!(!marker.exists());
}

#[test]
fn an_unknown_revision_says_what_to_fetch() {
    let repository = released();
    let failure = versions(repository.path(), &Against::Revision("v9".to_owned()), false).unwrap_err();
    insta::assert_snapshot!(format!("{failure}\n{}", failure.finding.help.clone().unwrap()), @"
    the repository has no branch, tag or commit `v9`
    fetch it with `git fetch origin tag v9` (a tag) or `git fetch origin v9` (a branch), or correct the name
    ");
}

#[test]
fn a_shallow_clone_says_what_to_fetch() {
    let repository = released();
    let clone = tempfile::tempdir().unwrap();
    let url = format!("file://{}", repository.path().display());
    git(clone.path(), &["clone", "--quiet", "--depth", "1", "--no-tags", &url, "."]);
    let help = |against: Against| {
        let failure = versions(clone.path(), &against, false).unwrap_err();
        format!("{failure}\n{}", failure.finding.help.clone().unwrap())
    };
    insta::assert_snapshot!(help(Against::Tags("v*".to_owned())), @"
    the clone is shallow, and shows no tag `v*` before HEAD
    fetch the rest with `git fetch --unshallow --tags`; in a workflow give `fetch-depth: 0` to `actions/checkout`
    ");
    insta::assert_snapshot!(help(Against::Revision("v1.9.0".to_owned())), @"
    the repository has no branch, tag or commit `v1.9.0`
    it is a shallow clone: fetch the rest with `git fetch --unshallow --tags`; in a workflow give `fetch-depth: 0` to `actions/checkout`
    ");
    insta::assert_snapshot!(help(Against::MergeBase("release".to_owned())), @"
    the repository does not have the pull request's base `release`
    it is a shallow clone: fetch the rest with `git fetch --unshallow --tags`; in a workflow give `fetch-depth: 0` to `actions/checkout`
    ");
}

#[test]
fn a_first_release_has_no_earlier_version() {
    let repository = Repository::new();
    repository.write(MODEL, "{ type: string }\n");
    repository.git(&["add", "--all"]);
    repository.git(&["commit", "--quiet", "--message", "first"]);
    assert!(versions(repository.path(), &Against::Tags("v*".to_owned()), false).unwrap().is_empty());
}

#[test]
fn a_pull_request_is_compared_with_where_it_parted() {
    let repository = released();
    repository.git(&["checkout", "--quiet", "-b", "change"]);
    repository.release("mine", MODEL, "{ type: string, maxLength: 5 }\n");
    repository.git(&["checkout", "--quiet", "main"]);
    repository.release("theirs", "other.txt", "x");
    let clone = tempfile::tempdir().unwrap();
    let url = format!("file://{}", repository.path().display());
    git(clone.path(), &["clone", "--quiet", "--branch", "change", &url, "."]);
    let environment = linkspan_command::Environment::from_iter([("GITHUB_BASE_REF", "main")]);
    let against = Against::by_default(&environment);
    let found = versions(clone.path(), &against, false).unwrap();
    assert_eq!(lengths(&found), [("main".to_owned(), 12)]);
    // The runner's merge commit with its two parents, as `fetch-depth: 2` leaves it.
    git(clone.path(), &["checkout", "--quiet", "--detach", "origin/main"]);
    git(clone.path(), &["merge", "--quiet", "--no-edit", "--no-ff", "change"]);
    git(clone.path(), &["remote", "remove", "origin"]);
    let found = versions(clone.path(), &against, false).unwrap();
    assert_eq!(lengths(&found), [("main".to_owned(), 12)]);
}

#[test]
fn a_project_in_a_folder_of_the_repository() {
    let repository = Repository::new();
    repository.release("v1", "shop/contracts/models/order.schema.yaml", "{ $ref: parts/id.yaml }\n");
    repository.release("v2", "shop/contracts/models/parts/id.yaml", "{ type: string, maxLength: 3 }\n");
    repository.release(
        "v3",
        "shop/linkspan.yaml",
        "contracts: { models: { Order: { schema: contracts/models/order.schema.yaml } } }\n",
    );
    let shop = repository.path().join("shop");
    let found = versions(&shop, &Against::Revision("v3".to_owned()), false).unwrap();
    let ids: Vec<_> = found[0].subjects.iter().map(|subject| subject.id.as_str()).collect();
    assert_eq!(ids, ["model Order", "model parts/id"]);
    assert_eq!(found[0].subjects[0].bundle.value["maxLength"], 3);
    let before = versions(&shop, &Against::Revision("v1".to_owned()), false).unwrap();
    assert_eq!(before[0].subjects.len(), 0);
    assert!(before[0].notices[0].message.contains("`parts/id.yaml` leads to"), "{:?}", before[0].notices);
}

#[test]
fn links_inside_a_commit_are_followed_and_others_are_not() {
    let repository = Repository::new();
    std::fs::create_dir_all(repository.path().join("contracts/models")).unwrap();
    std::os::unix::fs::symlink("../order.yaml", repository.path().join("contracts/models/order.schema.yaml")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", repository.path().join("contracts/models/secret.schema.yaml")).unwrap();
    repository.release("v1", "contracts/order.yaml", "{ type: string, maxLength: 7 }\n");
    repository.write("linkspan.yaml", "contracts: { models: { Order: { schema: contracts/models/order.schema.yaml }, Secret: { schema: contracts/models/secret.schema.yaml } } }\n");
    repository.git(&["add", "--all"]);
    repository.git(&["commit", "--quiet", "--message", "description"]);
    let found = versions(repository.path(), &Against::Revision("HEAD".to_owned()), false).unwrap();
    assert_eq!(lengths(&found), [("HEAD".to_owned(), 7)]);
    assert!(found[0].notices[0].message.contains("lies outside the project"), "{:?}", found[0].notices);
}

#[test]
fn a_folder_and_a_missing_folder() {
    let repository = released();
    let other = tempfile::tempdir().unwrap();
    git(other.path(), &["clone", "--quiet", "--branch", "v1.9.0", repository.path().to_str().unwrap(), "."]);
    let against = Against::parse(other.path().to_str().unwrap(), repository.path());
    assert_eq!(versions(repository.path(), &against, false).unwrap()[0].subjects[0].bundle.value["maxLength"], 9);
    let missing = Against::parse("folder:nowhere", repository.path());
    assert!(versions(repository.path(), &missing, false).is_err());
}

const SENDER: &str = "asyncapi: 3.0.0
channels: { placed: { address: placed, messages: { Placed: { name: shop.placed.v1, payload: {} } } } }
operations: { tellPlaced: { action: send, channel: { $ref: '#/channels/placed' } } }
";

const RECEIVER: &str = "asyncapi: 2.6.0
x-service: points
channels: { placed: { publish: { operationId: onPlaced, message: { name: shop.placed.v1 } } } }
";

fn parties(folder: &Path) -> linkspan_events::compat::subject::Parties {
    linkspan_events::compat::subject::Parties::read(&Files::new(folder, folder)).unwrap()
}

fn consumers(folder: &Path) -> Vec<String> {
    parties(folder).consumers_of("shop.placed.v1").map(ToString::to_string).collect()
}

#[test]
fn consumers_of_included_repositories() {
    let loyalty = Repository::new();
    loyalty.release("v1", "contracts/loyalty.asyncapi.yaml", RECEIVER);
    let pinned = loyalty.git(&["rev-parse", "HEAD"]).trim().to_owned();
    loyalty.release("v2", "contracts/loyalty.asyncapi.yaml", &RECEIVER.replace("onPlaced", "later"));
    let shop = Repository::new();
    shop.write("contracts/orders.asyncapi.yaml", SENDER);
    let remote = "https://github.com/globex/loyalty";
    let local = loyalty.path().display().to_string();
    shop.write(
        "linkspan.yaml",
        &format!("include: [{{ repository: '{remote}', ref: v1 }}, {{ repository: '{local}' }}]\n"),
    );

    // A path without a pin is read as it is now; anything else says what to do.
    let found = parties(shop.path());
    assert_eq!(consumers(shop.path()), [format!("points/later of {local}")]);
    assert_eq!(
        found.producers_of("shop.placed.v1").map(ToString::to_string).collect::<Vec<_>>(),
        ["orders/tellPlaced"]
    );
    insta::assert_snapshot!(found.notices[0].message, @"the included repository `https://github.com/globex/loyalty` is not looked into: it is not pinned");

    let lock = |commit: &str| {
        let text = format!(
            "{{\"version\": 1, \"include\": {{\"{remote}\": {{\"commit\": \"{commit}\"}}, \"{local}\": {{\"commit\": \"{commit}\"}}}}}}"
        );
        shop.write("linkspan.lock", &text);
    };
    lock(&pinned);
    // Without a clone, the project's own repository is not taken for it.
    std::fs::create_dir_all(shop.path().join(".linkspan/repositories/github.com/globex/loyalty")).unwrap();
    assert_eq!(consumers(shop.path()), [format!("points/onPlaced of {local}")]);
    insta::assert_snapshot!(parties(shop.path()).notices[0].help.clone().unwrap(), @"`linkspan-events lock --fetch`, or `git clone --bare https://github.com/globex/loyalty .linkspan/repositories/github.com/globex/loyalty`, brings it here; until then its consumers are not known");

    let clone = shop.path().join(".linkspan/repositories/github.com/globex/loyalty");
    git(shop.path(), &["clone", "--quiet", "--bare", &local, clone.to_str().unwrap()]);
    let both = [format!("points/onPlaced of {local}"), format!("points/onPlaced of {remote}")];
    assert_eq!(consumers(shop.path()), both);
    assert_eq!(parties(shop.path()).notices, []);

    lock(&"0".repeat(40));
    assert_eq!(consumers(shop.path()), Vec::<String>::new());
    assert_eq!(parties(shop.path()).notices.len(), 2);
}

#[test]
fn remote_references_of_an_earlier_version_are_those_of_its_lock() {
    let repository = Repository::new();
    let text = "{ \"type\": \"string\", \"maxLength\": 6 }";
    let digest = "sha256:85ad50489d0943b822b1ebe4c2676b29b093ac17d6e49d46cf721889585c03e5";
    let lock = format!(
        "{{\"version\": 1, \"remotes\": {{\"https://a.example/b.json\": {{\"digest\": \"{digest}\", \"file\": \".linkspan/remotes/b.json\"}}}}}}"
    );
    repository.write(".linkspan/remotes/b.json", text);
    repository.write("linkspan.lock", &lock);
    repository.release("v1", MODEL, "{ $ref: 'https://a.example/b.json' }\n");
    repository.release("v2", ".linkspan/remotes/b.json", &text.replace('6', "7"));
    let v1 = versions(repository.path(), &Against::Revision("v1".to_owned()), false).unwrap();
    assert_eq!(lengths(&v1), [("v1".to_owned(), 6)]);
    let origin = v1[0].subjects[0].bundle.origin("").unwrap();
    assert_eq!(v1[0].files.shown(&origin.path), "https://a.example/b.json");
    // What was changed behind the lock's back is not used.
    let v2 = versions(repository.path(), &Against::Revision("v2".to_owned()), false).unwrap();
    assert!(v2[0].notices[0].message.contains("not in `linkspan.lock`"), "{:?}", v2[0].notices);
}

fn rows(found: &Subjects) -> String {
    let row = |subject: &linkspan_events::compat::subject::Subject| {
        let mut schema = subject.bundle.value.clone();
        if let Some(schema) = schema.as_object_mut() {
            schema.remove("$schema");
        }
        let written = subject.written.as_ref().map(|_| " (written otherwise)").unwrap_or_default();
        format!("{} | {:?} | {schema}{written}", subject.id, subject.direction)
    };
    let notices = found.notices.iter().map(|finding| {
        let start = finding.span.unwrap().start;
        format!("({}:{}:{} {})", finding.file.as_ref().unwrap(), start.line, start.column, finding.message)
    });
    found.subjects.iter().map(row).chain(notices).collect::<Vec<_>>().join("\n")
}

fn in_memory(path: &str, text: &str) -> Subjects {
    let tree = linkspan_events::schema::Memory::from_iter([(path, text)]);
    subjects(&Files::of(std::sync::Arc::new(tree), "")).unwrap()
}

#[test]
fn subjects_of_asyncapi_two() {
    let found = in_memory("contracts/orders.asyncapi.yaml", "
asyncapi: 2.5.0
channels:
  orders/{tenant}:
    parameters: { tenant: { schema: { type: string, maxLength: 9 } } }
    subscribe:
      message:
        oneOf:
          - $ref: '#/components/messages/Placed'
          - { messageId: gone, schemaFormat: application/vnd.apache.avro;version=1.9.0, payload: { type: record } }
    publish:
      operationId: cancel
      message:
        traits: [{ $ref: '#/components/messageTraits/Traced' }]
        headers: { type: object, properties: { why: { type: string } } }
        payload: { $ref: '#/components/schemas/Cancel' }
  broken: { subscribe: { message: { name: broken, payload: { $ref: '#/nothing' } } } }
components:
  schemas:
    Cancel: { type: object, properties: { order: { $ref: '#/components/schemas/Id' }, again: { $ref: '#/components/schemas/Cancel' } } }
    Id: { $id: 'https://shop.example/id', type: integer }
  messageTraits:
    Traced: { headers: { required: [trace] }, correlationId: { location: $message.header#/trace } }
  messages:
    Placed:
      bindings: { kafka: { key: { type: integer } } }
      schemaFormat: application/vnd.oai.openapi;version=3.0.0
      payload: { type: string, nullable: true }
    Unused: { payload: true }
");
    insta::assert_snapshot!(rows(&found), @r##"
    asyncapi orders/Placed key | Sends | {"type":"integer"}
    asyncapi orders/Placed payload | Sends | {"type":["string","null"]}
    asyncapi orders/Unused payload | None | true
    asyncapi orders/cancel headers | Receives | {"allOf":[{"$ref":"#/definitions/part-1"},{"$ref":"#/definitions/part-2"}],"definitions":{"part-1":{"properties":{"why":{"type":"string"}},"type":"object"},"part-2":{"required":["trace"]}}}
    asyncapi orders/cancel payload | Receives | {"definitions":{"Id":{"type":"integer"}},"properties":{"again":{"$ref":"#"},"order":{"$ref":"#/definitions/Id"}},"type":"object"}
    asyncapi orders/gone payload | Sends | true
    asyncapi orders/orders/{tenant} parameter tenant | Both | {"maxLength":9,"type":"string"}
    (contracts/orders.asyncapi.yaml:17:60 this cannot be compared: the reference `#/nothing` leads nowhere)
    (contracts/orders.asyncapi.yaml:10:98 schemas in the format `application/vnd.apache.avro;version=1.9.0` are not compared)
    "##);
}

#[test]
fn subjects_of_openapi_three() {
    let found = in_memory("contracts/orders.openapi.yaml", "
openapi: 3.0.3
paths:
  /orders/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: integer, nullable: true } }]
    post:
      parameters: [{ name: Accept, in: header, schema: { type: string } }, { name: filter, in: query, content: { application/json: { schema: { type: object } } } }]
      requestBody: { $ref: '#/components/requestBodies/Order' }
      responses:
        '201': { $ref: '#/components/responses/Order' }
        default: { description: Other., headers: { Retry-After: { schema: { type: integer } } } }
      callbacks:
        done:
          '{$request.body#/url}':
            post:
              requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Order' } } } }
              responses: { 2XX: { description: Seen., content: { text/plain: { schema: { type: string } } } } }
components:
  requestBodies: { Order: { content: { application/json: { schema: { $ref: '#/components/schemas/Order' } } } } }
  responses: { Order: { description: It., content: { application/json: { schema: { $ref: '#/components/schemas/Order' } } } } }
  schemas:
    Order:
      required: [id, secret]
      properties: { id: { type: integer, readOnly: true }, secret: { type: string, writeOnly: true } }
");
    insta::assert_snapshot!(rows(&found), @r#"
    openapi orders POST /orders/{id} callback done POST {$request.body#/url} request application/json | Sends | {"properties":{"id":true,"secret":{"type":"string","writeOnly":true}},"required":["secret"]} (written otherwise)
    openapi orders POST /orders/{id} callback done POST {$request.body#/url} response 2XX text/plain | Receives | {"type":"string"}
    openapi orders POST /orders/{id} parameter path id | Receives | {"type":["integer","null"]}
    openapi orders POST /orders/{id} parameter query filter | Receives | {"type":"object"}
    openapi orders POST /orders/{id} request application/json | Receives | {"properties":{"id":true,"secret":{"type":"string","writeOnly":true}},"required":["secret"]} (written otherwise)
    openapi orders POST /orders/{id} response 201 application/json | Sends | {"properties":{"id":{"readOnly":true,"type":"integer"},"secret":true},"required":["id"]} (written otherwise)
    openapi orders POST /orders/{id} response default header retry-after | Sends | {"type":"integer"}
    "#);
}

#[test]
fn a_moved_message_keeps_its_name() {
    let repository = Repository::new();
    let two = "asyncapi: 2.6.0\nchannels: { placed: { subscribe: { message: { payload: { maxLength: 1 } } } } }\n";
    repository.release("v1", "contracts/orders.asyncapi.yaml", two);
    let three = "asyncapi: 3.0.0
channels: { a: { address: placed, messages: { Placed: { headers: { type: object }, payload: { maxLength: 2 } } } } }
operations: { tell: { action: send, channel: { $ref: '#/channels/a' } } }
";
    repository.write("contracts/orders.asyncapi.yaml", three);
    let found = versions(repository.path(), &Against::Revision("v1".to_owned()), false).unwrap();
    let ids: Vec<_> = found[0].subjects.iter().map(|subject| subject.id.as_str()).collect();
    // The old message said nothing about headers: it allowed all.
    assert_eq!(ids, ["asyncapi orders/Placed payload", "asyncapi orders/Placed headers"]);
}

#[test]
fn a_tree_without_conventions() {
    let tree = linkspan_events::schema::Memory::from_iter([
        (
            "schemas/packaged.json",
            "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"$id\": \"https://cdevents.dev/0.4.1/schema/artifact-packaged-event\", \"properties\": {\"context\": {\"properties\": {\"type\": {\"enum\": [\"dev.cdevents.artifact.packaged.0.2.0\"]}}}}}",
        ),
        ("conformance/packaged.json", "{\"context\": {\"type\": \"dev.cdevents.artifact.packaged.0.2.0\"}}"),
        ("api.yaml", "openapi: 3.1.0\npaths: {}\n"),
    ]);
    let found = subjects(&Files::of(std::sync::Arc::new(tree), "")).unwrap();
    let rows: Vec<_> = found
        .subjects
        .iter()
        .map(|subject| (subject.id.as_str(), subject.event_type.as_deref(), subject.version.as_deref()))
        .collect();
    assert_eq!(rows, [("event schemas/packaged", Some("dev.cdevents.artifact.packaged.0.2.0"), Some("0.2.0"))]);
    assert_eq!(found.surfaces.iter().map(|surface| surface.id.as_str()).collect::<Vec<_>>(), ["openapi api"]);
}
