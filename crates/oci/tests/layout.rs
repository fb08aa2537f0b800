//! Image layouts in folders, and archives.
#![allow(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use linkspan_oci::bundle::{Blob, Bundle, Image, MemoryBlob};
use linkspan_oci::layout::{Layout, write_archive, write_archive_to};
use linkspan_oci::manifest::{Descriptor, Document, Manifest, Platform};
use linkspan_oci::media_type;
use linkspan_oci::reference::Reference;

fn image(layers: &[&str], architecture: Option<&str>) -> Image {
    let layers: Vec<Arc<dyn Blob>> = layers
        .iter()
        .map(|text| Arc::new(MemoryBlob::new(media_type::LAYER, text.as_bytes())) as Arc<dyn Blob>)
        .collect();
    let config = Arc::new(MemoryBlob::new(media_type::CONFIG, architecture.unwrap_or("{}").as_bytes()));
    let descriptors = layers.iter().map(|layer| layer.descriptor().clone()).collect();
    let manifest = Document::manifest(Manifest::new(config.descriptor().clone(), descriptors)).unwrap();
    let platform = architecture.map(|name| -> Platform {
        serde_json::from_str(&format!(r#"{{"os":"linux","architecture":"{name}"}}"#)).unwrap()
    });
    Image::new(manifest, platform, layers.into_iter().chain([config as Arc<dyn Blob>])).unwrap()
}

fn bundle(layers: &[&str]) -> Bundle {
    Bundle::image(image(layers, None))
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

/// Paths of all files below a folder, sorted.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    let mut found: Vec<String> =
        found.iter().map(|path| path.strip_prefix(folder).unwrap().display().to_string()).collect();
    found.sort();
    found
}

#[test]
fn what_is_written_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("new/layout");
    let bundle = bundle(&["one", "two"]);
    Layout::open_or_create(&place).unwrap().add(&bundle, &names(&["v1", "latest"])).unwrap();
    assert_eq!(files(&place).len(), 2 + 4, "two documents, manifest, configuration, two layers");
    let layout = Layout::open(&place).unwrap();
    let entry = layout.resolve(Some("v1")).unwrap();
    let document = layout.document(entry).unwrap();
    assert_eq!(&document, bundle.root());
    for blob in bundle.blobs() {
        let mut bytes = Vec::new();
        layout.blob(blob.descriptor()).unwrap().read_to_end(&mut bytes).unwrap();
        assert_eq!(Descriptor::of(&blob.descriptor().media_type, &bytes).digest, blob.descriptor().digest);
    }
}

#[test]
fn a_name_moves_and_others_stay() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (bundle(&["one"]), bundle(&["two"]));
    let mut layout = Layout::open_or_create(folder.path()).unwrap();
    layout.add(&first, &names(&["v1", "latest"])).unwrap();
    layout.add(&second, &names(&["latest"])).unwrap();
    let layout = Layout::open(folder.path()).unwrap();
    assert_eq!(layout.index().manifests.len(), 2);
    assert_eq!(&layout.resolve(Some("v1")).unwrap().digest, first.root().digest());
    assert_eq!(&layout.resolve(Some("latest")).unwrap().digest, second.root().digest());
    let error = |name: Option<&str>| {
        layout.resolve(name).unwrap_err().to_string().replace(&folder.path().display().to_string(), "PLACE")
    };
    insta::assert_snapshot!(error(None), @"`PLACE` has several images: name one of `v1`, `latest`");
    insta::assert_snapshot!(error(Some("v2")), @"`PLACE` has no image named `v2`; it has `v1`, `latest`");
}

#[test]
fn writing_the_same_again_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let read = || {
        files(folder.path())
            .into_iter()
            .map(|name| (name.clone(), fs::read(folder.path().join(name)).unwrap()))
            .collect::<BTreeMap<_, _>>()
    };
    let mut layout = Layout::open_or_create(folder.path()).unwrap();
    layout.add(&bundle(&["one"]), &[]).unwrap();
    let before = read();
    layout.add(&bundle(&["one"]), &[]).unwrap();
    assert_eq!(read(), before);
}

#[test]
fn other_folders_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thesis.txt"), "years of work").unwrap();
    let error = Layout::open_or_create(folder.path()).unwrap_err().to_string();
    assert!(error.contains("is no image layout"), "{error}");
    assert_eq!(files(folder.path()), ["thesis.txt"]);
}

#[test]
fn damage_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = bundle(&["one"]);
    let mut layout = Layout::open_or_create(folder.path()).unwrap();
    layout.add(&bundle, &[]).unwrap();
    let layer = bundle.blobs()[1].descriptor().clone();
    fs::write(layout.blob_path(&layer.digest), "onf").unwrap();
    let error = layout.blob(&layer).unwrap().read_to_end(&mut Vec::new()).unwrap_err();
    assert!(error.to_string().contains("has digest"), "{error}");
    fs::write(layout.blob_path(bundle.root().digest()), "{}").unwrap();
    assert!(layout.document(bundle.root().descriptor()).is_err());
    for index in [
        "",
        "[]",
        "{\"schemaVersion\":2}",
        "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"x\",\"digest\":\"sha256:../../etc\",\"size\":1}]}",
    ] {
        fs::write(folder.path().join("index.json"), index).unwrap();
        assert!(Layout::open(folder.path()).is_err(), "{index}");
    }
}

struct Liar(Descriptor);

impl Blob for Liar {
    fn descriptor(&self) -> &Descriptor {
        &self.0
    }
    fn open(&self) -> std::io::Result<Box<dyn std::io::Read + Send>> {
        Ok(Box::new(std::io::repeat(b'x')))
    }
}

#[test]
fn a_source_that_lies_leaves_nothing() {
    let liar = Liar(Descriptor::of(media_type::LAYER, b"bytes"));
    let config = MemoryBlob::new(media_type::CONFIG, b"{}");
    let manifest = Document::manifest(Manifest::new(config.descriptor().clone(), vec![liar.0.clone()])).unwrap();
    let blobs: [Arc<dyn Blob>; 2] = [Arc::new(liar), Arc::new(config)];
    let bundle = Bundle::image(Image::new(manifest, None, blobs).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let error = Layout::open_or_create(folder.path().join("layout")).unwrap().add(&bundle, &[]).unwrap_err();
    insta::assert_snapshot!(error, @"`sha256:277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9` should have 5 bytes, but 6 came");
    assert!(!folder.path().join("layout/index.json").exists());
    assert!(write_archive(&folder.path().join("image.tar"), &bundle, &[]).is_err());
    assert!(!files(folder.path()).iter().any(|name| name.contains(".tar") || name.contains(".linkspan-")));
}

fn entries(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = tar::Archive::new(bytes);
    let read = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        assert_eq!(entry.header().mtime().unwrap(), 0);
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        (entry.path().unwrap().display().to_string(), bytes)
    });
    read.collect()
}

#[test]
fn archives_are_for_docker_load_and_the_same_every_time() {
    let bundle = bundle(&["one", "two", "one"]);
    let names: Vec<Reference> = ["acme/app:v1", "ghcr.io/acme/app"].iter().map(|name| name.parse().unwrap()).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.tar");
    write_archive(&path, &bundle, &names).unwrap();
    let bytes = fs::read(&path).unwrap();
    let mut again = Vec::new();
    write_archive_to(&mut again, &bundle, &names).unwrap();
    assert_eq!(bytes, again);

    let entries = entries(&bytes);
    let paths: Vec<&str> =
        entries.keys().map(String::as_str).filter(|name| !name.starts_with("blobs/sha256/")).collect();
    assert_eq!(paths, ["blobs/", "index.json", "manifest.json", "oci-layout"]);
    let docker: serde_json::Value = serde_json::from_slice(&entries["manifest.json"]).unwrap();
    assert_eq!(docker[0]["RepoTags"], serde_json::json!(["acme/app:v1", "ghcr.io/acme/app:latest"]));
    assert_eq!(docker[0]["Layers"].as_array().unwrap().len(), 3, "one layer twice");
    for layer in docker[0]["Layers"].as_array().unwrap() {
        assert!(entries.contains_key(layer.as_str().unwrap()));
    }
    assert_eq!(entries[docker[0]["Config"].as_str().unwrap()], b"{}");

    // It is an image layout as well.
    let place = folder.path().join("unpacked");
    tar::Archive::new(bytes.as_slice()).unpack(&place).unwrap();
    let layout = Layout::open(&place).unwrap();
    let document = layout.document(layout.resolve(Some("v1")).unwrap()).unwrap();
    assert_eq!(&document, bundle.root());
}

#[test]
fn an_archive_of_an_index_has_an_image_for_docker() {
    let bundle = Bundle::index(vec![
        image(&["riscv"], Some("riscv64")),
        image(&["amd"], Some("amd64")),
        image(&["arm"], Some("arm64")),
    ])
    .unwrap();
    let mut bytes = Vec::new();
    write_archive_to(&mut bytes, &bundle, &["app".parse().unwrap()]).unwrap();
    let entries = entries(&bytes);
    let docker: serde_json::Value = serde_json::from_slice(&entries["manifest.json"]).unwrap();
    let expected = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        _ => "riscv64",
    };
    assert_eq!(entries[docker[0]["Config"].as_str().unwrap()], expected.as_bytes());
    assert_eq!(entries.keys().filter(|name| name.starts_with("blobs/sha256/") && name.len() > 20).count(), 1 + 3 * 3);
}

#[test]
fn a_manifest_needs_all_its_blobs() {
    let config = MemoryBlob::new(media_type::CONFIG, b"{}");
    let missing = Descriptor::of(media_type::LAYER, b"missing");
    let manifest = Document::manifest(Manifest::new(config.descriptor().clone(), vec![missing])).unwrap();
    let error = Image::new(manifest, None, [Arc::new(config) as Arc<dyn Blob>]).err().unwrap();
    assert!(error.to_string().contains("there is no source for it"), "{error}");
}
