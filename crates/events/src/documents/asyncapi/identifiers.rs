//! Rules about what must be unique.

use std::collections::BTreeSet;

use linkspan_source::pointer;
use serde_json::Value;

use super::{Subject, Violation};
use crate::documents::select::{Part, select};

/// Operations in the order in which the parser counts them: per channel, `subscribe` first.
fn all_operations(root: &Value) -> Vec<Part<'_>> {
    let operations = select(root, "channels/*/subscribe|publish");
    operations.into_iter().filter(|operation| operation.value.is_object()).collect()
}

/// Each operation's `operationId` is its own.
pub(super) fn operations(subject: &Subject<'_>, _: &Part<'_>) -> Vec<Violation> {
    unique(&all_operations(subject.root), "operationId", "operations")
}

/// Each message's `messageId` is its own.
pub(super) fn messages(subject: &Subject<'_>, _: &Part<'_>) -> Vec<Violation> {
    let mut found = Vec::new();
    for operation in all_operations(subject.root) {
        let Some(message) = operation.member("message").filter(|message| message.value.is_object()) else { continue };
        match message.member("oneOf").filter(|several| several.value.is_array()) {
            Some(several) => found.extend(several.children().into_iter().filter(|one| one.value.is_object())),
            None => found.push(message),
        }
    }
    unique(&found, "messageId", "messages")
}

/// The identifiers that occurred before; the last trait that has one decides.
fn unique(parts: &[Part<'_>], name: &str, what: &str) -> Vec<Violation> {
    let mut seen = BTreeSet::new();
    let mut violations = Vec::new();
    for part in parts {
        let traits = part.items("traits").into_iter().rev();
        let holder = traits.chain([part.clone()]).find(|holder| holder.text(name).is_some());
        let Some((holder, id)) = holder.and_then(|holder| holder.text(name).map(|id| (holder.at.clone(), id))) else {
            continue;
        };
        if !seen.insert(id) {
            let message = format!("`{name}` must be unique, but `{id}` names several {what}");
            violations.push(Violation::new(pointer::join(&holder, name), message));
        }
    }
    violations
}

/// Each tag's name occurs once in a list.
pub(super) fn tags(_: &Subject<'_>, tags: &Part<'_>) -> Vec<Violation> {
    let children = tags.children();
    if !tags.value.is_array() || children.iter().any(|tag| tag.text("name").is_none()) {
        return Vec::new();
    }
    let mut seen = BTreeSet::new();
    let twice = children.iter().filter(|tag| !seen.insert(tag.text("name")));
    twice
        .map(|tag| {
            let message = format!("the tag `{}` occurs twice", tag.text("name").unwrap_or_default());
            Violation::new(pointer::join(&tag.at, "name"), message)
        })
        .collect()
}

/// The same in AsyncAPI 3, where the parser does not look.
pub(super) fn tags_3(subject: &Subject<'_>, part: &Part<'_>) -> Vec<Violation> {
    tags(subject, part).into_iter().map(Violation::warning).collect()
}
