//! What must hold of the shop as a whole.

use std::{thread, time::Duration};

use end_to_end::{Shop, get, send, wait_for};
use serde_json::{Value, json};

const CLOUD_EVENT: &str = "application/cloudevents+json";

/// The events of one type, as the hub's log has them.
fn log(shop: &Shop, event_type: &str) -> Vec<Value> {
    let entries = shop.json("hub", &format!("/logs/{event_type}?limit=1000"));
    entries.as_array().expect("a list").iter().map(|entry| entry["event"].clone()).collect()
}

fn reservations(shop: &Shop, order: &str) -> Vec<Value> {
    let all = shop.json("warehouse", "/reservations");
    all.as_array().expect("a list").iter().filter(|one| one["orderId"] == order).cloned().collect()
}

#[test]
fn an_order_moves_although_the_hub_is_killed() {
    let mut shop = Shop::open();
    shop.kill("hub");
    let order = shop.buy("GR-0001", "Ada", 2);
    shop.press_buy(&order, "GR-0001", "Ada", 2); // a second press is the same order
    let page = shop.page(&format!("/orders/{order}"));
    assert!(page.contains("Reserving") && page.contains("data-settled=\"false\""), "{page}");

    shop.start("hub");
    let page = shop.wait_until_settled(&order);
    assert!(page.contains("Points added") && page.contains("55 points"), "{page}");
    assert_eq!(shop.stock("GR-0001"), 18);
    assert_eq!(reservations(&shop, &order).len(), 1);
    assert_eq!(shop.points("Ada"), 55);
}

#[test]
fn what_is_not_there_is_rejected_and_gives_no_points() {
    let shop = Shop::open();
    let order = shop.buy("HB-0005", "Ben", 1);
    let page = shop.wait_until_settled(&order);
    assert!(page.contains("Rejected") && page.contains("not enough copies"), "{page}");
    assert_eq!(shop.points("Ben"), 0);
}

#[test]
fn nothing_is_lost_and_nothing_reserved_twice_while_the_hub_dies_again_and_again() {
    let mut shop = Shop::open();
    let mut orders = Vec::new();
    for round in 0..4 {
        for _ in 0..6 {
            orders.push(shop.buy("HB-0004", "Cleo", 1));
        }
        shop.kill("hub"); // wherever it is: receiving, writing, delivering
        if round % 2 == 0 {
            orders.push(shop.buy("HB-0004", "Cleo", 1));
        }
        shop.start("hub");
    }
    for order in &orders {
        shop.wait_until_settled(order);
        assert_eq!(reservations(&shop, order).len(), 1);
    }
    assert_eq!(shop.stock("HB-0004"), 60 - i64::try_from(orders.len()).unwrap());
}

#[test]
fn a_redelivered_event_is_not_reserved_twice() {
    let shop = Shop::open();
    let order = shop.buy("GR-0002", "Dora", 3);
    shop.wait_until_settled(&order);
    let placed = log(&shop, "com.harbourbooks.storefront.order-placed.v1").remove(0);

    // By the hub, from the beginning; and at the same moment from many sides.
    let replayed =
        send("POST", &shop.url("hub", "/subscriptions/warehouse/replay"), "application/json", &json!({"after": 0}));
    assert_eq!(replayed, 204);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(send("POST", &shop.url("warehouse", "/events"), CLOUD_EVENT, &placed), 204));
        }
    });
    shop.wait_until_delivered();
    assert_eq!(shop.stock("GR-0002"), 32);
    assert_eq!(log(&shop, "com.harbourbooks.warehouse.stock-reserved.v1").len(), 1);
}

#[test]
fn loyalty_is_as_careless_as_its_contract_admits() {
    let shop = Shop::open();
    let order = shop.buy("HB-0003", "Emil", 1);
    shop.wait_until_settled(&order);
    let confirmed = log(&shop, "com.harbourbooks.storefront.order-confirmed.v1").remove(0);
    assert_eq!(send("POST", &shop.url("loyalty", "/events"), CLOUD_EVENT, &confirmed), 204);
    assert_eq!(shop.points("Emil"), 32, "16 points, twice: with an inbox it would be 16");
}

#[test]
fn an_invalid_event_changes_nothing_and_does_not_hold_up_the_others() {
    let shop = Shop::open();
    let order = shop.buy("HB-0001", "Fay", 1);
    shop.wait_until_settled(&order);
    let mut broken = log(&shop, "com.harbourbooks.storefront.order-placed.v1").remove(0);
    broken["id"] = "broken-1".into();
    broken["data"]["quantity"] = "many".into();
    assert_eq!(send("POST", &shop.url("hub", "/events"), CLOUD_EVENT, &broken), 202);
    let next = shop.buy("HB-0001", "Fay", 1);
    shop.wait_until_settled(&next);
    assert_eq!(shop.stock("HB-0001"), 38);
    let dead = shop.json("hub", "/dead-letters");
    assert_eq!((&dead[0]["subscription"], &dead[0]["event"]["id"]), (&json!("warehouse"), &json!("broken-1")));
    assert!(dead[0]["reason"].as_str().unwrap().contains("/quantity"), "{dead}");
}

#[test]
fn a_change_in_a_catalogue_reaches_the_page() {
    let shop = Shop::open();
    let mut record = shop.json("gull-catalogue", "/products/GR-0003");
    for ours in ["sku", "seller", "version"] {
        record.as_object_mut().unwrap().remove(ours);
    }
    record["priceCents"] = 999.into();
    let url = shop.url("gull-catalogue", "/products/GR-0003");
    assert_eq!(send("PUT", &url, "application/json", &record), 200);
    wait_for("the new price", || shop.page("/products/GR-0003").contains("€9.99"));

    // The old event, late: it must not bring the old price back.
    let old = log(&shop, "com.gullrecords.catalogue.product-changed.v1").remove(2);
    assert_eq!(old["data"]["sku"], "GR-0003");
    let late = json!({"id": "late", "data": old["data"]});
    let mut again = old.clone();
    again.as_object_mut().unwrap().extend(late.as_object().unwrap().clone());
    assert_eq!(send("POST", &shop.url("storefront", "/events"), CLOUD_EVENT, &again), 204);
    assert!(shop.page("/products/GR-0003").contains("€9.99"));

    record["priceCents"] = (-1).into();
    assert_eq!(send("PUT", &url, "application/json", &record), 422);
}

#[test]
fn a_third_company_joins_and_no_producer_changes() {
    let shop = Shop::open();
    let feed = include_str!("../../third-company/products.ndjson"); // written by no program of ours
    for event in feed.lines().map(|line| serde_json::from_str(line).unwrap()) {
        assert_eq!(send("POST", &shop.url("hub", "/events"), CLOUD_EVENT, &event), 202);
    }
    wait_for("the newcomer's product", || shop.page("/").contains("Tide Maps"));
    let order = shop.buy("TM-0001", "Gil", 2);
    assert!(shop.wait_until_settled(&order).contains("84 points"));
    assert_eq!(shop.stock("TM-0001"), 0);
}

#[test]
fn the_page_ends_without_a_failed_request() {
    let mut shop = Shop::open();
    let (ready, page) = (shop.url("web", "/health/ready"), shop.url("web", "/"));
    let mut web = shop.terminate("web");
    wait_for("unready", || get(&ready).is_ok_and(|(status, _)| status == 503));
    assert_eq!(get(&page).unwrap().0, 200, "not ready for new customers, but still there for those on their way");
    assert!(web.wait().unwrap().success());
}

#[test]
fn the_page_waits_while_the_storefront_is_replaced() {
    let mut shop = Shop::open();
    shop.kill("storefront");
    let page = shop.url("web", "/products/HB-0002");
    let asked = thread::spawn(move || get(&page).unwrap().0);
    thread::sleep(Duration::from_millis(500));
    shop.start("storefront");
    assert_eq!(asked.join().unwrap(), 200);
}
