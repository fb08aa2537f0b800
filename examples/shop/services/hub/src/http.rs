//! The HTTP API: `contracts/hub.openapi.yaml`.

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::Html,
    routing::{delete, get, post, put},
};
use serde::Deserialize;
use shopkit::{Database, Problem, event};

use crate::{
    dead_letters::{self, DeadLetter},
    delivery::Verdict,
    events::{self, Entry, Log},
    page,
    subscriptions::{self, Subscription, Wish},
    worker::Workers,
};

const LARGEST_BATCH: usize = 16 * 1024 * 1024;

#[derive(Clone)]
struct Hub {
    database: Database,
    workers: Workers,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    after: i64,
    limit: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Replay {
    /// The last position that is *not* delivered again: 0 for everything.
    after: i64,
}

pub(crate) fn router(database: Database, workers: Workers) -> Router {
    Router::new()
        .route("/", get(show_page))
        .route("/events", post(publish).layer(DefaultBodyLimit::max(LARGEST_BATCH)))
        .route("/logs", get(list_logs))
        .route("/logs/{type}", get(read_log))
        .route("/subscriptions", get(list_subscriptions))
        .route("/subscriptions/{name}", put(subscribe).get(show_subscription).delete(unsubscribe))
        .route("/subscriptions/{name}/replay", post(replay))
        .route("/dead-letters", get(list_dead_letters))
        .route("/dead-letters/{subscription}/{position}", delete(discard))
        .route("/dead-letters/{subscription}/{position}/resend", post(resend))
        .with_state(Hub { database, workers })
}

/// 202 only after the events are on the disk: from then on they are ours to lose.
async fn publish(State(hub): State<Hub>, headers: HeaderMap, body: Bytes) -> Result<StatusCode, Problem> {
    let events = event::from_request(&headers, &body)?;
    hub.database.run(|transaction| events::append(transaction, &events))?;
    Ok(StatusCode::ACCEPTED)
}

async fn list_logs(State(hub): State<Hub>) -> Result<Json<Vec<Log>>, Problem> {
    hub.database.run(events::logs).map(Json)
}

async fn read_log(
    State(hub): State<Hub>,
    Path(event_type): Path<String>,
    Query(page): Query<Page>,
) -> Result<Json<Vec<Entry>>, Problem> {
    let limit = page.limit.unwrap_or(100).min(1000);
    hub.database.run(|transaction| events::read(transaction, &event_type, page.after, limit)).map(Json)
}

async fn list_subscriptions(State(hub): State<Hub>) -> Result<Json<Vec<Subscription>>, Problem> {
    hub.database.run(subscriptions::all).map(Json)
}

async fn show_subscription(State(hub): State<Hub>, Path(name): Path<String>) -> Result<Json<Subscription>, Problem> {
    hub.database.run(|transaction| require(transaction, &name)).map(Json)
}

fn require(transaction: &rusqlite::Transaction<'_>, name: &str) -> Result<Subscription, Problem> {
    subscriptions::find(transaction, name)?.ok_or_else(|| Problem::not_found(format!("subscription `{name}`")))
}

async fn subscribe(
    State(hub): State<Hub>,
    Path(name): Path<String>,
    Json(wish): Json<Wish>,
) -> Result<Json<Subscription>, Problem> {
    let subscription = hub.database.run(|transaction| {
        refuse_if_from_file(transaction, &name)?;
        subscriptions::put(transaction, &name, &wish, false)?;
        require(transaction, &name)
    })?;
    start(&hub)?;
    Ok(Json(subscription))
}

async fn unsubscribe(State(hub): State<Hub>, Path(name): Path<String>) -> Result<StatusCode, Problem> {
    let removed = hub.database.run(|transaction| {
        refuse_if_from_file(transaction, &name)?;
        subscriptions::remove(transaction, &name)
    })?;
    done(removed, || format!("subscription `{name}`"))
}

/// What a file says, the file has to change: it would be back at the next start.
fn refuse_if_from_file(transaction: &rusqlite::Transaction<'_>, name: &str) -> Result<(), Problem> {
    match subscriptions::find(transaction, name)? {
        Some(one) if one.from_file => {
            Err(Problem::conflict(format!("subscription `{name}` comes from the subscriptions file: change it there")))
        }
        _ => Ok(()),
    }
}

async fn replay(
    State(hub): State<Hub>,
    Path(name): Path<String>,
    Json(Replay { after }): Json<Replay>,
) -> Result<StatusCode, Problem> {
    if after < 0 {
        return Err(Problem::invalid("`after` is a position: 0 or more"));
    }
    let moved = hub.database.run(|transaction| subscriptions::rewind(transaction, &name, after))?;
    done(moved, || format!("subscription `{name}`"))
}

async fn list_dead_letters(State(hub): State<Hub>) -> Result<Json<Vec<DeadLetter>>, Problem> {
    hub.database.run(dead_letters::all).map(Json)
}

async fn discard(State(hub): State<Hub>, Path((name, position)): Path<(String, i64)>) -> Result<StatusCode, Problem> {
    let removed = hub.database.run(|transaction| dead_letters::remove(transaction, &name, position))?;
    done(removed, || format!("dead letter {position} of `{name}`"))
}

/// Tries a dead letter once more; it is one no longer when the sink takes it.
async fn resend(State(hub): State<Hub>, Path((name, position)): Path<(String, i64)>) -> Result<StatusCode, Problem> {
    let missing = || Problem::not_found(format!("dead letter {position} of `{name}`"));
    let (sink, entry) = hub.database.run(|transaction| {
        let is_dead =
            dead_letters::all(transaction)?.iter().any(|one| one.subscription == name && one.position == position);
        let entry = events::at(transaction, position)?.filter(|_| is_dead).ok_or_else(missing)?;
        Ok::<_, Problem>((require(transaction, &name)?.sink, entry))
    })?;
    let courier = hub.workers.courier();
    let verdict = shopkit::client::block(|| match courier.ask(&sink) {
        Ok(_) => courier.deliver(&sink, entry.event.get()),
        Err(why) => Verdict::Later(why, None),
    });
    match verdict {
        Verdict::Delivered => hub
            .database
            .run(|transaction| dead_letters::remove(transaction, &name, position))
            .map(|_| StatusCode::NO_CONTENT),
        Verdict::Gone => Err(Problem::new(StatusCode::BAD_GATEWAY, "the sink is gone for good (410)")),
        Verdict::Never(why) | Verdict::Later(why, _) => Err(Problem::new(StatusCode::BAD_GATEWAY, why)),
    }
}

async fn show_page(State(hub): State<Hub>) -> Result<Html<String>, Problem> {
    let parts = |transaction: &rusqlite::Transaction<'_>| -> Result<_, Problem> {
        Ok((events::logs(transaction)?, subscriptions::all(transaction)?, dead_letters::all(transaction)?))
    };
    let (logs, subscriptions, dead_letters) = hub.database.run(parts)?;
    Ok(Html(page::render(&logs, &subscriptions, &dead_letters)))
}

fn start(hub: &Hub) -> Result<(), Problem> {
    hub.workers.start_missing().map_err(|error| Problem::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()))
}

fn done(found: bool, what: impl Fn() -> String) -> Result<StatusCode, Problem> {
    if found { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found(what())) }
}
