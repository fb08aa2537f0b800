//! A shop that runs, and what can be asked of it.

use serde_json::{Value, json};

use crate::support::cluster::Namespace;
use crate::support::http::{self, eventually, wait_until};

/// A shop in a namespace. Its services are asked at their Services' addresses, as pods ask them.
pub(crate) struct Shop<'a> {
    pub(crate) namespace: &'a Namespace,
}

impl Shop<'_> {
    pub(crate) fn json(&self, service: &str, path: &str) -> Value {
        serde_json::from_str(&http::get_soon(&format!("{}{path}", self.namespace.url(service)))).unwrap()
    }

    /// Waits until the products of both companies have come to the storefront and to the warehouse.
    pub(crate) fn wait_until_open(&self) {
        let both = |list: &Value| ["HB-0001", "GR-0001"].iter().all(|sku| find(list, "sku", sku).is_some());
        let open = || both(&self.json("storefront", "/products")) && both(&self.json("warehouse", "/stock"));
        wait_until("the products are there", 30, open);
    }

    /// Orders something without the page.
    pub(crate) fn order(&self, order: &str, customer: &str, sku: &str, quantity: i64) {
        let url = format!("{}/orders/{order}", self.namespace.url("storefront"));
        let answer = http::send("PUT", &url, &json!({"customer": customer, "sku": sku, "quantity": quantity}));
        assert!(matches!(answer, Ok((201, _))), "{answer:?}");
    }

    /// Waits until nothing more will happen to an order.
    pub(crate) fn wait_until_settled(&self, order: &str) -> Value {
        let settled = || {
            let order = self.json("storefront", &format!("/orders/{order}"));
            (order["points"].is_number() || order["status"] == "rejected").then_some(order)
        };
        eventually(60, settled).unwrap_or_else(|| panic!("the order `{order}` does not move"))
    }

    /// How many copies are on the shelf.
    pub(crate) fn stock(&self, sku: &str) -> i64 {
        let stock = self.json("warehouse", "/stock");
        find(&stock, "sku", sku).unwrap_or_else(|| panic!("no `{sku}` in {stock}"))["onHand"].as_i64().unwrap()
    }

    /// What the warehouse has decided about an order.
    pub(crate) fn reservations(&self, order: &str) -> Vec<Value> {
        let all = self.json("warehouse", "/reservations");
        all.as_array().unwrap().iter().filter(|one| one["orderId"] == order).cloned().collect()
    }

    pub(crate) fn points(&self, customer: &str) -> i64 {
        let accounts = self.json("loyalty", "/accounts");
        find(&accounts, "customer", customer).and_then(|account| account["points"].as_i64()).unwrap_or_default()
    }

    /// Whether the hub has an event about an order in its log.
    pub(crate) fn hub_knows(&self, event_type: &str, order: &str) -> bool {
        match http::get(&format!("{}/logs/{event_type}?limit=1000", self.namespace.url("hub"))) {
            Ok((200, text)) => text.contains(order),
            _ => false,
        }
    }
}

/// The element of a list whose field has a value.
fn find<'a>(list: &'a Value, field: &str, value: &str) -> Option<&'a Value> {
    list.as_array()?.iter().find(|one| one[field] == value)
}
