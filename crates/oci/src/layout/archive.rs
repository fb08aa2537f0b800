//! An image as one tar archive: an OCI layout that has Docker's `manifest.json` as well, so that
//! every version of `docker load` reads it. The same image gives the same bytes.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use serde_json::json;
use tar::{Builder, EntryType, Header};

use super::{INDEX_FILE, LAYOUT_FILE, LAYOUT_TEXT, LayoutError, NAME, index_bytes, pour};
use crate::bundle::{Blob, Bundle, Image};
use crate::digest::Digest;
use crate::files::{self, at};
use crate::manifest::{Index, ManifestError};
use crate::reference::Reference;

/// What containerd and Docker with its image store read as the image's full name.
const FULL_NAME: &str = "io.containerd.image.name";

/// Writes the archive to a file, which appears whole or not at all. `docker load` gives the image
/// the names; of an index it takes the image for this machine's architecture, else the first.
///
/// # Errors
/// If a source cannot be read, gives the wrong bytes, or the file cannot be written.
pub fn write_archive(path: &Path, bundle: &Bundle, names: &[Reference]) -> Result<(), LayoutError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let file = files::temporary(folder)?;
    write_archive_to(std::io::BufWriter::with_capacity(1 << 17, file.as_file()), bundle, names)?;
    Ok(files::persist(file, path)?)
}

/// Writes the archive to any writer.
///
/// # Errors
/// As [`write_archive`].
pub fn write_archive_to(to: impl Write, bundle: &Bundle, names: &[Reference]) -> Result<(), LayoutError> {
    let mut archive = Archive(Builder::new(to));
    archive.folder("blobs/")?;
    archive.folder("blobs/sha256/")?;
    let blobs = bundle.blobs().into_iter().map(|blob| (blob.descriptor().digest.clone(), Entry::Blob(blob.as_ref())));
    let documents = bundle.images().iter().map(Image::manifest).chain([bundle.root()]);
    let documents = documents.map(|document| (document.digest().clone(), Entry::Bytes(document.bytes())));
    let entries: BTreeMap<Digest, Entry<'_>> = blobs.chain(documents).collect();
    for (digest, entry) in &entries {
        archive.entry(&blob_name(digest), entry)?;
    }
    archive.entry(INDEX_FILE, &Entry::Bytes(&index(bundle, names).map_err(malformed(INDEX_FILE))?))?;
    archive.entry("manifest.json", &Entry::Bytes(docker_manifest(bundle, names).to_string().as_bytes()))?;
    archive.entry(LAYOUT_FILE, &Entry::Bytes(LAYOUT_TEXT.as_bytes()))?;
    archive.finish()
}

enum Entry<'a> {
    Bytes(&'a [u8]),
    Blob(&'a dyn Blob),
}

struct Archive<W: Write>(Builder<W>);

impl<W: Write> Archive<W> {
    fn folder(&mut self, name: &str) -> Result<(), LayoutError> {
        let header = header(name, EntryType::Directory, 0o755, 0)?;
        Ok(self.0.append(&header, std::io::empty()).map_err(at("write", Path::new(name)))?)
    }

    fn entry(&mut self, name: &str, entry: &Entry<'_>) -> Result<(), LayoutError> {
        let failed = |cause| at("write", Path::new(name))(cause).into();
        match entry {
            Entry::Bytes(bytes) => {
                let header = header(name, EntryType::Regular, 0o644, bytes.len() as u64)?;
                self.0.append(&header, *bytes).map_err(failed)
            }
            Entry::Blob(blob) => {
                let size = blob.descriptor().size;
                let header = header(name, EntryType::Regular, 0o644, size)?;
                let to = self.0.get_mut();
                to.write_all(header.as_bytes()).map_err(failed)?;
                pour(*blob, to)?;
                let padding = (512 - size % 512) % 512;
                std::io::copy(&mut std::io::repeat(0).take(padding), to).map(drop).map_err(failed)
            }
        }
    }

    fn finish(self) -> Result<(), LayoutError> {
        let written = self.0.into_inner().and_then(|mut to| to.flush());
        Ok(written.map_err(at("write", Path::new("the archive")))?)
    }
}

use std::io::Read as _;

fn header(name: &str, kind: EntryType, mode: u32, size: u64) -> Result<Header, LayoutError> {
    let mut header = Header::new_ustar();
    header.set_path(name).map_err(at("name", Path::new(name)))?;
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header.set_cksum();
    Ok(header)
}

fn blob_name(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm().as_str(), digest.hex())
}

fn malformed(name: &'static str) -> impl FnOnce(ManifestError) -> LayoutError {
    move |cause| LayoutError::Malformed { path: name.into(), cause }
}

fn index(bundle: &Bundle, names: &[Reference]) -> Result<Vec<u8>, ManifestError> {
    let entry = |name: Option<&Reference>| {
        let mut entry = bundle.root().descriptor().clone();
        if let Some(name) = name {
            entry.annotations.insert(FULL_NAME.to_owned(), name.to_string());
            entry.annotations.extend(name.tag_or_latest().map(|tag| (NAME.to_owned(), tag.to_owned())));
        }
        entry
    };
    let entries = match names {
        [] => vec![entry(None)],
        names => names.iter().map(|name| entry(Some(name))).collect(),
    };
    index_bytes(&Index::new(entries))
}

/// `manifest.json` of `docker save`: one image with its names and the paths of its parts.
fn docker_manifest(bundle: &Bundle, names: &[Reference]) -> serde_json::Value {
    let image = for_this_machine(bundle.images());
    let paths: Vec<String> =
        image.into_iter().flat_map(Image::descriptors).map(|blob| blob_name(&blob.digest)).collect();
    let tags: Vec<String> = names
        .iter()
        .filter_map(|name| Some(format!("{}:{}", name.repository().familiar(), name.tag_or_latest()?)))
        .collect();
    json!([{ "Config": paths.first(), "RepoTags": tags, "Layers": paths.get(1..).unwrap_or_default() }])
}

fn for_this_machine(images: &[Image]) -> Option<&Image> {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    let fits = |image: &&Image| {
        image.platform().is_some_and(|platform| platform.os == "linux" && platform.architecture == architecture)
    };
    images.iter().find(fits).or_else(|| images.first())
}
