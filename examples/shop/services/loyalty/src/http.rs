//! The HTTP API: `contracts/loyalty.openapi.yaml`.

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::get,
};
use rusqlite::{Row, Transaction};
use serde::Serialize;
use shopkit::{Database, Problem};

#[derive(Serialize)]
struct Account {
    customer: String,
    points: i64,
}

pub(crate) fn router(database: Database) -> Router {
    Router::new().route("/accounts", get(list)).route("/accounts/{customer}", get(show)).with_state(database)
}

async fn list(State(database): State<Database>) -> Result<Json<Vec<Account>>, Problem> {
    let accounts = |transaction: &Transaction<'_>| -> Result<Vec<Account>, Problem> {
        let mut statement = transaction.prepare_cached("SELECT customer, points FROM accounts ORDER BY customer")?;
        let rows = statement.query_map([], account)?;
        Ok(rows.collect::<Result<_, _>>()?)
    };
    database.run(accounts).map(Json)
}

async fn show(State(database): State<Database>, Path(customer): Path<String>) -> Result<Json<Account>, Problem> {
    let find = |transaction: &Transaction<'_>| -> Result<Option<Account>, Problem> {
        let mut statement = transaction.prepare_cached("SELECT customer, points FROM accounts WHERE customer = ?1")?;
        Ok(statement.query_map([&customer], account)?.next().transpose()?)
    };
    let account = database.run(find)?;
    account.map(Json).ok_or_else(|| Problem::not_found(format!("account of `{customer}`")))
}

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account { customer: row.get("customer")?, points: row.get("points")? })
}
