//! The HTTP API: `contracts/warehouse.openapi.yaml`.

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, put},
};
use serde::Deserialize;
use shopkit::{Database, Problem};

use crate::stock::{self, Decision, Stock};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Count {
    on_hand: u32,
}

pub(crate) fn router(database: Database) -> Router {
    Router::new()
        .route("/stock", get(list_stock))
        .route("/stock/{sku}", put(count))
        .route("/reservations", get(list_reservations))
        .with_state(database)
}

async fn list_stock(State(database): State<Database>) -> Result<Json<Vec<Stock>>, Problem> {
    database.run(stock::all).map(Json)
}

async fn list_reservations(State(database): State<Database>) -> Result<Json<Vec<Decision>>, Problem> {
    database.run(stock::decisions).map(Json)
}

async fn count(
    State(database): State<Database>,
    Path(sku): Path<String>,
    Json(Count { on_hand }): Json<Count>,
) -> Result<StatusCode, Problem> {
    match database.run(|transaction| stock::count(transaction, &sku, on_hand.into()))? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::not_found(format!("stock of `{sku}`"))),
    }
}
