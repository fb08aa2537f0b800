//! The names of what happens. Each has one owner: the domain that its name
//! begins with, which alone may produce it. A change that breaks consumers gets
//! a new name (`.v2`), next to the old one, until the last consumer has moved.

/// What follows the company in the type of a product's event.
///
/// Every company's catalogue has a type of its own
/// (`com.harbourbooks.catalogue.product-changed.v1`). Consumers that look at
/// this part only will understand the next company's as well.
pub const PRODUCT_CHANGED: &str = ".catalogue.product-changed.v1";
/// A customer placed an order. Carries an [`Order`](crate::Order).
pub const ORDER_PLACED: &str = "com.harbourbooks.storefront.order-placed.v1";
/// The order will be sent: its stock is reserved. Carries an [`Order`](crate::Order).
pub const ORDER_CONFIRMED: &str = "com.harbourbooks.storefront.order-confirmed.v1";
/// Stock was put aside for an order. Carries a [`Reservation`](crate::Reservation).
pub const STOCK_RESERVED: &str = "com.harbourbooks.warehouse.stock-reserved.v1";
/// There is not enough stock for an order. Carries a [`Reservation`](crate::Reservation).
pub const STOCK_REJECTED: &str = "com.harbourbooks.warehouse.stock-rejected.v1";
/// A customer got points. Carries [`Points`](crate::Points).
pub const POINTS_ADDED: &str = "com.gullrecords.loyalty.points-added.v1";
