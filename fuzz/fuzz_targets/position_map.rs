//! The position map: whatever the bytes, no panic; and where a document comes out, every value in it has a
//! place in the text, what JSON says at that place is the value, and `serde_json` agrees on what is JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linkspan_source::{Dialect, Document, json, ndjson_with_limit, pointer, text, yaml};
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    for line in ndjson_with_limit(bytes, 4096).flatten() {
        let _ = line.document();
    }
    let Ok(text) = text(bytes) else { return };
    if let Ok(document) = json(text) {
        everything_has_a_place(&document, true);
        assert!(serde_json::from_str::<Value>(text).is_ok() || depth(&document.value) > 120);
    } else if let Ok(value) = serde_json::from_str::<Value>(text) {
        // Only duplicate keys are stricter here; an object that had them is smaller than it was written.
        assert!(json(text).is_err_and(|faults| faults.iter().all(|fault| fault.rule == "duplicate-key")), "{value}");
    }
    for dialect in [Dialect::Yaml12, Dialect::Kubernetes] {
        for document in yaml(text, dialect).unwrap_or_default() {
            everything_has_a_place(&document, false);
        }
    }
});

fn everything_has_a_place(document: &Document, is_json: bool) {
    let mut open = vec![(String::new(), &document.value)];
    let mut budget = 2000;
    while let Some((at, value)) = open.pop() {
        let span = document.span(&at).expect("every value has a place");
        assert!(span.start <= span.end && span.start.line >= 1 && span.start.column >= 1);
        if is_json {
            let written = document.source_text(&at).expect("every value was written");
            assert_eq!(&json(written).expect("a part of JSON is JSON").value, value);
        }
        budget -= 1;
        if budget == 0 {
            return;
        }
        match value {
            Value::Array(items) => {
                open.extend(items.iter().enumerate().map(|(index, item)| (pointer::join_index(&at, index), item)));
            }
            Value::Object(members) => {
                open.extend(members.iter().map(|(name, member)| (pointer::join(&at, name), member)));
            }
            _ => {}
        }
    }
    let _ = document.inexact();
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
