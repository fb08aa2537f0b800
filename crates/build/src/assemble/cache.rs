//! Compressed layers, made once: known from the previous image, from the store, or made now.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::io::{self, Read, Seek};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use linkspan_oci::bundle::Blob;
use linkspan_oci::digest::{Digest, DigestWriter};
use linkspan_oci::manifest::Descriptor;
use linkspan_oci::media_type;
use linkspan_oci::store::{Entry, Store, StoreError};
use serde::{Deserialize, Serialize};

use crate::layer::archive::LayerTree;
use crate::layer::tar::TarError;
use crate::layer::{Data, Entries, Kind, Node, gzip};

/// Part of every key: layers that another version wrote in another way are not found.
const FORMAT: &str = "gzip-1";

/// Why a layer could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// A file could not be read.
    #[error("{0}")]
    Tar(#[from] TarError),
    /// The store could not be used.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// A layer as an image names it.
#[derive(Clone)]
pub struct Packed {
    /// Digest of the tar archive.
    pub diff_id: Digest,
    /// The compressed archive, and where it is.
    pub blob: Arc<dyn Blob>,
    /// It was compressed just now.
    pub fresh: bool,
}

/// What the store remembers of a layer.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Remembered {
    diff_id: Digest,
    descriptor: Descriptor,
}

/// Makes compressed layers, or finds them.
#[derive(Clone)]
pub struct Cache {
    /// Where they are kept.
    pub store: Arc<Store>,
    /// Threads that compress one layer.
    pub workers: usize,
    /// Time of every file, seconds since 1970.
    pub mtime: u64,
}

impl Cache {
    /// The layer with these files. `previous` has the layers of an image that is in the repository where this
    /// one goes, by their diff IDs: one of them is not compressed again, and its bytes are made only if the
    /// registry turns out not to have it.
    ///
    /// # Errors
    /// [`CacheError`] if a file cannot be read, or the store cannot be used.
    pub fn pack(&self, files: &Arc<LayerTree>, previous: &BTreeMap<Digest, Descriptor>) -> Result<Packed, CacheError> {
        let recipe = recipe(&files.entries, self.mtime, SystemTime::now());
        let mut diff_id = match &recipe {
            Some(recipe) => self
                .store
                .entry(&recipe_key(recipe))?
                .and_then(|entry| serde_json::from_value::<Digest>(entry.data).ok()),
            None => None,
        };
        if diff_id.is_none() && !previous.is_empty() {
            diff_id = Some(gzip::hash(&files.entries, self.mtime)?.0);
        }
        let known = match &diff_id {
            Some(diff_id) => self.known(diff_id, files, previous)?,
            None => None,
        };
        let packed = match known {
            Some(packed) => packed,
            None => self.compress(&files.entries)?,
        };
        if let Some(recipe) = recipe {
            let data = serde_json::to_value(&packed.diff_id).unwrap_or_default();
            self.store.set_entry(&recipe_key(&recipe), &Entry { blobs: Vec::new(), data })?;
        }
        Ok(packed)
    }

    fn known(
        &self,
        diff_id: &Digest,
        files: &Arc<LayerTree>,
        previous: &BTreeMap<Digest, Descriptor>,
    ) -> Result<Option<Packed>, CacheError> {
        if let Some(entry) = self.store.entry(&layer_key(diff_id))?
            && let Ok(remembered) = serde_json::from_value::<Remembered>(entry.data)
            && remembered.diff_id == *diff_id
            && let Some(blob) = self.store.blob(&remembered.descriptor)
        {
            return Ok(Some(Packed { diff_id: diff_id.clone(), blob: Arc::new(blob), fresh: false }));
        }
        Ok(previous.get(diff_id).map(|descriptor| {
            let blob = PreviousLayer { descriptor: descriptor.clone(), files: Arc::clone(files), cache: self.clone() };
            Packed { diff_id: diff_id.clone(), blob: Arc::new(blob), fresh: false }
        }))
    }

    fn compress(&self, entries: &Entries) -> Result<Packed, CacheError> {
        let mut writer = self.store.writer()?;
        let (diff_id, _) = gzip::compress(entries, self.mtime, self.workers, &mut writer)?;
        let (digest, size) = writer.commit()?;
        let descriptor = Descriptor::new(media_type::LAYER_GZIP, digest.clone(), size);
        let remembered = Remembered { diff_id: diff_id.clone(), descriptor: descriptor.clone() };
        let data = serde_json::to_value(remembered).unwrap_or_default();
        self.store.set_entry(&layer_key(&diff_id), &Entry { blobs: vec![digest], data })?;
        let blob = linkspan_oci::bundle::FileBlob::new(descriptor.clone(), self.store.path(&descriptor.digest));
        Ok(Packed { diff_id, blob: Arc::new(blob), fresh: true })
    }
}

fn recipe_key(recipe: &Digest) -> String {
    format!("recipe/{FORMAT}/{recipe}")
}

fn layer_key(diff_id: &Digest) -> String {
    format!("layer/{FORMAT}/{diff_id}")
}

/// A layer that the repository has, as its previous image says.
struct PreviousLayer {
    descriptor: Descriptor,
    files: Arc<LayerTree>,
    cache: Cache,
}

impl Blob for PreviousLayer {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    /// The registry lost it: it is compressed again, which gives the same bytes if the same program wrote it.
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        let mut output = DigestWriter::new(tempfile::tempfile()?);
        gzip::compress(&self.files.entries, self.cache.mtime, self.cache.workers, &mut output)
            .map_err(io::Error::other)?;
        let (mut file, digest, _) = output.finish();
        if digest != self.descriptor.digest {
            return Err(io::Error::other(
                "the registry has lost a layer of the previous image, and it was compressed by another program; build with `--no-cache`",
            ));
        }
        file.rewind()?;
        Ok(Box::new(file))
    }
}

/// A file that changed so recently may change again within the resolution of its time.
const SETTLED: Duration = Duration::from_secs(2);

/// A digest of everything that a layer's bytes follow from, by the files' stamps and not their content. `None`
/// where a file changed just now, or is not in the build context.
fn recipe(entries: &Entries, mtime: u64, now: SystemTime) -> Option<Digest> {
    let now = i128::try_from(now.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_nanos()).ok()?;
    let settled = now - i128::try_from(SETTLED.as_nanos()).ok()?;
    let mut names = HashMap::new();
    let mut text = format!("{mtime}\n");
    for (index, (path, node)) in entries.iter().enumerate() {
        let content = match &node.kind {
            Kind::File(content) => {
                let first = content.identity.map_or(index, |identity| *names.entry(identity).or_insert(index));
                match &content.data {
                    Data::Bytes(bytes) => format!("bytes {first} {}", Digest::sha256(bytes)),
                    Data::Local(file)
                        if file.stamp.modified < settled && file.stamp.changed < settled && cfg!(unix) =>
                    {
                        format!("file {first} {:?} {:?}", file.path, file.stamp)
                    }
                    Data::Local(_) | Data::Archive(..) => return None,
                }
            }
            other => format!("{other:?}"),
        };
        let Node { mode, uid, gid, capability, .. } = node;
        writeln!(text, "{path:?} {mode:o} {uid} {gid} {capability:?} {content}").ok()?;
    }
    Some(Digest::sha256(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::{Folder, Tree};
    use crate::layer::ImagePath;

    fn cache(folder: &std::path::Path) -> Cache {
        Cache { store: Arc::new(Store::open(folder).unwrap()), workers: 2, mtime: 0 }
    }

    fn tree(entries: &[(&str, Node)]) -> Arc<LayerTree> {
        let entries = entries.iter().map(|(path, node)| (ImagePath::clean(path), node.clone())).collect();
        Arc::new(LayerTree { entries, ..LayerTree::default() })
    }

    #[test]
    fn a_layer_is_compressed_once() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(folder.path());
        let files = tree(&[("a", Node::bytes(*b"hello", 0o644))]);
        let first = cache.pack(&files, &BTreeMap::new()).unwrap();
        let second = cache.pack(&files, &BTreeMap::new()).unwrap();
        assert_eq!((first.fresh, second.fresh), (true, false));
        assert_eq!(first.blob.descriptor(), second.blob.descriptor());
    }

    #[test]
    fn the_previous_image_is_a_cache_on_a_clean_machine() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let files = tree(&[("a", Node::bytes(*b"hello", 0o644))]);
        let first = cache(one.path()).pack(&files, &BTreeMap::new()).unwrap();
        let previous = BTreeMap::from([(first.diff_id.clone(), first.blob.descriptor().clone())]);
        let second = cache(two.path()).pack(&files, &previous).unwrap();
        assert!(!second.fresh);
        let mut bytes = Vec::new();
        second.blob.open().unwrap().read_to_end(&mut bytes).unwrap();
        assert_eq!(Digest::sha256(&bytes), first.blob.descriptor().digest);
        let changed = tree(&[("a", Node::bytes(*b"other", 0o644))]);
        assert!(cache(two.path()).pack(&changed, &previous).unwrap().fresh);
    }

    #[test]
    fn files_that_just_changed_are_read_again() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("f"), "x").unwrap();
        let node = Folder::open(folder.path()).unwrap().node(&ImagePath::clean("f")).unwrap().unwrap();
        let entries: Entries = [(ImagePath::clean("f"), node)].into();
        assert!(recipe(&entries, 0, SystemTime::now()).is_none());
        let later = SystemTime::now() + Duration::from_secs(60);
        if cfg!(unix) {
            assert!(recipe(&entries, 0, later).is_some());
            assert_ne!(recipe(&entries, 0, later), recipe(&entries, 1, later));
        }
    }
}
