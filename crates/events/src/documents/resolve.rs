//! A document whose references are replaced by what they lead to, in whatever file that is.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use linkspan_report::{Finding, Severity, Span};
use linkspan_source::{Document, pointer};
use serde_json::{Map, Value};

use super::target::{self, Target};
use crate::schema::{Files, Place};

/// By how many values a document may grow, however small it is; beyond this, references stay.
const MOST_VALUES: usize = 20_000;

/// By how often its own size it may grow besides.
const MOST_TIMES: usize = 8;

/// How deep references are replaced; deeper ones stay.
const MOST_DEEP: usize = 64;

/// The document under check, and the files beside it.
#[derive(Clone, Copy)]
pub(super) struct Sources<'a> {
    /// The files that references reach.
    pub(super) files: &'a Files,
    /// The document's path, relative to the root of the files.
    pub(super) path: &'a Path,
    /// The document.
    pub(super) document: &'a Document,
    /// The document's file, as the user knows it.
    pub(super) shown: &'a str,
    /// Whether the files are a project's, in which a document may be found by its address.
    pub(super) project: bool,
}

impl Sources<'_> {
    /// A finding's file and span. `key` asks for the key that names the value.
    pub(super) fn located(&self, finding: Finding, place: &Place, key: bool) -> Finding {
        let span = |document: &Document| -> Span {
            let named = if key { document.key_span(&place.pointer) } else { None };
            named.unwrap_or_else(|| document.nearest(&place.pointer))
        };
        if place.path == self.path {
            return finding.in_file(self.shown).at(span(self.document)).data("pointer", place.pointer.as_str());
        }
        let finding = finding.in_file(self.files.shown(&place.path)).data("pointer", place.pointer.as_str());
        match self.files.document(&place.path) {
            Ok(document) => finding.at(span(&document)),
            Err(_) => finding,
        }
    }

    /// The place of a pointer into the document itself.
    pub(super) fn place(&self, pointer: &str) -> Place {
        Place { path: self.path.to_owned(), pointer: pointer.to_owned() }
    }
}

/// A document without references, except those that lead back to where they stand.
pub(super) struct Resolved {
    /// The value.
    pub(super) value: Value,
    /// From the pointer at which a reference stood to the place that it led to.
    origins: HashMap<String, Place>,
    /// References that lead nowhere.
    pub(super) faults: Vec<Finding>,
    /// Where they stay.
    dangling: BTreeSet<String>,
    root: Place,
}

impl Resolved {
    /// Whether a reference that leads nowhere is at a pointer.
    pub(super) fn is_dangling(&self, pointer: &str) -> bool {
        self.dangling.contains(pointer)
    }

    /// Whether a reference stood at a pointer.
    pub(super) fn is_replaced(&self, pointer: &str) -> bool {
        self.origins.contains_key(pointer)
    }

    /// Where the innermost reference around a pointer was written.
    pub(super) fn reference(&self, pointer: &str) -> Option<Place> {
        let ends = std::iter::successors(Some(pointer), |at| Some(&at[..at.rfind('/')?]));
        let at = ends.into_iter().find(|at| self.is_replaced(at))?;
        let (parent, token) = pointer::parent(at)?;
        let holder = self.origin(parent);
        let reference = pointer::join(&pointer::join(&holder.pointer, &token), "$ref");
        Some(Place { pointer: reference, ..holder })
    }

    /// Where the value at a pointer was written.
    pub(super) fn origin(&self, pointer: &str) -> Place {
        let mut at = pointer;
        loop {
            if let Some(place) = self.origins.get(at) {
                let rest = &pointer[at.len()..];
                return Place { path: place.path.clone(), pointer: format!("{}{rest}", place.pointer) };
            }
            match at.rfind('/') {
                Some(end) => at = &at[..end],
                None => return Place { path: self.root.path.clone(), pointer: pointer.to_owned() },
            }
        }
    }
}

/// Replaces all references of a document; `rule` names a finding for one that leads nowhere; `circles` is how bad it is
/// if references lead to nothing but each other.
pub(super) fn resolve(sources: Sources<'_>, rule: &'static str, circles: Severity) -> Resolved {
    let mut resolver = Resolver {
        sources,
        rule,
        circles,
        documents: HashMap::new(),
        open: Vec::new(),
        origins: HashMap::new(),
        faults: Vec::new(),
        faulty: BTreeSet::new(),
        dangling: BTreeSet::new(),
        left: MOST_VALUES + MOST_TIMES * size(&sources.document.value),
    };
    let root = sources.place("");
    let value = resolver.expand(&sources.document.value, &root, "", 0);
    Resolved { value, origins: resolver.origins, faults: resolver.faults, dangling: resolver.dangling, root }
}

struct Resolver<'a> {
    sources: Sources<'a>,
    rule: &'static str,
    circles: Severity,
    documents: HashMap<std::path::PathBuf, Arc<Document>>,
    /// The places of the references that are being replaced.
    open: Vec<Place>,
    origins: HashMap<String, Place>,
    faults: Vec<Finding>,
    faulty: BTreeSet<Place>,
    dangling: BTreeSet<String>,
    left: usize,
}

impl Resolver<'_> {
    /// A copy of the value at `place`, which will stand at `at` in the result.
    fn expand(&mut self, value: &Value, place: &Place, at: &str, depth: usize) -> Value {
        self.left = self.left.saturating_sub(1);
        let child = |token: &str| {
            let place = Place { path: place.path.clone(), pointer: pointer::join(&place.pointer, token) };
            (place, pointer::join(at, token))
        };
        match value {
            Value::Object(members) => match members.get("$ref").and_then(Value::as_str) {
                Some(reference) => self.reference(value, reference, place, at, depth),
                None => {
                    let mut copy = Map::new();
                    for (name, member) in members {
                        let (place, at) = child(name);
                        copy.insert(name.clone(), self.expand(member, &place, &at, depth + 1));
                    }
                    Value::Object(copy)
                }
            },
            Value::Array(items) => {
                let item = |(index, item): (usize, &Value)| {
                    let (place, at) = child(&index.to_string());
                    self.expand(item, &place, &at, depth + 1)
                };
                Value::Array(items.iter().enumerate().map(item).collect())
            }
            _ => value.clone(),
        }
    }

    fn reference(&mut self, value: &Value, reference: &str, place: &Place, at: &str, depth: usize) -> Value {
        let found = match target::find(self.sources, &mut self.documents, place, reference) {
            Ok(found) => found,
            Err(fault) => {
                self.dangling.insert(at.to_owned());
                if self.faulty.insert(place.clone()) {
                    let at = Place { path: place.path.clone(), pointer: pointer::join(&place.pointer, "$ref") };
                    let mut finding = Finding::error(self.rule, fault.message);
                    finding.help = fault.help;
                    self.faults.push(self.sources.located(finding, &at, false));
                }
                return value.clone();
            }
        };
        let Target { place: to, value: target } = found;
        let circular = contains(&to, place) || self.open.contains(&to);
        if circular && target.get("$ref").is_some_and(Value::is_string) && self.faulty.insert(place.clone()) {
            let at = Place { path: place.path.clone(), pointer: pointer::join(&place.pointer, "$ref") };
            let finding = Finding::new(self.rule, self.circles, "references lead from one to the next, and back");
            self.faults.push(self.sources.located(finding, &at, false));
        }
        if circular || self.left == 0 || depth >= MOST_DEEP {
            return value.clone();
        }
        self.open.push(to.clone());
        self.origins.insert(at.to_owned(), to.clone());
        let copy = self.expand(&target, &to, at, depth + 1);
        self.open.pop();
        copy
    }
}

/// How many values there are in one.
fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => members.values().map(size).sum::<usize>(),
        _ => 0,
    }
}

/// Whether a place lies within another.
fn contains(outer: &Place, inner: &Place) -> bool {
    let rest = inner.pointer.strip_prefix(&outer.pointer);
    outer.path == inner.path && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
