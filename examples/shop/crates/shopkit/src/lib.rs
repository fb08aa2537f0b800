//! What every service of the shop shares, small enough to read in one sitting:
//!
//! | module | what it gives a service |
//! |---|---|
//! | [`event`] | the CloudEvent, and how one is read from an HTTP request |
//! | [`database`] | its own SQLite file, and transactions |
//! | [`outbox`] | "change my data *and* tell the others" as one transaction |
//! | [`inbox`] | "have I handled this event before?" in the same transaction as the effect |
//! | [`webhook`] | the endpoint that the hub delivers to |
//! | [`server`] | HTTP with health endpoints and an end that loses no request |
//! | [`client`], [`backoff`], [`html`], [`config`], [`log`], [`problem`] | the small rest |

pub mod backoff;
pub mod client;
pub mod config;
pub mod database;
pub mod event;
pub mod html;
pub mod inbox;
pub mod log;
pub mod outbox;
pub mod problem;
pub mod server;
pub mod webhook;

pub use database::Database;
pub use event::CloudEvent;
pub use problem::Problem;

use std::process::ExitCode;

/// Why a service could not start or had to end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A variable without a default was not set.
    #[error("environment variable `{0}` is not set: the README lists what each service reads")]
    Missing(&'static str),
    /// A variable or a file has a value that makes no sense.
    #[error("{what}: {problem}")]
    Invalid {
        /// The variable or file.
        what: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The database cannot be opened or written.
    #[error("database: {0}")]
    Database(#[from] rusqlite::Error),
    /// A file or socket does not do as asked.
    #[error("{what}: {cause}")]
    Io {
        /// The file or address.
        what: String,
        /// What the operating system said.
        cause: std::io::Error,
    },
}

/// Runs one service to its end: its name for the log, then its own `start`.
pub fn run<F>(service: &'static str, start: impl FnOnce() -> F) -> ExitCode
where
    F: Future<Output = Result<(), Error>>,
{
    log::name_service(service);
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(cause) => {
            crate::log!("cannot start", error = cause.to_string());
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(async { start().await }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            crate::log!("ended with an error", error = error.to_string());
            ExitCode::FAILURE
        }
    }
}
