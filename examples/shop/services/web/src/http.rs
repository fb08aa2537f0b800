//! The page's routes.

use axum::{
    Form, Router,
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;
use shopkit::{Problem, client::block};

use crate::{pages, storefront::Storefront};

/// What the form sends.
#[derive(Deserialize)]
struct Wish {
    order: String,
    sku: String,
    customer: String,
    quantity: i64,
}

/// A problem as a page, for a person.
struct Sorry(Problem);

impl From<Problem> for Sorry {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for Sorry {
    fn into_response(self) -> Response {
        (self.0.status, Html(pages::sorry(&self.0))).into_response()
    }
}

pub(crate) fn router(storefront: Storefront) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/products/{sku}", get(product))
        .route("/orders", post(buy))
        .route("/orders/{order}", get(order))
        .route("/orders/{order}/progress", get(progress))
        .route("/style.css", get(|| asset("text/css; charset=utf-8", include_str!("pages/style.css"))))
        .route("/icon.svg", get(|| asset("image/svg+xml", include_str!("pages/icon.svg"))))
        .route("/order.js", get(|| asset("text/javascript; charset=utf-8", include_str!("pages/order.js"))))
        .fallback(async || Sorry(Problem::new(StatusCode::NOT_FOUND, "There is no such page.")))
        .layer(middleware::from_fn(guard))
        .with_state(storefront)
}

async fn home(State(storefront): State<Storefront>) -> Result<Html<String>, Sorry> {
    Ok(Html(pages::home(&block(|| storefront.offers())?)))
}

/// The form carries the number of the order that it will place: pressing the
/// button twice places it once.
async fn product(State(storefront): State<Storefront>, Path(sku): Path<String>) -> Result<Html<String>, Sorry> {
    let offer = block(|| storefront.offer(&sku))?;
    Ok(Html(pages::product(&offer, &uuid::Uuid::new_v4().to_string())))
}

async fn buy(State(storefront): State<Storefront>, Form(wish): Form<Wish>) -> Result<Redirect, Sorry> {
    let customer = wish.customer.trim();
    let placed = block(|| storefront.place(&wish.order, customer, &wish.sku, wish.quantity))?;
    Ok(Redirect::to(&format!("/orders/{}", placed.order_id)))
}

async fn order(State(storefront): State<Storefront>, Path(order): Path<String>) -> Result<Html<String>, Sorry> {
    Ok(Html(pages::order(&block(|| storefront.order(&order))?)))
}

/// The moving part of the order's page, which the script asks for again and again.
async fn progress(State(storefront): State<Storefront>, Path(order): Path<String>) -> Result<Html<String>, Sorry> {
    Ok(Html(pages::progress(&block(|| storefront.order(&order))?)))
}

async fn asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=60")], text)
}

/// Nothing but what we serve ourselves runs in the browser.
async fn guard(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"),
    );
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
