use linkspan_report::Span;
use linkspan_source::pointer;
use serde_json::Value;

use super::change::Change;
use super::{RULES, Rule, Said};
use crate::compat::locate::walk;
use crate::compat::mode::Way;
use crate::compat::pair::{Pair, Side};
use crate::compat::witness::{Rejection, alternatives, rejections, validator};
use crate::schema::{Bundle, Place};

/// How many alternatives are looked into, one within the other.
const MOST_DEEP: usize = 16;

/// One thing that breaks.
#[derive(Debug, Clone)]
pub(in crate::compat) struct Break {
    /// Which rule recognised it.
    pub(in crate::compat) rule: &'static Rule,
    /// Who wrote and who reads.
    pub(in crate::compat) way: Way,
    /// What breaks, in plain words.
    pub(in crate::compat) message: String,
    /// The place in the new schema's file.
    pub(in crate::compat) new: (String, Option<Span>),
    /// The place in the old schema's file.
    pub(in crate::compat) old: (String, Option<Span>),
    /// The place in the new schema's file, by path and pointer.
    pub(in crate::compat) new_place: Place,
    /// The place in the old schema's file, by path and pointer.
    pub(in crate::compat) old_place: Place,
    /// The event that was fine and now is not.
    pub(in crate::compat) witness: Value,
    /// A JSON Pointer to the part of the event that is rejected.
    pub(in crate::compat) at: String,
    /// A JSON Pointer to the keyword in the reader's bundle.
    pub(in crate::compat) keyword_at: String,
    /// The property that is missing, if that is it.
    missing: Option<String>,
}

impl Break {
    /// Whether two are one and the same change, shown by two events.
    pub(in crate::compat) fn same_as(&self, other: &Self) -> bool {
        self.rule.id == other.rule.id && self.keyword_at == other.keyword_at && self.missing == other.missing
    }
}

/// What breaks when an event is read. `reader` is the reader's schema, or what is left of it.
pub(in crate::compat) fn explained(
    pair: &Pair,
    way: Way,
    reader: &Bundle,
    event: &Value,
    rejected_by: &[String],
) -> Vec<Break> {
    let (writing, _) = way.order(&pair.old, &pair.new);
    let (Ok(validator), Ok(writer)) = (validator(reader), &writing.bundle) else { return Vec::new() };
    let mut waiting: Vec<_> = rejections(&validator, event).into_iter().map(|rejection| (rejection, 0)).collect();
    waiting.reverse();
    let mut found: Vec<Break> = Vec::new();
    while let Some((rejection, depth)) = waiting.pop() {
        let within = within(&alternatives(&validator, event, &rejection), &rejection, &reader.value, &writer.value);
        if depth < MOST_DEEP && !within.is_empty() {
            waiting.extend(within.into_iter().rev().map(|inner| (inner, depth + 1)));
            continue;
        }
        let one =
            one(pair, &Change::new(pair, way, &rejection, (&reader.value, &writer.value), event), event, rejected_by);
        if !found.iter().any(|known| known.same_as(&one)) {
            found.push(one);
        }
    }
    found
}

/// Where alternatives are as many as the writer's and only one of them differs, what that one says is what changed.
fn within(alternatives: &[Vec<Rejection>], rejection: &Rejection, reader: &Value, writer: &Value) -> Vec<Rejection> {
    let there = walk(writer, &rejection.path);
    let branches = |schema: &Value, at: &str| pointer::get(schema, at).and_then(Value::as_array).cloned();
    let here = branches(reader, &walk(reader, &rejection.path).pointer);
    let (Some(here), Some(there)) = (here, branches(writer, &there.pointer).filter(|_| there.exact)) else {
        return Vec::new();
    };
    if here.len() != there.len() || here.len() != alternatives.len() {
        return Vec::new();
    }
    let is_reference = |branch: &Value| branch.get("$ref").is_some();
    let changed = |index: &usize| here.get(*index) != there.get(*index) || here.get(*index).is_some_and(is_reference);
    let changed: Vec<_> = (0..here.len()).filter(changed).collect();
    match changed.as_slice() {
        [index] => alternatives.get(*index).cloned().unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn one(pair: &Pair, change: &Change<'_>, event: &Value, rejected_by: &[String]) -> Break {
    let recognised = RULES.iter().find_map(|rule| Some((*rule, (rule.recognise)(change)?)));
    let (rule, said) = recognised.unwrap_or_else(|| (&super::other::RULE, super::other::said(change)));
    let walked = walk(change.reader, &change.rejection.path);
    let keyword_at = match rejected_by.first() {
        Some(named) if !walked.exact => named.clone(),
        _ => walked.pointer,
    };
    let (reader_at, writer_at) = places(change, &said, &keyword_at);
    let (writing, reading) = change.way.order(&pair.old, &pair.new);
    let reader_place = reading.shown(&reader_at);
    let writer_place = shown(writing, change.writer, &writer_at);
    let (old, new) = change.way.order(&writer_place, &reader_place);
    let (old_at, new_at) = change.way.order(&writer_at, &reader_at);
    Break {
        rule,
        way: change.way,
        message: said.message,
        new: new.clone(),
        old: old.clone(),
        new_place: pair.new.origin(new_at),
        old_place: pair.old.origin(old_at),
        witness: event.clone(),
        at: change.rejection.at.clone(),
        keyword_at,
        missing: change.missing().map(ToOwned::to_owned),
    }
}

/// The places in the reader's and in the writer's schema.
fn places(change: &Change<'_>, said: &Said, keyword_at: &str) -> (String, String) {
    let reader = said.reader.clone().unwrap_or_else(|| keyword_at.to_owned());
    let writer = said.writer.clone().unwrap_or_else(|| {
        let same = pointer::join(&change.writer_at.pointer, &change.keyword);
        let there = change.writer_at.exact && !change.keyword.is_empty() && change.wrote(&change.keyword).is_some();
        if there { same } else { change.writer_at.pointer.clone() }
    });
    (reader, writer)
}

/// A keyword's value is shown as it is; a whole schema by its name.
fn shown(side: &Side, schema: &Value, at: &str) -> (String, Option<Span>) {
    match pointer::get(schema, at) {
        Some(Value::Object(_)) => side.named(at),
        _ => side.shown(at),
    }
}

/// The reader's schema without the keywords that reject; `None` where nothing can be taken out.
pub(in crate::compat) fn relaxed(reader: &Bundle, breaks: &[Break]) -> Option<Bundle> {
    let mut rest = reader.clone();
    for each in breaks {
        take_out(&mut rest.value, each);
    }
    (rest.value != reader.value).then_some(rest)
}

fn take_out(schema: &mut Value, each: &Break) {
    let Some((parent, keyword)) = pointer::parent(&each.keyword_at) else { return };
    let Some(around) = schema.pointer_mut(parent) else { return };
    let Some(value) = around.get_mut(keyword.as_ref()) else { return };
    match (value, &each.missing) {
        (Value::Array(names), Some(missing)) => names.retain(|name| name.as_str() != Some(missing)),
        (value @ Value::Bool(false), _) => *value = Value::Bool(true),
        _ => {
            if let Some(members) = around.as_object_mut() {
                members.remove(keyword.as_ref());
            }
        }
    }
}
