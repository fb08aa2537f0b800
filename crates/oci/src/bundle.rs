//! What a build hands over: an image, or several under one index, with the sources of their bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::PathBuf;
use std::sync::Arc;

use crate::digest::Digest;
use crate::manifest::{Descriptor, Document, Index, Kind, Manifest, ManifestError, Platform};
use crate::reference::Repository;

/// Bytes that can be read from the start as often as it takes (an upload that is cut is repeated).
pub trait Blob: Send + Sync {
    /// Media type, digest and size.
    fn descriptor(&self) -> &Descriptor;

    /// Opens the bytes from the start.
    ///
    /// # Errors
    /// What the source says; the upload fails with it.
    fn open(&self) -> io::Result<Box<dyn Read + Send>>;

    /// A repository that is known to hold this blob. On the same registry it is mounted from there
    /// and not read at all.
    fn origin(&self) -> Option<&Repository> {
        None
    }
}

/// A [`Blob`] in memory.
#[derive(Clone, Debug)]
pub struct MemoryBlob {
    descriptor: Descriptor,
    bytes: Arc<[u8]>,
}

impl MemoryBlob {
    /// Takes the bytes and computes their digest.
    #[must_use]
    pub fn new(media_type: &str, bytes: &[u8]) -> Self {
        Self { descriptor: Descriptor::of(media_type, bytes), bytes: bytes.into() }
    }
}

impl Blob for MemoryBlob {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(Cursor::new(Arc::clone(&self.bytes))))
    }
}

/// A [`Blob`] in a file.
#[derive(Clone, Debug)]
pub struct FileBlob {
    descriptor: Descriptor,
    path: PathBuf,
}

impl FileBlob {
    /// Names a file that holds what the descriptor says.
    pub fn new(descriptor: Descriptor, path: impl Into<PathBuf>) -> Self {
        Self { descriptor, path: path.into() }
    }
}

impl Blob for FileBlob {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(File::open(&self.path)?))
    }
}

/// Why manifests and blobs do not make a [`Bundle`].
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The manifest names a blob that has no source.
    #[error("the manifest names `{0}`, but there is no source for it")]
    MissingBlob(Digest),
    /// An index where an image is wanted.
    #[error("`{0}` is an index: an image's manifest is wanted")]
    NotAnImage(Digest),
    /// No image at all.
    #[error("there is no image")]
    Empty,
    /// The index could not be written.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
}

/// One image: its manifest and a source for every blob that the manifest names.
#[derive(Clone)]
pub struct Image {
    manifest: Document,
    platform: Option<Platform>,
    blobs: BTreeMap<Digest, Arc<dyn Blob>>,
}

impl Image {
    /// Puts an image together. Blobs that the manifest does not name are left out.
    ///
    /// # Errors
    /// [`BundleError::MissingBlob`], [`BundleError::NotAnImage`].
    pub fn new(
        manifest: Document,
        platform: Option<Platform>,
        blobs: impl IntoIterator<Item = Arc<dyn Blob>>,
    ) -> Result<Self, BundleError> {
        let Kind::Manifest(content) = manifest.kind() else {
            return Err(BundleError::NotAnImage(manifest.digest().clone()));
        };
        let wanted: BTreeSet<Digest> = content.blobs().map(|blob| blob.digest.clone()).collect();
        let blobs: BTreeMap<Digest, Arc<dyn Blob>> = blobs
            .into_iter()
            .map(|blob| (blob.descriptor().digest.clone(), blob))
            .filter(|(digest, _)| wanted.contains(digest))
            .collect();
        match wanted.into_iter().find(|digest| !blobs.contains_key(digest)) {
            Some(missing) => Err(BundleError::MissingBlob(missing)),
            None => Ok(Self { manifest, platform, blobs }),
        }
    }

    /// The manifest.
    #[must_use]
    pub fn manifest(&self) -> &Document {
        &self.manifest
    }

    /// For which platform, if it stands in an index.
    #[must_use]
    pub fn platform(&self) -> Option<&Platform> {
        self.platform.as_ref()
    }

    /// The configuration's descriptor, then the layers', as the manifest has them.
    pub fn descriptors(&self) -> impl Iterator<Item = &Descriptor> {
        self.manifest.as_manifest().into_iter().flat_map(Manifest::blobs)
    }

    /// The source of a blob.
    #[must_use]
    pub fn blob(&self, digest: &Digest) -> Option<&Arc<dyn Blob>> {
        self.blobs.get(digest)
    }

    /// Bytes of all blobs and the manifest.
    #[must_use]
    pub fn size(&self) -> u64 {
        // The sizes are what a manifest says, and it may say anything.
        self.descriptors().map(|blob| blob.size).fold(self.manifest.descriptor().size, u64::saturating_add)
    }
}

/// One image, or several under an index: what is pushed, written as a layout, or archived.
#[derive(Clone)]
pub struct Bundle {
    root: Document,
    images: Vec<Image>,
}

impl Bundle {
    /// One image without an index.
    #[must_use]
    pub fn image(image: Image) -> Self {
        Self { root: image.manifest.clone(), images: vec![image] }
    }

    /// An OCI index over images, in the order given.
    ///
    /// # Errors
    /// [`BundleError::Empty`] without any image.
    pub fn index(images: Vec<Image>) -> Result<Self, BundleError> {
        if images.is_empty() {
            return Err(BundleError::Empty);
        }
        let entry = |image: &Image| {
            let platform = image.platform.clone();
            Descriptor { platform, ..image.manifest.descriptor().clone() }
        };
        let root = Document::index(Index::new(images.iter().map(entry).collect()))?;
        Ok(Self { root, images })
    }

    /// What a tag points at: the index, or the only image's manifest.
    #[must_use]
    pub fn root(&self) -> &Document {
        &self.root
    }

    /// The images.
    #[must_use]
    pub fn images(&self) -> &[Image] {
        &self.images
    }

    /// Every blob of every image once, in the order of the manifests.
    #[must_use]
    pub fn blobs(&self) -> Vec<&Arc<dyn Blob>> {
        let mut seen = BTreeSet::new();
        let all = self
            .images
            .iter()
            .flat_map(|image| image.descriptors().filter_map(|descriptor| image.blob(&descriptor.digest)));
        all.filter(|blob| seen.insert(blob.descriptor().digest.clone())).collect()
    }
}
