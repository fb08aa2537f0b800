//! Schema Objects in their dialect.

use std::collections::BTreeSet;
use std::sync::Arc;

use jsonschema::Validator;
use linkspan_source::pointer;
use serde_json::{Value, json};

use super::shape::Kind;
use super::{Subject, Version, Violation};
use crate::documents::select::Part;
use crate::documents::{specifications, structure};
use crate::schema::{Dialect, Place};

/// How a Schema Object is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Language {
    /// OpenAPI 3.0's own, which the document's schema describes as well.
    OpenApi30,
    /// The base dialect of OpenAPI 3.1 and 3.2: draft 2020-12 with a vocabulary.
    Base,
    /// A draft of JSON Schema.
    Draft(Dialect),
}

/// The language of the document's schemas; `None` for one that is not known.
pub(super) fn language(subject: &Subject<'_>, schema: &Part<'_>) -> Option<Language> {
    if subject.version == Version::V30 {
        return Some(Language::OpenApi30);
    }
    let document = subject.resolved.value.get("jsonSchemaDialect").and_then(Value::as_str);
    match schema.text("$schema").or(document) {
        None => Some(Language::Base),
        Some(uri) if uri.starts_with("https://spec.openapis.org/oas/3.") && uri.contains("/dialect") => {
            Some(Language::Base)
        }
        Some(uri) => Dialect::named(uri).map(Language::Draft),
    }
}

/// Schemas that are in no other, or stand where a reference leads to them.
fn roots<'a, 's>(subject: &'s Subject<'a>) -> impl Iterator<Item = &'s Part<'a>> {
    let mut inside = String::new();
    subject.of(Kind::Schema).filter(move |schema| {
        let below = !inside.is_empty() && schema.at.starts_with(&inside);
        if !below {
            inside = format!("{}/", schema.at);
        }
        !below || subject.resolved.is_replaced(&schema.at)
    })
}

/// Each schema once, with where it was written.
fn written_once<'a, 's>(subject: &'s Subject<'a>) -> impl Iterator<Item = (&'s Part<'a>, Place)> {
    let mut seen = BTreeSet::new();
    let placed = roots(subject).map(|schema| (schema, subject.origin(schema)));
    placed.filter(move |(_, place)| seen.insert(place.clone()))
}

/// Each schema's dialect is known.
pub(super) fn dialect(subject: &Subject<'_>) -> Vec<Violation> {
    let unknown = written_once(subject).filter(|(schema, _)| language(subject, schema).is_none());
    let message = "the schema's dialect is not known, so it is not checked";
    unknown.map(|(schema, _)| Violation::new(schema.at.as_str(), message).warning()).collect()
}

/// Each schema is valid in its dialect.
pub(super) fn valid(subject: &Subject<'_>) -> Vec<Violation> {
    let of = |(schema, place): (&Part<'_>, Place)| match language(subject, schema) {
        Some(language) => of_schema(subject, schema, &place, language),
        None => Vec::new(),
    };
    written_once(subject).flat_map(of).collect()
}

fn of_schema(subject: &Subject<'_>, schema: &Part<'_>, place: &Place, language: Language) -> Vec<Violation> {
    let Some(validator) = meta(subject.version, language) else { return Vec::new() };
    let written = written(subject, place).unwrap_or_else(|| schema.value.clone());
    structure::faults(&validator, &written).into_iter().map(|fault| Violation::of(&schema.at, fault)).collect()
}

/// The value at a place, with its references.
pub(super) fn written(subject: &Subject<'_>, place: &Place) -> Option<Value> {
    if place.path == subject.sources.path {
        return pointer::get(&subject.sources.document.value, &place.pointer).cloned();
    }
    let document = subject.sources.files.document(&place.path).ok()?;
    pointer::get(&document.value, &place.pointer).cloned()
}

fn meta(version: Version, language: Language) -> Option<Arc<Validator>> {
    let address = match (language, version) {
        (Language::OpenApi30, _) => return None,
        (Language::Base, Version::V32) => "https://spec.openapis.org/oas/3.2/dialect",
        (Language::Base, _) => "https://spec.openapis.org/oas/3.1/dialect/base",
        (Language::Draft(draft), _) => {
            return jsonschema::options().build(&json!({ "$ref": draft.uri() })).ok().map(Arc::new);
        }
    };
    specifications::validator(version.name(), Some(address))
}

/// What a discriminator maps to is there (Discriminator Object).
pub(super) fn discriminators(subject: &Subject<'_>) -> Vec<Violation> {
    let known = subject.resolved.value.pointer("/components/schemas");
    let mapped = subject
        .of(Kind::Schema)
        .filter_map(|schema| schema.member("discriminator"))
        .flat_map(|one| one.members("mapping"));
    let dangling = mapped.filter_map(|value| {
        let target = value.value.as_str()?;
        let place = target.strip_prefix('#').map(|at| subject.resolved.value.pointer(at).is_some());
        let named = !target.contains(['/', '.', ':']);
        let found = place.unwrap_or_else(|| !named || known.is_some_and(|known| known.get(target).is_some()));
        let message = format!("the discriminator maps to `{target}`, which is no schema of this document");
        (!found).then(|| Violation::new(value.at, message))
    });
    dangling.collect()
}
