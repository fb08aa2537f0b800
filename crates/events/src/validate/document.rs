//! One document against its schemas.

use std::collections::BTreeSet;

use linkspan_report::Finding;
use linkspan_source::{Document, pointer};
use serde_json::Value;

use super::describe::{Description, describe};
use crate::schema::{Compiled, Fault, Place};

/// A schema, and the part of the document that it describes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Check<'a> {
    /// The schema.
    pub(super) schema: &'a Compiled,
    /// A JSON Pointer to the part.
    pub(super) at: &'a str,
}

/// All faults of a document, each once, in the order in which they stand in it.
pub(super) fn check(document: &Document, checks: &[Check<'_>], file: &str) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for Check { schema, at } in checks {
        let Some(instance) = pointer::get(&document.value, at) else { continue };
        if schema.is_valid(instance) {
            continue;
        }
        for fault in schema.faults(instance) {
            for description in describe(&fault.error, &known(schema, &fault)) {
                let pointer = format!("{at}{}", description.pointer);
                if seen.insert((pointer.clone(), description.message.clone())) {
                    findings.push(finding(document, schema, &fault, description, pointer).in_file(file));
                }
            }
        }
    }
    findings.sort_by_key(|finding| finding.span);
    findings
}

fn finding(document: &Document, schema: &Compiled, fault: &Fault<'_>, description: Description, at: String) -> Finding {
    let keyword = match fault.error.kind().keyword() {
        "" => "false",
        keyword => keyword,
    };
    let named = if description.name { document.key_span(&at) } else { None };
    let span = named.unwrap_or_else(|| document.nearest(&at));
    let mut finding = Finding::error(format!("schema/{keyword}"), description.message).at(span);
    finding.help = description.help;
    let finding = finding.data("pointer", at);
    match &fault.place {
        Some(place) => {
            let (file, span) = schema.shown(place);
            finding.data("schema", format!("{file}#{}", place.pointer)).related("the schema says so here", file, span)
        }
        None => finding,
    }
}

/// The property names that the schema around a keyword knows.
fn known(schema: &Compiled, fault: &Fault<'_>) -> Vec<String> {
    let parent = fault.place.as_ref().and_then(|place| {
        let (parent, _) = pointer::parent(&place.pointer)?;
        schema.value(&Place { path: place.path.clone(), pointer: pointer::join(parent, "properties") })
    });
    parent.as_ref().and_then(Value::as_object).map(|names| names.keys().cloned().collect()).unwrap_or_default()
}
