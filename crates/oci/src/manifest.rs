//! Descriptors, image manifests, indexes and configurations. Fields that are not known here
//! survive reading and writing; where the bytes themselves matter (a digest names them), keep a
//! [`Document`], which holds what came.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::digest::Digest;
use crate::media_type;

/// Why bytes are not a manifest or an index.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// They are not the JSON that they should be.
    #[error("malformed {what}: {cause}")]
    Json {
        /// `manifest`, `index` or `image configuration`.
        what: &'static str,
        /// What the JSON reader says, with line and column.
        cause: serde_json::Error,
    },
    /// The media type inside is another than the one outside.
    #[error("the manifest says it is `{inside}`, but came as `{outside}`")]
    MediaType {
        /// `mediaType` in the document.
        inside: String,
        /// The `Content-Type` or the descriptor's `mediaType`.
        outside: String,
    },
    /// It can be read as a manifest and as an index, so that two readers would see two images.
    #[error("the {what} also has `{field}`: it could be read as something else")]
    Ambiguous {
        /// `manifest` or `index`.
        what: &'static str,
        /// The field of the other kind.
        field: &'static str,
    },
    /// Not version 2.
    #[error("schema version {0} is not supported: only 2 is")]
    Version(u32),
    /// It is neither manifest nor index.
    #[error("media type `{0}` is not supported: expected an OCI or Docker image manifest or index")]
    Unsupported(String),
}

/// Points at content (image-spec, descriptor.md).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// What the content is.
    pub media_type: String,
    /// Its digest.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// For which platform, in an index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// Notes, sorted by key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    /// Fields that are not named here.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl Descriptor {
    /// A descriptor without platform and annotations.
    #[must_use]
    pub fn new(media_type: &str, digest: Digest, size: u64) -> Self {
        Self {
            media_type: media_type.to_owned(),
            digest,
            size,
            platform: None,
            annotations: BTreeMap::new(),
            other: Map::new(),
        }
    }

    /// The descriptor of bytes in memory, by SHA-256.
    #[must_use]
    pub fn of(media_type: &str, bytes: &[u8]) -> Self {
        Self::new(media_type, Digest::sha256(bytes), bytes.len() as u64)
    }
}

/// An operating system and a processor architecture, by Go's names (image-spec, image-index.md).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Platform {
    /// `amd64`, `arm64`, …
    pub architecture: String,
    /// `linux`, …
    pub os: String,
    /// Version of the operating system, on Windows.
    #[serde(rename = "os.version", default, skip_serializing_if = "Option::is_none")]
    pub os_version: Option<String>,
    /// Features of the operating system, on Windows.
    #[serde(rename = "os.features", default, skip_serializing_if = "Vec::is_empty")]
    pub os_features: Vec<String>,
    /// Variant of the architecture: `v7`, `v8`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Fields that are not named here.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// An image manifest (image-spec, manifest.md).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// Always 2.
    pub schema_version: u32,
    /// The manifest's own media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// What kind of artifact it is, where it is not an image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    /// The configuration.
    pub config: Descriptor,
    /// The layers, lowest first.
    pub layers: Vec<Descriptor>,
    /// The manifest that this one is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Descriptor>,
    /// Notes, sorted by key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    /// Fields that are not named here.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl Manifest {
    /// An OCI image manifest.
    #[must_use]
    pub fn new(config: Descriptor, layers: Vec<Descriptor>) -> Self {
        Self {
            schema_version: 2,
            media_type: Some(media_type::MANIFEST.to_owned()),
            artifact_type: None,
            config,
            layers,
            subject: None,
            annotations: BTreeMap::new(),
            other: Map::new(),
        }
    }

    /// The blobs that it needs: the configuration, then the layers.
    pub fn blobs(&self) -> impl Iterator<Item = &Descriptor> {
        std::iter::once(&self.config).chain(&self.layers)
    }
}

/// An image index: one manifest per platform (image-spec, image-index.md).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    /// Always 2.
    pub schema_version: u32,
    /// The index's own media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// The manifests.
    pub manifests: Vec<Descriptor>,
    /// Notes, sorted by key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    /// Fields that are not named here.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl Index {
    /// An OCI image index.
    #[must_use]
    pub fn new(manifests: Vec<Descriptor>) -> Self {
        Self {
            schema_version: 2,
            media_type: Some(media_type::INDEX.to_owned()),
            manifests,
            annotations: BTreeMap::new(),
            other: Map::new(),
        }
    }
}

/// An image configuration (image-spec, config.md), with what this project decides on by name and
/// the rest kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageConfig {
    /// `amd64`, `arm64`, …
    pub architecture: String,
    /// `linux`, …
    pub os: String,
    /// How a container runs: `Env`, `Cmd`, `Entrypoint`, …; kept as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<Map<String, Value>>,
    /// The layers' uncompressed digests.
    pub rootfs: RootFs,
    /// One entry per instruction; kept as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<Vec<Value>>,
    /// Fields that are not named here (`created`, `author`, `variant`, …).
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// The layers of an image, uncompressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootFs {
    /// Always `layers`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Digests of the uncompressed layers, lowest first.
    pub diff_ids: Vec<Digest>,
}

impl ImageConfig {
    /// Reads a configuration.
    ///
    /// # Errors
    /// [`ManifestError::Json`] with line and column.
    pub fn parse(bytes: &[u8]) -> Result<Self, ManifestError> {
        json("image configuration", bytes)
    }
}

/// A manifest or an index as the bytes that came, with their digest and what they say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    bytes: Vec<u8>,
    descriptor: Descriptor,
    kind: Kind,
}

/// What a [`Document`] is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An image for one platform.
    Manifest(Box<Manifest>),
    /// One image per platform.
    Index(Index),
}

impl Kind {
    /// What both specifications ask of a reader: the media type inside equals the one outside, and
    /// the document cannot be taken for the other kind.
    fn check(&self, outside: &str) -> Result<(), ManifestError> {
        let (what, version, inside, other, foreign): (_, _, _, _, &[&'static str]) = match self {
            Self::Manifest(it) => ("manifest", it.schema_version, &it.media_type, &it.other, &["manifests"]),
            Self::Index(it) => ("index", it.schema_version, &it.media_type, &it.other, &["config", "layers"]),
        };
        if version != 2 {
            return Err(ManifestError::Version(version));
        }
        if let Some(field) = foreign.iter().copied().find(|field| other.contains_key(*field)) {
            return Err(ManifestError::Ambiguous { what, field });
        }
        match inside.as_deref().filter(|inside| *inside != outside) {
            Some(inside) => Err(ManifestError::MediaType { inside: inside.to_owned(), outside: outside.to_owned() }),
            None => Ok(()),
        }
    }
}

impl Document {
    /// Reads bytes that came with a media type (without parameters); the digest is computed.
    ///
    /// # Errors
    /// [`ManifestError`] if the bytes are not what the media type says.
    pub fn parse(media_type: &str, bytes: Vec<u8>) -> Result<Self, ManifestError> {
        let kind = if media_type::is_index(media_type) {
            Kind::Index(json("index", &bytes)?)
        } else if media_type::is_manifest(media_type) {
            Kind::Manifest(Box::new(json("manifest", &bytes)?))
        } else {
            return Err(ManifestError::Unsupported(media_type.to_owned()));
        };
        kind.check(media_type)?;
        let descriptor = Descriptor::of(media_type, &bytes);
        Ok(Self { bytes, descriptor, kind })
    }

    /// Writes a manifest: JSON without blanks, the same bytes every time.
    ///
    /// # Errors
    /// [`ManifestError::Json`] if it cannot be written as JSON.
    pub fn manifest(manifest: Manifest) -> Result<Self, ManifestError> {
        let media_type = manifest.media_type.clone().unwrap_or_else(|| media_type::MANIFEST.to_owned());
        let bytes = serde_json::to_vec(&manifest).map_err(|cause| ManifestError::Json { what: "manifest", cause })?;
        let descriptor = Descriptor::of(&media_type, &bytes);
        Ok(Self { bytes, descriptor, kind: Kind::Manifest(Box::new(manifest)) })
    }

    /// Writes an index: JSON without blanks, the same bytes every time.
    ///
    /// # Errors
    /// [`ManifestError::Json`] if it cannot be written as JSON.
    pub fn index(index: Index) -> Result<Self, ManifestError> {
        let media_type = index.media_type.clone().unwrap_or_else(|| media_type::INDEX.to_owned());
        let bytes = serde_json::to_vec(&index).map_err(|cause| ManifestError::Json { what: "index", cause })?;
        let descriptor = Descriptor::of(&media_type, &bytes);
        Ok(Self { bytes, descriptor, kind: Kind::Index(index) })
    }

    /// The bytes that the digest names.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Media type, digest and size.
    #[must_use]
    pub fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    /// The digest.
    #[must_use]
    pub fn digest(&self) -> &Digest {
        &self.descriptor.digest
    }

    /// What it says.
    #[must_use]
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// The manifest, if it is one.
    #[must_use]
    pub fn as_manifest(&self) -> Option<&Manifest> {
        match &self.kind {
            Kind::Manifest(manifest) => Some(manifest),
            Kind::Index(_) => None,
        }
    }

    /// The index, if it is one.
    #[must_use]
    pub fn as_index(&self) -> Option<&Index> {
        match &self.kind {
            Kind::Index(index) => Some(index),
            Kind::Manifest(_) => None,
        }
    }
}

pub(crate) fn json<'a, T: Deserialize<'a>>(what: &'static str, bytes: &'a [u8]) -> Result<T, ManifestError> {
    serde_json::from_slice(bytes).map_err(|cause| ManifestError::Json { what, cause })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":0,"data":"e30="},"layers":[],"annotations":{"a":"b"},"x-new":{"deep":[1,null]}}"#;

    #[test]
    fn unknown_fields_survive() {
        let read = Document::parse(media_type::MANIFEST, TEXT.into()).unwrap();
        assert_eq!(read.bytes(), TEXT.as_bytes());
        let written = Document::manifest(read.as_manifest().unwrap().clone()).unwrap();
        let value = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap();
        assert_eq!(value(written.bytes()), value(TEXT.as_bytes()));
    }

    #[test]
    fn what_is_not_a_manifest_is_refused() {
        let error = |media_type: &str, text: &str| Document::parse(media_type, text.into()).unwrap_err().to_string();
        insta::assert_snapshot!(error(media_type::INDEX, TEXT), @"malformed index: missing field `manifests` at line 1 column 310");
        insta::assert_snapshot!(error(media_type::DOCKER_MANIFEST, TEXT), @"the manifest says it is `application/vnd.oci.image.manifest.v1+json`, but came as `application/vnd.docker.distribution.manifest.v2+json`");
        let both = TEXT.replace("x-new", "manifests");
        insta::assert_snapshot!(error(media_type::MANIFEST, &both), @"the manifest also has `manifests`: it could be read as something else");
        let one = TEXT.replace(":2", ":1");
        insta::assert_snapshot!(error(media_type::MANIFEST, &one), @"schema version 1 is not supported: only 2 is");
        insta::assert_snapshot!(error("text/html", "<html>"), @"media type `text/html` is not supported: expected an OCI or Docker image manifest or index");
        insta::assert_snapshot!(error(media_type::MANIFEST, "{"), @"malformed manifest: EOF while parsing an object at line 1 column 1");
    }
}
