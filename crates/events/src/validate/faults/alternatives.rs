//! Where none of several alternatives fits: the one that was meant, or came closest, and what is wrong in it.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use linkspan_source::pointer;
use serde_json::Value;

use super::describe::{Description, Scope};
use super::message::{allowed, types};
use crate::catalog::follow;
use crate::schema::{Files, Place};

/// The errors of one alternative.
type Errors = [ValidationError<'static>];

/// How many constants are compared with each other.
const MOST_CONSTANTS: usize = 1_000;

/// What a value says about the alternative that it is meant to be.
enum Choice {
    /// It is this one, as the property of this name says.
    Branch(usize, String),
    /// The property says something that no alternative is.
    Unknown(String, Vec<Value>),
}

/// The faults of a value that fits no alternative.
pub(super) fn alternatives(
    scope: Scope<'_>,
    error: &ValidationError<'_>,
    context: &[Vec<ValidationError<'static>>],
) -> Vec<Description> {
    let place = scope.schema.place_of(error);
    let (files, ..) = scope.schema.source();
    let chosen = place.as_ref().and_then(|place| choice(files, place, context.len(), error.instance()));
    let (index, why) = match chosen {
        Some(Choice::Unknown(name, values)) => return vec![unknown(scope, error, &name, &values)],
        Some(Choice::Branch(index, name)) => (Some(index), format!("as `{name}` says, it is meant to be")),
        None => (closest(error, context), "what comes closest is".to_owned()),
    };
    let Some((index, errors)) = index.and_then(|index| Some((index, context.get(index)?))) else {
        return vec![none(scope, error, context)];
    };
    let keyword = error.kind().keyword();
    let note = format!("{why} `{keyword}/{index}`");
    let described = errors.iter().flat_map(|error| scope.error(error));
    let noted = described.map(|inner| {
        let help = inner.help.map_or_else(|| note.clone(), |help| format!("{help}; {note}"));
        let alternatives = inner.alternatives.or_else(|| place.clone());
        Description { help: Some(help), alternatives, ..inner }
    });
    noted.collect()
}

/// The property that tells the alternatives apart has a value of none of them.
fn unknown(scope: Scope<'_>, error: &ValidationError<'_>, name: &str, values: &[Value]) -> Description {
    let at = pointer::join(&scope.pointer(error), name);
    let value = error.instance().get(name).unwrap_or(&Value::Null);
    let message = format!("{} is not one of the allowed values", scope.shown(value, &at));
    scope.made(error, at, message, Some(allowed(values)))
}

/// No alternative is for a value of this type.
fn none(scope: Scope<'_>, error: &ValidationError<'_>, context: &[Vec<ValidationError<'static>>]) -> Description {
    let mut wanted: Vec<String> = Vec::new();
    for error in context.iter().flatten() {
        if let Kind::Type { kind } = error.kind() {
            let kind = types(kind);
            if !wanted.contains(&kind) {
                wanted.push(kind);
            }
        }
    }
    let help = (!wanted.is_empty()).then(|| format!("it must be {}", wanted.join(" or ")));
    Description { help, ..scope.plain(error) }
}

/// The alternative whose faults are the fewest, then the deepest; none, if all of them are for values of another type.
fn closest(error: &ValidationError<'_>, context: &[Vec<ValidationError<'static>>]) -> Option<usize> {
    let own = error.instance_path().as_str();
    let other_type = |errors: &Errors| {
        errors.iter().any(|error| {
            error.instance_path().as_str() == own && matches!(error.kind(), Kind::Type { .. } | Kind::FalseSchema)
        })
    };
    let depth = |errors: &Errors| {
        errors.iter().map(|error| error.instance_path().as_str().matches('/').count()).min().unwrap_or(0)
    };
    let candidates = context.iter().enumerate().filter(|(_, errors)| !errors.is_empty() && !other_type(errors));
    candidates.min_by_key(|(_, errors)| (count(errors), usize::MAX - depth(errors))).map(|(index, _)| index)
}

/// How many faults there are; each name that is not allowed is one.
fn count(errors: &Errors) -> usize {
    let one = |error: &ValidationError<'_>| match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => unexpected.len(),
        _ => 1,
    };
    errors.iter().map(one).sum()
}

/// What the value says: by the discriminator of OpenAPI beside the alternatives, else by a property for which each of
/// them has other constants.
fn choice(files: &Files, place: &Place, count: usize, value: &Value) -> Option<Choice> {
    let (parent, _) = pointer::parent(&place.pointer)?;
    let document = files.document(&place.path).ok()?;
    let schema = pointer::get(&document.value, parent)?;
    let list = pointer::get(&document.value, &place.pointer)?.as_array()?;
    if list.len() != count {
        return None;
    }
    let branches: Vec<_> = (0..count).map(|index| branch(files, place, index)).collect();
    discriminated(schema, list, &branches, value).or_else(|| tagged(&branches, value))
}

/// The schema of an alternative, behind its references.
fn branch(files: &Files, place: &Place, index: usize) -> Value {
    let place = Place { path: place.path.clone(), pointer: pointer::join_index(&place.pointer, index) };
    follow(files, &place).map(|(value, _)| value).unwrap_or_default()
}

/// OpenAPI 3.1, section 4.8.25: the property's value is a key of `mapping`, or the name of the schema referred to.
fn discriminated(schema: &Value, list: &[Value], branches: &[Value], value: &Value) -> Option<Choice> {
    let discriminator = schema.get("discriminator")?;
    let property = discriminator.get("propertyName").and_then(Value::as_str)?;
    let said = value.get(property)?;
    let said = match said {
        Value::String(said) => said,
        _ => return None,
    };
    let mapping = discriminator.get("mapping").and_then(Value::as_object);
    let mapped = mapping.and_then(|mapping| mapping.get(said)).and_then(Value::as_str);
    let reference = |branch: &Value| branch.get("$ref").and_then(Value::as_str).map(str::to_owned);
    let is = |branch: &Value| {
        reference(branch).is_some_and(|reference| match mapped {
            Some(mapped) => reference == mapped || last(&reference) == mapped,
            None => last(&reference) == said,
        })
    };
    if let Some(index) = list.iter().position(is) {
        return Some(Choice::Branch(index, property.to_owned()));
    }
    match tagged(branches, value) {
        Some(found) => Some(found),
        None => {
            let named = list.iter().filter_map(|branch| reference(branch).map(|it| last(&it).to_owned()));
            let names: Vec<_> = mapping.map_or_else(|| named.collect(), |mapping| mapping.keys().cloned().collect());
            let names: Vec<_> = names.into_iter().map(Value::String).collect();
            (!names.is_empty()).then(|| Choice::Unknown(property.to_owned(), names))
        }
    }
}

fn last(reference: &str) -> &str {
    reference.rsplit(['/', '#']).next().unwrap_or(reference)
}

/// A property that tells the alternatives apart: at least two have constants for it, and none the same.
fn tagged(branches: &[Value], value: &Value) -> Option<Choice> {
    let members = value.as_object()?;
    let mut unknown = None;
    for (name, said) in members {
        let constants: Vec<_> = branches.iter().map(|branch| constants(branch, name)).collect();
        let all: Vec<&Value> = constants.iter().flatten().flatten().copied().collect();
        let tells = constants.iter().flatten().count() >= 2
            && all.len() <= MOST_CONSTANTS
            && all.iter().enumerate().all(|(at, one)| !all.iter().skip(at + 1).any(|other| one == other));
        if !tells {
            continue;
        }
        let is = |values: &Option<Vec<&Value>>| values.as_ref().is_some_and(|values| values.contains(&said));
        if let Some(index) = constants.iter().position(is) {
            return Some(Choice::Branch(index, name.clone()));
        }
        if constants.iter().all(Option::is_some) && unknown.is_none() {
            unknown = Some(Choice::Unknown(name.clone(), all.into_iter().cloned().collect()));
        }
    }
    unknown
}

/// The values that a schema allows for a property by `const` or `enum`.
fn constants<'s>(schema: &'s Value, name: &str) -> Option<Vec<&'s Value>> {
    let property = schema.get("properties").and_then(|properties| properties.get(name));
    let own = property.and_then(|property| match (property.get("const"), property.get("enum")) {
        (Some(value), _) => Some(vec![value]),
        (None, Some(Value::Array(values))) => Some(values.iter().collect()),
        _ => None,
    });
    let parts = schema.get("allOf").and_then(Value::as_array);
    own.or_else(|| parts.into_iter().flatten().find_map(|part| constants(part, name)))
}
