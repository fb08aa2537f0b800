//! What the storefront does when something happened elsewhere.

use models::{Points, Product, Reservation, event_types};
use rusqlite::Transaction;
use shopkit::{CloudEvent, Problem, inbox};

use crate::{orders, products};

/// Handles one event inside one transaction: the inbox's row, the effect, and
/// the events that follow from it are there together or not at all.
pub(crate) fn handle(transaction: &Transaction<'_>, event: &CloudEvent) -> Result<(), Problem> {
    if !inbox::is_new(transaction, event)? {
        shopkit::log!("seen before, nothing to do", id = event.id, source = event.source);
        return Ok(());
    }
    match event.event_type.as_str() {
        event_types::STOCK_RESERVED => orders::reserve(transaction, &models::read::<Reservation>(event)?),
        event_types::STOCK_REJECTED => orders::reject(transaction, &models::read::<Reservation>(event)?),
        event_types::POINTS_ADDED => orders::add_points(transaction, &models::read::<Points>(event)?),
        // Any company's products: those of the next one need no change here.
        other if other.ends_with(event_types::PRODUCT_CHANGED) => {
            products::replicate(transaction, &models::read::<Product>(event)?)
        }
        other => {
            shopkit::log!("an event that does not concern us", r#type = other);
            Ok(())
        }
    }
}
