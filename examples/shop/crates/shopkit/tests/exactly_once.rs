//! Inbox and outbox: together with the effect, or not at all.

use rusqlite::Transaction;
use serde_json::Value;
use shopkit::{CloudEvent, Database, Problem, inbox, outbox};
use tempfile::TempDir;

const EFFECTS: &str = "CREATE TABLE IF NOT EXISTS effects (event TEXT NOT NULL) STRICT;";

fn open(folder: &TempDir) -> Database {
    let folder = folder.path().to_string_lossy().into_owned();
    Database::open(&folder, "test", &[EFFECTS, inbox::TABLE, outbox::TABLE]).expect("a database")
}

fn event(source: &str, id: &str) -> CloudEvent {
    CloudEvent { id: id.into(), ..CloudEvent::new(source, "com.example.happened.v1", "x", "urn:model", Value::Null) }
}

/// What a consumer does: the inbox, the effect, and an event that follows.
fn handle(transaction: &Transaction<'_>, event: &CloudEvent, then: Result<(), Problem>) -> Result<(), Problem> {
    if !inbox::is_new(transaction, event)? {
        return Ok(());
    }
    transaction.execute("INSERT INTO effects VALUES (?1)", [&event.id])?;
    outbox::put(transaction, event)?;
    then
}

fn count(database: &Database) -> [i64; 3] {
    let count = |transaction: &Transaction<'_>| -> rusqlite::Result<[i64; 3]> {
        let rows = |table| transaction.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0));
        Ok([rows("inbox")?, rows("effects")?, rows("outbox")?])
    };
    database.run(count).expect("three numbers")
}

#[test]
fn the_same_event_has_one_effect_even_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..3 {
        let database = open(&folder);
        database.run(|transaction| handle(transaction, &event("/a", "1"), Ok(()))).unwrap();
        assert_eq!(count(&database), [1, 1, 1]);
    }
}

#[test]
fn the_same_id_of_another_source_is_another_event() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder);
    for source in ["/a", "/b"] {
        database.run(|transaction| handle(transaction, &event(source, "1"), Ok(()))).unwrap();
    }
    assert_eq!(count(&database), [2, 2, 2]);
}

#[test]
fn what_fails_leaves_nothing_and_may_come_again() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder);
    let failed = database.run(|transaction| handle(transaction, &event("/a", "1"), Err(Problem::invalid("no"))));
    assert!(failed.is_err());
    assert_eq!(count(&database), [0, 0, 0]);
    database.run(|transaction| handle(transaction, &event("/a", "1"), Ok(()))).unwrap();
    assert_eq!(count(&database), [1, 1, 1]);
}
