//! Written by `cargo run -p models --bin generate` from `contracts/models`.
//! Change the models, not this file: a test compares the two.

use serde::{Deserialize, Serialize};

use crate::model;

/// What a customer bought, at the price of that moment. Owned by the storefront.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// The name that the customer goes by, and that the loyalty account is kept under.
    pub customer: String,
    /// Chosen by whoever places the order, so that sending it again cannot place it twice.
    pub order_id: String,
    /// `placedAt` of the model.
    pub placed_at: String,
    /// Price of one, in euro cents, when the order was placed.
    pub price_cents: i64,
    /// `quantity` of the model.
    pub quantity: i64,
    /// `seller` of the model.
    pub seller: String,
    /// `sku` of the model.
    pub sku: String,
    /// `title` of the model.
    pub title: String,
    /// `totalCents` of the model.
    pub total_cents: i64,
}

model!(Order, "https://contracts.harbourbooks.example/models/v1/order", "order.schema.yaml");

/// Points that a customer got for an order. Owned by loyalty.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Points {
    /// All points of the customer, these included.
    pub balance: i64,
    /// `customer` of the model.
    pub customer: String,
    /// `orderId` of the model.
    pub order_id: String,
    /// One for every whole euro.
    pub points: i64,
}

model!(Points, "https://contracts.harbourbooks.example/models/v1/points", "points.schema.yaml");

/// Something that one of the companies sells. Owned by that company's catalogue.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    /// Who made it (author, band, cartographer).
    pub creator: String,
    /// Copies that come to the warehouse with a new product. Afterwards the warehouse counts by itself.
    pub initial_stock: i64,
    /// What it is, in one word, such as book or record.
    pub kind: String,
    /// False when it was withdrawn. Products are never deleted, because orders refer to them.
    pub on_sale: bool,
    /// Price in euro cents. Whole cents, because fractions of floating-point numbers do not add up.
    pub price_cents: i64,
    /// The company that sells it, as customers know it.
    pub seller: String,
    /// Names the product in every system of every company; the letters are the seller's.
    pub sku: String,
    /// `title` of the model.
    pub title: String,
    /// Grows by one with every change, so that a late event cannot undo a newer one.
    pub version: i64,
}

model!(Product, "https://contracts.harbourbooks.example/models/v1/product", "product.schema.yaml");

/// What the warehouse decided about an order. Owned by the warehouse.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reservation {
    /// `orderId` of the model.
    pub order_id: String,
    /// `quantity` of the model.
    pub quantity: i64,
    /// Why nothing was reserved; absent when it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// `sku` of the model.
    pub sku: String,
}

model!(Reservation, "https://contracts.harbourbooks.example/models/v1/reservation", "reservation.schema.yaml");
