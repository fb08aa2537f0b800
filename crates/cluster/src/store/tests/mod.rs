//! The store as a whole; what one part does is tested beside it.

mod disk;
mod faults;
mod figures;
mod model;
mod watches;
mod writes;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::json;

use super::history::History;
use super::list::{At, ListRequest, Page};
use super::log::{Entry, Fault, Log};
use super::state::State;
use super::{Draft, Key, Limits, Prefix, Revision, Store, StoreError, Stored, Write};
use crate::select::Selection;

/// What a log does with a write.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Mood {
    #[default]
    Keep,
    /// It says that it failed, and nothing is kept.
    Lose,
    /// It says that it failed, and yet everything is kept.
    KeepAndFail,
}

#[derive(Debug, Default)]
struct Kept {
    mood: Mood,
    rows: BTreeMap<String, Vec<u8>>,
    revision: Revision,
}

/// A log in memory.
#[derive(Clone, Debug, Default)]
struct Memory(Arc<Mutex<Kept>>);

impl Log for Memory {
    fn write(&mut self, entries: &[Entry], revision: Revision) -> Result<(), Fault> {
        let mut kept = self.0.lock().unwrap();
        if kept.mood != Mood::Lose {
            kept.revision = revision;
            for Entry { key, row } in entries {
                match row {
                    Some(row) => drop(kept.rows.insert(key.to_string(), row.to_vec())),
                    None => drop(kept.rows.remove(key.as_str())),
                }
            }
        }
        let error = StoreError::Full("/full".into());
        if kept.mood == Mood::Keep { Ok(()) } else { Err(Fault { error, doubtful: true }) }
    }
}

fn in_memory(limits: Limits) -> (Store, Memory) {
    let log = Memory::default();
    let state = State::new([], 1, History::new(1, limits.changes, limits.bytes));
    (Store::start(state, Box::new(log.clone()), limits).unwrap(), log)
}

fn key(namespace: &str, name: &str) -> Key {
    Key::new("", "configmaps", Some(namespace), name)
}

fn all() -> Prefix {
    Prefix::new("", "configmaps", None)
}

fn draft(key: &Key, color: &str) -> Draft {
    let metadata = json!({"name": key.name(), "namespace": key.namespace(), "labels": {"color": color}});
    Draft::new(json!({"kind": "ConfigMap", "apiVersion": "v1", "metadata": metadata, "data": {"color": color}}))
        .unwrap()
}

fn create(store: &Store, key: &Key, color: &str) -> Result<Arc<Stored>, StoreError> {
    store.write(Write::Create { key: key.clone(), draft: draft(key, color) }).wait()
}

fn update(store: &Store, key: &Key, expected: Option<Revision>, color: &str) -> Result<Arc<Stored>, StoreError> {
    store.write(Write::Update { key: key.clone(), expected, draft: draft(key, color) }).wait()
}

fn delete(store: &Store, key: &Key, expected: Option<Revision>) -> Result<Arc<Stored>, StoreError> {
    store.write(Write::Delete { key: key.clone(), expected }).wait()
}

fn list(store: &Store, at: At, limit: Option<usize>) -> Result<Page, StoreError> {
    let request = ListRequest { prefix: all(), selection: Selection::default(), at, limit };
    super::list::list(&store.shared.state(), &request)
}

fn names(page: &Page) -> Vec<&str> {
    page.items.iter().map(|stored| stored.key().name()).collect()
}
