use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use super::change::Change;
use super::history::History;
use super::{Key, Prefix, Revision, Stored};

/// The present, and how it came about.
#[derive(Debug)]
pub(super) struct State {
    objects: BTreeMap<Key, Arc<Stored>>,
    pub(super) revision: Revision,
    pub(super) history: History,
}

impl State {
    pub(super) fn new(objects: impl IntoIterator<Item = Stored>, revision: Revision, history: History) -> Self {
        let objects = objects.into_iter().map(|stored| (stored.key().clone(), Arc::new(stored))).collect();
        Self { objects, revision, history }
    }

    pub(super) fn get(&self, key: &Key) -> Option<&Arc<Stored>> {
        self.objects.get(key)
    }

    pub(super) fn apply(&mut self, change: Arc<Change>) {
        match (&change.after, change.key()) {
            (Some(after), Some(key)) => drop(self.objects.insert(key.clone(), after.clone())),
            (None, Some(key)) => drop(self.objects.remove(key)),
            (_, None) => {}
        }
        self.revision = change.revision;
        self.history.push(change);
    }

    /// Those under a prefix whose keys are `from` or come after it.
    pub(super) fn range<'a>(&'a self, prefix: &'a Prefix, from: &str) -> impl Iterator<Item = &'a Arc<Stored>> {
        let from = Bound::Included(from.max(prefix.as_str()));
        let range = self.objects.range::<str, _>((from, Bound::Unbounded));
        range.map(|(_, stored)| stored).take_while(|stored| prefix.covers(stored.key()))
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Stored>> {
        self.objects.values()
    }
}
