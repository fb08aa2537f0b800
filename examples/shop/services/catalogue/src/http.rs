//! The HTTP API: `contracts/catalogue.openapi.yaml`.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::get,
};
use models::Product;
use rusqlite::Transaction;
use shopkit::{Database, Problem};

use crate::{
    Company,
    products::{self, Draft},
};

#[derive(Clone)]
struct Catalogue {
    database: Database,
    company: Arc<Company>,
}

pub(crate) fn router(database: Database, company: Company) -> Router {
    Router::new()
        .route("/products", get(list))
        .route("/products/{sku}", get(show).put(change))
        .with_state(Catalogue { database, company: Arc::new(company) })
}

async fn list(State(catalogue): State<Catalogue>) -> Result<Json<Vec<Product>>, Problem> {
    catalogue.database.run(products::all).map(Json)
}

async fn show(State(catalogue): State<Catalogue>, Path(sku): Path<String>) -> Result<Json<Product>, Problem> {
    let product = catalogue.database.run(|transaction| products::find(transaction, &sku))?;
    product.map(Json).ok_or_else(|| Problem::not_found(format!("product `{sku}`")))
}

async fn change(
    State(catalogue): State<Catalogue>,
    Path(sku): Path<String>,
    Json(draft): Json<Draft>,
) -> Result<Json<Product>, Problem> {
    let change = |transaction: &Transaction<'_>| products::change(transaction, &catalogue.company, sku, draft);
    catalogue.database.run(change).map(Json)
}
