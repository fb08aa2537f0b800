use std::collections::BTreeSet;

use bytes::Bytes;

use super::{Key, Revision, StoreError};

/// What is to be kept of one object: its row, or that there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) key: Key,
    pub(super) row: Option<Bytes>,
}

/// What keeps the objects.
pub(super) trait Log: Send {
    /// Does what would hold up the first write; if that fails, the write says so.
    fn prepare(&mut self) {}

    /// Keeps all of these and the revision, or none. When it returns, they are on the disk.
    ///
    /// # Errors
    ///
    /// [`Fault`]; whether the entries were kept may then be unknown until another write succeeds.
    fn write(&mut self, entries: &[Entry], revision: Revision) -> Result<(), Fault>;
}

/// A write failed.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) error: StoreError,
    /// Whether the entries may be on the disk nevertheless.
    pub(super) doubtful: bool,
}

/// Keys whose state on the disk is unknown, because a write of them failed. The next write puts them right.
#[derive(Debug, Default)]
pub(super) struct Doubts(BTreeSet<Key>);

impl Doubts {
    /// What the next write must contain besides its own entries; `present` gives the row of a key.
    pub(super) fn entries(&self, own: &[Entry], present: impl Fn(&Key) -> Option<Bytes>) -> Vec<Entry> {
        let others = self.0.iter().filter(|key| !own.iter().any(|entry| entry.key == **key));
        others.map(|key| Entry { key: key.clone(), row: present(key) }).collect()
    }

    pub(super) fn settle(&mut self, entries: &[Entry], outcome: &Result<(), Fault>) {
        match outcome {
            Ok(()) => self.0.clear(),
            Err(fault) if fault.doubtful => self.0.extend(entries.iter().map(|entry| entry.key.clone())),
            Err(_) => {}
        }
    }
}
