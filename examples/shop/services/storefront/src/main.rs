//! Takes orders. It knows every company's products from their events, decides
//! about an order alone, and learns from events what became of it.

mod events;
mod http;
mod orders;
mod products;

use std::process::ExitCode;

use shopkit::{Database, Error, config, inbox, outbox, server, webhook};

fn main() -> ExitCode {
    shopkit::run("storefront", start)
}

async fn start() -> Result<(), Error> {
    let directory = config::required("DATA_DIR")?;
    let tables = [include_str!("../schema.sql"), inbox::TABLE, outbox::TABLE];
    let database = Database::open(&directory, "storefront", &tables)?;
    outbox::start_relay(&database)?;
    let router = http::router(database.clone()).merge(webhook::receiver(&database, events::handle));
    server::serve(router).await
}
