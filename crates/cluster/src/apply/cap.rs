//! At most ten managers that update: the oldest become one.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::managed::{Entry, Managed, Operation};
use super::set::FieldSet;

const MOST: usize = 10;

/// The name of the manager that the oldest become.
const ANCIENT: &str = "ancient-changes";

impl<'a> Managed<'a> {
    /// Merges the oldest managers that update, those of each version by themselves, until at most ten are left.
    pub(super) fn cap(&mut self) {
        let mut updaters: Vec<_> =
            self.entries.iter().filter(|entry| entry.operation == Operation::Update).map(Entry::bare).collect();
        let mut left = updaters.len();
        if left <= MOST {
            return;
        }
        updaters.sort_by_cached_key(|entry| (entry.time.clone(), entry.identifier()));
        let mut first = BTreeMap::new();
        for updater in updaters {
            if left <= MOST {
                break;
            }
            match first.get(&updater.version) {
                None => drop(first.insert(updater.version.clone(), updater)),
                Some(first) => {
                    self.put_away(&updater, first);
                    left -= 1;
                }
            }
        }
    }

    fn put_away(&mut self, updater: &Entry<'a>, first: &Entry<'a>) {
        let bucket = Entry { manager: ANCIENT.into(), subresource: Cow::default(), ..updater.bare() };
        if self.find(&bucket).is_none() {
            let fields = self.take(first);
            self.entries.push(Entry { fields, ..bucket.bare() });
        }
        let fields = self.take(updater);
        if let Some(place) = self.find(&bucket) {
            let bucket = &mut self.entries[place];
            bucket.fields = std::mem::take(&mut bucket.fields).union(fields);
            bucket.time.clone_from(&updater.time);
            bucket.written = None;
        }
    }

    fn take(&mut self, entry: &Entry<'_>) -> FieldSet<'a> {
        self.find(entry).map(|place| self.entries.remove(place).fields).unwrap_or_default()
    }
}

impl<'a> Entry<'a> {
    /// The same manager without fields.
    fn bare(&self) -> Self {
        Self {
            manager: self.manager.clone(),
            operation: self.operation,
            version: self.version.clone(),
            subresource: self.subresource.clone(),
            time: self.time.clone(),
            fields: FieldSet::default(),
            written: None,
        }
    }
}
