//! CloudEvents 1.0.2: the rules of the envelope, each named by the section of the specification, and an event's forms.
//!
//! [`check`] judges an event of the JSON event format (spec.md, json-format.md); recorded HTTP messages (`*.http`:
//! binary, structured and batched mode, http-protocol-binding.md) go through `binding`. [`Event`] is what an event
//! means, whatever way it is written.

mod attributes;
mod base64;
pub(crate) mod binding;
mod event;
mod header;
mod http;
mod json;
mod syntax;

pub use event::{Attribute, Data, Error, Event};
pub use http::Message;

use linkspan_report::Finding;
use linkspan_source::{Document, pointer};
use serde_json::Value;

/// Whether a document looks like a CloudEvent: an object with the attribute that all of them have.
#[must_use]
pub fn is_event(value: &Value) -> bool {
    value.get("specversion").is_some()
}

/// All violations of the envelope's rules of the event at `at` (a JSON Pointer), in the event's order.
#[must_use]
pub fn check(document: &Document, at: &str, file: &str) -> Vec<Finding> {
    let placed = json::check(document, at).into_iter().map(|(member, violation)| {
        let at = member.map_or_else(|| at.to_owned(), |name| pointer::join(at, &name));
        let named = if violation.name { document.key_span(&at) } else { None };
        let span = named.unwrap_or_else(|| document.nearest(&at));
        let finding = Finding::error(violation.rule, violation.message).in_file(file).at(span);
        let finding = finding.help(format!("CloudEvents 1.0, {}", violation.section));
        finding.data("pointer", at).data("section", violation.section)
    });
    placed.collect()
}
