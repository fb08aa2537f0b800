//! Against a real registry, judged by another client.
//!
//! `LINKSPAN_TEST_REGISTRY=host:port` names a registry that may be written to without a log-in
//! (`docker-registry serve config.yml` of Debian's package `docker-registry`, or
//! `crane registry serve`), and `crane` is on the `PATH`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test ends where something is not as it should be")]

use std::io::{Read as _, Write as _};
use std::process::Command;
use std::sync::Arc;

use linkspan_oci::bundle::{Blob, Bundle, Image, MemoryBlob};
use linkspan_oci::client::{Client, Settings};
use linkspan_oci::credentials::Credential;
use linkspan_oci::digest::Digest;
use linkspan_oci::layout::{Layout, write_archive};
use linkspan_oci::manifest::{Document, Manifest, Platform};
use linkspan_oci::media_type;
use linkspan_oci::push::{Push, RemoteBlob, push};
use linkspan_oci::reference::Repository;

/// The registry's `host:port`; `None` if such tests are switched off.
fn registry() -> Option<String> {
    if std::env::var("LINKSPAN_TEST_OFFLINE").is_ok_and(|value| value == "1") {
        println!("skipped: LINKSPAN_TEST_OFFLINE=1");
        return None;
    }
    let named = std::env::var("LINKSPAN_TEST_REGISTRY").ok().filter(|value| !value.is_empty());
    Some(named.expect(
        "LINKSPAN_TEST_REGISTRY=host:port is not set: start a registry (`apt-get install docker-registry`, then \
         `docker-registry serve config.yml`), or set LINKSPAN_TEST_OFFLINE=1 to leave this out",
    ))
}

fn crane(arguments: &[&str]) -> String {
    let output = Command::new("crane")
        .args(arguments)
        .output()
        .expect("`crane` is not on the PATH: go install github.com/google/go-containerregistry/cmd/crane@v0.22.1");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "crane {arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A name that no other run has used.
fn fresh(registry: &str, name: &str) -> Repository {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos();
    format!("{registry}/linkspan-test/{name}-{now}").parse().unwrap()
}

fn client() -> Client {
    Client::new(Credential::Anonymous, Settings::default())
}

/// A layer compressed with gzip, and its uncompressed digest.
struct Layer(Arc<dyn Blob>, Digest);

fn layer(name: &str, length: usize) -> Layer {
    let mut tar = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_size(length as u64);
    header.set_mode(0o644);
    let content: Vec<u8> = name.bytes().cycle().take(length).collect();
    tar.append_data(&mut header, name, content.as_slice()).unwrap();
    let plain = tar.into_inner().unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    gzip.write_all(&plain).unwrap();
    let packed = gzip.finish().unwrap();
    Layer(Arc::new(MemoryBlob::new(media_type::LAYER_GZIP, &packed)), Digest::sha256(&plain))
}

fn image(architecture: &str, layers: Vec<Layer>) -> Image {
    let ids: Vec<&Digest> = layers.iter().map(|layer| &layer.1).collect();
    let config = serde_json::json!({
        "architecture": architecture, "os": "linux", "config": {}, "rootfs": {"type": "layers", "diff_ids": ids},
    });
    let config: Arc<dyn Blob> = Arc::new(MemoryBlob::new(media_type::CONFIG, config.to_string().as_bytes()));
    let descriptors = layers.iter().map(|layer| layer.0.descriptor().clone()).collect();
    let manifest = Document::manifest(Manifest::new(config.descriptor().clone(), descriptors)).unwrap();
    let platform: Platform =
        serde_json::from_value(serde_json::json!({"os": "linux", "architecture": architecture})).unwrap();
    let blobs = layers.into_iter().map(|layer| layer.0);
    Image::new(manifest, Some(platform), blobs.chain([config])).unwrap()
}

#[test]
fn an_image_that_another_client_finds_whole() {
    let Some(registry) = registry() else { return };
    let home = fresh(&registry, "image");
    let bundle = Bundle::image(image("amd64", vec![layer("small", 10), layer("large", 20_000_000)]));
    let request = Push::new(&bundle, home.clone(), vec!["v1".to_owned(), "v2".to_owned(), "v3".to_owned()]);
    let pushed = push(&client(), &request).unwrap();
    assert!(pushed.bytes_sent() > 20_000_000);
    for tag in ["v1", "v2", "v3"] {
        crane(&["validate", "--remote", &format!("{home}:{tag}")]);
        assert_eq!(crane(&["digest", &format!("{home}:{tag}")]), pushed.root.digest.to_string());
    }
    let again = push(&client(), &request).unwrap();
    assert_eq!((again.unchanged, again.bytes_sent()), (true, 0));
}

#[test]
fn an_index_and_mounts() {
    let Some(registry) = registry() else { return };
    let (base, home) = (fresh(&registry, "base"), fresh(&registry, "index"));
    let client = client();
    let shared = layer("shared", 100_000);
    let again = || Layer(Arc::clone(&shared.0), shared.1.clone());
    let bundle = Bundle::image(image("amd64", vec![again()]));
    push(&client, &Push::new(&bundle, base.clone(), vec!["v1".to_owned()])).unwrap();

    let remote = |layer: &Layer| {
        let blob = RemoteBlob::new(client.clone(), base.clone(), layer.0.descriptor().clone());
        Layer(Arc::new(blob), layer.1.clone())
    };
    let amd = image("amd64", vec![remote(&shared), layer("amd", 10)]);
    let arm = image("arm64", vec![remote(&shared), layer("arm", 10)]);
    let bundle = Bundle::index(vec![amd, arm]).unwrap();
    let pushed = push(&client, &Push::new(&bundle, home.clone(), vec!["v1".to_owned()])).unwrap();
    assert_eq!(pushed.images[0].layers_mounted, 1);
    assert!(pushed.bytes_sent() < 100_000);
    crane(&["validate", "--remote", &format!("{home}:v1")]);

    let document = client.manifest(&home.tagged("v1").unwrap()).unwrap();
    assert_eq!(document.digest(), bundle.root().digest());
    let mut bytes = Vec::new();
    client.blob(&home, shared.0.descriptor()).unwrap().read_to_end(&mut bytes).unwrap();
    assert_eq!(Digest::sha256(&bytes), shared.0.descriptor().digest);
    assert!(client.manifest(&home.tagged("none").unwrap()).unwrap_err().is_not_found());
}

#[test]
fn layouts_and_archives_that_another_client_reads() {
    let Some(registry) = registry() else { return };
    let home = fresh(&registry, "layout");
    let folder = tempfile::tempdir().unwrap();
    let bundle = Bundle::image(image("amd64", vec![layer("a", 10), layer("b", 1_000_000)]));
    let place = folder.path().join("layout");
    Layout::open_or_create(&place).unwrap().add(&bundle, &["v1".to_owned()]).unwrap();
    crane(&["push", place.to_str().unwrap(), &format!("{home}:v1")]);
    assert_eq!(crane(&["digest", &format!("{home}:v1")]), bundle.root().digest().to_string());
    let archive = folder.path().join("image.tar");
    write_archive(&archive, &bundle, &["acme/app:v1".parse().unwrap()]).unwrap();
    crane(&["validate", "--tarball", archive.to_str().unwrap()]);
}
