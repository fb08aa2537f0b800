//! The HTTP API: `contracts/storefront.openapi.yaml`.

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use shopkit::{Database, Problem};

use crate::{
    orders::{self, Progress, Wish},
    products::{self, Offer},
};

pub(crate) fn router(database: Database) -> Router {
    Router::new()
        .route("/products", get(list_products))
        .route("/products/{sku}", get(show_product))
        .route("/orders", get(list_orders))
        .route("/orders/{order_id}", get(show_order).put(place_order))
        .with_state(database)
}

async fn list_products(State(database): State<Database>) -> Result<Json<Vec<Offer>>, Problem> {
    database.run(products::on_sale).map(Json)
}

async fn show_product(State(database): State<Database>, Path(sku): Path<String>) -> Result<Json<Offer>, Problem> {
    let offer = database.run(|transaction| products::find(transaction, &sku))?;
    offer.map(Json).ok_or_else(|| Problem::not_found(format!("product `{sku}`")))
}

async fn list_orders(State(database): State<Database>) -> Result<Json<Vec<Progress>>, Problem> {
    database.run(orders::all).map(Json)
}

async fn show_order(State(database): State<Database>, Path(order_id): Path<String>) -> Result<Json<Progress>, Problem> {
    let progress = database.run(|transaction| orders::find(transaction, &order_id))?;
    progress.map(Json).ok_or_else(|| Problem::not_found(format!("order `{order_id}`")))
}

async fn place_order(
    State(database): State<Database>,
    Path(order_id): Path<String>,
    Json(wish): Json<Wish>,
) -> Result<(StatusCode, Json<Progress>), Problem> {
    let (is_new, progress) = database.run(|transaction| orders::place(transaction, &order_id, wish))?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    if is_new {
        shopkit::log!("order placed", order = order_id);
    }
    Ok((status, Json(progress)))
}
