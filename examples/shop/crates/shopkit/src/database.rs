//! A service's own database: one SQLite file on its own volume, that no other
//! service ever opens. Whoever wants the data asks by HTTP, or listens to events.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::Thread,
};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::Error;

/// The service's database; clones share it.
#[derive(Clone)]
pub struct Database {
    connection: Arc<Mutex<Connection>>,
    watchers: Arc<Mutex<Vec<Thread>>>,
}

impl Database {
    /// Opens `<directory>/<name>.sqlite`, creating it and its tables where they are missing.
    pub fn open(directory: &str, name: &str, schemas: &[&str]) -> Result<Self, Error> {
        std::fs::create_dir_all(directory).map_err(|cause| Error::Io { what: directory.into(), cause })?;
        let connection = Connection::open(Path::new(directory).join(format!("{name}.sqlite")))?;
        // A commit is on the disk before anyone hears of it (`synchronous = FULL`):
        // after a power cut nothing is missing that was answered with "done".
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA temp_store = MEMORY;", // the file system of the container is read-only
        )?;
        for schema in schemas {
            connection.execute_batch(schema)?;
        }
        Ok(Self { connection: Arc::new(Mutex::new(connection)), watchers: Arc::default() })
    }

    /// Does `work` in one transaction: either all of it is there afterwards, or nothing.
    ///
    /// It blocks for the length of a disk write; `block_in_place` lets tokio
    /// move its other tasks to another thread meanwhile.
    pub fn run<T, E>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<rusqlite::Error>,
    {
        let (value, changed) = tokio::task::block_in_place(|| -> Result<(T, bool), E> {
            let mut connection = lock(&self.connection);
            let before = connection.total_changes();
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction)?; // an error drops the transaction, which rolls it back
            transaction.commit()?;
            Ok((value, connection.total_changes() != before))
        })?;
        if changed {
            lock(&self.watchers).iter().for_each(Thread::unpark);
        }
        Ok(value)
    }

    /// Unparks `thread` after every change, so that it need not poll for new rows.
    pub fn watch(&self, thread: Thread) {
        lock(&self.watchers).push(thread);
    }
}

/// A panic while the lock was held rolled its transaction back: nothing is half-done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
