//! The faults of one document against its schemas: each once, where it is.

mod alternatives;
mod describe;
mod masks;
mod message;
mod sensitive;

use std::collections::BTreeSet;

use linkspan_report::Finding;
use linkspan_source::{Document, pointer};
use serde_json::Value;

use crate::schema::{Compiled, Place};
use describe::{Description, describe};
pub(super) use masks::{Hidden, Masks};
pub(crate) use message::{help, message, shown};
pub(super) use sensitive::is_sensitive;

/// A schema, and the part of the document that it describes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Check<'a> {
    /// The schema.
    pub(super) schema: &'a Compiled,
    /// A JSON Pointer to the part.
    pub(super) at: &'a str,
}

/// A document on the exact path.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'a> {
    /// The document.
    pub(super) document: &'a Document,
    /// Its file, as the user knows it.
    pub(super) file: &'a str,
    /// What the user wants to stay hidden.
    pub(super) masks: &'a Masks,
}

impl Subject<'_> {
    /// What of the part at a pointer stays hidden, besides what the user says: what its schemas call sensitive.
    pub(super) fn hidden(&self, checks: &[Check<'_>], at: &str) -> Hidden {
        let mut hidden = self.masks.hidden(&self.document.value, at);
        for Check { schema, at } in checks {
            if let Some(value) = pointer::get(&self.document.value, at) {
                hidden.extend(sensitive::pointers(schema, value, at));
            }
        }
        hidden
    }

    /// All faults, in the order in which they stand in the document.
    pub(super) fn check(&self, checks: &[Check<'_>], hidden: &Hidden) -> Vec<Finding> {
        let mut found = Vec::new();
        for Check { schema, at } in checks {
            let Some(instance) = pointer::get(&self.document.value, at) else { continue };
            if schema.is_valid(instance) {
                continue;
            }
            for fault in schema.faults(instance) {
                found.extend(describe(schema, &fault, at, hidden).into_iter().map(|it| (*schema, it)));
            }
        }
        let mut findings: Vec<_> =
            distinct(found).into_iter().map(|(schema, it)| self.finding(schema, it, hidden)).collect();
        findings.sort_by_key(|finding| finding.span);
        findings
    }

    fn finding(&self, schema: &Compiled, description: Description, hidden: &Hidden) -> Finding {
        let at = hidden.shown(&description.pointer);
        let named = if description.name { self.document.key_span(at) } else { None };
        let span = named.unwrap_or_else(|| self.document.nearest(at));
        let mut finding = Finding::error(format!("schema/{}", description.keyword), description.message);
        finding = finding.in_file(self.file).at(span).data("pointer", at);
        finding.help = description.help;
        finding.hidden = !hidden.is_empty();
        if let Some(place) = &description.place {
            let (file, span) = schema.shown(place);
            let data = format!("{file}#{}", place.pointer);
            finding = finding.data("schema", data).related("the schema says so here", file, span);
        }
        if let Some(other) = &description.other {
            finding = finding.related("equal to this one", self.file, Some(self.document.nearest(hidden.shown(other))));
        }
        match &description.alternatives {
            Some(place) => {
                let (file, span) = schema.shown(place);
                finding.related("one of these alternatives", file, span)
            }
            None => finding,
        }
    }
}

/// Each fault once, whatever way leads to it; a value of a wrong type is not also none of the allowed ones.
fn distinct<S>(found: Vec<(S, Description)>) -> Vec<(S, Description)> {
    let of = |keyword: &str| -> BTreeSet<String> {
        let those = found.iter().filter(|(_, it)| it.keyword == keyword);
        those.map(|(_, it)| it.pointer.clone()).collect()
    };
    let mistyped = of("type");
    let mut seen = BTreeSet::new();
    let follows = |it: &Description| matches!(&*it.keyword, "enum" | "const") && mistyped.contains(&it.pointer);
    let kept = found.into_iter().filter(|(_, it)| !follows(it));
    kept.filter(|(_, it)| seen.insert((it.pointer.clone(), it.message.clone()))).collect()
}

/// The property names that the schema around a keyword knows.
fn known(schema: &Compiled, place: Option<&Place>) -> Vec<String> {
    let parent = place.and_then(|place| {
        let (parent, _) = pointer::parent(&place.pointer)?;
        schema.value(&Place { path: place.path.clone(), pointer: pointer::join(parent, "properties") })
    });
    parent.as_ref().and_then(Value::as_object).map(|names| names.keys().cloned().collect()).unwrap_or_default()
}
