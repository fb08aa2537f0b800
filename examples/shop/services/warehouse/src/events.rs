//! What the warehouse does when something happened elsewhere.

use models::{Order, Product, event_types};
use rusqlite::Transaction;
use shopkit::{CloudEvent, Problem, inbox};

use crate::stock;

/// Handles one event inside one transaction.
///
/// The inbox comes first. If this very event was handled before, its effect is
/// on the disk already, and the right answer is "done" without doing anything.
pub(crate) fn handle(transaction: &Transaction<'_>, event: &CloudEvent) -> Result<(), Problem> {
    if !inbox::is_new(transaction, event)? {
        shopkit::log!("seen before, nothing to do", id = event.id, source = event.source);
        return Ok(());
    }
    match event.event_type.as_str() {
        event_types::ORDER_PLACED => stock::reserve(transaction, &event.source, &models::read::<Order>(event)?),
        other if other.ends_with(event_types::PRODUCT_CHANGED) => {
            stock::open(transaction, &models::read::<Product>(event)?)
        }
        other => {
            shopkit::log!("an event that does not concern us", r#type = other);
            Ok(())
        }
    }
}
