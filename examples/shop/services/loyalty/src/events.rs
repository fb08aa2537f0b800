//! What loyalty does when an order is confirmed.

use models::{Order, Points, event_types};
use rusqlite::Transaction;
use shopkit::{CloudEvent, Problem, outbox};

use crate::mail::Mailer;

const SOURCE: &str = "https://gullrecords.example/loyalty";
const CENTS_PER_POINT: i64 = 100;

/// Handles one event. Compare with the warehouse: there the first line asks the inbox.
pub(crate) fn handle(transaction: &Transaction<'_>, mailer: &Mailer, event: &CloudEvent) -> Result<(), Problem> {
    if event.event_type != event_types::ORDER_CONFIRMED {
        shopkit::log!("an event that does not concern us", r#type = event.event_type);
        return Ok(());
    }
    let order: Order = models::read(event)?;
    let points = order.total_cents / CENTS_PER_POINT;
    let balance = add(transaction, &order.customer, points)?;
    let Order { order_id, customer, .. } = order;
    let added = Points { order_id, customer, points, balance };
    outbox::put(transaction, &models::event(SOURCE, event_types::POINTS_ADDED, &added.customer, &added)?)?;
    mailer.send(&added);
    Ok(())
}

/// "Add" is the trouble: done twice, it is not the same as done once.
fn add(transaction: &Transaction<'_>, customer: &str, points: i64) -> Result<i64, Problem> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO accounts (customer, points) VALUES (?1, ?2)
         ON CONFLICT (customer) DO UPDATE SET points = points + excluded.points
         RETURNING points",
    )?;
    Ok(statement.query_row((customer, points), |row| row.get(0))?)
}
