//! The contracts agree with the code and with their own examples.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::{fs, path::PathBuf};

use models::{Model, Order, Points, Product, Reservation, event_types, generate};
use serde_json::Value;
use shopkit::CloudEvent;

fn contracts(folder: &str) -> Vec<(String, String)> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../contracts").join(folder);
    let mut files: Vec<_> = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), fs::read_to_string(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn the_types_are_those_of_the_models() {
    let types = include_str!("../src/types.rs");
    assert_eq!(generate::types(&contracts("models")).unwrap(), types, "run `cargo run -p models --bin generate`");
}

/// An event's type decides the model; reading checks it and gives its `$id`.
fn model_of(event: &CloudEvent) -> &'static str {
    fn check<M: Model>(event: &CloudEvent) -> &'static str {
        let model: M = models::read(event).unwrap();
        assert_eq!(serde_json::to_value(model).unwrap(), event.data, "the type knows every property");
        M::ID
    }
    match event.event_type.as_str() {
        event_types::ORDER_PLACED | event_types::ORDER_CONFIRMED => check::<Order>(event),
        event_types::STOCK_RESERVED | event_types::STOCK_REJECTED => check::<Reservation>(event),
        event_types::POINTS_ADDED => check::<Points>(event),
        other if other.ends_with(event_types::PRODUCT_CHANGED) => check::<Product>(event),
        other => panic!("no model for `{other}`"),
    }
}

#[test]
fn the_examples_are_valid_events() {
    for (file, text) in contracts("examples") {
        for (number, line) in text.lines().enumerate() {
            let event = CloudEvent::from_json(serde_json::from_str(line).unwrap()).unwrap();
            assert_eq!(event.dataschema.as_deref(), Some(model_of(&event)), "{file}:{}", number + 1);
        }
    }
}

#[test]
fn every_fault_is_named_with_its_place() {
    let (_, text) = contracts("examples").into_iter().find(|(file, _)| file == "orders.ndjson").unwrap();
    let mut order: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    order["data"]["quantity"] = 0.into();
    order["data"]["placedAt"] = "yesterday".into();
    let detail = models::from_value::<Order>(&order["data"]).unwrap_err().detail;
    assert!(detail.contains("`/quantity`") && detail.contains("`/placedAt`"), "{detail}");
}
