//! Schemas that stand alone.
//!
//! A bundle has the meaning of the schema that it was made of, and no other words than keywords and `$ref`s to its own
//! definitions: identifiers, anchors and dynamic references are gone, each replaced by what it leads to. Where a
//! dynamic reference leads to different schemas on different ways, there is one copy for each of the ways.

mod cycles;
mod index;
mod language;
mod resolve;
mod walk;

use linkspan_source::pointer;
use serde_json::Value;

#[cfg(feature = "registry")]
pub(crate) use index::resolve;
pub use language::Language;

use super::{Dialect, Error, Files, Place};
use walk::Bundler;

/// A schema that needs no other document: all its references lead into itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Bundle {
    /// The schema.
    pub value: Value,
    /// Its draft.
    pub dialect: Dialect,
    /// Where its parts come from: a JSON Pointer into `value`, and the place that the part was copied from. The
    /// longest pointer that a place begins with decides.
    origins: Vec<(String, Place)>,
    /// The drafts of its parts. If there are several, they were translated to the newest.
    pub parts: Vec<Dialect>,
}

/// Properties that are left out of an API's schemas: those marked `readOnly` in a request, those marked `writeOnly` in
/// a response (OpenAPI 3.1, section 4.8.24.4; 3.0, section 4.7.24.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Omit {
    /// `readOnly` or `writeOnly`.
    pub mark: &'static str,
    /// Whether the bundle says what is written: the properties must be absent. Else it says what is read: they may
    /// have any value.
    pub written: bool,
}

impl Bundle {
    /// A schema that stands alone; `dialect` is its draft, if its `$schema` names none.
    #[must_use]
    pub fn alone(value: Value, dialect: Dialect) -> Self {
        let named = value.get("$schema").and_then(Value::as_str).and_then(Dialect::named);
        Self { value, dialect: named.unwrap_or(dialect), origins: Vec::new(), parts: Vec::new() }
    }

    /// The same with another value, whose parts stand where they stood.
    #[must_use]
    pub(crate) fn with(&self, value: Value) -> Self {
        Self { value, dialect: self.dialect, origins: self.origins.clone(), parts: self.parts.clone() }
    }

    /// A schema that stands alone and was made from the words at a place.
    #[must_use]
    pub fn made(value: Value, dialect: Dialect, place: &Place) -> Self {
        Self { origins: vec![(String::new(), place.clone())], ..Self::alone(value, dialect) }
    }

    /// The schema of what several schemas accept together; one is left as it is.
    #[must_use]
    pub fn all_of(mut bundles: Vec<Self>) -> Self {
        if bundles.len() == 1 {
            return bundles.remove(0);
        }
        let dialect = bundles.iter().map(|bundle| bundle.dialect).max().unwrap_or(Dialect::Draft7);
        let container = if dialect >= Dialect::Draft201909 { "$defs" } else { "definitions" };
        let (mut definitions, mut origins, mut parts) = (serde_json::Map::new(), Vec::new(), Vec::new());
        for (number, bundle) in bundles.into_iter().enumerate() {
            let name = format!("part-{}", number + 1);
            let at = format!("/{container}/{name}");
            let mut value = bundle.value;
            moved(&mut value, &at);
            definitions.insert(name, value);
            parts.push(serde_json::json!({ "$ref": format!("#{at}") }));
            origins.extend(bundle.origins.into_iter().map(|(below, place)| (format!("{at}{below}"), place)));
        }
        let mut value = serde_json::json!({ "$schema": dialect.uri(), "allOf": parts });
        value[container] = Value::Object(definitions);
        Self { value, dialect, origins, parts: vec![dialect] }
    }

    /// The files that it was made of; one may come several times.
    pub(crate) fn files(&self) -> impl Iterator<Item = &std::path::Path> {
        self.origins.iter().map(|(_, place)| place.path.as_path())
    }

    /// Where the part at a JSON Pointer into `value` was written.
    #[must_use]
    pub fn origin(&self, pointer: &str) -> Option<Place> {
        let covers = |at: &str| pointer.strip_prefix(at).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let (at, place) = self.origins.iter().filter(|(at, _)| covers(at)).max_by_key(|(at, _)| at.len())?;
        let pointer = format!("{}{}", place.pointer, &pointer[at.len()..]);
        Some(Place { path: place.path.clone(), pointer })
    }
}

/// Leads the references of a bundle to where it is moved. In a bundle every reference begins with `#`.
fn moved(schema: &mut Value, to: &str) {
    const MAPS: [&str; 6] =
        ["properties", "patternProperties", "dependentSchemas", "dependencies", "$defs", "definitions"];
    match schema {
        Value::Object(members) => {
            members.remove("$schema");
            for (keyword, value) in members {
                match value {
                    Value::String(reference) if keyword == "$ref" => *reference = format!("#{to}{}", &reference[1..]),
                    Value::Object(named) if MAPS.contains(&keyword.as_str()) => {
                        named.values_mut().for_each(|schema| moved(schema, to));
                    }
                    _ if matches!(keyword.as_str(), "const" | "enum" | "default" | "examples" | "example") => {}
                    _ => moved(value, to),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| moved(item, to)),
        _ => {}
    }
}

/// The schema at a place, with everything that it refers to; `dialect` is the draft of documents that name none. What
/// stands in an AsyncAPI or OpenAPI document is read as that document says.
///
/// # Errors
/// A file cannot be read, or a reference leads nowhere or in circles.
pub fn bundle(files: &Files, place: &Place, dialect: Dialect) -> Result<Bundle, Error> {
    let language = Language::from(dialect).of_document(&*files.document(&place.path)?);
    bundle_in(files, place, language, None)
}

/// [`bundle`] for a schema in any language, without some of the properties.
///
/// # Errors
/// As [`bundle`].
pub fn bundle_in(files: &Files, place: &Place, language: Language, omit: Option<Omit>) -> Result<Bundle, Error> {
    let document = files.document(&place.path)?;
    if pointer::get(&document.value, &place.pointer).is_none() {
        let message = format!("there is nothing at `{}`", place.pointer);
        return Err(Error::Invalid { file: files.shown(&place.path), message, span: None });
    }
    let first = Bundler::new(files, omit, language.dialect()).bundle(place, language)?;
    let newest = first.parts.iter().copied().max().unwrap_or(first.dialect);
    if newest == first.dialect {
        return Ok(first);
    }
    Bundler::new(files, omit, newest).bundle(place, language)
}
