//! The inbox: which events this service has already handled.
//!
//! Every hub delivers *at least* once. When the answer to a delivery is lost,
//! the hub sends the event again, and a service that adds up, reserves or pays
//! would do so twice. The inbox prevents that, if it is written in the **same
//! transaction** as the effect: then both are there or neither is.

use rusqlite::Transaction;

use crate::CloudEvent;

/// The inbox's table.
pub const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS inbox (
        source      TEXT NOT NULL,
        id          TEXT NOT NULL,
        received_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
        PRIMARY KEY (source, id)   -- the pair: two sources may use the same id
    ) WITHOUT ROWID, STRICT;";

/// Notes the event; false if it was there already, and there is nothing left to do.
pub fn is_new(transaction: &Transaction<'_>, event: &CloudEvent) -> rusqlite::Result<bool> {
    let added = transaction
        .prepare_cached("INSERT INTO inbox (source, id) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute((&event.source, &event.id))?;
    Ok(added == 1)
}
