//! Dead letters: events that a sink would not or could not take.

use rusqlite::Transaction;
use serde::Serialize;
use serde_json::value::RawValue;
use shopkit::Problem;

/// An event that could not be delivered to one subscription.
#[derive(Debug, Serialize)]
pub(crate) struct DeadLetter {
    pub(crate) subscription: String,
    pub(crate) position: i64,
    pub(crate) reason: String,
    pub(crate) since: String,
    pub(crate) event: Box<RawValue>,
}

/// Puts an event aside.
pub(crate) fn put(
    transaction: &Transaction<'_>,
    subscription: i64,
    position: i64,
    reason: &str,
) -> Result<(), Problem> {
    transaction
        .prepare_cached(
            "INSERT INTO dead_letters (subscription, position, reason) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET reason = excluded.reason",
        )?
        .execute((subscription, position, reason))?;
    Ok(())
}

/// Takes one out, because it was delivered after all or is not wanted any more.
pub(crate) fn remove(transaction: &Transaction<'_>, subscription: &str, position: i64) -> Result<bool, Problem> {
    let removed = transaction.execute(
        "DELETE FROM dead_letters WHERE position = ?2
             AND subscription = (SELECT key FROM subscriptions WHERE name = ?1)",
        (subscription, position),
    )?;
    Ok(removed == 1)
}

/// All dead letters, those of one subscription in the order of the log.
pub(crate) fn all(transaction: &Transaction<'_>) -> Result<Vec<DeadLetter>, Problem> {
    let mut statement = transaction.prepare_cached(
        "SELECT name, dead_letters.position, reason, since, event FROM dead_letters
         JOIN subscriptions ON subscriptions.key = dead_letters.subscription
         JOIN events ON events.position = dead_letters.position
         ORDER BY name, dead_letters.position LIMIT 1000",
    )?;
    let rows = statement.query_map([], |row| {
        let event = RawValue::from_string(row.get(4)?)
            .map_err(|error| rusqlite::Error::FromSqlConversionFailure(4, rusqlite::types::Type::Text, error.into()))?;
        Ok(DeadLetter {
            subscription: row.get(0)?,
            position: row.get(1)?,
            reason: row.get(2)?,
            since: row.get(3)?,
            event,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
