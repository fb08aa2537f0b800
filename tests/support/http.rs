//! A blocking HTTP client, for what runs on this machine.

use std::time::{Duration, Instant};

use serde_json::Value;
use ureq::Agent;

/// An answer: status and text.
pub type Answer = Result<(u16, String), String>;

/// A client that goes through no proxy, and gives up after a while.
pub fn client(timeout: Duration) -> Agent {
    Agent::config_builder().http_status_as_error(false).proxy(None).timeout_global(Some(timeout)).build().into()
}

fn answer(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Answer {
    let mut response = response.map_err(|error| error.to_string())?;
    let text = response.body_mut().read_to_string().map_err(|error| error.to_string())?;
    Ok((response.status().as_u16(), text))
}

/// Asks once.
pub fn get(url: &str) -> Answer {
    answer(client(Duration::from_secs(10)).get(url).call())
}

/// Asks until the answer is 200: a Service is ready a moment before the node's rules send requests on.
pub fn get_soon(url: &str) -> String {
    let mut last = None;
    let found = eventually(15, || match get(url) {
        Ok((200, text)) => Some(text),
        other => {
            last = Some(other);
            None
        }
    });
    found.unwrap_or_else(|| panic!("{url}: {last:?}"))
}

/// Sends a document.
pub fn send(method: &str, url: &str, document: &Value) -> Answer {
    let request = ureq::http::Request::builder()
        .method(method)
        .uri(url)
        .header("content-type", "application/json")
        .body(document.to_string())
        .map_err(|error| error.to_string())?;
    answer(client(Duration::from_secs(20)).run(request))
}

/// A document that must be there.
pub fn json(url: &str) -> Value {
    match get(url) {
        Ok((200, text)) => serde_json::from_str(&text).unwrap_or_else(|error| panic!("{url}: {error}: {text}")),
        other => panic!("{url}: {other:?}"),
    }
}

/// Waits until something holds, and fails the test if that takes too long.
pub fn wait_until(what: &str, seconds: u64, mut holds: impl FnMut() -> bool) {
    let held = eventually(seconds, || holds().then_some(()));
    assert!(held.is_some(), "after {seconds} seconds still not: {what}");
}

/// Repeats until there is something, for a bounded time.
pub fn eventually<T>(seconds: u64, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + Duration::from_secs(seconds);
    loop {
        if let Some(found) = look() {
            return Some(found);
        }
        if Instant::now() > end {
            return None;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
