use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use super::row::{self, Head};
use super::{Key, Revision};

/// An object as it was after one change.
#[derive(Debug)]
pub struct Stored {
    key: Key,
    head: Head,
    /// As it lies on the disk: memory and disk share these bytes.
    row: Bytes,
    value: Mutex<Weak<Value>>,
}

impl Stored {
    /// An object whose JSON is `json` with the revision's digits in the place of a range.
    pub(super) fn new(key: Key, head: Head, json: &[u8], version: Range<usize>) -> Self {
        let digits = head.revision.to_string();
        let before = json.get(..version.start).unwrap_or_default();
        let after = json.get(version.end..).unwrap_or_default();
        Self::of(key, head, row::encode(&head, &[before, digits.as_bytes(), after]))
    }

    /// An object from the disk; nothing if the row is of another format.
    pub(super) fn read(key: Key, row: &[u8]) -> Option<Self> {
        // A copy, because the bytes may be part of a larger block.
        row::decode(row).map(|head| Self::of(key, head, Bytes::copy_from_slice(row)))
    }

    fn of(key: Key, head: Head, row: Bytes) -> Self {
        Self { key, head, row, value: Mutex::default() }
    }

    /// The same object with another revision, as the last state of one that is gone is shown.
    pub(super) fn at_revision(&self, revision: Revision) -> Self {
        let begins = self.head.version_at;
        let digits = begins..begins + self.head.revision.to_string().len();
        Self::new(self.key.clone(), Head { revision, ..self.head }, self.json(), digits)
    }

    /// Where it is.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// The change that made it so: its `resourceVersion`.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.head.revision
    }

    /// The change that created it.
    #[must_use]
    pub fn create_revision(&self) -> Revision {
        self.head.create_revision
    }

    /// How long it stays unless it is written anew.
    #[must_use]
    pub fn ttl(&self) -> Option<Duration> {
        self.head.ttl
    }

    pub(super) fn row(&self) -> &Bytes {
        &self.row
    }

    /// As JSON, with its `resourceVersion`.
    #[must_use]
    pub fn json(&self) -> &[u8] {
        self.row.get(row::HEAD..).unwrap_or_default()
    }

    /// As JSON that can be kept and sent without a copy.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        self.row.slice(row::HEAD.min(self.row.len())..)
    }

    /// As a value. It is read from the JSON when nobody has it at the time: parsed objects take many times the space.
    #[must_use]
    pub fn value(&self) -> Arc<Value> {
        let mut shared = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let value = Arc::new(serde_json::from_slice(self.json()).unwrap_or_default());
            *shared = Arc::downgrade(&value);
            value
        })
    }

    /// Has others use this value as long as somebody has it.
    pub(super) fn share(&self, value: &Arc<Value>) {
        *self.value.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(value);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Draft;
    use super::*;

    #[test]
    fn a_value_is_shared_while_somebody_has_it() {
        let draft = Draft::new(json!({"metadata": {"name": "a"}})).unwrap();
        let (stored, written) = draft.finish(Key::new("", "pods", Some("b"), "a"), 99, 7);
        assert!(Arc::ptr_eq(&stored.value(), &written));
        drop(written);
        assert_eq!(stored.value()["metadata"]["resourceVersion"], "99");
        let gone = stored.at_revision(100);
        assert_eq!((gone.revision(), gone.create_revision()), (100, 7));
        assert_eq!(gone.bytes(), &br#"{"metadata":{"name":"a","resourceVersion":"100"}}"#[..]);
        assert_eq!(gone.at_revision(5).value()["metadata"]["resourceVersion"], "5");
        let read = Stored::read(stored.key().clone(), stored.row()).unwrap();
        assert_eq!((read.head, read.json()), (stored.head, stored.json()));
    }
}
