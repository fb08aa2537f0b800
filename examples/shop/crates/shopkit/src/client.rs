//! A small HTTP client. Plain HTTP: inside a cluster encryption is the network's
//! job (WireGuard in the CNI, or a service mesh).

use std::time::Duration;

/// A client that gives up after `timeout`, follows no redirect, and leaves
/// statuses such as 404 to the caller.
pub fn new(timeout: Duration) -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(timeout))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .user_agent("shop")
        .build()
        .into()
}

/// Waits for a call from inside an asynchronous handler; tokio moves its other
/// tasks to another thread meanwhile.
pub fn block<T>(call: impl FnOnce() -> T) -> T {
    tokio::task::block_in_place(call)
}
