//! A local content store: blobs by digest, shared by processes, verified, and collected.
//!
//! Below the root: `blobs/<algorithm>/<hex>`, `temporary/`, `entries/<hash of the key>.json`, and
//! `lock`. Every open store holds a shared lock; collecting needs the exclusive one, so nothing
//! that another process uses or writes is ever taken away.

mod collect;

use std::fs::{self, File, FileTimes, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tempfile::NamedTempFile;

use crate::bundle::FileBlob;
use crate::digest::{Algorithm, Digest, DigestWriter, Mismatch, Verify};
use crate::files::{self, PathError, at};
use crate::manifest::Descriptor;

pub use collect::{Collected, Limits};

/// Why the store could not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file system refused.
    #[error(transparent)]
    Path(#[from] PathError),
    /// The bytes are not the ones that were promised; nothing was kept.
    #[error("{0}")]
    Mismatch(#[from] Mismatch),
    /// The source of the bytes failed; nothing was kept.
    #[error("cannot read what is to be stored: {0}")]
    Source(io::Error),
}

/// What is kept under a key: some data, and the blobs that must stay as long as the entry does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The blobs that it needs.
    pub blobs: Vec<Digest>,
    /// Whatever belongs to the key: a descriptor, an uncompressed digest.
    pub data: Value,
}

/// What lies in an entry's file; the key is there to tell two keys of one hash apart.
#[derive(Serialize, Deserialize)]
struct Stored {
    key: String,
    entry: Entry,
}

/// An open store. It can be used by several threads at once.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
    lock: File,
}

impl Store {
    /// Opens the store below a folder; makes it if it is not there, and takes away what a process
    /// left half-written that was killed.
    ///
    /// # Errors
    /// If the folder cannot be written or locked.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let root = root.into();
        for folder in ["blobs/sha256", "blobs/sha512", "temporary", "entries"] {
            files::create_folder(&root.join(folder))?;
        }
        let path = root.join("lock");
        let lock = File::options().create(true).append(true).open(&path).map_err(at("create", &path))?;
        let store = Self { root, lock };
        if store.lock_exclusively()? {
            store.clear_temporary()?;
        }
        store.lock_shared()?;
        Ok(store)
    }

    /// Where it lies.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether a blob of this digest and size is there. One of another size (a crash of the
    /// machine can leave one) counts as absent and is written anew by the next [`Store::put`].
    #[must_use]
    pub fn contains(&self, digest: &Digest, size: u64) -> bool {
        fs::metadata(self.path(digest)).is_ok_and(|data| data.is_file() && data.len() == size)
    }

    /// Opens a blob if it is there; reading it to the end checks its digest and size.
    ///
    /// # Errors
    /// If it is there, but cannot be opened.
    pub fn get(&self, digest: &Digest, size: u64) -> Result<Option<Verify<File>>, StoreError> {
        if !self.contains(digest, size) {
            return Ok(None);
        }
        let path = self.path(digest);
        let file = File::open(&path).map_err(at("read", &path))?;
        Ok(Some(Verify::new(file, digest.clone(), size)))
    }

    /// A blob of the store as a source for pushes and layouts, if it is there.
    #[must_use]
    pub fn blob(&self, descriptor: &Descriptor) -> Option<FileBlob> {
        let there = self.contains(&descriptor.digest, descriptor.size);
        there.then(|| FileBlob::new(descriptor.clone(), self.path(&descriptor.digest)))
    }

    /// Where a blob lies or would lie.
    #[must_use]
    pub fn path(&self, digest: &Digest) -> PathBuf {
        self.root.join("blobs").join(digest.algorithm().as_str()).join(digest.hex())
    }

    /// Stores bytes that are promised to have a digest and a size.
    ///
    /// # Errors
    /// [`StoreError::Mismatch`] if they have another; then nothing is kept.
    pub fn put(&self, digest: &Digest, size: u64, from: &mut dyn Read) -> Result<(), StoreError> {
        let mut writer = self.writer_for(digest.algorithm())?;
        let mut limited = from.take(size.saturating_add(1));
        files::copy(&mut limited, &mut writer, digest).map_err(StoreError::Source)?;
        writer.commit_as(digest, size)
    }

    /// A writer for bytes whose digest is not known yet.
    ///
    /// # Errors
    /// If no temporary file can be made.
    pub fn writer(&self) -> Result<BlobWriter<'_>, StoreError> {
        self.writer_for(Algorithm::Sha256)
    }

    fn writer_for(&self, algorithm: Algorithm) -> Result<BlobWriter<'_>, StoreError> {
        let file = files::temporary(&self.root.join("temporary"))?;
        Ok(BlobWriter { store: self, inner: DigestWriter::with(file, algorithm) })
    }

    /// The entry of a key, marked as used now. A damaged one counts as absent, as does one that
    /// lost a blob.
    ///
    /// # Errors
    /// If it is there, but cannot be read.
    pub fn entry(&self, key: &str) -> Result<Option<Entry>, StoreError> {
        let path = self.entry_path(key);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(at("read", &path)(error).into()),
        };
        let found = serde_json::from_slice::<Stored>(&bytes).ok().filter(|stored| stored.key == key);
        let entry = found.map(|stored| stored.entry);
        let whole = entry.filter(|entry| entry.blobs.iter().all(|blob| self.path(blob).is_file()));
        if whole.is_some() {
            touch(&path);
        }
        Ok(whole)
    }

    /// Keeps an entry under a key, in place of the one before.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn set_entry(&self, key: &str, entry: &Entry) -> Result<(), StoreError> {
        let path = self.entry_path(key);
        let stored = Stored { key: key.to_owned(), entry: entry.clone() };
        let bytes = serde_json::to_vec(&stored).map_err(|cause| at("write", &path)(cause.into()))?;
        let mut file = files::temporary(&self.root.join("temporary"))?;
        file.write_all(&bytes).map_err(at("write", &path))?;
        Ok(files::persist(file, &path)?)
    }

    /// Forgets an entry; its blobs go with the next collection.
    ///
    /// # Errors
    /// If it cannot be removed.
    pub fn remove_entry(&self, key: &str) -> Result<(), StoreError> {
        let path = self.entry_path(key);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at("remove", &path)(error).into()),
            _ => Ok(()),
        }
    }

    fn entry_path(&self, key: &str) -> PathBuf {
        self.root.join("entries").join(format!("{}.json", Digest::sha256(key.as_bytes()).hex()))
    }

    /// Whether nobody else has it open; then nobody can until the lock is shared again. Locks are
    /// given up before another is taken: only some systems change one into the other.
    fn lock_exclusively(&self) -> Result<bool, StoreError> {
        self.lock.unlock().map_err(self.locking())?;
        match self.lock.try_lock() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(self.locking()(error).into()),
        }
    }

    fn lock_shared(&self) -> Result<(), StoreError> {
        self.lock.unlock().map_err(self.locking())?;
        Ok(self.lock.lock_shared().map_err(self.locking())?)
    }

    fn locking(&self) -> impl FnOnce(io::Error) -> PathError + use<> {
        at("lock", &self.root.join("lock"))
    }

    /// Only under the exclusive lock: then no process is writing.
    fn clear_temporary(&self) -> Result<(), StoreError> {
        let folder = self.root.join("temporary");
        for entry in fs::read_dir(&folder).map_err(at("read", &folder))? {
            let path = entry.map_err(at("read", &folder))?.path();
            fs::remove_file(&path).map_err(at("remove", &path))?;
        }
        Ok(())
    }
}

/// Marks as used; a file that cannot be marked only ages sooner.
fn touch(path: &Path) {
    let now = FileTimes::new().set_modified(SystemTime::now());
    let _ = File::options().append(true).open(path).and_then(|file| file.set_times(now));
}

/// Takes bytes in; they get their name with [`BlobWriter::commit`], and vanish without it.
#[derive(Debug)]
pub struct BlobWriter<'a> {
    store: &'a Store,
    inner: DigestWriter<NamedTempFile>,
}

impl BlobWriter<'_> {
    /// Keeps the bytes under the digest that they have; the digest and their number.
    ///
    /// # Errors
    /// If the file cannot be named.
    pub fn commit(self) -> Result<(Digest, u64), StoreError> {
        let store = self.store;
        let (file, digest, size) = self.inner.finish();
        store.keep(file, &digest, size)?;
        Ok((digest, size))
    }

    /// Keeps the bytes if they have this digest and size.
    ///
    /// # Errors
    /// [`StoreError::Mismatch`] if not.
    pub fn commit_as(self, digest: &Digest, size: u64) -> Result<(), StoreError> {
        let store = self.store;
        let (file, found, came) = self.inner.finish();
        files::check(digest, size, found, came)?;
        store.keep(file, digest, size)
    }
}

impl Write for BlobWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl Store {
    fn keep(&self, file: NamedTempFile, digest: &Digest, size: u64) -> Result<(), StoreError> {
        if self.contains(digest, size) {
            return Ok(());
        }
        Ok(files::persist(file, &self.path(digest))?)
    }
}
