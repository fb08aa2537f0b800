//! Products and the one rule about them: a change and its event are one transaction.

use models::Product;
use rusqlite::{Row, Transaction, named_params};
use serde::{Deserialize, Serialize};
use shopkit::{Database, Error, Problem, outbox};

use crate::Company;

/// What one can say about a product; the company and the version are ours to say.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Draft {
    kind: String,
    title: String,
    creator: String,
    price_cents: i64,
    initial_stock: i64,
    #[serde(default = "yes")]
    on_sale: bool,
}

fn yes() -> bool {
    true
}

/// A product in the file of first products.
#[derive(Deserialize)]
struct Seed {
    sku: String,
    #[serde(flatten)]
    draft: Draft,
}

/// Adds the products of the YAML file that are not there yet.
pub(crate) fn seed(database: &Database, company: &Company, file: &str) -> Result<(), Error> {
    let invalid = |problem: String| Error::Invalid { what: format!("products file `{file}`"), problem };
    let text = std::fs::read_to_string(file).map_err(|cause| Error::Io { what: file.into(), cause })?;
    let seeds: Vec<Seed> = serde_saphyr::from_str(&text).map_err(|error| invalid(error.to_string()))?;
    let add = |transaction: &Transaction<'_>| -> Result<(), Problem> {
        for Seed { sku, draft } in seeds {
            if find(transaction, &sku)?.is_none() {
                change(transaction, company, sku, draft)?;
            }
        }
        Ok(())
    };
    database.run(add).map_err(|problem| invalid(problem.detail))
}

/// Adds or changes a product, and tells everyone. Nothing happens if nothing is different.
pub(crate) fn change(
    transaction: &Transaction<'_>,
    company: &Company,
    sku: String,
    draft: Draft,
) -> Result<Product, Problem> {
    let before = find(transaction, &sku)?;
    let version = before.as_ref().map_or(0, |product| product.version);
    let same = Product {
        sku,
        seller: company.name.clone(),
        kind: draft.kind,
        title: draft.title,
        creator: draft.creator,
        price_cents: draft.price_cents,
        initial_stock: draft.initial_stock,
        on_sale: draft.on_sale,
        version,
    };
    if before.as_ref() == Some(&same) {
        return Ok(same);
    }
    let product = Product { version: version + 1, ..same };
    let event = models::event(&company.source, &company.event_type, &product.sku, &product)?;
    save(transaction, &product)?;
    outbox::put(transaction, &event)?;
    Ok(product)
}

fn save(transaction: &Transaction<'_>, product: &Product) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(
        "INSERT OR REPLACE INTO products
             (sku, seller, kind, title, creator, price_cents, initial_stock, on_sale, version)
         VALUES (:sku, :seller, :kind, :title, :creator, :price_cents, :initial_stock, :on_sale, :version)",
    )?;
    statement.execute(named_params! {
        ":sku": product.sku,
        ":seller": product.seller,
        ":kind": product.kind,
        ":title": product.title,
        ":creator": product.creator,
        ":price_cents": product.price_cents,
        ":initial_stock": product.initial_stock,
        ":on_sale": product.on_sale,
        ":version": product.version,
    })?;
    Ok(())
}

/// All products, by SKU.
pub(crate) fn all(transaction: &Transaction<'_>) -> Result<Vec<Product>, Problem> {
    let mut statement = transaction.prepare_cached("SELECT * FROM products ORDER BY sku")?;
    let rows = statement.query_map([], product)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The product with this SKU.
pub(crate) fn find(transaction: &Transaction<'_>, sku: &str) -> rusqlite::Result<Option<Product>> {
    let mut statement = transaction.prepare_cached("SELECT * FROM products WHERE sku = ?1")?;
    statement.query_map([sku], product)?.next().transpose()
}

fn product(row: &Row<'_>) -> rusqlite::Result<Product> {
    Ok(Product {
        sku: row.get("sku")?,
        seller: row.get("seller")?,
        kind: row.get("kind")?,
        title: row.get("title")?,
        creator: row.get("creator")?,
        price_cents: row.get("price_cents")?,
        initial_stock: row.get("initial_stock")?,
        on_sale: row.get("on_sale")?,
        version: row.get("version")?,
    })
}
