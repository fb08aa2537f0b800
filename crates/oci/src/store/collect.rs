//! Collection: entries age and are bounded in size; blobs that no entry needs go.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{Entry, Store, StoreError, Stored};
use crate::files::at;

/// What may stay.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// An entry that was not used for so long goes.
    pub age: Duration,
    /// Bytes of blobs that may stay; the entries used longest ago go first.
    pub bytes: u64,
    /// A blob that no entry needs stays so long after it was written: its entry may be to come.
    pub grace: Duration,
}

impl Default for Limits {
    /// 30 days, 10 GB, one hour.
    fn default() -> Self {
        Self { age: Duration::from_secs(30 * 86_400), bytes: 10_000_000_000, grace: Duration::from_secs(3_600) }
    }
}

/// What a collection did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// Another process has the store open: nothing was done, the next one will.
    pub busy: bool,
    /// Entries that went.
    pub entries: u64,
    /// Blobs that went.
    pub blobs: u64,
    /// Bytes of them.
    pub freed: u64,
    /// Bytes of blobs that stay.
    pub kept: u64,
}

struct Aged {
    path: PathBuf,
    used: SystemTime,
    entry: Option<Entry>,
}

struct BlobFile {
    path: PathBuf,
    written: SystemTime,
    size: u64,
}

impl Store {
    /// Takes away what is too old or too much. Does nothing while another process has the store
    /// open.
    ///
    /// # Errors
    /// If something cannot be read or removed.
    pub fn collect(&mut self, limits: &Limits, now: SystemTime) -> Result<Collected, StoreError> {
        if !self.lock_exclusively()? {
            self.lock_shared()?;
            return Ok(Collected { busy: true, ..Collected::default() });
        }
        let result = self.clear_temporary().and_then(|()| self.sweep(limits, now));
        self.lock_shared()?;
        result
    }

    fn sweep(&self, limits: &Limits, now: SystemTime) -> Result<Collected, StoreError> {
        let blobs = self.blob_files()?;
        let (stay, go) = choose(self.aged_entries()?, &blobs, limits, now);
        let needed: BTreeSet<PathBuf> =
            stay.iter().flat_map(|entry| &entry.blobs).map(|digest| self.path(digest)).collect();
        let mut collected = Collected { entries: go.len() as u64, ..Collected::default() };
        for path in go {
            remove(&path)?;
        }
        for blob in blobs.into_values() {
            let fresh = age(now, blob.written) < limits.grace;
            if needed.contains(&blob.path) || fresh {
                collected.kept += blob.size;
                continue;
            }
            remove(&blob.path)?;
            collected.blobs += 1;
            collected.freed += blob.size;
        }
        Ok(collected)
    }

    fn aged_entries(&self) -> Result<Vec<Aged>, StoreError> {
        let files = list(&self.root.join("entries"))?;
        let read = |(path, data): (PathBuf, fs::Metadata)| {
            let stored = fs::read(&path).ok().and_then(|bytes| serde_json::from_slice::<Stored>(&bytes).ok());
            let used = data.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            Aged { path, used, entry: stored.map(|stored| stored.entry) }
        };
        Ok(files.into_iter().map(read).collect())
    }

    fn blob_files(&self) -> Result<BTreeMap<String, BlobFile>, StoreError> {
        let mut found = BTreeMap::new();
        for algorithm in ["sha256", "sha512"] {
            for (path, data) in list(&self.root.join("blobs").join(algorithm))? {
                let hex = path.file_name().unwrap_or_default().to_string_lossy();
                let written = data.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                let key = format!("{algorithm}:{hex}");
                found.insert(key, BlobFile { written, size: data.len(), path });
            }
        }
        Ok(found)
    }
}

/// Which entries stay, and the files of those that go: the newest first as long as their blobs,
/// each counted once, fit. Damaged entries go.
fn choose(
    mut entries: Vec<Aged>,
    blobs: &BTreeMap<String, BlobFile>,
    limits: &Limits,
    now: SystemTime,
) -> (Vec<Entry>, Vec<PathBuf>) {
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.used));
    let (mut stay, mut go) = (Vec::new(), Vec::new());
    let (mut counted, mut total) = (BTreeSet::new(), 0_u64);
    for Aged { path, used, entry } in entries {
        let Some(entry) = entry.filter(|_| age(now, used) < limits.age) else {
            go.push(path);
            continue;
        };
        let new: BTreeSet<String> =
            entry.blobs.iter().map(ToString::to_string).filter(|digest| !counted.contains(digest)).collect();
        let size: u64 = new.iter().filter_map(|digest| blobs.get(digest)).map(|blob| blob.size).sum();
        if total.saturating_add(size) > limits.bytes {
            go.push(path);
            continue;
        }
        total += size;
        counted.extend(new);
        stay.push(entry);
    }
    (stay, go)
}

/// A time in the future counts as now: a clock that was put back must not lose anything.
fn age(now: SystemTime, then: SystemTime) -> Duration {
    now.duration_since(then).unwrap_or(Duration::ZERO)
}

fn list(folder: &Path) -> Result<Vec<(PathBuf, fs::Metadata)>, StoreError> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(at("read", folder))? {
        let entry = entry.map_err(at("read", folder))?;
        let data = entry.metadata().map_err(at("read", &entry.path()))?;
        if data.is_file() {
            files.push((entry.path(), data));
        }
    }
    Ok(files)
}

fn remove(path: &Path) -> Result<(), StoreError> {
    Ok(fs::remove_file(path).map_err(at("remove", path))?)
}
