//! Any bytes as an AsyncAPI or OpenAPI document, in JSON or YAML: checked without a panic, in bounded time, each finding at a
//! place in the text.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use linkspan_events::documents::check;
use linkspan_events::schema::Files;
use linkspan_source::{Dialect, json, text, yaml};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = text(bytes) else { return };
    let documents = match json(text) {
        Ok(document) => vec![document],
        Err(_) => yaml(text, Dialect::Yaml12).unwrap_or_default(),
    };
    let files = Files::new(Path::new("/nonexistent"), Path::new("/nonexistent"));
    let last = text.lines().count() + 1;
    for document in &documents {
        for finding in check(&files, None, document, "d").unwrap_or_default() {
            let span = finding.span.expect("a finding has a place");
            assert!(span.start.line >= 1 && span.end.line <= last, "{finding:?}");
            assert!(!finding.message.is_empty() && !finding.message.contains('\n'), "{finding:?}");
        }
    }
});
