//! What the page asks the storefront, over HTTP.

use std::{
    thread,
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use serde::{Deserialize, de::DeserializeOwned};
use shopkit::{Problem, backoff, client};

/// A product as the shop shows it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Offer {
    pub(crate) sku: String,
    pub(crate) seller: String,
    pub(crate) kind: String,
    pub(crate) title: String,
    pub(crate) creator: String,
    pub(crate) price_cents: i64,
}

/// An order and what became of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Progress {
    pub(crate) order_id: String,
    pub(crate) customer: String,
    pub(crate) title: String,
    pub(crate) seller: String,
    pub(crate) quantity: i64,
    pub(crate) total_cents: i64,
    pub(crate) status: String,
    pub(crate) reason: Option<String>,
    pub(crate) points: Option<i64>,
    pub(crate) balance: Option<i64>,
}

/// The storefront has one replica, which is away for a moment when it is
/// replaced. A person need not notice: the page waits this long for it.
const PATIENCE: Duration = Duration::from_secs(10);

/// The storefront's API.
#[derive(Clone)]
pub(crate) struct Storefront {
    agent: ureq::Agent,
    url: String,
}

impl Storefront {
    pub(crate) fn new(url: String) -> Self {
        Self { agent: client::new(Duration::from_secs(5)), url }
    }

    pub(crate) fn offers(&self) -> Result<Vec<Offer>, Problem> {
        self.get("/products")
    }

    pub(crate) fn offer(&self, sku: &str) -> Result<Offer, Problem> {
        self.get(&format!("/products/{}", segment(sku)))
    }

    pub(crate) fn order(&self, order_id: &str) -> Result<Progress, Problem> {
        self.get(&format!("/orders/{}", segment(order_id)))
    }

    /// Places an order. The number makes it safe to send again after a lost answer.
    pub(crate) fn place(&self, order_id: &str, customer: &str, sku: &str, quantity: i64) -> Result<Progress, Problem> {
        let url = format!("{}/orders/{}", self.url, segment(order_id));
        let wish = serde_json::json!({ "customer": customer, "sku": sku, "quantity": quantity }).to_string();
        patiently(|| self.agent.put(&url).content_type("application/json").send(&wish))
    }

    fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Problem> {
        patiently(|| self.agent.get(format!("{}{path}", self.url)).call())
    }
}

type Answer = Result<ureq::http::Response<ureq::Body>, ureq::Error>;

/// Repeats a request that may be repeated, until it is answered or patience ends.
fn patiently<T: DeserializeOwned>(request: impl Fn() -> Answer) -> Result<T, Problem> {
    let started = Instant::now();
    let mut attempt = 0;
    loop {
        let why = match request() {
            Ok(response) if !matches!(response.status().as_u16(), 502..=504) => return read(response),
            Ok(response) => response.status().to_string(),
            Err(error) => error.to_string(),
        };
        attempt += 1;
        if started.elapsed() > PATIENCE {
            shopkit::log!("the storefront does not answer", error = why);
            return Err(Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "The shop takes a short break. Please try again.",
            ));
        }
        thread::sleep(backoff::delay(attempt, Duration::from_millis(50), Duration::from_secs(1)));
    }
}

fn read<T: DeserializeOwned>(mut response: ureq::http::Response<ureq::Body>) -> Result<T, Problem> {
    let broken =
        |error: String| Problem::new(StatusCode::BAD_GATEWAY, format!("The storefront's answer is broken: {error}"));
    let status = response.status();
    let text = response.body_mut().read_to_string().map_err(|error| broken(error.to_string()))?;
    if status.is_success() {
        return serde_json::from_str(&text).map_err(|error| broken(error.to_string()));
    }
    let problem: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    Err(Problem::new(status, problem["detail"].as_str().unwrap_or("The storefront refused this.")))
}

/// Keeps what a person typed into the address bar inside one path segment.
fn segment(text: &str) -> String {
    text.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect()
}
