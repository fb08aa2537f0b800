//! A document, or a value in it, against a JSON Schema: one fault per faulty node.

use std::collections::BTreeSet;

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::describe::{Description, describe};

/// How many levels of alternatives are looked into.
const MOST_NESTED: usize = 32;

/// What is nested deeper is only judged: the faults of each level repeat those of all levels below.
const MOST_DEEP: usize = 96;

fn depth(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// All faults of a value, each node's message once.
pub(super) fn faults(validator: &Validator, value: &Value) -> Vec<Description> {
    if validator.is_valid(value) {
        return Vec::new();
    }
    if depth(value) > MOST_DEEP {
        let message = format!(
            "this does not fit the specification; it is nested more than {MOST_DEEP} deep, too deep to say where"
        );
        return vec![Description { pointer: String::new(), name: false, message, help: None }];
    }
    let mut seen = BTreeSet::new();
    let described = validator.iter_errors(value).flat_map(|error| leaves(&error, MOST_NESTED));
    described.filter(|fault| seen.insert((fault.pointer.clone(), fault.message.clone()))).collect()
}

/// What an error says: of alternatives, what the one that was meant says.
fn leaves(error: &ValidationError<'_>, depth: usize) -> Vec<Description> {
    let (Kind::AnyOf { context } | Kind::OneOfNotValid { context }) = error.kind() else {
        return describe(error);
    };
    let at = error.instance_path().as_str();
    let branches = context.iter().filter(|errors| !errors.is_empty());
    match branches.min_by_key(|errors| distance(errors, at)) {
        Some(errors) if depth > 0 => errors.iter().flat_map(|error| leaves(error, depth - 1)).collect(),
        _ => describe(error),
    }
}

/// What is wrong at one place, and what to do about it.
pub(crate) fn explained(error: &ValidationError<'_>) -> (String, Option<String>) {
    let first = leaves(error, MOST_NESTED).into_iter().next();
    first.map_or_else(|| (error.to_string(), None), |fault| (fault.message, fault.help))
}

/// How far a branch is from what was written: a reference where none stands, then another type, then the faults that
/// another kind of object has (members missing, unknown, or with a word of another kind), then all faults.
fn distance(errors: &[ValidationError<'static>], at: &str) -> (bool, bool, usize, usize) {
    let here = |error: &&ValidationError<'_>| error.instance_path().as_str() == at;
    let reference = errors
        .iter()
        .filter(here)
        .any(|error| matches!(error.kind(), Kind::Required { property } if property.as_str() == Some("$ref")));
    let other_type =
        errors.iter().filter(here).any(|error| matches!(error.kind(), Kind::Type { .. } | Kind::FalseSchema));
    (reference, other_type, other_kind(errors, at, MOST_NESTED), errors.len())
}

/// The faults that another kind of object has; of alternatives, those of the nearest.
fn other_kind(errors: &[ValidationError<'static>], at: &str, depth: usize) -> usize {
    let count = |error: &ValidationError<'_>| {
        let below = error.instance_path().as_str().strip_prefix(at)?;
        Some(match (error.kind(), below.matches('/').count()) {
            (Kind::AdditionalProperties { unexpected }, 0) => unexpected.len(),
            (Kind::Required { .. }, 0) | (Kind::Enum { .. } | Kind::Constant { .. }, 1) => 1,
            (Kind::AnyOf { context } | Kind::OneOfNotValid { context }, 0) if depth > 0 => {
                context.iter().map(|branch| other_kind(branch, at, depth - 1)).min()?
            }
            _ => 0,
        })
    };
    errors.iter().filter_map(count).sum()
}

/// The nodes at which any alternative refuses a property of the name.
pub(super) fn refused(validator: &Validator, value: &Value, name: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if depth(value) > MOST_DEEP {
        return found;
    }
    for error in validator.iter_errors(value) {
        collect_refused(&error, name, MOST_NESTED, &mut found);
    }
    found
}

fn collect_refused(error: &ValidationError<'_>, name: &str, depth: usize, found: &mut BTreeSet<String>) {
    match error.kind() {
        Kind::AdditionalProperties { unexpected } if unexpected.iter().any(|property| property == name) => {
            found.insert(error.instance_path().as_str().to_owned());
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } | Kind::OneOfMultipleValid { context }
            if depth > 0 =>
        {
            for error in context.iter().flatten() {
                collect_refused(error, name, depth - 1, found);
            }
        }
        _ => {}
    }
}
