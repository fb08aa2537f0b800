//! Changes of OpenAPI documents.

mod body_removed;
mod body_required;
mod header_removed;
mod method_removed;
mod operation_added;
mod operation_id_changed;
mod optional_header_removed;
mod parameter_added;
mod parameter_added_required;
mod parameter_moved;
mod parameter_removed;
mod parameter_required;
mod parameter_style_changed;
mod path_removed;
mod request_media_type_removed;
mod response_media_type_removed;
mod scope_added;
mod security_added;
mod status_added;
mod status_removed;
mod success_status_removed;
mod webhook_media_type_added;
mod webhook_parameter_removed;
mod webhook_removed;

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Api, HttpOperation, HttpParameter, OpenApi, Response, Surface};
use super::{Check, ContractChange, Found};
use crate::schema::Place;

type Find = fn(&Pair<'_>, &mut Found);

/// What is needed together: schemes, with their scopes.
type Schemes = BTreeMap<String, BTreeSet<String>>;

/// The rules, one file each.
pub(super) static CHECKS: [&Check<Find>; 24] = [
    &path_removed::CHECK,
    &method_removed::CHECK,
    &webhook_removed::CHECK,
    &operation_added::CHECK,
    &operation_id_changed::CHECK,
    &parameter_removed::CHECK,
    &parameter_added_required::CHECK,
    &parameter_added::CHECK,
    &parameter_required::CHECK,
    &parameter_moved::CHECK,
    &parameter_style_changed::CHECK,
    &webhook_parameter_removed::CHECK,
    &body_required::CHECK,
    &body_removed::CHECK,
    &request_media_type_removed::CHECK,
    &webhook_media_type_added::CHECK,
    &response_media_type_removed::CHECK,
    &success_status_removed::CHECK,
    &status_removed::CHECK,
    &status_added::CHECK,
    &header_removed::CHECK,
    &optional_header_removed::CHECK,
    &security_added::CHECK,
    &scope_added::CHECK,
];

/// Two versions of a document, with what belongs together in them.
pub(super) struct Pair<'a> {
    /// `openapi orders`.
    id: &'a str,
    old: &'a OpenApi,
    new: &'a OpenApi,
    /// The new document.
    root: &'a Place,
    operations: Vec<(&'a HttpOperation, &'a HttpOperation)>,
}

/// The changes between two versions of a document.
pub(super) fn changes(before: &Surface, old: &OpenApi, now: &Surface) -> Vec<ContractChange> {
    let Api::Open(new) = &now.api else { return Vec::new() };
    let known: BTreeMap<_, _> = new.operations.iter().map(|operation| (&operation.identity, operation)).collect();
    let operations = old.operations.iter();
    let operations = operations.filter_map(|operation| Some((operation, *known.get(&operation.identity)?))).collect();
    let pair = Pair { id: &now.id, old, new, root: &now.place, operations };
    let _ = before;
    let find = |check: &&'static Check<Find>| {
        let mut found = Found::default();
        (check.find)(&pair, &mut found);
        found.of(&check.rule).collect::<Vec<_>>()
    };
    CHECKS.iter().flat_map(find).collect()
}

impl<'a> Pair<'a> {
    fn subject(&self, operation: &HttpOperation) -> String {
        format!("{} {}", self.id, operation.name)
    }

    /// The path as it was written, with its parameters' names.
    fn path(operation: &HttpOperation) -> &str {
        operation.name.split_once(' ').map_or(operation.name.as_str(), |(_, path)| path)
    }

    /// A place in the new document; where it is not, its closest ancestor is shown.
    fn at(&self, pointer: &str) -> Place {
        Place { path: self.root.path.clone(), pointer: pointer.to_owned() }
    }

    /// Where what is left of an operation's path, webhook or callback stands.
    fn path_place(&self, operation: &HttpOperation) -> Place {
        let left = self.new.operations.iter().find(|other| other.path == operation.path);
        match left {
            Some(other) => {
                let item = linkspan_source::pointer::parent(&other.place.pointer).map_or("", |(item, _)| item);
                Place { path: other.place.path.clone(), pointer: item.to_owned() }
            }
            None if operation.name.starts_with("webhook ") => self.at("/webhooks"),
            None => self.at("/paths"),
        }
    }

    fn responses_place(&self, operation: &HttpOperation) -> Place {
        let pointer = linkspan_source::pointer::join(&operation.place.pointer, "responses");
        Place { path: operation.place.path.clone(), pointer }
    }

    /// Operations that are only in the old document.
    fn gone(&self) -> impl Iterator<Item = &'a HttpOperation> {
        let kept = |operation: &HttpOperation| self.operations.iter().any(|(old, _)| std::ptr::eq(*old, operation));
        self.old.operations.iter().filter(move |operation| !kept(operation))
    }

    /// Operations that are only in the new document.
    fn fresh(&self) -> impl Iterator<Item = &'a HttpOperation> {
        let known = |operation: &HttpOperation| self.operations.iter().any(|(_, new)| std::ptr::eq(*new, operation));
        self.new.operations.iter().filter(move |operation| !known(operation))
    }

    fn path_is_gone(&self, operation: &HttpOperation) -> bool {
        !self.new.operations.iter().any(|other| !other.outgoing && other.path == operation.path)
    }

    /// Parameters that are in both documents at the same location, with the new operation.
    fn parameters(&self) -> impl Iterator<Item = (&'a HttpOperation, &'a HttpParameter, &'a HttpParameter)> {
        self.operations.iter().flat_map(|(old, new)| {
            let same = |one: &'a HttpParameter| Some((*new, one, counterpart(new, one)?));
            old.parameters.iter().filter_map(same)
        })
    }

    /// Parameters that moved to another location, with the new operation.
    fn moved_parameters(&self) -> impl Iterator<Item = (&'a HttpOperation, &'a HttpParameter, &'a HttpParameter)> {
        self.operations.iter().flat_map(|(old, new)| {
            let moved = |one: &'a HttpParameter| Some((*new, one, elsewhere(old, new, one)?));
            old.parameters.iter().filter_map(moved)
        })
    }

    /// Parameters that are only in the old document: the old operation, the parameter, the new operation.
    fn lost_parameters(&self) -> impl Iterator<Item = (&'a HttpOperation, &'a HttpParameter, &'a HttpOperation)> {
        self.operations.iter().flat_map(|(old, new)| {
            let lost = |one: &&HttpParameter| counterpart(new, one).is_none() && elsewhere(old, new, one).is_none();
            old.parameters.iter().filter(move |one| lost(one)).map(|one| (*new, one, *new))
        })
    }

    /// Parameters that are only in the new document: the old operation, the new one, the parameter.
    fn new_parameters(&self) -> impl Iterator<Item = (&'a HttpOperation, &'a HttpOperation, &'a HttpParameter)> {
        self.operations.iter().flat_map(|(old, new)| {
            let fresh = |one: &&HttpParameter| counterpart(old, one).is_none() && elsewhere(new, old, one).is_none();
            new.parameters.iter().filter(move |one| fresh(one)).map(|one| (*old, *new, one))
        })
    }

    /// Responses that are in both documents, with the new operation and the status.
    fn responses(&self) -> impl Iterator<Item = (&'a HttpOperation, &'a String, &'a Response, &'a Response)> {
        self.operations.iter().flat_map(|(old, new)| {
            let same = |(status, one): (&'a String, &'a Response)| Some((*new, status, one, answer(new, status)?));
            old.responses.iter().filter_map(same)
        })
    }

    /// Responses that are only in the old document, with the new operation and the status.
    fn lost_responses(&self) -> impl Iterator<Item = (&'a HttpOperation, &'a String, &'a Response)> {
        self.operations.iter().flat_map(|(old, new)| {
            let lost = |(status, _): &(&String, &Response)| answer(new, status).is_none();
            old.responses
                .iter()
                .filter(move |response| lost(response))
                .map(|(status, response)| (*new, status, response))
        })
    }
}

fn counterpart<'o>(operation: &'o HttpOperation, parameter: &HttpParameter) -> Option<&'o HttpParameter> {
    let same = |other: &&HttpParameter| other.location == parameter.location && other.identity == parameter.identity;
    operation.parameters.iter().find(same)
}

/// A parameter of the same name at another location that has no counterpart of its own.
fn elsewhere<'o>(own: &HttpOperation, other: &'o HttpOperation, one: &HttpParameter) -> Option<&'o HttpParameter> {
    if counterpart(other, one).is_some() {
        return None;
    }
    let moved = |two: &&HttpParameter| two.name.eq_ignore_ascii_case(&one.name) && counterpart(own, two).is_none();
    other.parameters.iter().find(moved)
}

/// The response that is given for a status: its own, its range's (`2XX`), or `default`.
fn answer<'o>(operation: &'o HttpOperation, status: &str) -> Option<&'o Response> {
    let range = status.chars().next().map(|first| format!("{first}XX")).filter(|_| status != "default");
    let own = operation.responses.get(status);
    let wider = || range.and_then(|range| operation.responses.get(&range));
    // `default` stands for failures that are not named (3.1, "Responses Object"), rarely for success.
    let others = || operation.responses.get("default").filter(|_| !success(status));
    own.or_else(wider).or_else(others)
}

fn success(status: &str) -> bool {
    status.starts_with(['1', '2', '3'])
}

/// Whether one of some media types or ranges (`application/*`) includes a media type.
fn covered<'m>(name: &str, known: impl Iterator<Item = &'m String>) -> bool {
    let bare = name.split(';').next().unwrap_or(name);
    let kind = bare.split('/').next().unwrap_or(bare);
    let mut known = known;
    known.any(|range| *range == name || range == bare || range == "*/*" || *range == format!("{kind}/*"))
}

/// Whether a way that was enough before is no longer: no new alternative is `enough` for an old one.
fn weaker(old: &HttpOperation, new: &HttpOperation, enough: impl Fn(&Schemes, &Schemes) -> bool) -> bool {
    let none = [Schemes::new()];
    let before = if old.security.is_empty() { &none[..] } else { &old.security };
    !new.security.is_empty() && before.iter().any(|before| !new.security.iter().any(|now| enough(now, before)))
}
