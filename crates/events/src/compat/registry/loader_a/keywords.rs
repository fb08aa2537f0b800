use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::compat::registry::documents::Draft;
use crate::compat::registry::fault::{Outcome, unloadable};
use crate::compat::registry::value::{Number, Reading};

/// The keywords of a schema that no step has used yet.
pub(super) struct Left<'a> {
    object: &'a Map<String, Value>,
    used: BTreeSet<&'static str>,
    draft: Draft,
}

impl<'a> Left<'a> {
    pub(super) fn new(object: &'a Map<String, Value>, draft: Draft) -> Self {
        Self { object, used: BTreeSet::new(), draft }
    }

    pub(super) fn draft(&self) -> Draft {
        self.draft
    }

    /// A keyword's value, whoever used it.
    pub(super) fn whole(&self, keyword: &str) -> Option<&'a Value> {
        self.object.get(keyword)
    }

    pub(super) fn has_any(&self, keywords: &[&'static str]) -> bool {
        keywords.iter().any(|keyword| !self.used.contains(keyword) && self.object.contains_key(*keyword))
    }

    pub(super) fn hide(&mut self, keywords: &[&'static str]) {
        self.used.extend(keywords);
    }

    pub(super) fn take(&mut self, keyword: &'static str) -> Option<&'a Value> {
        let free = self.used.insert(keyword);
        self.object.get(keyword).filter(|_| free)
    }

    /// For a keyword that older drafts do not have.
    pub(super) fn take_since(&mut self, keyword: &'static str, draft: Draft) -> Option<&'a Value> {
        if self.draft >= draft { self.take(keyword) } else { None }
    }

    pub(super) fn text(&mut self, keyword: &'static str) -> Outcome<Option<&'a str>> {
        self.take(keyword).map(|value| text(keyword, value)).transpose()
    }

    pub(super) fn boolean(&mut self, keyword: &'static str) -> Outcome<Option<bool>> {
        self.take(keyword).map(|value| boolean(keyword, value)).transpose()
    }

    /// What nobody used.
    pub(super) fn rest(self) -> BTreeMap<&'a str, &'a Value> {
        let free = self.object.iter().filter(|(name, _)| !self.used.contains(name.as_str()));
        free.map(|(name, value)| (name.as_str(), value)).collect()
    }
}

pub(super) fn text<'a>(keyword: &str, value: &'a Value) -> Outcome<&'a str> {
    value.as_str().map_or_else(|| unloadable(format!("`{keyword}` must be a string")), Ok)
}

pub(super) fn boolean(keyword: &str, value: &Value) -> Outcome<bool> {
    value.as_bool().map_or_else(|| unloadable(format!("`{keyword}` must be a boolean")), Ok)
}

pub(super) fn array<'a>(keyword: &str, value: &'a Value) -> Outcome<&'a Vec<Value>> {
    value.as_array().map_or_else(|| unloadable(format!("`{keyword}` must be an array")), Ok)
}

pub(super) fn members<'a>(keyword: &str, value: &'a Value) -> Outcome<&'a Map<String, Value>> {
    value.as_object().map_or_else(|| unloadable(format!("`{keyword}` must be an object")), Ok)
}

/// A count: an integer literal of 32 bits.
pub(super) fn count(keyword: &str, value: &Value) -> Outcome<i32> {
    let integer = value.as_i64().and_then(|integer| i32::try_from(integer).ok());
    integer.map_or_else(|| unloadable(format!("`{keyword}` must be an integer of 32 bits")), Ok)
}

pub(super) fn number(keyword: &str, value: &Value) -> Outcome<Number> {
    Number::of(value, Reading::Classic).map_or_else(|| unloadable(format!("`{keyword}` must be a number")), Ok)
}
