//! Counts stock and reserves it for orders. Reserving twice for one order would
//! leave goods on the shelf that nobody can buy: see [`stock::reserve`].

mod events;
mod http;
mod stock;

use std::process::ExitCode;

use shopkit::{Database, Error, config, inbox, outbox, server, webhook};

fn main() -> ExitCode {
    shopkit::run("warehouse", start)
}

async fn start() -> Result<(), Error> {
    let directory = config::required("DATA_DIR")?;
    let tables = [include_str!("../schema.sql"), inbox::TABLE, outbox::TABLE];
    let database = Database::open(&directory, "warehouse", &tables)?;
    outbox::start_relay(&database)?;
    let router = http::router(database.clone()).merge(webhook::receiver(&database, events::handle));
    server::serve(router).await
}
