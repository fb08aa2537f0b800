//! Why a schema rejects an event: the validator's errors, down to the keywords that decide.

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use crate::schema::Bundle;

/// How deep alternatives are looked into.
const MOST_DEEP: usize = 24;

/// One keyword that rejects an event.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rejection {
    /// The way that the validator went, with the keyword at its end; for the schema `false`, the way to it.
    pub(super) path: String,
    /// A JSON Pointer into the event.
    pub(super) at: String,
    /// What stands there.
    pub(super) value: Value,
    /// What the keyword says about it.
    pub(super) detail: Detail,
    /// What the validator says.
    pub(super) text: String,
}

/// What a keyword says about a value, beyond that it is not right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Detail {
    /// Nothing more.
    None,
    /// A property that is not there.
    Missing(String),
    /// Properties or items that are too many.
    Unexpected(Vec<String>),
    /// Alternatives of `oneOf` that all fit.
    Overlap(Vec<usize>),
}

/// A validator for a bundle; `None` where it is no schema.
pub(super) fn validator(bundle: &Bundle) -> Result<Validator, Box<ValidationError<'static>>> {
    jsonschema::options().with_draft(bundle.dialect.into()).build(&bundle.value).map_err(Box::new)
}

/// What rejects an event, in the order in which it was found; empty, if nothing does.
pub(super) fn rejections(validator: &Validator, event: &Value) -> Vec<Rejection> {
    validator.iter_errors(event).map(|error| rejection(&error)).collect()
}

/// What the alternatives of an `anyOf` or `oneOf` say, one list each; none for other keywords.
pub(super) fn alternatives(validator: &Validator, event: &Value, rejection: &Rejection) -> Vec<Vec<Rejection>> {
    let mut found = Vec::new();
    for error in validator.iter_errors(event) {
        search(&error, &rejection.path, MOST_DEEP, &mut found);
    }
    found
}

fn search(error: &ValidationError<'_>, path: &str, depth: usize, found: &mut Vec<Vec<Rejection>>) {
    let (Kind::AnyOf { context } | Kind::OneOfNotValid { context }) = error.kind() else { return };
    let own = error.evaluation_path().as_str();
    if own == path {
        *found = context.iter().map(|errors| errors.iter().map(rejection).collect()).collect();
    } else if depth > 0 && path.starts_with(own) {
        context.iter().flatten().for_each(|inner| search(inner, path, depth - 1, found));
    }
}

fn rejection(error: &ValidationError<'_>) -> Rejection {
    let detail = match error.kind() {
        Kind::Required { property } => Detail::Missing(property.as_str().unwrap_or_default().to_owned()),
        Kind::AdditionalProperties { unexpected }
        | Kind::UnevaluatedProperties { unexpected }
        | Kind::UnevaluatedItems { unexpected } => Detail::Unexpected(unexpected.clone()),
        Kind::PropertyNames { error } => {
            Detail::Unexpected(error.instance().as_str().map(ToOwned::to_owned).into_iter().collect())
        }
        Kind::OneOfMultipleValid { context } => {
            let fits = |(index, errors): (usize, &Vec<_>)| errors.is_empty().then_some(index);
            Detail::Overlap(context.iter().enumerate().filter_map(fits).collect())
        }
        _ => Detail::None,
    };
    let path = error.evaluation_path().as_str().to_owned();
    Rejection {
        path,
        at: error.instance_path().as_str().to_owned(),
        value: error.instance().as_ref().clone(),
        detail,
        text: error.to_string(),
    }
}
