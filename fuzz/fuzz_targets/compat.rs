//! Any two schemas and an event, as a JSON array: the verdict comes in time and without a panic, its witness is one,
//! and the event does not contradict it.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use linkspan_events::compat::semantic::{Budget, Verdict, compare};
use linkspan_events::schema::{Bundle, Dialect};
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let Ok([writer, reader, event]) = serde_json::from_slice::<[Value; 3]>(bytes) else { return };
    let bundle = |schema: &Value| Bundle::alone(schema.clone(), Dialect::Draft202012);
    let budget = Budget { time: Duration::from_millis(500) };
    let verdict = compare(&bundle(&writer), &bundle(&reader), budget);
    let (Ok(before), Ok(after)) = (jsonschema::validator_for(&writer), jsonschema::validator_for(&reader)) else {
        return;
    };
    match verdict {
        // Where the draft or an expression is read in two ways, one event proves nothing.
        Verdict::Compatible if !bytes.windows(2).any(|pair| pair == b"(?") => {
            assert!(!before.is_valid(&event) || after.is_valid(&event));
        }
        Verdict::Breaking(witness) => assert!(before.is_valid(&witness.event) && !after.is_valid(&witness.event)),
        Verdict::Compatible | Verdict::Unknown(_) => {}
    }
});
