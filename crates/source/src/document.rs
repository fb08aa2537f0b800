use std::collections::BTreeMap;
use std::sync::Arc;

use linkspan_report::{Position, Span};
use serde_json::{Number, Value};

use crate::{
    json::is_exact,
    map::{Nodes, Range, Source},
    pointer,
};

/// A document: its value, and where every part of it stands in the text.
///
/// Places are counted only when they are asked for. Numbers beyond 64 bits are the nearest `f64` in
/// [`Document::value`]; [`Document::number_text`] has them as they were written, and [`Document::inexact`] lists
/// those that lost digits.
#[derive(Debug, Clone)]
pub struct Document {
    /// The value.
    pub value: Value,
    pub(crate) source: Arc<Source>,
    pub(crate) nodes: Nodes,
    /// Where the document begins in the text.
    pub(crate) start: u32,
}

/// A number that [`Document::value`] does not hold as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inexact {
    /// The JSON Pointer to it.
    pub pointer: String,
    /// The number as it was written.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

impl Document {
    /// The place of the value that a JSON Pointer points to; the pointer `""` is the whole document.
    ///
    /// In YAML, the place of an aliased value is the alias (`*name`), the places of what is inside it are where
    /// the anchored node was written; what came through a merge key (`<<`) is where it was written, too.
    #[must_use]
    pub fn span(&self, pointer: &str) -> Option<Span> {
        let (at, found) = self.nodes.walk(&self.value, pointer);
        found.then(|| self.value_span(at))
    }

    /// The names of the members of every object that has several, in the order in which they are written, by the
    /// object's JSON Pointer.
    #[must_use]
    pub fn orders(&self) -> BTreeMap<String, Vec<String>> {
        let mut orders = BTreeMap::new();
        let mut open = vec![(&self.value, 0, String::new())];
        while let Some((value, at, place)) = open.pop() {
            match value {
                Value::Object(members) => {
                    let children = self.nodes.children(at).map(|(child, node)| (child, self.nodes.name_of(node)));
                    let known: Vec<_> = children.filter(|(_, name)| members.contains_key(*name)).collect();
                    let child = |(child, name): &(usize, &str)| {
                        Some((members.get(*name)?, *child, pointer::join(&place, name)))
                    };
                    open.extend(known.iter().filter_map(child));
                    if known.len() > 1 {
                        orders.insert(place, known.into_iter().map(|(_, name)| name.to_owned()).collect());
                    }
                }
                Value::Array(items) => {
                    let children = self.nodes.children(at).zip(items).enumerate();
                    let child = |(index, ((child, _), item))| (item, child, pointer::join_index(&place, index));
                    open.extend(children.map(child));
                }
                _ => {}
            }
        }
        orders
    }

    /// The place of the key that names the value a JSON Pointer points to; `None` for the root and array items.
    #[must_use]
    pub fn key_span(&self, pointer: &str) -> Option<Span> {
        let (at, found) = self.nodes.walk(&self.value, pointer);
        let key = self.nodes.list.get(at)?.key;
        (found && key != Range::default()).then(|| self.source.span(key))
    }

    /// The place of the value that a JSON Pointer points to, or else of its closest ancestor that exists.
    #[must_use]
    pub fn nearest(&self, pointer: &str) -> Span {
        self.value_span(self.nodes.walk(&self.value, pointer).0)
    }

    /// Where the document begins in the file: its `---` in a YAML stream, else its first value.
    #[must_use]
    pub fn position(&self) -> Position {
        self.source.span(Range { start: self.start, end: self.start }).start
    }

    /// What is written at the place of a value: a number's digits, a string with its quotes.
    #[must_use]
    pub fn source_text(&self, pointer: &str) -> Option<&str> {
        let (at, found) = self.nodes.walk(&self.value, pointer);
        self.nodes.list.get(at).filter(|_| found)?.value.slice(&self.source.text)
    }

    /// A number as it was written, which may have more digits than [`Document::value`] can hold.
    #[must_use]
    pub fn number_text(&self, pointer: &str) -> Option<&str> {
        pointer::get(&self.value, pointer).filter(|value| value.is_number())?;
        self.source_text(pointer)
    }

    /// The numbers that [`Document::value`] does not hold as they were written: integers beyond 64 bits, and
    /// decimals with more digits than an `f64` has. What an alias repeats is listed once, where it was written.
    #[must_use]
    pub fn inexact(&self) -> Vec<Inexact> {
        let mut found = Vec::new();
        self.collect_inexact(0, &self.value, &mut String::new(), &mut found);
        found
    }

    fn collect_inexact(&self, at: usize, value: &Value, pointer: &mut String, found: &mut Vec<Inexact>) {
        let length = pointer.len();
        match value {
            Value::Number(number) => found.extend(self.inexact_number(at, number, pointer)),
            Value::Array(items) => {
                for (index, ((child, _), item)) in self.nodes.children(at).zip(items).enumerate() {
                    pointer.push('/');
                    pointer.push_str(&index.to_string());
                    self.collect_inexact(child, item, pointer, found);
                    pointer.truncate(length);
                }
            }
            Value::Object(members) => {
                for (child, node) in self.nodes.children(at) {
                    let name = self.nodes.name_of(node);
                    let Some(member) = members.get(name) else { continue };
                    pointer.push('/');
                    pointer.push_str(&pointer::escape(name));
                    self.collect_inexact(child, member, pointer, found);
                    pointer.truncate(length);
                }
            }
            _ => {}
        }
    }

    fn inexact_number(&self, at: usize, number: &Number, pointer: &str) -> Option<Inexact> {
        let range = self.nodes.list.get(at)?.value;
        let text = range.slice(&self.source.text).filter(|text| number.is_f64() && !is_exact(text, number))?;
        // What was merged and overwritten is no part of the value.
        if self.nodes.walk(&self.value, pointer) != (at, true) {
            return None;
        }
        Some(Inexact { pointer: pointer.to_owned(), text: text.to_owned(), span: self.source.span(range) })
    }

    fn value_span(&self, at: usize) -> Span {
        let range = self.nodes.list.get(at).map(|node| node.value).unwrap_or_default();
        self.source.span(range)
    }
}
