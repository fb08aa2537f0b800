//! Examples and defaults are valid against their schemas.

use jsonschema::{Draft, Registry, Retrieve, Uri, Validator};
use serde_json::{Value, json};

use super::schemas::{Language, language};
use super::shape::Kind;
use super::{Subject, Version, Violation};
use crate::documents::resolve::Sources;
use crate::documents::select::Part;
use crate::documents::{formats, instance, structure};
use crate::schema::{Files, Place, escaped};

/// The files that a document refers to, in the words of JSON Schema.
struct Others {
    files: Files,
    nullable: bool,
}

impl Retrieve for Others {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let path = self.files.path(uri.as_str()).ok_or("it is not in the project, and nothing is fetched")?;
        let value = self.files.document(&path)?.value.clone();
        Ok(if self.nullable { instance::null_allowed(&value) } else { value })
    }
}

/// The document, read once for the validators of all its schemas; `None`, if its references cannot be followed.
pub(super) fn registry(sources: Sources<'_>, version: Version) -> Option<Registry<'static>> {
    let nullable = version == Version::V30;
    let value = &sources.document.value;
    let value = if nullable { instance::null_allowed(value) } else { value.clone() };
    let draft = if nullable { Draft::Draft4 } else { Draft::Draft202012 };
    let others = Others { files: sources.files.clone(), nullable };
    let builder = Registry::new().retriever(others).draft(draft);
    builder.add(Files::uri(sources.path), draft.create_resource(value)).ok()?.prepare().ok()
}

/// A validator for the schema at a place.
fn validator(subject: &Subject<'_>, schema: &Part<'_>) -> Option<Validator> {
    let (draft, nullable) = match language(subject, schema)? {
        Language::OpenApi30 => (Draft::Draft4, true),
        Language::Base => (Draft::Draft202012, false),
        Language::Draft(draft) => (draft.into(), false),
    };
    let registry = subject.registry.get_or_init(|| registry(subject.sources, subject.version)).as_ref()?;
    let Place { path, pointer } = subject.origin(schema);
    let others = Others { files: subject.sources.files.clone(), nullable };
    let fragment = pointer.split('/').map(escaped).collect::<Vec<_>>().join("/");
    let reference = json!({ "$ref": format!("{}#{fragment}", Files::uri(&path)) });
    let options = jsonschema::options().with_draft(draft).with_base_uri("file:///").with_retriever(others);
    formats::asserted(options.with_registry(registry)).build(&reference).ok()
}

fn faults(subject: &Subject<'_>, schema: &Part<'_>, value: &Part<'_>) -> Vec<Violation> {
    let Some(validator) = validator(subject, schema) else { return Vec::new() };
    structure::faults(&validator, value.value).into_iter().map(|fault| Violation::of(&value.at, fault)).collect()
}

/// A schema's `default`, which 3.0 demands to be valid (Schema Object).
pub(super) fn defaults(subject: &Subject<'_>) -> Vec<Violation> {
    let of = |schema: &Part<'_>| match schema.member("default") {
        Some(value) => faults(subject, schema, &value),
        None => Vec::new(),
    };
    let must = subject.version == Version::V30;
    let found = subject.of(Kind::Schema).flat_map(of);
    found.map(|violation| if must { violation } else { violation.warning() }).collect()
}

/// A schema's `example` and `examples`, which should be valid.
pub(super) fn schemas(subject: &Subject<'_>) -> Vec<Violation> {
    let of = |schema: &Part<'_>| {
        let values = schema.member("example").into_iter().chain(schema.items("examples"));
        values.flat_map(|value| faults(subject, schema, &value)).collect::<Vec<_>>()
    };
    subject.of(Kind::Schema).flat_map(of).map(Violation::warning).collect()
}

/// The examples of media types, parameters and headers, which should be valid (Example Object).
pub(super) fn described(subject: &Subject<'_>) -> Vec<Violation> {
    let owners = [Kind::MediaType, Kind::Parameter, Kind::Header].into_iter().flat_map(|kind| subject.of(kind));
    let of = |owner: &Part<'_>| -> Vec<Violation> {
        let Some(schema) = owner.member("schema").filter(|_| is_json(owner)) else { return Vec::new() };
        let own = owner.member("example").into_iter();
        let named = owner
            .members("examples")
            .into_iter()
            .filter_map(|example| example.member("dataValue").or_else(|| example.member("value")));
        own.chain(named).flat_map(|value| faults(subject, &schema, &value)).map(Violation::warning).collect()
    };
    owners.flat_map(of).collect()
}

/// `example` and `examples` exclude each other (Media Type, Parameter and Header Object); only the JSON Schema of 3.1
/// does not say so.
pub(super) fn twice(subject: &Subject<'_>) -> Vec<Violation> {
    if subject.version != Version::V31 {
        return Vec::new();
    }
    let owners = [Kind::MediaType, Kind::Parameter, Kind::Header].into_iter().flat_map(|kind| subject.of(kind));
    let both = owners.filter_map(|owner| owner.member("example").and_then(|_| owner.member("examples")));
    both.map(|examples| Violation::new(examples.at, "`example` and `examples` exclude each other").at_key()).collect()
}

/// Whether a media type, if it is one, has JSON's values; what parameters have.
fn is_json(owner: &Part<'_>) -> bool {
    let name = owner.name();
    !name.contains('/') || name.contains("json") || name == "*/*"
}
