//! Earlier versions from a registry of schemas: against a server in this process that speaks the protocol.
#![cfg(feature = "registry")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use linkspan_command::{Exit, Failure, Secret};
use linkspan_events::compat::history::{Against, Credentials, Request, Version, earlier};
use linkspan_events::compat::subject::{Subjects, subjects};
use linkspan_events::schema::{Files, Memory};
use serde_json::{Value, json};

/// A registry on a port of this machine.
struct Registry {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

/// What it has: by subject, the schemas of versions 1, 2, … with their references.
type Content = BTreeMap<&'static str, Vec<(Value, Value)>>;

impl Registry {
    fn start(content: Content, door: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                serve(&stream, &content, door, &seen);
            }
        });
        Self { address, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(mut stream: &TcpStream, content: &Content, door: Option<&str>, seen: &Mutex<Vec<String>>) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let Some(first) = lines.next() else { return };
    let headers: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    seen.lock().unwrap().push(path.clone());
    let given = headers
        .iter()
        .find_map(|line| line.to_ascii_lowercase().starts_with("authorization:").then(|| line[14..].trim()));
    let (status, body) = if door.is_some() && given != door {
        ("401 Unauthorized", json!({ "error_code": 40101, "message": "Unauthorized" }))
    } else {
        answer(content, &path).map_or(("404 Not Found", json!({ "error_code": 404 })), |body| ("200 OK", body))
    };
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/vnd.schemaregistry.v1+json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(format!("{head}{body}").as_bytes());
}

fn answer(content: &Content, path: &str) -> Option<Value> {
    let parts: Vec<_> = path.trim_start_matches('/').split('/').map(|part| part.replace("%2F", "/")).collect();
    let parts: Vec<_> = parts.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["subjects"] => Some(json!(content.keys().collect::<Vec<_>>())),
        ["subjects", subject, "versions"] => Some(json!((1..=content.get(subject)?.len()).collect::<Vec<_>>())),
        ["subjects", subject, "versions", number] => {
            let (schema, references) = content.get(subject)?.get(number.parse::<usize>().ok()?.checked_sub(1)?)?;
            let mut body = json!({ "subject": subject, "version": number.parse::<u64>().ok()?, "id": 7, "references": references });
            // A registry that is asked for Avro does not say so.
            match schema.as_str() {
                Some(text) => body["schema"] = text.into(),
                None => {
                    body["schemaType"] = "JSON".into();
                    body["schema"] = schema.to_string().into();
                }
            }
            Some(body)
        }
        _ => None,
    }
}

const ORDERS: &str = "asyncapi: 3.0.0
channels:
  orders: { address: orders, messages: { Placed: { $ref: '#/components/messages/Placed' } } }
  mixed: { address: mixed, messages: { A: { $ref: '#/components/messages/A' }, B: { $ref: '#/components/messages/B' } } }
operations:
  tell: { action: send, channel: { $ref: '#/channels/orders' } }
  on: { action: receive, channel: { $ref: '#/channels/mixed' } }
components:
  messages:
    Placed: { name: shop.placed, payload: { type: string }, bindings: { kafka: { key: { type: string } } } }
    A: { name: shop.a, payload: { type: string } }
    B: { name: shop.b, payload: { type: string } }
";

fn project() -> Subjects {
    let tree = Memory::from_iter([
        ("contracts/orders.asyncapi.yaml", ORDERS),
        ("contracts/models/Order.schema.yaml", "{ type: object }"),
    ]);
    subjects(&Files::of(Arc::new(tree), "")).unwrap()
}

fn versions(address: &str, transitive: bool, credentials: &Credentials) -> Result<Vec<Version>, Failure> {
    let against = Against::parse(address, Path::new("/"));
    let current = project();
    let root = Path::new("/");
    earlier(&Request { against: &against, root, directory: root, transitive, credentials, current: &current.subjects })
}

fn content() -> Content {
    let plain = |length: u64| (json!({ "type": "string", "maxLength": length }), json!([]));
    let referring = json!({ "$id": "https://shop.example/order.json", "properties": { "product": { "$ref": "product.json" }, "price": { "$ref": "https://money.example/price.json" } } });
    let references = json!([
        { "name": "product.json", "subject": "product", "version": 2 },
        { "name": "https://money.example/price.json", "subject": "price", "version": 1 },
    ]);
    let product = json!({ "properties": { "id": { "$ref": "id.json" } } });
    BTreeMap::from([
        ("orders-value", vec![plain(1), plain(2), plain(3)]),
        ("orders-key", vec![plain(9)]),
        ("mixed-value", vec![plain(1)]),
        ("shop.a", vec![plain(4)]),
        ("mixed-shop.b", vec![(json!("{\"type\": \"string\"}"), json!([]))]),
        ("Order", vec![plain(5), (referring, references)]),
        ("product", vec![plain(1), (product, json!([{ "name": "id.json", "subject": "id", "version": 1 }]))]),
        ("price", vec![(json!({ "type": "number" }), json!([]))]),
        ("id", vec![(json!({ "type": "integer" }), json!([]))]),
    ])
}

fn rows(versions: &[Version]) -> Vec<String> {
    let row = |version: &Version| {
        let subjects = version.subjects.iter().map(|subject| {
            let shown = version.files.shown(&subject.place.path);
            format!("  {} = {} at {shown}", subject.id, subject.bundle.value)
        });
        let notices = version.notices.iter().map(|finding| format!("  ({})", finding.message));
        std::iter::once(version.name.clone()).chain(subjects).chain(notices).collect::<Vec<_>>()
    };
    versions.iter().flat_map(row).collect()
}

#[test]
fn all_versions_with_their_references() {
    let registry = Registry::start(content(), None);
    let found = versions(&registry.address, true, &Credentials::None).unwrap();
    assert!(found.iter().all(|version| version.released));
    let text = rows(&found).join("\n").replace(&registry.address, "R");
    insta::assert_snapshot!(text, @r##"
    the registry's latest
      asyncapi orders/A payload = {"$schema":"http://json-schema.org/draft-07/schema#","maxLength":4,"type":"string"} at R/subjects/shop.a/versions/1/schema.json
      asyncapi orders/Placed key = {"$schema":"http://json-schema.org/draft-07/schema#","maxLength":9,"type":"string"} at R/subjects/orders-key/versions/1/schema.json
      asyncapi orders/Placed payload = {"$schema":"http://json-schema.org/draft-07/schema#","maxLength":3,"type":"string"} at R/subjects/orders-value/versions/3/schema.json
      model Order = {"$schema":"http://json-schema.org/draft-07/schema#","definitions":{"id":{"type":"integer"},"price":{"type":"number"},"product":{"properties":{"id":{"$ref":"#/definitions/id"}}}},"properties":{"price":{"$ref":"#/definitions/price"},"product":{"$ref":"#/definitions/product"}}} at R/subjects/Order/versions/2/schema.json
      (`mixed-shop.b` is in AVRO in the registry, and is not compared)
    the registry's latest but 1
      asyncapi orders/Placed payload = {"$schema":"http://json-schema.org/draft-07/schema#","maxLength":2,"type":"string"} at R/subjects/orders-value/versions/2/schema.json
      model Order = {"$schema":"http://json-schema.org/draft-07/schema#","maxLength":5,"type":"string"} at R/subjects/Order/versions/1/schema.json
    the registry's latest but 2
      asyncapi orders/Placed payload = {"$schema":"http://json-schema.org/draft-07/schema#","maxLength":1,"type":"string"} at R/subjects/orders-value/versions/1/schema.json
    "##);
}

#[test]
fn only_what_is_needed_is_asked_for() {
    let registry = Registry::start(content(), None);
    versions(&registry.address, false, &Credentials::None).unwrap();
    insta::assert_snapshot!(registry.asked().join("\n"), @"
    /subjects
    /subjects/shop.a/versions
    /subjects/shop.a/versions/1
    /subjects/mixed-shop.b/versions
    /subjects/mixed-shop.b/versions/1
    /subjects/orders-key/versions
    /subjects/orders-key/versions/1
    /subjects/orders-value/versions
    /subjects/orders-value/versions/3
    /subjects/Order/versions
    /subjects/Order/versions/2
    /subjects/price/versions/1
    /subjects/product/versions/2
    /subjects/id/versions/1
    ");
}

#[test]
fn credentials_open_the_door_and_are_never_shown() {
    // `user:secret`
    let basic = Registry::start(content(), Some("Basic dXNlcjpzZWNyZXQ="));
    let bearer = Registry::start(content(), Some("Bearer secret"));
    let secret = |text: &str| Secret::from(text.to_owned());
    assert!(versions(&basic.address, false, &Credentials::Basic(secret("user:secret"))).is_ok());
    assert!(versions(&basic.address.replace("//", "//user:secret@"), false, &Credentials::None).is_ok());
    assert!(versions(&bearer.address, false, &Credentials::Bearer(secret("secret"))).is_ok());
    let wrong = versions(&bearer.address.replace("//", "//user:secret@"), false, &Credentials::None).unwrap_err();
    let none = versions(&basic.address, false, &Credentials::None).unwrap_err();
    for failure in [wrong, none] {
        assert_eq!(failure.exit, Exit::Unreachable);
        assert!(!format!("{failure:?}").contains("secret"), "{failure:?}");
        assert!(failure.to_string().ends_with("denies access (401 Unauthorized)"), "{failure}");
    }
}

#[test]
fn what_is_no_registry_is_said() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let failure = versions(&format!("http://{closed}"), false, &Credentials::None).unwrap_err();
    assert_eq!(failure.exit, Exit::Unreachable);
    let registry = Registry::start(content(), None);
    let failure = versions(&format!("{}/elsewhere", registry.address), false, &Credentials::None).unwrap_err();
    assert_eq!(failure.exit, Exit::Unreachable);
    assert!(failure.to_string().contains("does not answer as a schema registry would"), "{failure}");
    let failure = versions("registry:ftp://x", false, &Credentials::None).unwrap_err();
    assert_eq!(failure.exit, Exit::Usage);
}
