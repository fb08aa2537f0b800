//! The client against a registry in this process, well-behaved and hostile.
#![allow(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod support;

use std::io::Read as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use linkspan_oci::bundle::MemoryBlob;
use linkspan_oci::client::{Client, Error, Observer, Retry, Settings, Timeouts, Uploaded};
use linkspan_oci::credentials::Credential;
use linkspan_oci::digest::{Digest, Mismatch};
use linkspan_oci::manifest::{Descriptor, Document, Manifest};
use linkspan_oci::reference::{Reference, Repository};
use linkspan_oci::{Secret, media_type};

use support::{Answer, Door, Fault, Registry};

#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Observer for Notes {
    fn retrying(&self, error: &Error, attempt: u32, pause: Duration) {
        self.0.lock().unwrap().push(format!("{attempt} {} {error}", pause.as_millis()));
    }
}

fn settings() -> Settings {
    Settings {
        retry: Retry { attempts: 3, pause: Duration::from_millis(1), longest: Duration::from_secs(5) },
        timeouts: Timeouts { idle: Duration::from_secs(2), ..Timeouts::default() },
        ..Settings::default()
    }
}

fn client() -> Client {
    Client::new(Credential::Anonymous, settings())
}

fn repository(registry: &Registry, path: &str) -> Repository {
    format!("{}/{path}", registry.host()).parse().unwrap()
}

fn reference(registry: &Registry, name: &str) -> Reference {
    format!("{}/{name}", registry.host()).parse().unwrap()
}

fn manifest_text() -> Vec<u8> {
    let config = Descriptor::of(media_type::CONFIG, b"{}");
    Document::manifest(Manifest::new(config, Vec::new())).unwrap().bytes().to_vec()
}

/// A message without the port, which differs from run to run.
fn text(registry: &Registry, error: &dyn std::error::Error) -> String {
    error.to_string().replace(&registry.host(), "HOST")
}

fn read(client: &Client, repository: &Repository, descriptor: &Descriptor) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    client.blob(repository, descriptor).map_err(std::io::Error::other)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn blob(bytes: &[u8]) -> (MemoryBlob, Descriptor) {
    (MemoryBlob::new(media_type::LAYER, bytes), Descriptor::of(media_type::LAYER, bytes))
}

/// Bytes that are not all the same.
fn large(length: usize) -> Vec<u8> {
    (0..length).map(|n| u8::try_from(n * 7 % 251).unwrap()).collect()
}

#[test]
fn manifests_are_read_and_checked() {
    let registry = Registry::start();
    let bytes = manifest_text();
    registry.add_manifest("a", "v1", media_type::MANIFEST, &bytes);
    let document = client().manifest(&reference(&registry, "a:v1")).unwrap();
    assert_eq!(document.bytes(), bytes);
    let head = client().head_manifest(&reference(&registry, "a:v1")).unwrap().unwrap();
    assert_eq!(&head, document.descriptor());
    assert_eq!(client().head_manifest(&reference(&registry, "a:v2")).unwrap(), None);
    let seen = registry.take_log();
    assert!(seen[0].headers["accept"].contains(media_type::DOCKER_INDEX));
    assert!(seen[0].headers["user-agent"].starts_with("linkspan/"));
    assert!(!seen[0].headers.contains_key("authorization"));
}

#[test]
fn what_is_not_there_is_not_found() {
    let registry = Registry::start();
    let error = client().manifest(&reference(&registry, "a/b:v1")).unwrap_err();
    insta::assert_snapshot!(text(&registry, &error), @"`HOST` has no manifest `v1` of `a/b`: manifest unknown (MANIFEST_UNKNOWN)");
    assert!(error.is_not_found());
}

#[test]
fn a_wrong_manifest_is_an_invalid_answer() {
    let registry = Registry::start();
    let bytes = manifest_text();
    registry.add_manifest("a", "v1", media_type::MANIFEST, &bytes);
    let pinned = format!("a@{}", Digest::sha256(b"other"));
    registry.add_manifest("a", &Digest::sha256(b"other").to_string(), media_type::MANIFEST, &bytes);
    let error = client().manifest(&reference(&registry, &pinned)).unwrap_err();
    insta::assert_snapshot!(text(&registry, &error), @"`HOST` gave an invalid answer to manifest `sha256:d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa` of `a`: its content has digest `sha256:f20c43161d73848408ef247f0ec7111b19fe58ffebc0cbcaa0d2c8bda4967268`, not `sha256:d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa`");

    registry.fault("GET", "v1", 1, Fault::Change(|answer| answer.body.push(b' ')));
    let error = client().manifest(&reference(&registry, "a:v1")).unwrap_err();
    assert!(matches!(error, Error::Invalid { .. }), "{error}");

    registry.fault("GET", "v1", 1, Fault::Change(|answer| answer.headers[0].1 = "text/html".to_owned()));
    let error = client().manifest(&reference(&registry, "a:v1")).unwrap_err();
    insta::assert_snapshot!(text(&registry, &error), @"`HOST` gave an invalid answer to manifest `v1` of `a`: media type `text/html` is not supported: expected an OCI or Docker image manifest or index");
}

#[test]
fn a_huge_manifest_is_refused() {
    let registry = Registry::start();
    registry.add_manifest("a", "v1", media_type::MANIFEST, &vec![b' '; (4 << 20) + 1]);
    let error = client().manifest(&reference(&registry, "a:v1")).unwrap_err();
    insta::assert_snapshot!(text(&registry, &error), @"`HOST` gave an invalid answer to manifest `v1` of `a`: it has more than 4194304 bytes");
}

#[test]
fn huge_headers_are_refused() {
    let registry = Registry::start();
    let answer = Answer::new(200).header("X", "x".repeat(1 << 20));
    registry.fault("GET", "", 1, Fault::Answer(answer));
    let error = client().manifest(&reference(&registry, "a:v1")).unwrap_err();
    assert!(matches!(error, Error::Invalid { .. }), "{error}");
}

#[test]
fn blobs_are_checked_while_they_come() {
    let registry = Registry::start();
    let home = repository(&registry, "a");
    let (_, descriptor) = blob(b"hello");
    registry.add_blob("a", b"hello");
    assert_eq!(read(&client(), &home, &descriptor).unwrap(), b"hello");

    registry.fault("GET", "blobs", 1, Fault::Change(|answer| answer.body[0] = b'j'));
    let error = read(&client(), &home, &descriptor).unwrap_err();
    assert!(matches!(Mismatch::of(&error), Some(Mismatch::Digest { .. })), "{error}");

    registry.fault("GET", "blobs", 1, Fault::Change(|answer| answer.body.push(b'!')));
    let error = read(&client(), &home, &descriptor).unwrap_err();
    assert!(error.to_string().contains("it has 6 bytes, not 5"), "{error}");

    // In chunks no length is named beforehand.
    registry.fault(
        "GET",
        "blobs",
        1,
        Fault::Change(|answer| {
            answer.headers.push(("Transfer-Encoding".to_owned(), "chunked".to_owned()));
            answer.headers.push(("Content-Length".to_owned(), String::new()));
            answer.headers.pop();
            answer.body = b"6\r\nhello!\r\n0\r\n\r\n".to_vec();
        }),
    );
    let error = read(&client(), &home, &descriptor).unwrap_err();
    assert!(error.to_string().contains('6') || error.to_string().contains("conflict"), "{error}");
}

#[test]
fn a_cut_download_goes_on_where_it_was() {
    for no_ranges in [false, true] {
        let registry = Registry::start();
        registry.with(|state| state.no_ranges = no_ranges);
        let bytes = large(500_000);
        registry.add_blob("a", &bytes);
        registry.fault("GET", "blobs", 2, Fault::CutBody(200_000));
        let (_, descriptor) = blob(&bytes);
        let result = read(&client(), &repository(&registry, "a"), &descriptor);
        if no_ranges {
            // Both cuts come at the same place, the third answer is whole.
            assert_eq!(result.unwrap(), bytes);
        } else {
            assert_eq!(result.unwrap(), bytes);
            let ranges: Vec<_> = registry.take_log().iter().map(|seen| seen.headers.get("range").cloned()).collect();
            assert_eq!(ranges, [None, Some("bytes=200000-".to_owned()), Some("bytes=400000-".to_owned())]);
        }
    }
}

#[test]
fn a_download_that_is_always_cut_ends() {
    let registry = Registry::start();
    registry.with(|state| state.no_ranges = true);
    let bytes = large(100_000);
    registry.add_blob("a", &bytes);
    registry.fault("GET", "blobs", 1_000, Fault::CutBody(1_000));
    let (_, descriptor) = blob(&bytes);
    let error = read(&client(), &repository(&registry, "a"), &descriptor).unwrap_err();
    assert!(error.to_string().contains("cannot reach"), "{error}");
}

#[test]
fn a_wrong_range_is_refused() {
    let registry = Registry::start();
    let bytes = large(100_000);
    registry.add_blob("a", &bytes);
    registry.fault("GET", "blobs", 1, Fault::CutBody(50_000));
    registry.fault("GET", "blobs", 1, Fault::Change(|answer| answer.headers[0].1 = "bytes 7-99999/100000".to_owned()));
    let (_, descriptor) = blob(&bytes);
    let error = read(&client(), &repository(&registry, "a"), &descriptor).unwrap_err();
    assert!(error.to_string().contains("not the range") || error.to_string().contains("has not the range"), "{error}");
}

#[test]
fn too_many_requests_and_server_errors_are_waited_for() {
    let registry = Registry::start();
    registry.add_manifest("a", "v1", media_type::MANIFEST, &manifest_text());
    let notes = Arc::new(Notes::default());
    let client = Client::new(Credential::Anonymous, Settings { observer: notes.clone(), ..settings() });
    registry.fault(
        "GET",
        "v1",
        1,
        Fault::Answer(Answer::error(429, "TOOMANYREQUESTS", "slow down").header("Retry-After", 1)),
    );
    registry.fault("GET", "v1", 1, Fault::Answer(Answer::new(503).body("<html>busy</html>")));
    client.manifest(&reference(&registry, "a:v1")).unwrap();
    let notes = notes.0.lock().unwrap().join("\n").replace(&registry.host(), "HOST");
    assert!(
        notes.starts_with("1 1000 cannot reach `HOST`: status 429: slow down (TOOMANYREQUESTS) (it asks to wait 1 s)"),
        "{notes}"
    );
    assert!(notes.ends_with("cannot reach `HOST`: status 503: service unavailable"), "{notes}");
}

#[test]
fn attempts_are_bounded_and_long_waits_are_not_waited_for() {
    let registry = Registry::start();
    registry.fault("GET", "v1", 100, Fault::Answer(Answer::new(500)));
    let error = client().manifest(&reference(&registry, "a:v1")).unwrap_err();
    assert!(error.is_unreachable());
    assert_eq!(registry.take_log().len(), 3);

    registry.fault("GET", "v2", 100, Fault::Answer(Answer::new(429).header("Retry-After", 3_600)));
    let error = client().manifest(&reference(&registry, "a:v2")).unwrap_err();
    insta::assert_snapshot!(text(&registry, &error), @"cannot reach `HOST`: status 429: too many requests (it asks to wait 3600 s)");
    assert_eq!(registry.take_log().len(), 1);
}

#[test]
fn what_will_not_pass_is_not_repeated() {
    let registry = Registry::start();
    registry.fault("GET", "v1", 1, Fault::Answer(Answer::error(403, "DENIED", "requested access is denied")));
    let error = client().manifest(&reference(&registry, "a:v1")).unwrap_err();
    insta::assert_snapshot!(text(&registry, &error), @"`HOST` denies manifest `v1` of `a`: requested access is denied (DENIED)");
    assert!(error.is_denied());
    assert_eq!(registry.take_log().len(), 1);
}

#[test]
fn nobody_listens() {
    let error = client().manifest(&"127.0.0.1:1/x:1".parse().unwrap()).unwrap_err();
    insta::assert_snapshot!(error, @"cannot reach `127.0.0.1:1`: Connection refused (os error 111)");
    assert!(error.is_unreachable());
    let error = client().manifest(&"localhost:99999/x:1".parse().unwrap()).unwrap_err();
    insta::assert_snapshot!(error, @"`localhost:99999` is no address of a registry: the port must be between 0 and 65535");
}

#[test]
fn uploads_are_two_requests() {
    for absolute in [false, true] {
        let registry = Registry::start();
        registry.with(|state| state.absolute_locations = absolute);
        let bytes = large(300_000);
        let (source, descriptor) = blob(&bytes);
        assert_eq!(client().upload(&repository(&registry, "a/b"), &source).unwrap(), Uploaded::Sent);
        assert!(registry.has_blob("a/b", &descriptor.digest));
        let methods: Vec<_> = registry.take_log().iter().map(|seen| seen.method.clone()).collect();
        assert_eq!(methods, ["POST", "PUT"]);
    }
}

#[test]
fn an_upload_that_is_cut_or_lost_begins_anew() {
    let bytes = large(2_000_000);
    for (fault, requests) in [
        (Fault::CutRequest(10_000), vec!["POST", "PUT", "HEAD", "POST", "PUT"]),
        (Fault::LoseAnswer, vec!["POST", "PUT", "HEAD"]),
        (Fault::Answer(Answer::new(500)), vec!["POST", "PUT", "HEAD", "POST", "PUT"]),
        (Fault::Answer(Answer::error(404, "BLOB_UPLOAD_UNKNOWN", "gone")), vec!["POST", "PUT", "HEAD", "POST", "PUT"]),
    ] {
        let registry = Registry::start();
        registry.fault("PUT", "uploads", 1, fault);
        let (source, descriptor) = blob(&bytes);
        client().upload(&repository(&registry, "a"), &source).unwrap();
        assert!(registry.has_blob("a", &descriptor.digest));
        let methods: Vec<_> = registry.take_log().iter().map(|seen| seen.method.clone()).collect();
        assert_eq!(methods, requests);
    }
}

#[test]
fn where_one_request_is_too_large_the_blob_is_streamed() {
    let registry = Registry::start();
    registry.with(|state| state.largest = Some(1_000));
    let bytes = large(300_000);
    let (source, descriptor) = blob(&bytes);
    client().upload(&repository(&registry, "a"), &source).unwrap();
    assert!(registry.has_blob("a", &descriptor.digest));
    let methods: Vec<_> = registry.take_log().iter().map(|seen| seen.method.clone()).collect();
    assert_eq!(methods, ["POST", "PUT", "POST", "PATCH", "PUT"]);
}

#[test]
fn a_digest_that_the_registry_refuses_is_final() {
    struct Liar(Descriptor);
    impl linkspan_oci::bundle::Blob for Liar {
        fn descriptor(&self) -> &Descriptor {
            &self.0
        }
        fn open(&self) -> std::io::Result<Box<dyn std::io::Read + Send>> {
            Ok(Box::new(&b"other"[..]))
        }
    }
    let registry = Registry::start();
    let liar = Liar(Descriptor::of(media_type::LAYER, b"bytes"));
    let error = client().upload(&repository(&registry, "a"), &liar).unwrap_err();
    assert!(matches!(error, Error::Rejected { status: 400, .. }), "{error}");
    let short = Liar(Descriptor::of(media_type::LAYER, b"more bytes"));
    let error = client().upload(&repository(&registry, "a"), &short).unwrap_err();
    assert!(matches!(error, Error::Source { .. }), "{error}");
    assert!(error.to_string().contains("ended 5 bytes too early"), "{error}");
}

#[test]
fn a_mount_sends_nothing_and_falls_back() {
    struct Elsewhere(MemoryBlob, Repository);
    impl linkspan_oci::bundle::Blob for Elsewhere {
        fn descriptor(&self) -> &Descriptor {
            self.0.descriptor()
        }
        fn open(&self) -> std::io::Result<Box<dyn std::io::Read + Send>> {
            self.0.open()
        }
        fn origin(&self) -> Option<&Repository> {
            Some(&self.1)
        }
    }
    let registry = Registry::start();
    let digest = registry.add_blob("base/image", b"hello");
    let source = Elsewhere(blob(b"hello").0, repository(&registry, "base/image"));
    assert_eq!(client().upload(&repository(&registry, "a"), &source).unwrap(), Uploaded::Mounted);
    insta::assert_snapshot!(registry.take_lines().join("\n"), @"POST /v2/a/blobs/uploads/?mount=sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824&from=base/image");
    assert!(registry.has_blob("a", &digest));

    registry.with(|state| state.no_mounts = true);
    assert_eq!(client().upload(&repository(&registry, "b"), &source).unwrap(), Uploaded::Sent);
    assert_eq!(registry.take_log().len(), 2);

    registry.fault("POST", "mount", 1, Fault::Answer(Answer::error(403, "DENIED", "not yours")));
    assert_eq!(client().upload(&repository(&registry, "c"), &source).unwrap(), Uploaded::Sent);
    assert_eq!(registry.take_log().len(), 3);
}

#[test]
fn redirects_are_followed_without_our_password() {
    let (registry, elsewhere) = (Registry::start(), Registry::start());
    let proof = "Basic dTpw";
    registry.door(Door::Basic(proof.to_owned()));
    registry.add_blob("a", b"hello");
    elsewhere.add_blob("cdn", b"hello");
    let (_, descriptor) = blob(b"hello");
    let location = format!("http://{}/v2/cdn/blobs/{}?signature=x", elsewhere.host(), descriptor.digest);
    registry.fault("GET", "blobs", 0, Fault::LoseAnswer);
    let client = Client::new(Credential::Basic { user: "u".into(), password: Secret::new("p") }, settings());
    client.head_blob(&repository(&registry, "a"), &descriptor.digest).unwrap();
    registry.fault("GET", "blobs", 1, Fault::Answer(Answer::new(307).header("Location", location)));
    assert_eq!(read(&client, &repository(&registry, "a"), &descriptor).unwrap(), b"hello");
    assert!(
        registry.take_log().iter().any(|seen| seen.headers.get("authorization").is_some_and(|shown| shown == proof))
    );
    let there = elsewhere.take_log();
    assert_eq!(there.len(), 1);
    assert!(!there[0].headers.contains_key("authorization"));
}

#[test]
fn redirects_end() {
    let registry = Registry::start();
    registry.fault("GET", "v1", 1_000, Fault::Answer(Answer::new(302).header("Location", "/v2/a/manifests/v1")));
    let error = client().manifest(&reference(&registry, "a:v1")).unwrap_err();
    insta::assert_snapshot!(text(&registry, &error), @"`HOST` gave an invalid answer to manifest `v1` of `a`: it redirects more than 5 times");
    assert_eq!(registry.take_log().len(), 6);
}

#[test]
fn malicious_locations_are_not_followed() {
    for (location, expected) in [
        (
            "http://169.254.169.254/latest/meta-data/",
            "`169.254.169.254`, which is not followed: its address is not public",
        ),
        ("http://[fe80::1]/", "`[fe80::1]`, which is not followed: its address is not public"),
        ("file:///etc/passwd", "is no address"),
        ("http://user:password@127.0.0.1/", "is no address"),
        ("gopher://127.0.0.1/", "is no address"),
    ] {
        let registry = Registry::start();
        registry.fault("GET", "v1", 9, Fault::Answer(Answer::new(302).header("Location", location)));
        let error = client().manifest(&reference(&registry, "a:v1")).unwrap_err().to_string();
        assert!(error.contains(expected), "{location}: {error}");

        registry.fault("POST", "uploads", 9, Fault::Answer(Answer::new(202).header("Location", location)));
        let error = client().upload(&repository(&registry, "a"), &blob(b"x").0).unwrap_err().to_string();
        assert!(error.contains("no address") || error.contains(expected), "{location}: {error}");
    }
    let registry = Registry::start();
    registry.fault("POST", "uploads", 1, Fault::Answer(Answer::new(202)));
    let error = client().upload(&repository(&registry, "a"), &blob(b"x").0).unwrap_err();
    insta::assert_snapshot!(text(&registry, &error), @"`HOST` gave an invalid answer to upload of `sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881` of `a`: there is no `Location` in it");
}

fn user() -> Credential {
    Credential::Basic { user: "u".into(), password: Secret::new("p") }
}

fn token_door(authorization: Option<&str>) -> Door {
    Door::Token { realm: None, authorization: authorization.map(str::to_owned), refresh: None, life: None }
}

#[test]
fn one_token_serves_for_everything_expected() {
    let registry = Registry::start();
    registry.door(token_door(Some("Basic dTpw")));
    let client = Client::new(user(), settings());
    let (target, base) = (repository(&registry, "a"), repository(&registry, "base"));
    client.expect(&target, linkspan_oci::client::Access::Push);
    client.expect(&base, linkspan_oci::client::Access::Pull);
    registry.add_blob("base", b"hello");
    client.head_blob(&base, &Digest::sha256(b"hello")).unwrap();
    client.upload(&target, &blob(b"world").0).unwrap();
    let tokens: Vec<_> = registry.take_lines().into_iter().filter(|line| line.contains("/token")).collect();
    insta::assert_snapshot!(tokens.join("\n"), @"GET /token?service=test&scope=repository:a:pull,push&scope=repository:base:pull");
}

#[test]
fn tokens_are_kept_and_renewed() {
    let registry = Registry::start();
    registry.door(token_door(None));
    let client = client();
    let home = repository(&registry, "a");
    for _ in 0..3 {
        client.head_blob(&home, &Digest::sha256(b"x")).unwrap();
    }
    assert_eq!(registry.take_lines().iter().filter(|line| line.contains("/token")).count(), 1);
    // The registry forgets it: one more is got.
    registry.fault(
        "HEAD",
        "blobs",
        1,
        Fault::Answer(
            Answer::new(401).header(
                "WWW-Authenticate",
                format!("Bearer realm=\"http://{}/token\",service=\"test\"", registry.host()),
            ),
        ),
    );
    client.head_blob(&home, &Digest::sha256(b"x")).unwrap();
    assert_eq!(registry.take_lines().iter().filter(|line| line.contains("/token")).count(), 1);
    // Writing needs another.
    client.upload(&home, &blob(b"x").0).unwrap();
    assert_eq!(registry.take_lines().iter().filter(|line| line.contains("/token")).count(), 1);
}

#[test]
fn an_identity_token_is_exchanged() {
    let registry = Registry::start();
    registry.door(Door::Token {
        realm: None,
        authorization: None,
        refresh: Some("refresh".to_owned()),
        life: Some(300),
    });
    let client = Client::new(Credential::Identity(Secret::new("refresh")), settings());
    client.head_blob(&repository(&registry, "a"), &Digest::sha256(b"x")).unwrap();
    let log = registry.take_log();
    let form = log.iter().find(|seen| seen.path == "/token").unwrap();
    insta::assert_snapshot!(String::from_utf8_lossy(&form.body), @"grant_type=refresh_token&service=test&client_id=linkspan&scope=repository%3Aa%3Apull&refresh_token=refresh");
}

#[test]
fn who_is_not_let_in_is_told_how_to() {
    let registry = Registry::start();
    registry.door(Door::Basic("Basic nobody".to_owned()));
    let error = client().manifest(&reference(&registry, "a:v1")).unwrap_err();
    insta::assert_snapshot!(text(&registry, &error), @"`HOST` denies manifest `v1` of `a`: it asks for a log-in: `docker login HOST`");
    let wrong = Client::new(user(), settings()).manifest(&reference(&registry, "a:v1")).unwrap_err();
    insta::assert_snapshot!(text(&registry, &wrong), @"`HOST` denies manifest `v1` of `a`: it refuses our credentials: log in again with `docker login HOST`");
    assert!(!wrong.to_string().contains("dTpw"));

    registry.door(token_door(Some("Basic nobody")));
    let wrong = Client::new(user(), settings()).manifest(&reference(&registry, "a:v1")).unwrap_err();
    insta::assert_snapshot!(text(&registry, &wrong), @"`HOST` denies the request for a token: wrong password (UNAUTHORIZED)");
}

#[test]
fn token_answers_are_judged() {
    for (body, expected) in [
        ("{".to_owned(), "it is no JSON with a `token`"),
        ("{}".to_owned(), "there is no `token` in it"),
        (r#"{"token":"a\r\nX-Evil: 1"}"#.to_owned(), "has characters that no token has"),
        (format!(r#"{{"token":"{}"}}"#, "x".repeat(300_000)), "it has more than 262144 bytes"),
    ] {
        let registry = Registry::start();
        registry.door(token_door(None));
        registry.fault("GET", "/token", 9, Fault::Answer(Answer::new(200).body(body)));
        let error = client().manifest(&reference(&registry, "a:v1")).unwrap_err();
        assert!(matches!(error, Error::Invalid { .. }), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn the_password_goes_to_no_forbidden_realm() {
    for realm in ["http://169.254.169.254/token", "ftp://127.0.0.1/token", "nonsense"] {
        let registry = Registry::start();
        registry.door(Door::Token { realm: Some(realm.to_owned()), authorization: None, refresh: None, life: None });
        let error = Client::new(user(), settings()).manifest(&reference(&registry, "a:v1")).unwrap_err();
        assert!(matches!(error, Error::Misdirected { .. } | Error::Invalid { .. }), "{realm}: {error}");
    }
}

#[test]
fn many_tags_in_one_request_where_that_works() {
    let document = Document::manifest(Manifest::new(Descriptor::of(media_type::CONFIG, b"{}"), Vec::new())).unwrap();
    let tags = ["1", "1.2", "latest"].map(str::to_owned);
    for many in [true, false] {
        let registry = Registry::start();
        registry.with(|state| state.many_tags = many);
        registry.add_blob("a", b"{}");
        client().put_manifest(&repository(&registry, "a"), &document, &tags).unwrap();
        assert_eq!(registry.take_log().len(), if many { 1 } else { 4 });
        for tag in &tags {
            assert_eq!(registry.tag("a", tag).as_ref(), Some(document.digest()));
        }
    }
}
