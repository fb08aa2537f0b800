//! The log: appended to by producers, read from any position.

use rusqlite::{OptionalExtension, Transaction};
use serde::Serialize;
use serde_json::value::RawValue;
use shopkit::{CloudEvent, Problem};

/// An event with its place in the log.
#[derive(Debug, Serialize)]
pub(crate) struct Entry {
    /// Grows with every event; a larger one arrived later.
    pub(crate) position: i64,
    /// The event in its JSON form.
    pub(crate) event: Box<RawValue>,
}

/// The log of one event type in numbers.
#[derive(Debug, Serialize)]
pub(crate) struct Log {
    #[serde(rename = "type")]
    pub(crate) event_type: String,
    pub(crate) events: i64,
    pub(crate) first: i64,
    pub(crate) last: i64,
}

/// Appends events. One that is there already (same source and id) is not added again.
pub(crate) fn append(transaction: &Transaction<'_>, events: &[CloudEvent]) -> Result<(), Problem> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO events (type, source, id, event) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (source, id) DO NOTHING",
    )?;
    for event in events {
        let text = serde_json::to_string(event).map_err(|error| Problem::invalid(error.to_string()))?;
        statement.execute((&event.event_type, &event.source, &event.id, text))?;
    }
    Ok(())
}

/// The first event after `position` whose type matches one of `types` (a JSON array of patterns).
pub(crate) fn next(transaction: &Transaction<'_>, types: &str, position: i64) -> Result<Option<Entry>, Problem> {
    let mut statement = transaction.prepare_cached(
        "SELECT position, event FROM events
         WHERE position > ?1 AND EXISTS (SELECT 1 FROM json_each(?2) WHERE events.type GLOB json_each.value)
         ORDER BY position LIMIT 1",
    )?;
    Ok(statement.query_row((position, types), entry).optional()?)
}

/// The event at this position.
pub(crate) fn at(transaction: &Transaction<'_>, position: i64) -> Result<Option<Entry>, Problem> {
    let mut statement = transaction.prepare_cached("SELECT position, event FROM events WHERE position = ?1")?;
    Ok(statement.query_row([position], entry).optional()?)
}

/// The position of the newest event, 0 if there is none.
pub(crate) fn last(transaction: &Transaction<'_>) -> Result<i64, Problem> {
    Ok(transaction.query_row("SELECT coalesce(max(position), 0) FROM events", [], |row| row.get(0))?)
}

/// All logs, by type.
pub(crate) fn logs(transaction: &Transaction<'_>) -> Result<Vec<Log>, Problem> {
    let mut statement = transaction.prepare_cached(
        "SELECT type, count(*), min(position), max(position) FROM events GROUP BY type ORDER BY type",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(Log { event_type: row.get(0)?, events: row.get(1)?, first: row.get(2)?, last: row.get(3)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A page of one type's log: what comes after `position`.
pub(crate) fn read(
    transaction: &Transaction<'_>,
    event_type: &str,
    position: i64,
    limit: u32,
) -> Result<Vec<Entry>, Problem> {
    let mut statement = transaction.prepare_cached(
        "SELECT position, event FROM events WHERE type = ?1 AND position > ?2 ORDER BY position LIMIT ?3",
    )?;
    let rows = statement.query_map((event_type, position, limit), entry)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn entry(row: &rusqlite::Row<'_>) -> rusqlite::Result<Entry> {
    let text: String = row.get("event")?;
    let event = RawValue::from_string(text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, error.into()))?;
    Ok(Entry { position: row.get("position")?, event })
}
