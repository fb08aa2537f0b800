//! Any regular expressions: which strings they match is decided, or not, in time and without a panic; and never against
//! what the validator says of a string.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use linkspan_events::compat::semantic::{Budget, Verdict, compare};
use linkspan_events::schema::{Bundle, Dialect};
use serde_json::json;

fuzz_target!(|parts: (&str, &str, &str)| {
    let (writer, reader, text) = (json!({ "pattern": parts.0 }), json!({ "pattern": parts.1 }), json!(parts.2));
    let bundle = |schema: &serde_json::Value| Bundle::alone(schema.clone(), Dialect::Draft202012);
    let budget = Budget { time: Duration::from_millis(500) };
    let verdict = compare(&bundle(&writer), &bundle(&reader), budget);
    let (Ok(before), Ok(after)) = (jsonschema::validator_for(&writer), jsonschema::validator_for(&reader)) else {
        return;
    };
    match verdict {
        Verdict::Compatible => {
            // An expression that looks around is left to the validator's engine, whose classes are those of Unicode.
            let around = parts.0.contains("(?") || parts.1.contains("(?");
            let agreed = !around || parts.2.is_ascii() && !parts.2.contains('\r');
            assert!(!agreed || !before.is_valid(&text) || after.is_valid(&text));
        }
        Verdict::Breaking(witness) => assert!(before.is_valid(&witness.event) && !after.is_valid(&witness.event)),
        Verdict::Unknown(_) => {}
    }
});
