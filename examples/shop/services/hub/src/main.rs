//! A small event hub. Producers post events; each is written to a log and only
//! then acknowledged; every subscription gets its events in order, at least
//! once, from wherever in the log it wants to begin.
//!
//! It is here so that the whole shop runs on one machine without anything else.
//! What takes its place in production, and what stays the same, is in the
//! README next to this folder, and on the page that it serves at `/`.

mod dead_letters;
mod delivery;
mod events;
mod file;
mod http;
mod page;
mod subscriptions;
mod worker;

use std::process::ExitCode;

use shopkit::{Database, Error, config, server};

fn main() -> ExitCode {
    shopkit::run("hub", start)
}

async fn start() -> Result<(), Error> {
    let directory = config::required("DATA_DIR")?;
    let database = Database::open(&directory, "hub", &[include_str!("../schema.sql")])?;
    let workers = worker::Workers::from_environment(&database)?;
    if let Some(path) = config::optional("SUBSCRIPTIONS") {
        file::follow(path, &database, &workers)?;
    }
    workers.start_missing()?;
    server::serve(http::router(database, workers)).await
}
