//! The receiving end of the CloudEvents webhook specification: `OPTIONS` to ask
//! whether events are welcome, `POST` to deliver them.

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    routing::post,
};
use rusqlite::Transaction;

use crate::{CloudEvent, Database, Problem, config, event};

type Handler = dyn Fn(&Transaction<'_>, &CloudEvent) -> Result<(), Problem> + Send + Sync;

#[derive(Clone)]
struct Receiver {
    database: Database,
    handle: Arc<Handler>,
    token: Option<Arc<str>>,
}

/// The route `/events`: each event that arrives is given to `handle` in a
/// transaction of its own.
///
/// The answer is 204 when the effect is on the disk; 4xx when the event is
/// wrong and another attempt is pointless; 5xx when it should come again. If
/// `WEBHOOK_TOKEN` is set, only deliveries that carry it are taken.
pub fn receiver<H>(database: &Database, handle: H) -> Router
where
    H: Fn(&Transaction<'_>, &CloudEvent) -> Result<(), Problem> + Send + Sync + 'static,
{
    let receiver = Receiver {
        database: database.clone(),
        handle: Arc::new(handle),
        token: config::optional("WEBHOOK_TOKEN").map(Into::into),
    };
    Router::new().route("/events", post(receive).options(handshake)).with_state(receiver)
}

/// The handshake: "yes, send me events". Without it the hub delivers nothing,
/// so nobody can point it at a system that never asked for events.
async fn handshake(headers: HeaderMap) -> (StatusCode, HeaderMap) {
    let mut answer = HeaderMap::from_iter([(header::ALLOW, HeaderValue::from_static("OPTIONS, POST"))]);
    if let Some(origin) = headers.get("webhook-request-origin") {
        answer.insert(HeaderName::from_static("webhook-allowed-origin"), origin.clone());
        answer.insert(HeaderName::from_static("webhook-allowed-rate"), HeaderValue::from_static("*"));
    }
    (StatusCode::OK, answer)
}

async fn receive(
    State(receiver): State<Receiver>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    if !receiver.admits(&headers, query.as_deref()) {
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "the delivery carries no valid token"));
    }
    for event in event::from_request(&headers, &body)? {
        receiver.database.run(|transaction| (receiver.handle)(transaction, &event))?;
    }
    Ok(StatusCode::NO_CONTENT)
}

impl Receiver {
    /// The specification wants both ways to be accepted: header and query.
    fn admits(&self, headers: &HeaderMap, query: Option<&str>) -> bool {
        let Some(token) = self.token.as_deref() else { return true };
        let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let pairs = query.unwrap_or_default().split('&');
        header.and_then(|value| value.strip_prefix("Bearer ")) == Some(token)
            || pairs.filter_map(|pair| pair.strip_prefix("access_token=")).any(|value| value == token)
    }
}
