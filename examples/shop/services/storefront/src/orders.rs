//! Orders: placed here, then moved on by what the warehouse and loyalty say.

use models::{Order, Points, Reservation, event_types};
use rusqlite::{Row, Transaction, named_params};
use serde::{Deserialize, Serialize};
use shopkit::{CloudEvent, Problem, outbox};

use crate::products;

const SOURCE: &str = "https://harbourbooks.example/storefront";

/// What a customer asks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    customer: String,
    sku: String,
    quantity: i64,
}

/// An order and what became of it.
#[derive(Debug, Serialize)]
pub(crate) struct Progress {
    #[serde(flatten)]
    order: Order,
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    points: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    balance: Option<i64>,
}

/// Places an order; true if it is a new one.
///
/// Whoever places it chooses its number, so a request that is sent twice,
/// because the first answer was lost, finds its order already there.
pub(crate) fn place(transaction: &Transaction<'_>, order_id: &str, wish: Wish) -> Result<(bool, Progress), Problem> {
    if let Some(progress) = find(transaction, order_id)? {
        let Order { customer, sku, quantity, .. } = &progress.order;
        return match (customer, sku, quantity) == (&wish.customer, &wish.sku, &wish.quantity) {
            true => Ok((false, progress)),
            false => Err(Problem::conflict(format!("order `{order_id}` is there already, and says something else"))),
        };
    }
    let order = order(transaction, order_id, wish)?;
    let event = event(event_types::ORDER_PLACED, &order)?;
    insert(transaction, &order)?;
    outbox::put(transaction, &event)?;
    Ok((true, Progress { order, status: "placed".into(), reason: None, points: None, balance: None }))
}

fn order(transaction: &Transaction<'_>, order_id: &str, wish: Wish) -> Result<Order, Problem> {
    let offer = products::find(transaction, &wish.sku)?
        .ok_or_else(|| Problem::invalid(format!("product `{}` is not on sale", wish.sku)))?;
    let placed_at = transaction.query_row("SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now')", [], |row| row.get(0))?;
    Ok(Order {
        order_id: order_id.into(),
        customer: wish.customer,
        sku: offer.sku,
        seller: offer.seller,
        title: offer.title,
        quantity: wish.quantity,
        price_cents: offer.price_cents,
        total_cents: offer.price_cents.saturating_mul(wish.quantity),
        placed_at,
    })
}

fn event(event_type: &str, order: &Order) -> Result<CloudEvent, Problem> {
    models::event(SOURCE, event_type, &order.order_id, order)
}

/// The warehouse has the goods: the order is certain now, which loyalty waits for.
pub(crate) fn reserve(transaction: &Transaction<'_>, reservation: &Reservation) -> Result<(), Problem> {
    if !leave_placed(transaction, reservation, "reserved")? {
        return Ok(());
    }
    match find(transaction, &reservation.order_id)? {
        Some(progress) => Ok(outbox::put(transaction, &event(event_types::ORDER_CONFIRMED, &progress.order)?)?),
        None => Ok(()),
    }
}

/// The warehouse does not have the goods.
pub(crate) fn reject(transaction: &Transaction<'_>, reservation: &Reservation) -> Result<(), Problem> {
    leave_placed(transaction, reservation, "rejected").map(|_| ())
}

/// False if the order is not ours or was decided before.
fn leave_placed(transaction: &Transaction<'_>, reservation: &Reservation, status: &str) -> Result<bool, Problem> {
    let changed = transaction
        .prepare_cached("UPDATE orders SET status = ?2, reason = ?3 WHERE order_id = ?1 AND status = 'placed'")?
        .execute((&reservation.order_id, status, &reservation.reason))?;
    Ok(changed == 1)
}

/// Loyalty gave points for the order.
pub(crate) fn add_points(transaction: &Transaction<'_>, points: &Points) -> Result<(), Problem> {
    transaction.prepare_cached("UPDATE orders SET points = ?2, balance = ?3 WHERE order_id = ?1")?.execute((
        &points.order_id,
        points.points,
        points.balance,
    ))?;
    Ok(())
}

fn insert(transaction: &Transaction<'_>, order: &Order) -> Result<(), Problem> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO orders (order_id, customer, sku, seller, title, quantity, price_cents, total_cents, placed_at)
         VALUES (:order_id, :customer, :sku, :seller, :title, :quantity, :price_cents, :total_cents, :placed_at)",
    )?;
    statement.execute(named_params! {
        ":order_id": order.order_id,
        ":customer": order.customer,
        ":sku": order.sku,
        ":seller": order.seller,
        ":title": order.title,
        ":quantity": order.quantity,
        ":price_cents": order.price_cents,
        ":total_cents": order.total_cents,
        ":placed_at": order.placed_at,
    })?;
    Ok(())
}

/// The order with this number.
pub(crate) fn find(transaction: &Transaction<'_>, order_id: &str) -> Result<Option<Progress>, Problem> {
    let mut statement = transaction.prepare_cached("SELECT * FROM orders WHERE order_id = ?1")?;
    Ok(statement.query_map([order_id], progress)?.next().transpose()?)
}

/// All orders, the newest first.
pub(crate) fn all(transaction: &Transaction<'_>) -> Result<Vec<Progress>, Problem> {
    let mut statement =
        transaction.prepare_cached("SELECT * FROM orders ORDER BY placed_at DESC, order_id LIMIT 1000")?;
    let rows = statement.query_map([], progress)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn progress(row: &Row<'_>) -> rusqlite::Result<Progress> {
    let order = Order {
        order_id: row.get("order_id")?,
        customer: row.get("customer")?,
        sku: row.get("sku")?,
        seller: row.get("seller")?,
        title: row.get("title")?,
        quantity: row.get("quantity")?,
        price_cents: row.get("price_cents")?,
        total_cents: row.get("total_cents")?,
        placed_at: row.get("placed_at")?,
    };
    Ok(Progress {
        order,
        status: row.get("status")?,
        reason: row.get("reason")?,
        points: row.get("points")?,
        balance: row.get("balance")?,
    })
}
