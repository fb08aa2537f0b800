use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::change::Change;
use super::log::Entry;
use super::state::State;
use super::{Draft, Key, Revision, StoreError, Stored};

/// A change that is asked for. `expected` is the revision that the object must have.
#[derive(Clone, Debug)]
pub enum Write {
    /// The object must not be there.
    Create {
        /// Where it will be.
        key: Key,
        /// What it will be.
        draft: Draft,
    },
    /// The object must be there.
    Update {
        /// Where it is.
        key: Key,
        /// Which one must be there; any if there is none.
        expected: Option<Revision>,
        /// What it will be.
        draft: Draft,
    },
    /// The object must be there.
    Delete {
        /// Where it is.
        key: Key,
        /// Which one must be there; any if there is none.
        expected: Option<Revision>,
    },
}

/// Changes that are decided and not yet kept: each one sees those before it.
pub(super) struct Batch<'a> {
    state: &'a State,
    pending: BTreeMap<Key, Option<Arc<Stored>>>,
    decided: Decided,
}

/// What is to be kept and then to be applied.
#[derive(Default)]
pub(super) struct Decided {
    pub(super) changes: Vec<Arc<Change>>,
    /// The values of what was written.
    pub(super) values: Vec<Arc<Value>>,
}

impl<'a> Batch<'a> {
    pub(super) fn new(state: &'a State) -> Self {
        Self { state, pending: BTreeMap::new(), decided: Decided::default() }
    }

    /// Decides one change.
    pub(super) fn stage(&mut self, write: Write) -> Result<Arc<Stored>, StoreError> {
        let (key, draft) = match write {
            Write::Create { key, draft } => match self.present(&key) {
                Some(there) => return Err(StoreError::Exists(there)),
                None => (key, Some(draft)),
            },
            Write::Update { key, expected, draft } => (self.expect(key, expected)?, Some(draft)),
            Write::Delete { key, expected } => (self.expect(key, expected)?, None),
        };
        // Longer ones are none of fjall's.
        if key.as_str().len() > usize::from(u16::MAX) {
            return Err(StoreError::LongKey);
        }
        self.change(key, draft)
    }

    fn present(&self, key: &Key) -> Option<Arc<Stored>> {
        match self.pending.get(key) {
            Some(pending) => pending.clone(),
            None => self.state.get(key).cloned(),
        }
    }

    fn expect(&self, key: Key, expected: Option<Revision>) -> Result<Key, StoreError> {
        match self.present(&key) {
            None => Err(StoreError::Missing(key)),
            Some(there) if expected.is_some_and(|expected| expected != there.revision()) => {
                Err(StoreError::Conflict(there))
            }
            Some(_) => Ok(key),
        }
    }

    fn change(&mut self, key: Key, draft: Option<Draft>) -> Result<Arc<Stored>, StoreError> {
        let revision = self.state.revision + 1 + self.decided.changes.len() as Revision;
        let before = self.present(&key);
        let created = before.as_ref().map_or(revision, |before| before.create_revision());
        let after = draft.map(|draft| {
            let (stored, value) = draft.finish(key.clone(), revision, created);
            self.decided.values.push(value);
            Arc::new(stored)
        });
        let change = Arc::new(Change::new(revision, before, after.clone()));
        self.pending.insert(key.clone(), after.clone());
        self.decided.changes.push(change.clone());
        after.or_else(|| change.gone()).ok_or(StoreError::Missing(key))
    }

    /// What is to be written to the disk: the last state of each object.
    pub(super) fn finish(self) -> (Decided, Vec<Entry>) {
        let row = |stored: Option<Arc<Stored>>| stored.map(|stored| stored.row().clone());
        let entries = self.pending.into_iter().map(|(key, stored)| Entry { key, row: row(stored) });
        (self.decided, entries.collect())
    }
}
