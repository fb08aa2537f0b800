//! Rules about tags.

use std::collections::{BTreeMap, BTreeSet};

use super::{Subject, Version, Violation};
use crate::documents::select::{select, whole};

/// Each tag's name is its own (OpenAPI Object).
pub(super) fn unique(subject: &Subject<'_>) -> Vec<Violation> {
    let mut seen = BTreeSet::new();
    let tags = select(&subject.resolved.value, "tags/*");
    let twice = tags.iter().filter(|tag| tag.text("name").is_some_and(|name| !seen.insert(name)));
    twice
        .map(|tag| {
            let message = format!("the tag `{}` occurs twice", tag.text("name").unwrap_or_default());
            Violation::new(format!("{}/name", tag.at), message)
        })
        .collect()
}

/// A tag's parent is a tag, and not below it (Tag Object, 3.2).
pub(super) fn parents(subject: &Subject<'_>) -> Vec<Violation> {
    if subject.version < Version::V32 {
        return Vec::new();
    }
    let tags = whole(&subject.resolved.value).items("tags");
    let parents: BTreeMap<_, _> = tags.iter().filter_map(|tag| Some((tag.text("name")?, tag.text("parent")))).collect();
    let judge = |tag: &crate::documents::select::Part<'_>| {
        let parent = tag.text("parent")?;
        let at = format!("{}/parent", tag.at);
        if !parents.contains_key(parent) {
            return Some(Violation::new(at, format!("the parent `{parent}` is no tag of this document")));
        }
        let name = tag.text("name")?;
        let mut above = Some(parent);
        for _ in 0..parents.len() {
            if above == Some(name) {
                return Some(Violation::new(at, format!("the tag `{name}` is above itself")));
            }
            above = above.and_then(|above| parents.get(above).copied().flatten());
        }
        None
    };
    tags.iter().filter_map(judge).collect()
}
