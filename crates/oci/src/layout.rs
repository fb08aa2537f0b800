//! OCI image layouts (image-spec, image-layout.md): a folder with `oci-layout`, `index.json` and
//! `blobs/`; and the same as an archive that `docker load` reads.

mod archive;

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::bundle::{Blob, Bundle, Image};
use crate::digest::{Digest, Mismatch, Verify};
use crate::files::{self, PathError, at};
use crate::manifest::{Descriptor, Document, Index, ManifestError, json};

pub use archive::{write_archive, write_archive_to};

const LAYOUT_FILE: &str = "oci-layout";
const LAYOUT_TEXT: &str = r#"{"imageLayoutVersion":"1.0.0"}"#;
const INDEX_FILE: &str = "index.json";
const NAME: &str = "org.opencontainers.image.ref.name";
const MAX_INDEX: u64 = 4 << 20;

/// Why a layout or archive could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LayoutError {
    /// The file system refused.
    #[error(transparent)]
    Path(#[from] PathError),
    /// The folder has something else in it.
    #[error(
        "`{0}` is no image layout (there is no `oci-layout` of version 1.0.0 in it): give an empty folder or a new one"
    )]
    NotALayout(PathBuf),
    /// A document in it is malformed.
    #[error("`{path}`: {cause}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        cause: ManifestError,
    },
    /// A file is larger than any manifest may be.
    #[error("`{0}` is larger than {limit} bytes", limit = MAX_INDEX)]
    TooLarge(PathBuf),
    /// The bytes of a blob are not what its descriptor says.
    #[error("{0}")]
    Mismatch(#[from] Mismatch),
    /// No manifest of that name, or none at all.
    #[error("`{layout}` has no image named `{name}`; it has {known}")]
    NoSuchImage {
        /// The folder.
        layout: PathBuf,
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// Several manifests and no name to choose by.
    #[error("`{layout}` has several images: name one of {known}")]
    Several {
        /// The folder.
        layout: PathBuf,
        /// The names that there are.
        known: String,
    },
    /// The source of a blob could not be read.
    #[error("cannot read the source of `{digest}`: {cause}")]
    Source {
        /// The blob.
        digest: Digest,
        /// What the source says.
        cause: std::io::Error,
    },
}

/// An image layout in a folder.
#[derive(Clone, Debug)]
pub struct Layout {
    folder: PathBuf,
    index: Index,
}

impl Layout {
    /// Opens a layout to read from it.
    ///
    /// # Errors
    /// [`LayoutError::NotALayout`] and what is malformed in it.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, LayoutError> {
        let folder = folder.into();
        if !is_layout(&folder) {
            return Err(LayoutError::NotALayout(folder));
        }
        let path = folder.join(INDEX_FILE);
        let bytes = read_limited(&path)?;
        let index = json("index", &bytes).map_err(|cause| LayoutError::Malformed { path, cause })?;
        Ok(Self { folder, index })
    }

    /// Opens a layout to add to it; a folder that is not there or empty becomes one with the first
    /// [`Layout::add`].
    ///
    /// # Errors
    /// [`LayoutError::NotALayout`] if the folder has other things in it.
    pub fn open_or_create(folder: impl Into<PathBuf>) -> Result<Self, LayoutError> {
        let folder = folder.into();
        let empty = match fs::read_dir(&folder) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
            Err(error) => return Err(at("read", &folder)(error).into()),
        };
        if empty { Ok(Self { folder, index: Index::new(Vec::new()) }) } else { Self::open(folder) }
    }

    /// The layout's own index: one entry per image or per index, with its name as annotation.
    #[must_use]
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The entry with a name (`org.opencontainers.image.ref.name`); without one, the only entry.
    ///
    /// # Errors
    /// [`LayoutError::NoSuchImage`], [`LayoutError::Several`].
    pub fn resolve(&self, name: Option<&str>) -> Result<&Descriptor, LayoutError> {
        let entries = &self.index.manifests;
        let layout = self.folder.clone();
        let known = || match entries.iter().filter_map(name_of).collect::<Vec<_>>() {
            names if names.is_empty() => "no names".to_owned(),
            names => format!("`{}`", names.join("`, `")),
        };
        match (name, entries.as_slice()) {
            (None, [only]) => Ok(only),
            (None, [_, _, ..]) => Err(LayoutError::Several { layout, known: known() }),
            (name, _) => entries.iter().find(|entry| name.is_some() && name_of(entry) == name).ok_or_else(|| {
                LayoutError::NoSuchImage { layout, name: name.unwrap_or_default().to_owned(), known: known() }
            }),
        }
    }

    /// Reads a manifest or index and checks its digest.
    ///
    /// # Errors
    /// If it is not there, not what the descriptor says, or malformed.
    pub fn document(&self, descriptor: &Descriptor) -> Result<Document, LayoutError> {
        let path = self.blob_path(&descriptor.digest);
        let bytes = read_limited(&path)?;
        let found = Digest::of(descriptor.digest.algorithm(), &bytes);
        files::check(&descriptor.digest, descriptor.size, found, bytes.len() as u64)?;
        Document::parse(&descriptor.media_type, bytes).map_err(|cause| LayoutError::Malformed { path, cause })
    }

    /// Opens a blob; reading it to the end checks its digest and size.
    ///
    /// # Errors
    /// If it is not there.
    pub fn blob(&self, descriptor: &Descriptor) -> Result<Verify<File>, LayoutError> {
        let path = self.blob_path(&descriptor.digest);
        let file = File::open(&path).map_err(at("read", &path))?;
        Ok(Verify::new(file, descriptor.digest.clone(), descriptor.size))
    }

    /// Where a blob lies, whether it is there or not. A digest has no `/` or `.`, so the path
    /// never leaves the folder.
    #[must_use]
    pub fn blob_path(&self, digest: &Digest) -> PathBuf {
        let algorithm = digest.algorithm().as_str();
        self.folder.join("blobs").join(algorithm).join(digest.hex())
    }

    /// Adds images under names (tags); an entry that had one of the names loses its place. Each
    /// blob appears whole, the index last: a reader sees the old state or the new one.
    ///
    /// # Errors
    /// If a source cannot be read, gives the wrong bytes, or the folder cannot be written.
    pub fn add(&mut self, bundle: &Bundle, names: &[String]) -> Result<(), LayoutError> {
        files::create_folder(&self.folder)?;
        for blob in bundle.blobs() {
            self.add_blob(blob.as_ref())?;
        }
        let manifests = bundle.images().iter().map(Image::manifest);
        for document in manifests.chain([bundle.root()]) {
            let path = self.blob_path(document.digest());
            prepare(&path)?;
            files::write(&path, document.bytes())?;
        }
        files::write(&self.folder.join(LAYOUT_FILE), LAYOUT_TEXT.as_bytes())?;
        self.index = with_entries(&self.index, bundle.root().descriptor(), names);
        let path = self.folder.join(INDEX_FILE);
        let bytes = index_bytes(&self.index).map_err(|cause| LayoutError::Malformed { path: path.clone(), cause })?;
        Ok(files::write(&path, &bytes)?)
    }

    fn add_blob(&self, blob: &dyn Blob) -> Result<(), LayoutError> {
        let descriptor = blob.descriptor();
        let path = self.blob_path(&descriptor.digest);
        if fs::metadata(&path).is_ok_and(|data| data.is_file() && data.len() == descriptor.size) {
            return Ok(());
        }
        let mut file = files::temporary(prepare(&path)?)?;
        pour(blob, &mut file)?;
        Ok(files::persist(file, &path)?)
    }
}

fn prepare(path: &Path) -> Result<&Path, PathError> {
    let folder = path.parent().unwrap_or(path);
    files::create_folder(folder)?;
    Ok(folder)
}

/// Copies a blob and checks what came.
fn pour(blob: &dyn Blob, to: &mut dyn std::io::Write) -> Result<(), LayoutError> {
    let Descriptor { digest, size, .. } = blob.descriptor();
    let failed = |cause| LayoutError::Source { digest: digest.clone(), cause };
    let source = blob.open().map_err(failed)?;
    // One byte more shows that there is more, and an endless source ends.
    let mut limited = source.take(size.saturating_add(1));
    let (found, came) = files::copy(&mut limited, to, digest).map_err(failed)?;
    Ok(files::check(digest, *size, found, came)?)
}

fn is_layout(folder: &Path) -> bool {
    let version = |bytes: Vec<u8>| {
        let value: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
        Some(value.get("imageLayoutVersion")?.as_str()? == "1.0.0")
    };
    read_limited(&folder.join(LAYOUT_FILE)).ok().and_then(version).unwrap_or(false)
}

fn read_limited(path: &Path) -> Result<Vec<u8>, LayoutError> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(at("read", path))?;
    file.take(MAX_INDEX + 1).read_to_end(&mut bytes).map_err(at("read", path))?;
    if bytes.len() as u64 > MAX_INDEX {
        return Err(LayoutError::TooLarge(path.to_owned()));
    }
    Ok(bytes)
}

fn name_of(entry: &Descriptor) -> Option<&str> {
    entry.annotations.get(NAME).map(String::as_str)
}

/// The index with one entry per name for a manifest (one without a name if there is none); what
/// had a name before, or was the same manifest without one, goes.
fn with_entries(index: &Index, root: &Descriptor, names: &[String]) -> Index {
    let goes = |entry: &Descriptor| match name_of(entry) {
        Some(name) => names.iter().any(|new| new == name),
        None => entry.digest == root.digest,
    };
    let entry = |name: Option<&String>| {
        let mut entry = root.clone();
        entry.annotations.extend(name.map(|name| (NAME.to_owned(), name.clone())));
        entry
    };
    let kept = index.manifests.iter().filter(|old| !goes(old)).cloned();
    let new: Vec<Descriptor> = match names {
        [] => vec![entry(None)],
        names => names.iter().map(|name| entry(Some(name))).collect(),
    };
    Index { manifests: kept.chain(new).collect(), ..index.clone() }
}

fn index_bytes(index: &Index) -> Result<Vec<u8>, ManifestError> {
    serde_json::to_vec(index).map_err(|cause| ManifestError::Json { what: "index", cause })
}
