//! The replica of all companies' products.

use rusqlite::{Row, Transaction, named_params};
use serde::Serialize;
use shopkit::Problem;

/// A product as the shop shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Offer {
    pub(crate) sku: String,
    pub(crate) seller: String,
    pub(crate) kind: String,
    pub(crate) title: String,
    pub(crate) creator: String,
    pub(crate) price_cents: i64,
}

/// Brings the replica to what the event says, unless it already knows better.
///
/// The version makes the order of arrival unimportant: an old event that comes
/// late, or again, changes nothing.
pub(crate) fn replicate(transaction: &Transaction<'_>, product: &models::Product) -> Result<(), Problem> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO products (sku, seller, kind, title, creator, price_cents, on_sale, version)
         VALUES (:sku, :seller, :kind, :title, :creator, :price_cents, :on_sale, :version)
         ON CONFLICT (sku) DO UPDATE SET
             seller = excluded.seller, kind = excluded.kind, title = excluded.title,
             creator = excluded.creator, price_cents = excluded.price_cents,
             on_sale = excluded.on_sale, version = excluded.version
         WHERE excluded.version > products.version",
    )?;
    statement.execute(named_params! {
        ":sku": product.sku,
        ":seller": product.seller,
        ":kind": product.kind,
        ":title": product.title,
        ":creator": product.creator,
        ":price_cents": product.price_cents,
        ":on_sale": product.on_sale,
        ":version": product.version,
    })?;
    Ok(())
}

/// What can be bought now.
pub(crate) fn on_sale(transaction: &Transaction<'_>) -> Result<Vec<Offer>, Problem> {
    let mut statement = transaction.prepare_cached("SELECT * FROM products WHERE on_sale ORDER BY seller, title")?;
    let rows = statement.query_map([], offer)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The product with this SKU, if it can be bought now.
pub(crate) fn find(transaction: &Transaction<'_>, sku: &str) -> Result<Option<Offer>, Problem> {
    let mut statement = transaction.prepare_cached("SELECT * FROM products WHERE sku = ?1 AND on_sale")?;
    Ok(statement.query_map([sku], offer)?.next().transpose()?)
}

fn offer(row: &Row<'_>) -> rusqlite::Result<Offer> {
    Ok(Offer {
        sku: row.get("sku")?,
        seller: row.get("seller")?,
        kind: row.get("kind")?,
        title: row.get("title")?,
        creator: row.get("creator")?,
        price_cents: row.get("price_cents")?,
    })
}
