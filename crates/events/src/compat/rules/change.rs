use linkspan_source::pointer;
use serde_json::Value;

use crate::compat::locate::{Found, NAMED, step_into, walk};
use crate::compat::mode::Way;
use crate::compat::pair::{Pair, Side};
use crate::compat::witness::{Detail, Rejection};

/// A keyword that rejects an event, and what stands in its place in the schema under which the event was written.
#[derive(Debug)]
pub(super) struct Change<'a> {
    /// Who wrote and who reads.
    pub(super) way: Way,
    /// What rejects.
    pub(super) rejection: &'a Rejection,
    /// The reader's whole schema.
    pub(super) reader: &'a Value,
    /// The writer's whole schema.
    pub(super) writer: &'a Value,
    /// The event.
    pub(super) event: &'a Value,
    /// The reader's and the writer's documents.
    sides: (&'a Side, &'a Side),
    /// The keyword; empty for the schema `false`.
    pub(super) keyword: String,
    /// The way to the schema that has the keyword.
    pub(super) around: String,
    /// Where the reader has that schema.
    pub(super) reader_at: String,
    /// Where the writer has its counterpart, or the closest to it.
    pub(super) writer_at: Found,
}

impl<'a> Change<'a> {
    pub(super) fn new(
        pair: &'a Pair,
        way: Way,
        rejection: &'a Rejection,
        schemas: (&'a Value, &'a Value),
        event: &'a Value,
    ) -> Self {
        let (writing, reading) = way.order(&pair.old, &pair.new);
        let (around, keyword) = split(&rejection.path);
        let (reader, writer) = schemas;
        Self {
            way,
            rejection,
            reader,
            writer,
            event,
            sides: (reading, writing),
            reader_at: walk(reader, &around).pointer,
            writer_at: walk(writer, &around),
            keyword,
            around,
        }
    }

    /// What the reader's schema has under a keyword, beside the one that rejects.
    pub(super) fn reads(&self, keyword: &str) -> Option<&'a Value> {
        pointer::get(self.reader, &self.reader_at)?.get(keyword)
    }

    /// What the writer's schema has there.
    pub(super) fn wrote(&self, keyword: &str) -> Option<&'a Value> {
        self.counterpart()?.get(keyword)
    }

    /// The writer's schema in this place, if it has one.
    pub(super) fn counterpart(&self) -> Option<&'a Value> {
        pointer::get(self.writer, &self.writer_at.pointer).filter(|_| self.writer_at.exact)
    }

    /// Whether the keyword says something else than the writer's.
    pub(super) fn differs(&self, keyword: &str) -> bool {
        self.reads(keyword) != self.wrote(keyword)
    }

    /// Whether the way to the keyword leads through one of these keywords.
    pub(super) fn passes(&self, keywords: &[&str]) -> bool {
        self.passed(keywords).is_some()
    }

    /// The way up to and including the last of these keywords on it.
    pub(super) fn passed(&self, keywords: &[&str]) -> Option<String> {
        let mut at = String::new();
        let mut found = None;
        for (token, named) in tokens(&self.rejection.path) {
            at = pointer::join(&at, &token);
            if !named && keywords.contains(&token.as_str()) {
                found = Some(at.clone());
            }
        }
        found
    }

    /// Whether the writer has something where a way leads.
    pub(super) fn writer_has(&self, path: &str) -> bool {
        walk(self.writer, path).exact
    }

    /// The property that is missing.
    pub(super) fn missing(&self) -> Option<&'a str> {
        match &self.rejection.detail {
            Detail::Missing(name) => Some(name),
            _ => None,
        }
    }

    /// The property that is missing, which `required` of the reader names, and that of the writer does not.
    pub(super) fn newly_required(&self) -> Option<&'a str> {
        let missing = self.missing().filter(|_| self.keyword == "required")?;
        let wrote = self.wrote("required").and_then(Value::as_array);
        let known = wrote.is_some_and(|names| names.iter().any(|name| name.as_str() == Some(missing)));
        (!known).then_some(missing)
    }

    /// What the reader's schema has where a way leads.
    pub(super) fn read_at(&self, path: &str) -> Option<&'a Value> {
        let found = walk(self.reader, path);
        pointer::get(self.reader, &found.pointer).filter(|_| found.exact)
    }

    /// What the writer's schema has where a way leads.
    pub(super) fn wrote_at(&self, path: &str) -> Option<&'a Value> {
        let found = walk(self.writer, path);
        pointer::get(self.writer, &found.pointer).filter(|_| found.exact)
    }

    /// Where both have the last reference on the way, if only it was changed: what it leads to now is in the writer's
    /// document just the same.
    pub(super) fn led_elsewhere(&self) -> Option<[String; 2]> {
        let (reading, writing) = self.sides;
        let around = self.passed(&["$ref"])?;
        let around = around.strip_suffix("/$ref")?;
        let found = [walk(self.reader, around), walk(self.writer, around)];
        let (here, there) = (reading.origin(&step_into(self.reader, &found[0].pointer)?), {
            writing.origin(&step_into(self.writer, &found[1].pointer)?)
        });
        let path = if here.path == reading.place.path { &writing.place.path } else { &here.path };
        let now = reading.files.document(&here.path).ok()?;
        let before = writing.files.document(path).ok()?;
        let same = pointer::get(&now.value, &here.pointer) == pointer::get(&before.value, &here.pointer);
        (same && found[1].exact && here.pointer != there.pointer)
            .then(|| found.map(|found| pointer::join(&found.pointer, "$ref")))
    }

    /// Where a way leads in the reader's schema.
    pub(super) fn reader_place(&self, path: &str) -> String {
        walk(self.reader, path).pointer
    }

    /// Where a way leads in the writer's schema.
    pub(super) fn writer_place(&self, path: &str) -> String {
        walk(self.writer, path).pointer
    }

    /// The first part on the way that the writer does not have, if it stands under this keyword.
    pub(super) fn first_absent(&self, keyword: &str) -> Option<String> {
        let (mut at, mut under) = (String::new(), String::new());
        for (token, named) in tokens(&self.around) {
            at = pointer::join(&at, &token);
            let part = named || token.parse::<usize>().is_ok();
            if !part {
                under.clone_from(&token);
            }
            let whole = part || !NAMED.contains(&token.as_str());
            if whole && !self.writer_has(&at) {
                return (under == keyword).then_some(token);
            }
        }
        None
    }

    /// The properties that an object without further ones does not allow; none, if that is not what happened.
    pub(super) fn closed_to(&self) -> Vec<String> {
        let closed = self.keyword == "additionalProperties" && self.reads(&self.keyword) == Some(&Value::Bool(false));
        if closed { self.unexpected() } else { Vec::new() }
    }

    /// The properties or names that are not allowed.
    pub(super) fn unexpected(&self) -> Vec<String> {
        if let Detail::Unexpected(names) = &self.rejection.detail {
            return names.clone();
        }
        // The schema `false` names the object alone: all of its properties that nothing else describes.
        let object = pointer::get(self.event, &self.rejection.at).and_then(Value::as_object);
        let known = |name: &&String| self.reads("properties").is_some_and(|known| known.get(name.as_str()).is_some());
        object.into_iter().flat_map(|object| object.keys()).filter(|name| !known(name)).cloned().collect()
    }

    /// Alternatives that all fit.
    pub(super) fn overlap(&self) -> Option<&'a [usize]> {
        match &self.rejection.detail {
            Detail::Overlap(fitting) => Some(fitting),
            _ => None,
        }
    }

    /// The types that a value of `type` names.
    pub(super) fn types(&self, value: Option<&Value>) -> Vec<String> {
        match value {
            Some(Value::String(name)) => vec![name.clone()],
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect(),
            _ => Vec::new(),
        }
    }
}

/// The schema that a keyword stands in, and the keyword; the schema `false` has none.
fn split(path: &str) -> (String, String) {
    match tokens(path).last() {
        Some((token, false)) if token.parse::<usize>().is_err() => {
            let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
            (parent.to_owned(), token.clone())
        }
        _ => (path.to_owned(), String::new()),
    }
}

/// The parts of a way, and whether each is a name (of a property, a definition) and no keyword.
fn tokens(path: &str) -> Vec<(String, bool)> {
    let mut named = false;
    let mut tokens = Vec::new();
    for token in pointer::split(path) {
        let is_name = named;
        named = !is_name && NAMED.contains(&token.as_ref());
        tokens.push((token.into_owned(), is_name));
    }
    tokens
}
