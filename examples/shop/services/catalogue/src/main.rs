//! A company's products. The same program runs once per company (Harbour Books,
//! Gull Records), each with its own database, its own name and its own event type.

mod http;
mod products;

use std::process::ExitCode;

use shopkit::{Database, Error, config, outbox, server};

/// Which company this is, from the environment.
pub(crate) struct Company {
    /// The name that customers see, such as `Harbour Books`.
    name: String,
    /// What the company's events say in `source`.
    source: String,
    /// The type of its event: the company's reversed domain name and the common ending.
    event_type: String,
}

fn main() -> ExitCode {
    shopkit::run("catalogue", start)
}

async fn start() -> Result<(), Error> {
    let company = Company {
        name: config::required("COMPANY")?,
        source: config::required("EVENT_SOURCE")?,
        event_type: format!("{}{}", config::required("EVENT_PREFIX")?, models::event_types::PRODUCT_CHANGED),
    };
    let directory = config::required("DATA_DIR")?;
    let database = Database::open(&directory, "catalogue", &[include_str!("../schema.sql"), outbox::TABLE])?;
    if let Some(file) = config::optional("PRODUCTS") {
        products::seed(&database, &company, &file)?;
    }
    outbox::start_relay(&database)?;
    server::serve(http::router(database, company)).await
}
