//! Subscriptions: data, not code. They come from a file (a ConfigMap) or by HTTP.

use rusqlite::{OptionalExtension, Row, Transaction};
use serde::{Deserialize, Serialize};
use shopkit::Problem;

use crate::events;

/// What one says to subscribe.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    /// Event types; `*` stands for anything.
    pub(crate) types: Vec<String>,
    /// The URL that events are POSTed to.
    pub(crate) sink: String,
    /// Where a new subscription begins.
    #[serde(default)]
    pub(crate) from: Start,
}

/// Where a new subscription begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Start {
    /// With the first event there ever was.
    #[default]
    Beginning,
    /// With the next event.
    Now,
}

/// A subscription and how far it is.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Subscription {
    /// Tells apart two that had the same name one after the other.
    #[serde(skip)]
    pub(crate) key: i64,
    pub(crate) name: String,
    pub(crate) types: Vec<String>,
    pub(crate) sink: String,
    pub(crate) from_file: bool,
    /// Everything up to here is delivered, or a dead letter.
    pub(crate) position: i64,
    /// The sink answered 410: it wants no more.
    pub(crate) gone: bool,
    /// Events that wait for delivery.
    pub(crate) waiting: i64,
    pub(crate) dead_letters: i64,
}

const SELECT: &str = "
    SELECT *,
        (SELECT count(*) FROM events WHERE events.position > subscriptions.position
            AND EXISTS (SELECT 1 FROM json_each(types) WHERE events.type GLOB json_each.value)) AS waiting,
        (SELECT count(*) FROM dead_letters WHERE subscription = key) AS dead_letters
    FROM subscriptions";

impl Wish {
    fn check(&self) -> Result<(), Problem> {
        if self.types.is_empty() || self.types.iter().any(String::is_empty) {
            return Err(Problem::invalid("`types` needs at least one event type"));
        }
        match self.sink.starts_with("http://") {
            true => Ok(()),
            false => Err(Problem::invalid(format!("`sink` is `{}`: it has to begin with `http://`", self.sink))),
        }
    }
}

/// Creates or changes a subscription. A changed one keeps its position.
pub(crate) fn put(transaction: &Transaction<'_>, name: &str, wish: &Wish, from_file: bool) -> Result<(), Problem> {
    wish.check()?;
    let types = serde_json::to_string(&wish.types).map_err(|error| Problem::invalid(error.to_string()))?;
    let position = match wish.from {
        Start::Beginning => 0,
        Start::Now => events::last(transaction)?,
    };
    let mut statement = transaction.prepare_cached(
        "INSERT INTO subscriptions (name, types, sink, from_file, position) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (name) DO UPDATE SET types = excluded.types, sink = excluded.sink, from_file = excluded.from_file,
             gone = gone AND sink = excluded.sink
         WHERE (types, sink, from_file) IS NOT (excluded.types, excluded.sink, excluded.from_file)",
    )?;
    statement.execute((name, types, &wish.sink, from_file, position))?;
    Ok(())
}

/// Removes a subscription and its dead letters; the log keeps the events.
pub(crate) fn remove(transaction: &Transaction<'_>, name: &str) -> Result<bool, Problem> {
    Ok(transaction.execute("DELETE FROM subscriptions WHERE name = ?1", [name])? == 1)
}

/// Moves a subscription to any position: everything after it is delivered (again).
pub(crate) fn rewind(transaction: &Transaction<'_>, name: &str, position: i64) -> Result<bool, Problem> {
    let mut statement =
        transaction.prepare_cached("UPDATE subscriptions SET position = ?2, gone = 0 WHERE name = ?1")?;
    Ok(statement.execute((name, position))? == 1)
}

/// Moves on after an event, unless someone rewound the subscription meanwhile.
pub(crate) fn advance(transaction: &Transaction<'_>, from: &Subscription, position: i64) -> Result<(), Problem> {
    transaction
        .prepare_cached("UPDATE subscriptions SET position = ?3 WHERE key = ?1 AND position = ?2")?
        .execute((from.key, from.position, position))?;
    Ok(())
}

/// Notes that the sink wants no more.
pub(crate) fn mark_gone(transaction: &Transaction<'_>, key: i64) -> Result<(), Problem> {
    transaction.execute("UPDATE subscriptions SET gone = 1 WHERE key = ?1", [key])?;
    Ok(())
}

/// All subscriptions, by name.
pub(crate) fn all(transaction: &Transaction<'_>) -> Result<Vec<Subscription>, Problem> {
    let mut statement = transaction.prepare_cached(&format!("{SELECT} ORDER BY name"))?;
    let rows = statement.query_map([], subscription)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The subscription of this name.
pub(crate) fn find(transaction: &Transaction<'_>, name: &str) -> Result<Option<Subscription>, Problem> {
    let mut statement = transaction.prepare_cached(&format!("{SELECT} WHERE name = ?1"))?;
    Ok(statement.query_row([name], subscription).optional()?)
}

/// The subscription with this key, for its worker: without counting what waits.
pub(crate) fn by_key(transaction: &Transaction<'_>, key: i64) -> Result<Option<Subscription>, Problem> {
    let mut statement =
        transaction.prepare_cached("SELECT *, 0 AS waiting, 0 AS dead_letters FROM subscriptions WHERE key = ?1")?;
    Ok(statement.query_row([key], subscription).optional()?)
}

fn subscription(row: &Row<'_>) -> rusqlite::Result<Subscription> {
    let types: String = row.get("types")?;
    Ok(Subscription {
        key: row.get("key")?,
        name: row.get("name")?,
        types: serde_json::from_str(&types).unwrap_or_default(),
        sink: row.get("sink")?,
        from_file: row.get("from_file")?,
        position: row.get("position")?,
        gone: row.get("gone")?,
        waiting: row.get("waiting")?,
        dead_letters: row.get("dead_letters")?,
    })
}
