//! Any bytes as a CloudEvent, a batch, or a recorded HTTP message: judged without a panic, each finding at a place; and what
//! is valid loses nothing on its way between the forms.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use linkspan_command::Context;
use linkspan_events::cloudevents::{Event, check};
use linkspan_events::validate::{Args, run};
use linkspan_source::{Format, json, text};

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("linkspan-fuzz-event-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the message");
    folder
});

fuzz_target!(|bytes: &[u8]| {
    message(bytes);
    let Ok(document) = text(bytes).map_err(|_| ()).and_then(|text| json(text).map_err(|_| ())) else { return };
    let findings = check(&document, "", "e.json");
    assert!(findings.iter().all(|finding| finding.span.is_some()));
    if !findings.is_empty() || !document.inexact().is_empty() {
        return;
    }
    let event = Event::from_structured(&document.value).expect("a valid event has a meaning");
    assert_eq!(Event::from_structured(&event.to_structured()).expect("what we write can be read"), event);
    assert_eq!(Event::from_binary(&event.to_binary()).expect("what we write can be read"), event);
    let events = [event.clone(), event];
    assert_eq!(Event::from_batch(&Event::to_batch(&events)).expect("what we write can be read"), events);
});

fn message(bytes: &[u8]) {
    std::fs::write(FOLDER.join("e.http"), bytes).expect("the message is written");
    let args = Args {
        files: vec!["e.http".into()],
        schema: None,
        assert_formats: false,
        mask: Vec::new(),
        jobs: None,
        stdin_format: Format::Json,
    };
    let report = run(args, &Context::quiet("events validate", FOLDER.as_path()));
    let report = report.unwrap_or_else(|failure| panic!("a message under check is no failure: {failure:?}"));
    assert!(report.findings.kept().iter().all(|finding| finding.span.is_some()));
}
