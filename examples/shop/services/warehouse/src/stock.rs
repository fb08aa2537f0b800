//! Stock and reservations.

use models::{Order, Product, Reservation, event_types};
use rusqlite::Transaction;
use serde::Serialize;
use shopkit::{Problem, outbox};

const SOURCE: &str = "https://harbourbooks.example/warehouse";

/// How much of one product there is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stock {
    sku: String,
    on_hand: i64,
}

/// What was decided about one order.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Decision {
    order_source: String,
    #[serde(flatten)]
    reservation: Reservation,
}

/// A product that is new to us gets its place on the shelf and its first copies.
pub(crate) fn open(transaction: &Transaction<'_>, product: &Product) -> Result<(), Problem> {
    transaction
        .prepare_cached("INSERT INTO stock (sku, on_hand) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute((&product.sku, product.initial_stock))?;
    Ok(())
}

/// Sets stock aside for an order, or says why not, and tells everyone which.
pub(crate) fn reserve(transaction: &Transaction<'_>, source: &str, order: &Order) -> Result<(), Problem> {
    if is_decided(transaction, source, order)? {
        return Ok(()); // the shop told us twice, as two different events
    }
    let taken = transaction
        .prepare_cached("UPDATE stock SET on_hand = on_hand - ?2 WHERE sku = ?1 AND on_hand >= ?2")?
        .execute((&order.sku, order.quantity))?;
    let (event_type, reason) = match taken {
        1 => (event_types::STOCK_RESERVED, None),
        _ => (event_types::STOCK_REJECTED, Some("there are not enough copies in the warehouse".to_owned())),
    };
    let Order { order_id, sku, quantity, .. } = order.clone();
    let reservation = Reservation { order_id, sku, quantity, reason };
    note(transaction, source, &reservation)?;
    shopkit::log!("decided", order = order.order_id, outcome = event_type);
    Ok(outbox::put(transaction, &models::event(SOURCE, event_type, &order.order_id, &reservation)?)?)
}

fn is_decided(transaction: &Transaction<'_>, source: &str, order: &Order) -> Result<bool, Problem> {
    let mut statement =
        transaction.prepare_cached("SELECT 1 FROM reservations WHERE order_source = ?1 AND order_id = ?2")?;
    Ok(statement.exists((source, &order.order_id))?)
}

fn note(transaction: &Transaction<'_>, source: &str, reservation: &Reservation) -> Result<(), Problem> {
    let Reservation { order_id, sku, quantity, reason } = reservation;
    transaction
        .prepare_cached(
            "INSERT INTO reservations (order_source, order_id, sku, quantity, reason) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute((source, order_id, sku, quantity, reason))?;
    Ok(())
}

/// Sets how much there is, after someone has counted. False if we do not know the product.
pub(crate) fn count(transaction: &Transaction<'_>, sku: &str, on_hand: i64) -> Result<bool, Problem> {
    let changed =
        transaction.prepare_cached("UPDATE stock SET on_hand = ?2 WHERE sku = ?1")?.execute((sku, on_hand))?;
    Ok(changed == 1)
}

/// All stock, by SKU.
pub(crate) fn all(transaction: &Transaction<'_>) -> Result<Vec<Stock>, Problem> {
    let mut statement = transaction.prepare_cached("SELECT sku, on_hand FROM stock ORDER BY sku")?;
    let rows = statement.query_map([], |row| Ok(Stock { sku: row.get(0)?, on_hand: row.get(1)? }))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// All decisions, by order.
pub(crate) fn decisions(transaction: &Transaction<'_>) -> Result<Vec<Decision>, Problem> {
    let mut statement = transaction.prepare_cached("SELECT * FROM reservations ORDER BY order_source, order_id")?;
    let rows = statement.query_map([], |row| {
        let reservation = Reservation {
            order_id: row.get("order_id")?,
            sku: row.get("sku")?,
            quantity: row.get("quantity")?,
            reason: row.get("reason")?,
        };
        Ok(Decision { order_source: row.get("order_source")?, reservation })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
