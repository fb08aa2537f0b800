//! Pushing whole images and indexes.
#![allow(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use linkspan_oci::bundle::{Blob, Bundle, FileBlob, Image, MemoryBlob};
use linkspan_oci::client::{Client, Retry, Settings};
use linkspan_oci::credentials::Credential;
use linkspan_oci::manifest::{Descriptor, Document, Manifest, Platform};
use linkspan_oci::media_type;
use linkspan_oci::push::{Push, RemoteBlob, push};
use linkspan_oci::reference::Repository;

use support::{Answer, Door, Fault, Registry};

fn client() -> Client {
    let retry = Retry { attempts: 3, pause: Duration::from_millis(1), longest: Duration::from_secs(1) };
    Client::new(Credential::Anonymous, Settings { retry, ..Settings::default() })
}

fn repository(registry: &Registry, path: &str) -> Repository {
    format!("{}/{path}", registry.host()).parse().unwrap()
}

fn platform(architecture: &str) -> Platform {
    serde_json::from_str(&format!(r#"{{"os":"linux","architecture":"{architecture}"}}"#)).unwrap()
}

fn image(config: &str, layers: Vec<Arc<dyn Blob>>, architecture: Option<&str>) -> Image {
    let config: Arc<dyn Blob> = Arc::new(MemoryBlob::new(media_type::CONFIG, config.as_bytes()));
    let descriptors = layers.iter().map(|layer| layer.descriptor().clone()).collect();
    let manifest = Document::manifest(Manifest::new(config.descriptor().clone(), descriptors)).unwrap();
    Image::new(manifest, architecture.map(platform), layers.into_iter().chain([config])).unwrap()
}

fn layer(text: &str) -> Arc<dyn Blob> {
    Arc::new(MemoryBlob::new(media_type::LAYER, text.as_bytes()))
}

fn layers(names: &[&str]) -> Vec<Arc<dyn Blob>> {
    names.iter().map(|name| layer(name)).collect()
}

fn tags(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn methods(registry: &Registry) -> Vec<String> {
    registry.take_log().into_iter().map(|seen| seen.method).collect()
}

#[test]
fn the_tag_comes_last_and_the_second_push_is_one_request() {
    let registry = Registry::start();
    let bundle = Bundle::image(image("{}", layers(&["one", "two"]), None));
    let request = Push::new(&bundle, repository(&registry, "shop/orders"), tags(&["v1"]));
    let pushed = push(&client(), &request).unwrap();
    assert_eq!((pushed.bytes_sent(), pushed.unchanged), (8, false));
    assert_eq!(pushed.images[0].layers_sent, 2);
    let lines = registry.take_lines();
    assert!(lines.last().unwrap().starts_with("PUT /v2/shop/orders/manifests/v1"), "{lines:?}");
    assert_eq!(registry.tag("shop/orders", "v1").as_ref(), Some(bundle.root().digest()));

    let again = push(&client(), &request).unwrap();
    assert_eq!((again.bytes_sent(), again.unchanged), (0, true));
    assert_eq!(again.images[0].layers_reused, 2);
    assert_eq!(methods(&registry), ["HEAD"]);
}

#[test]
fn what_is_there_is_not_sent_in_few_requests() {
    // (layers, requests): few blobs are looked for, many are known by their manifest.
    for (count, most) in [(1, 4), (2, 5), (30, 3)] {
        let registry = Registry::start();
        let names: Vec<String> = (0..count).map(|n| format!("layer {n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let bundle = Bundle::image(image("{}", layers(&names), None));
        let home = repository(&registry, "a");
        push(&client(), &Push::new(&bundle, home.clone(), tags(&["v1"]))).unwrap();
        registry.take_log();
        let pushed = push(&client(), &Push::new(&bundle, home, tags(&["v2"]))).unwrap();
        assert_eq!((pushed.bytes_sent(), pushed.images[0].layers_reused), (0, count));
        let seen = methods(&registry);
        assert!(seen.len() <= most, "{count}: {seen:?}");
        assert_eq!(seen.iter().filter(|method| *method != "HEAD").count(), 1);
        assert_eq!(registry.tag("a", "v2").as_ref(), Some(bundle.root().digest()));
    }
}

#[test]
fn with_tokens_an_unchanged_push_is_at_most_six_requests() {
    let registry = Registry::start();
    registry.door(Door::Token { realm: None, authorization: None, refresh: None, life: None });
    let bundle = Bundle::image(image("{}", layers(&["one", "two", "three", "four", "five"]), None));
    let home = repository(&registry, "a");
    push(&client(), &Push::new(&bundle, home.clone(), tags(&["v1"]))).unwrap();
    registry.take_log();
    let pushed = push(&client(), &Push::new(&bundle, home, tags(&["v1"]))).unwrap();
    assert_eq!(pushed.bytes_sent(), 0);
    assert!(methods(&registry).len() <= 6);
}

#[test]
fn nothing_is_tagged_if_a_blob_fails() {
    for fault in
        [Fault::Answer(Answer::error(403, "DENIED", "no")), Fault::Answer(Answer::new(500)), Fault::CutRequest(1)]
    {
        let registry = Registry::start();
        let bundle = Bundle::image(image("{}", layers(&["one", "two", "three", "four", "five"]), None));
        registry.fault("PUT", "uploads", 100, fault);
        let error = push(&client(), &Push::new(&bundle, repository(&registry, "a"), tags(&["v1"]))).unwrap_err();
        assert!(error.is_unreachable(), "{error}");
        assert_eq!(registry.names("a"), Vec::<String>::new());
    }
}

#[test]
fn a_source_that_breaks_stops_the_push() {
    let registry = Registry::start();
    let gone = FileBlob::new(Descriptor::of(media_type::LAYER, b"gone"), "/nonexistent/layer");
    let bundle = Bundle::image(image("{}", vec![layer("one"), Arc::new(gone)], None));
    let error = push(&client(), &Push::new(&bundle, repository(&registry, "a"), tags(&["v1"]))).unwrap_err();
    assert!(error.to_string().contains("No such file"), "{error}");
    assert_eq!(registry.names("a"), Vec::<String>::new());
}

#[test]
fn an_index_has_one_image_per_platform() {
    let registry = Registry::start();
    let amd = image(r#"{"a":1}"#, layers(&["shared", "amd"]), Some("amd64"));
    let arm = image(r#"{"a":2}"#, layers(&["shared", "arm"]), Some("arm64"));
    let bundle = Bundle::index(vec![amd, arm]).unwrap();
    let request = Push::new(&bundle, repository(&registry, "a"), tags(&["v1", "latest"]));
    let pushed = push(&client(), &request).unwrap();
    assert_eq!(registry.tag("a", "latest").as_ref(), Some(bundle.root().digest()));
    assert_eq!((pushed.images[0].layers_sent, pushed.images[1].layers_sent, pushed.images[1].layers_reused), (2, 1, 1));
    let sent: u64 = bundle.blobs().iter().map(|blob| blob.descriptor().size).sum();
    assert_eq!(pushed.bytes_sent(), sent);
    assert_eq!(pushed.images[1].platform.as_ref().unwrap().architecture, "arm64");

    // One platform changes: the other is not sent again.
    let arm = image(r#"{"a":3}"#, layers(&["shared", "new"]), Some("arm64"));
    let amd = bundle.images()[0].clone();
    let changed = Bundle::index(vec![amd, arm]).unwrap();
    let pushed = push(&client(), &Push::new(&changed, repository(&registry, "a"), tags(&["v1"]))).unwrap();
    assert_eq!((pushed.images[0].bytes_sent, pushed.images[1].layers_sent), (0, 1));
    assert_eq!(registry.tag("a", "v1").as_ref(), Some(changed.root().digest()));
    assert_eq!(registry.tag("a", "latest").as_ref(), Some(bundle.root().digest()));
}

#[test]
fn one_tag_of_several_is_missing() {
    let registry = Registry::start();
    let bundle = Bundle::image(image("{}", layers(&["one"]), None));
    push(&client(), &Push::new(&bundle, repository(&registry, "a"), tags(&["v1"]))).unwrap();
    registry.take_log();
    let pushed = push(&client(), &Push::new(&bundle, repository(&registry, "a"), tags(&["v1", "v2"]))).unwrap();
    assert!(!pushed.unchanged);
    assert_eq!(methods(&registry), ["HEAD", "HEAD", "PUT"]);
}

#[test]
fn without_tags_the_digest_is_the_name() {
    let registry = Registry::start();
    let bundle = Bundle::image(image("{}", layers(&["one"]), None));
    for unchanged in [false, true] {
        let pushed = push(&client(), &Push::new(&bundle, repository(&registry, "a"), Vec::new())).unwrap();
        assert_eq!(pushed.unchanged, unchanged);
    }
    assert_eq!(registry.names("a"), [bundle.root().digest().to_string()]);
}

#[test]
fn base_layers_are_mounted_and_never_read() {
    let registry = Registry::start();
    registry.door(Door::Token { realm: None, authorization: None, refresh: None, life: None });
    registry.add_blob("base", b"base layer");
    let client = client();
    let base = Descriptor::of(media_type::LAYER, b"base layer");
    let remote = RemoteBlob::new(client.clone(), repository(&registry, "base"), base);
    let bundle = Bundle::image(image("{}", vec![Arc::new(remote), layer("own")], None));
    let pushed = push(&client, &Push::new(&bundle, repository(&registry, "a"), tags(&["v1"]))).unwrap();
    assert_eq!((pushed.images[0].layers_mounted, pushed.images[0].layers_sent), (1, 1));
    let lines = registry.take_lines();
    assert!(!lines.iter().any(|line| line.starts_with("GET /v2/base/blobs")), "{lines:?}");
}

#[test]
fn base_layers_of_another_registry_are_copied() {
    let (there, here) = (Registry::start(), Registry::start());
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
    there.add_blob("base", &bytes);
    // The connection is cut on the way; it is the source's own affair.
    there.fault("GET", "blobs", 1, Fault::CutBody(1_000_000));
    let client = client();
    let remote = RemoteBlob::new(client.clone(), repository(&there, "base"), Descriptor::of(media_type::LAYER, &bytes));
    let bundle = Bundle::image(image("{}", vec![Arc::new(remote)], None));
    let pushed = push(&client, &Push::new(&bundle, repository(&here, "a"), tags(&["v1"]))).unwrap();
    assert_eq!(pushed.images[0].layers_sent, 1);
    assert!(here.has_blob("a", &Descriptor::of(media_type::LAYER, &bytes).digest));
}

#[test]
fn knowledge_saves_requests_and_is_checked_when_it_is_wrong() {
    let registry = Registry::start();
    let bundle = Bundle::image(image("{}", layers(&["one", "two"]), None));
    let mut request = Push::new(&bundle, repository(&registry, "a"), tags(&["v1"]));
    registry.add_blob("a", b"one");
    request.known.blobs = bundle.blobs().iter().map(|blob| blob.descriptor().digest.clone()).collect();
    request.known.tags.insert("v1".to_owned(), None);
    let pushed = push(&client(), &request).unwrap();
    assert_eq!((pushed.images[0].layers_sent, pushed.images[0].layers_reused), (1, 1));
    let seen = methods(&registry);
    assert_eq!(seen[0], "PUT", "{seen:?}");
    assert_eq!(registry.tag("a", "v1").as_ref(), Some(bundle.root().digest()));
}

#[test]
fn a_first_push_with_a_known_tag_is_four_rounds() {
    let registry = Registry::start();
    let bundle = Bundle::image(image("{}", layers(&["one"]), None));
    let mut request = Push::new(&bundle, repository(&registry, "a"), tags(&["v1"]));
    request.known.tags.insert("v1".to_owned(), None);
    push(&client(), &request).unwrap();
    let mut seen = methods(&registry);
    assert_eq!(seen.pop().as_deref(), Some("PUT"));
    seen.sort();
    // Two blobs at the same time: look, begin, send.
    assert_eq!(seen, ["HEAD", "HEAD", "POST", "POST", "PUT", "PUT"]);
}
