//! Adds points for confirmed orders: the service that Gull Records brought along.
//!
//! It works, it was written before anybody thought about redelivery, and nobody
//! knows what it does when an event comes twice. Its contract says so:
//! `guarantee: unknown`. **This is the one service not to copy**; finding out
//! what it does is what a drill is for, and the repair is in the README.

mod events;
mod http;
mod mail;

use std::process::ExitCode;

use shopkit::{Database, Error, config, outbox, server, webhook};

fn main() -> ExitCode {
    shopkit::run("loyalty", start)
}

async fn start() -> Result<(), Error> {
    let directory = config::required("DATA_DIR")?;
    // An outbox, but no inbox.
    let database = Database::open(&directory, "loyalty", &[include_str!("../schema.sql"), outbox::TABLE])?;
    outbox::start_relay(&database)?;
    let mailer = mail::Mailer::from_environment();
    let receiver = webhook::receiver(&database, move |transaction, event| events::handle(transaction, &mailer, event));
    server::serve(http::router(database).merge(receiver)).await
}
