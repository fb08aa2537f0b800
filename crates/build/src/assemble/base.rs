use std::io::Read;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use linkspan_oci::bundle::Blob;
use linkspan_oci::client::Client;
use linkspan_oci::digest::{Digest, Verify};
use linkspan_oci::layout::Layout;
use linkspan_oci::manifest::{Descriptor, Document, Kind, Manifest, Platform as ImagePlatform};
use linkspan_oci::push::RemoteBlob;
use linkspan_oci::reference::Reference;
use linkspan_oci::store::{Entry, Store};

use super::config::Config;
use super::rootfs::{LayerError, LayerFiles, Rootfs};
use super::stage::{Layer, Stage};
use crate::dockerfile::Platform;
use crate::layer::archive::{LayerTree, read_layer};

/// Where an image is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// In a registry, under a reference.
    Registry(String),
    /// In an OCI image layout: the folder, and a tag or digest in it.
    Layout(PathBuf, Option<String>),
}

impl std::fmt::Display for Origin {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Registry(reference) => formatter.write_str(reference),
            Self::Layout(path, None) => write!(formatter, "oci-layout://{}", path.display()),
            Self::Layout(path, Some(name)) => write!(formatter, "oci-layout://{}:{name}", path.display()),
        }
    }
}

/// Why a base image cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BaseError {
    /// The name is none.
    #[error("{0}")]
    Reference(#[from] linkspan_oci::reference::ReferenceError),
    /// The registry did not give it.
    #[error("{0}")]
    Registry(#[from] linkspan_oci::client::Error),
    /// The image layout did not give it.
    #[error("{0}")]
    Layout(#[from] linkspan_oci::layout::LayoutError),
    /// There is no image for the platform.
    #[error("`{image}` has no image for `{platform}`: it has {available}")]
    Platform {
        /// The image.
        image: String,
        /// What was looked for.
        platform: String,
        /// What there is.
        available: String,
    },
    /// It is malformed.
    #[error("`{image}` is malformed: {what}")]
    Malformed {
        /// The image.
        image: String,
        /// What is wrong.
        what: String,
    },
}

/// A configuration is read into memory; a larger one is none.
const MAX_CONFIG: u64 = 8 << 20;

/// Loads images that stages start from or copy from. Layers are only named, and loaded when they are looked into.
#[derive(Clone)]
pub struct Images {
    /// Speaks to registries.
    pub client: Client,
    /// Keeps layers that had to be loaded.
    pub store: Arc<Store>,
}

impl std::fmt::Debug for Images {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Images").finish_non_exhaustive()
    }
}

impl Images {
    /// The image for a platform as a stage that nothing has been added to.
    ///
    /// # Errors
    /// [`BaseError`] if it is not there, not for the platform, or malformed.
    pub fn load(&self, origin: &Origin, platform: &Platform) -> Result<Stage, BaseError> {
        let place = Place::of(self, origin)?;
        let manifest = place.manifest(place.root()?, platform)?;
        let bytes = place.read(&manifest.config)?;
        let malformed = |what: String| BaseError::Malformed { image: origin.to_string(), what };
        let config = Config::parse(&bytes).map_err(|error| malformed(format!("configuration: {error}")))?;
        if config.rootfs.diff_ids.len() != manifest.layers.len() {
            let (ids, layers) = (config.rootfs.diff_ids.len(), manifest.layers.len());
            return Err(malformed(format!("{layers} layers in the manifest, {ids} in the configuration")));
        }
        let mut rootfs = Rootfs::default();
        let mut layers = Vec::new();
        for (descriptor, diff_id) in manifest.layers.iter().zip(&config.rootfs.diff_ids) {
            let blob = place.blob(descriptor);
            rootfs.push(Arc::new(LazyLayer::new(origin.to_string(), Arc::clone(&blob), Arc::clone(&self.store))));
            layers.push(Layer::Base { diff_id: diff_id.clone(), blob });
        }
        Ok(Stage { config, layers, rootfs })
    }
}

/// An opened [`Origin`].
enum Place<'a> {
    Registry(&'a Client, Reference),
    Layout(Layout, Option<String>, String),
}

impl<'a> Place<'a> {
    fn of(images: &'a Images, origin: &Origin) -> Result<Self, BaseError> {
        Ok(match origin {
            Origin::Registry(text) => Self::Registry(&images.client, text.parse()?),
            Origin::Layout(path, name) => Self::Layout(Layout::open(path)?, name.clone(), origin.to_string()),
        })
    }

    fn name(&self) -> String {
        match self {
            Self::Registry(_, reference) => reference.familiar(),
            Self::Layout(_, _, name) => name.clone(),
        }
    }

    fn root(&self) -> Result<Document, BaseError> {
        match self {
            Self::Registry(client, reference) => Ok(client.manifest(reference)?),
            Self::Layout(layout, name, _) => {
                let by_digest = name.as_deref().and_then(|name| name.strip_prefix('@'));
                let descriptor = match by_digest {
                    Some(digest) => layout.index().manifests.iter().find(|entry| entry.digest.to_string() == digest),
                    None => None,
                };
                let descriptor = match descriptor {
                    Some(descriptor) => descriptor,
                    None => layout.resolve(name.as_deref())?,
                };
                Ok(layout.document(descriptor)?)
            }
        }
    }

    fn document(&self, descriptor: &Descriptor) -> Result<Document, BaseError> {
        match self {
            Self::Registry(client, reference) => {
                Ok(client.manifest(&reference.repository().pinned(descriptor.digest.clone()))?)
            }
            Self::Layout(layout, ..) => Ok(layout.document(descriptor)?),
        }
    }

    /// The platform's manifest; of a nested index the first that has one.
    fn manifest(&self, document: Document, platform: &Platform) -> Result<Manifest, BaseError> {
        let mut document = document;
        for _ in 0..4 {
            match document.kind() {
                Kind::Manifest(manifest) => return Ok((**manifest).clone()),
                Kind::Index(index) => {
                    let entry = choose(&index.manifests, platform).ok_or_else(|| BaseError::Platform {
                        image: self.name(),
                        platform: platform.to_string(),
                        available: available(&index.manifests),
                    })?;
                    document = self.document(entry)?;
                }
            }
        }
        Err(BaseError::Malformed { image: self.name(), what: "indexes inside indexes".to_owned() })
    }

    fn blob(&self, descriptor: &Descriptor) -> Arc<dyn Blob> {
        match self {
            Self::Registry(client, reference) => {
                Arc::new(RemoteBlob::new((*client).clone(), reference.repository().clone(), descriptor.clone()))
            }
            Self::Layout(layout, ..) => {
                Arc::new(linkspan_oci::bundle::FileBlob::new(descriptor.clone(), layout.blob_path(&descriptor.digest)))
            }
        }
    }

    fn read(&self, descriptor: &Descriptor) -> Result<Vec<u8>, BaseError> {
        let malformed = |what: String| BaseError::Malformed { image: self.name(), what };
        if descriptor.size > MAX_CONFIG {
            return Err(malformed(format!("a configuration of {} bytes", descriptor.size)));
        }
        let mut bytes = Vec::new();
        let read = match self {
            Self::Registry(client, reference) => {
                client.blob(reference.repository(), descriptor)?.read_to_end(&mut bytes)
            }
            Self::Layout(layout, ..) => layout.blob(descriptor)?.read_to_end(&mut bytes),
        };
        read.map_err(|error| malformed(error.to_string()))?;
        Ok(bytes)
    }
}

/// The entry of an index for a platform: the same variant first, then any that the processor runs too.
fn choose<'a>(entries: &'a [Descriptor], platform: &Platform) -> Option<&'a Descriptor> {
    let wanted = variant(&platform.architecture, &platform.variant);
    let candidates = || {
        entries.iter().filter_map(|entry| {
            let has = entry.platform.as_ref()?;
            let fits = has.os == platform.os && has.architecture == platform.architecture;
            fits.then(|| (variant(&has.architecture, has.variant.as_deref().unwrap_or_default()), entry))
        })
    };
    let exact = candidates().find(|(has, _)| *has == wanted);
    exact.or_else(|| candidates().filter(|(has, _)| *has <= wanted).max_by_key(|(has, _)| *has)).map(|(_, entry)| entry)
}

/// The variant as a number; without one the architecture's usual.
fn variant(architecture: &str, variant: &str) -> u32 {
    let usual = match architecture {
        "arm64" => 8,
        "arm" => 7,
        "amd64" => 1,
        _ => 0,
    };
    variant.trim_start_matches('v').split('.').next().and_then(|number| number.parse().ok()).unwrap_or(usual)
}

fn available(entries: &[Descriptor]) -> String {
    let show = |platform: &ImagePlatform| {
        let variant = platform.variant.as_ref().map(|variant| format!("/{variant}")).unwrap_or_default();
        format!("`{}/{}{variant}`", platform.os, platform.architecture)
    };
    let shown: Vec<String> = entries.iter().filter_map(|entry| entry.platform.as_ref()).map(show).collect();
    if shown.is_empty() { "none with a platform".to_owned() } else { shown.join(", ") }
}

/// A layer of an image that is loaded, and kept in the store, when somebody looks into it.
struct LazyLayer {
    image: String,
    blob: Arc<dyn Blob>,
    store: Arc<Store>,
    loading: Mutex<()>,
    tree: OnceLock<LayerTree>,
}

impl LazyLayer {
    fn new(image: String, blob: Arc<dyn Blob>, store: Arc<Store>) -> Self {
        Self { image, blob, store, loading: Mutex::new(()), tree: OnceLock::new() }
    }

    fn load(&self) -> Result<LayerTree, Box<LayerError>> {
        let descriptor = self.blob.descriptor();
        let (digest, size) = (&descriptor.digest, descriptor.size);
        let store = |error: linkspan_oci::store::StoreError| Box::new(LayerError::from(error));
        if !self.store.contains(digest, size) {
            let mut reader = self.blob.open().map_err(|cause| self.unreadable(digest, cause))?;
            self.store.put(digest, size, &mut reader).map_err(store)?;
            let entry = Entry { blobs: vec![digest.clone()], data: serde_json::Value::Null };
            self.store.set_entry(&format!("base/{digest}"), &entry).map_err(store)?;
        }
        let reader = self.store.get(digest, size).map_err(store)?;
        let reader: Box<dyn Read + Send> = match reader {
            Some(reader) => Box::new(reader),
            None => Box::new(Verify::new(
                self.blob.open().map_err(|cause| self.unreadable(digest, cause))?,
                digest.clone(),
                size,
            )),
        };
        read_layer(reader, size)
            .map_err(|cause| Box::new(LayerError::Archive { image: self.image.clone(), digest: digest.clone(), cause }))
    }

    fn unreadable(&self, digest: &Digest, cause: std::io::Error) -> Box<LayerError> {
        match cause.downcast::<linkspan_oci::client::Error>() {
            Ok(error) => Box::new(error.into()),
            Err(cause) => Box::new(LayerError::Archive {
                image: self.image.clone(),
                digest: digest.clone(),
                cause: crate::layer::archive::ArchiveError::Malformed(cause),
            }),
        }
    }
}

impl LayerFiles for LazyLayer {
    fn tree(&self) -> Result<&LayerTree, Box<LayerError>> {
        let _one = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tree) = self.tree.get() {
            return Ok(tree);
        }
        let tree = self.load()?;
        Ok(self.tree.get_or_init(|| tree))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(os: &str, architecture: &str, variant: Option<&str>) -> Descriptor {
        let mut descriptor = Descriptor::of("x", format!("{os}{architecture}{variant:?}").as_bytes());
        descriptor.platform = Some(ImagePlatform {
            architecture: architecture.into(),
            os: os.into(),
            os_version: None,
            os_features: Vec::new(),
            variant: variant.map(str::to_owned),
            other: serde_json::Map::default(),
        });
        descriptor
    }

    #[test]
    fn the_best_platform_wins() {
        let entries = [
            entry("unknown", "unknown", None),
            entry("linux", "arm", Some("v6")),
            entry("linux", "arm", Some("v7")),
            entry("linux", "arm64", Some("v8")),
            entry("linux", "amd64", None),
        ];
        let chosen = |platform: &str| {
            choose(&entries, &Platform::parse(platform).unwrap()).map(|found| available(std::slice::from_ref(found)))
        };
        assert_eq!(chosen("linux/amd64").as_deref(), Some("`linux/amd64`"));
        assert_eq!(chosen("linux/arm64").as_deref(), Some("`linux/arm64/v8`"));
        assert_eq!(chosen("linux/arm/v7").as_deref(), Some("`linux/arm/v7`"));
        assert_eq!(chosen("linux/arm/v8").as_deref(), Some("`linux/arm/v7`"));
        assert_eq!(chosen("linux/arm/v6").as_deref(), Some("`linux/arm/v6`"));
        assert_eq!(chosen("linux/arm/v5"), None);
        assert_eq!(chosen("linux/s390x"), None);
    }
}
