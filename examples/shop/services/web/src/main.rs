//! The page where a person buys something and watches the order move.
//!
//! It keeps nothing: any replica can answer any request, so there can be two of
//! them, and a new version replaces them one by one while people shop.

mod http;
mod pages;
mod storefront;

use std::process::ExitCode;

use shopkit::{Error, config, server};

fn main() -> ExitCode {
    shopkit::run("web", start)
}

async fn start() -> Result<(), Error> {
    let storefront = storefront::Storefront::new(config::required("STOREFRONT_URL")?);
    server::serve(http::router(storefront)).await
}
