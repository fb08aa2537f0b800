//! From a validator's error to the faults that it stands for: each at its own node.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use linkspan_source::pointer;
use serde_json::Value;

use super::alternatives::alternatives;
use super::masks::{Hidden, MASK};
use super::message::{help, message, shown};
use crate::schema::{Compiled, Fault, Place};

/// One fault of one node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Description {
    /// The node.
    pub(super) pointer: String,
    /// Whether the node's name is at fault, not its value.
    pub(super) name: bool,
    /// The keyword that does not hold.
    pub(super) keyword: String,
    /// What is wrong with it.
    pub(super) message: String,
    /// What to do, or what comes closest.
    pub(super) help: Option<String>,
    /// Where the schema says so.
    pub(super) place: Option<Place>,
    /// Another node that explains it.
    pub(super) other: Option<String>,
    /// The alternatives of which one came closest.
    pub(super) alternatives: Option<Place>,
}

/// What an error is described with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) schema: &'a Compiled,
    /// Where the value that was checked stands in the document.
    pub(super) at: &'a str,
    pub(super) hidden: &'a Hidden,
}

/// All that an error says.
pub(super) fn describe(schema: &Compiled, fault: &Fault<'_>, at: &str, hidden: &Hidden) -> Vec<Description> {
    Scope { schema, at, hidden }.error(&fault.error)
}

impl Scope<'_> {
    pub(super) fn error(&self, error: &ValidationError<'_>) -> Vec<Description> {
        let at = self.pointer(error);
        let place = self.schema.place_of(error);
        match error.kind() {
            Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
                let known = super::known(self.schema, place.as_ref());
                let one = |name: &String| self.unexpected(error, &at, name, &known, place.clone());
                unexpected.iter().map(one).collect()
            }
            Kind::UnevaluatedItems { unexpected } => {
                let items = indices(error.instance(), unexpected).into_iter();
                let message = "the item is not allowed here: the schema knows none at this place";
                items.map(|index| self.item(error, &at, index, message, place.clone())).collect()
            }
            Kind::AdditionalItems { limit } => {
                let message = format!("the list may have no more than {limit} items");
                let items = *limit..error.instance().as_array().map_or(0, Vec::len);
                items.map(|index| self.item(error, &at, index, &message, place.clone())).collect()
            }
            Kind::UniqueItems => self.equal(error, &at, place),
            Kind::PropertyNames { error: inner } => vec![self.name(error, inner, &at, place)],
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } => alternatives(*self, error, context),
            _ => vec![self.plain(error)],
        }
    }

    /// The node that an error is about.
    pub(super) fn pointer(&self, error: &ValidationError<'_>) -> String {
        format!("{}{}", self.at, error.instance_path().as_str())
    }

    /// A value of the document as it may be shown.
    pub(super) fn shown(&self, value: &Value, at: &str) -> String {
        if self.hidden.is_empty() { shown(value) } else { shown(&self.hidden.masked(value, at)) }
    }

    /// An error about the whole of its node.
    pub(super) fn plain(&self, error: &ValidationError<'_>) -> Description {
        let pointer = self.pointer(error);
        let value = self.shown(error.instance(), &pointer);
        let hidden = self.hidden.hides(&pointer);
        let mut message = message(error.kind(), error, &value);
        if let (Kind::Required { property }, false) = (error.kind(), hidden) {
            message = format!("the required property `{}` is missing", property.as_str().unwrap_or_default());
        }
        self.made(error, pointer, message, help(error.kind()))
    }

    pub(super) fn made(
        &self,
        error: &ValidationError<'_>,
        at: String,
        message: String,
        help: Option<String>,
    ) -> Description {
        let keyword = match error.kind().keyword() {
            "falseSchema" | "" => "false",
            keyword => keyword,
        };
        Description {
            pointer: at,
            name: false,
            keyword: keyword.to_owned(),
            message,
            help,
            place: self.schema.place_of(error),
            other: None,
            alternatives: None,
        }
    }

    fn unexpected(
        &self,
        error: &ValidationError<'_>,
        at: &str,
        name: &str,
        known: &[String],
        place: Option<Place>,
    ) -> Description {
        let pointer = pointer::join(at, name);
        let hidden = self.hidden.hides(at);
        let shown = if hidden { MASK } else { name };
        let message = format!("the property `{shown}` is not allowed here");
        let help = nearest(name, known).filter(|_| !hidden).map(|name| format!("did you mean `{name}`?"));
        Description { name: true, place, ..self.made(error, pointer, message, help) }
    }

    fn item(
        &self,
        error: &ValidationError<'_>,
        at: &str,
        index: usize,
        message: &str,
        place: Option<Place>,
    ) -> Description {
        Description { place, ..self.made(error, pointer::join_index(at, index), message.to_owned(), None) }
    }

    /// The second of the first two items that are equal.
    fn equal(&self, error: &ValidationError<'_>, at: &str, place: Option<Place>) -> Vec<Description> {
        let items = error.instance().as_array().map(Vec::as_slice).unwrap_or_default();
        let earlier = |(index, item): (usize, &Value)| {
            let same = |other: &Value| jsonschema::json::cmp::equal(item, other);
            items.iter().take(index).position(same).map(|first| (first, index))
        };
        let found: Vec<_> = items.iter().take(MOST_COMPARED).enumerate().filter_map(earlier).take(MOST_EQUAL).collect();
        if found.is_empty() {
            return vec![self.made(error, at.to_owned(), "the list has equal items".to_owned(), None)];
        }
        let one = |(first, index)| {
            let message = format!("the item is equal to item {first} of the list, but all must differ");
            let other = Some(pointer::join_index(at, first));
            Description { other, ..self.item(error, at, index, &message, place.clone()) }
        };
        found.into_iter().map(one).collect()
    }

    fn name(
        &self,
        error: &ValidationError<'_>,
        inner: &ValidationError<'_>,
        at: &str,
        place: Option<Place>,
    ) -> Description {
        let name = inner.instance().as_str().unwrap_or_default();
        let shown = if self.hidden.hides(at) { format!("`{MASK}`") } else { shown(inner.instance()) };
        let message = format!("the property's name does not fit: {}", message(inner.kind(), inner, &shown));
        let made = self.made(error, pointer::join(at, name), message, help(inner.kind()));
        Description { name: true, place: self.schema.place_of(inner).or(place), ..made }
    }
}

/// How many items are compared with all before them, and how many pairs are told.
const MOST_COMPARED: usize = 2_000;
const MOST_EQUAL: usize = 20;

/// The name that is nearest, if it is near.
fn nearest<'k>(name: &str, known: &'k [String]) -> Option<&'k String> {
    if name.len() > 200 {
        return None;
    }
    let distance = |candidate: &&String| strsim::damerau_levenshtein(name, candidate);
    let candidates = known.iter().filter(|candidate| candidate.len() <= 200);
    candidates.min_by_key(distance).filter(|candidate| distance(candidate) <= 1 + name.len() / 3)
}

/// The indices of items that are only known by their texts, from the list's end: that is where they mostly stand.
fn indices(list: &Value, texts: &[String]) -> Vec<usize> {
    let items = list.as_array().map(Vec::as_slice).unwrap_or_default();
    let is = |item: &Value, text: &String| {
        let written = item.to_string();
        written == *text
    };
    let mut found = Vec::new();
    let mut end = items.len();
    for text in texts.iter().rev() {
        let Some(index) = items.iter().take(end).rposition(|item| is(item, text)) else { continue };
        found.push(index);
        end = index;
    }
    found.reverse();
    found
}
