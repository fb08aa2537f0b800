//! The outbox: events that this service has to tell the hub.
//!
//! "Save the order, then publish the event" loses events: the service may die
//! in between. So the event is written as a row, in the **same transaction** as
//! the order, and a relay posts rows to the hub until it has accepted them. If
//! the relay dies after posting and before deleting, it posts again: at least
//! once, never "perhaps".

use std::{thread, time::Duration};

use rusqlite::Transaction;

use crate::{CloudEvent, Database, Error, Problem, backoff, client, config, event};

/// The outbox's table.
pub const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS outbox (
        position INTEGER PRIMARY KEY AUTOINCREMENT,   -- events leave in this order
        event    TEXT NOT NULL
    ) STRICT;";

const BATCH: u32 = 100;

/// Adds an event to what has to be told, as part of the transaction.
pub fn put(transaction: &Transaction<'_>, event: &CloudEvent) -> rusqlite::Result<()> {
    let text = serde_json::to_string(event).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    transaction.prepare_cached("INSERT INTO outbox (event) VALUES (?1)")?.execute([text])?;
    Ok(())
}

/// Starts the relay: a thread that posts what is in the outbox to `HUB_URL`, for ever.
pub fn start_relay(database: &Database) -> Result<(), Error> {
    let hub = config::required("HUB_URL")?;
    let relay = Relay { database: database.clone(), agent: client::new(Duration::from_secs(10)), hub };
    let spawned = thread::Builder::new().name("relay".into()).spawn(move || relay.run());
    let thread = spawned.map_err(|cause| Error::Io { what: "the relay's thread".into(), cause })?;
    database.watch(thread.thread().clone());
    Ok(())
}

struct Relay {
    database: Database,
    agent: ureq::Agent,
    hub: String,
}

impl Relay {
    fn run(&self) {
        let mut failures = 0;
        loop {
            match self.step() {
                Ok(true) => failures = 0,
                // Every commit unparks this thread; the timeout is a safety net.
                Ok(false) => thread::park_timeout(Duration::from_secs(5)),
                Err(problem) => {
                    failures += 1;
                    crate::log!(
                        "the hub takes no events, they wait in the outbox",
                        failures = failures,
                        error = problem
                    );
                    thread::sleep(backoff::delay(failures, Duration::from_millis(100), Duration::from_secs(5)));
                }
            }
        }
    }

    /// Posts the oldest events; false if there were none.
    fn step(&self) -> Result<bool, String> {
        let (last, batch) = self.database.run(oldest).map_err(|problem| problem.detail)?;
        if batch.is_empty() {
            return Ok(false);
        }
        let mut response = self
            .agent
            .post(format!("{}/events", self.hub))
            .content_type(event::BATCH)
            .send(format!("[{}]", batch.join(",")))
            .map_err(|error| error.to_string())?;
        if response.status() != 202 {
            let said = response.body_mut().read_to_string().unwrap_or_default();
            return Err(format!("{}: {said}", response.status()));
        }
        self.database.run(|transaction| forget(transaction, last)).map_err(|problem| problem.detail)?;
        Ok(true)
    }
}

fn oldest(transaction: &Transaction<'_>) -> Result<(i64, Vec<String>), Problem> {
    let mut statement = transaction.prepare_cached("SELECT position, event FROM outbox ORDER BY position LIMIT ?1")?;
    let rows = statement.query_map([BATCH], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let rows: Vec<(i64, String)> = rows.collect::<Result<_, _>>()?;
    let last = rows.last().map_or(0, |(position, _)| *position);
    Ok((last, rows.into_iter().map(|(_, event)| event).collect()))
}

fn forget(transaction: &Transaction<'_>, last: i64) -> Result<(), Problem> {
    transaction.execute("DELETE FROM outbox WHERE position <= ?1", [last])?;
    Ok(())
}
