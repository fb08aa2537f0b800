use std::path::{Path, PathBuf};

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, PatternOptions, ValidationError, Validator};
use linkspan_report::Span;
use linkspan_source::pointer;
use serde_json::{Value, json};

use super::{Error, Files};

/// A pattern that backtracks more often than this on one value is given up, with an error.
const BACKTRACKS: usize = 1_000_000;

/// A place in a file below the root: the file, and a JSON Pointer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, relative to the root.
    pub path: PathBuf,
    /// A JSON Pointer; empty for the whole document.
    pub pointer: String,
}

/// A fault that a validator found in an instance.
#[derive(Debug)]
pub struct Fault<'i> {
    /// What the validator says.
    pub error: ValidationError<'i>,
    /// The keyword that does not hold.
    pub place: Option<Place>,
}

/// A validator for one schema.
#[derive(Debug)]
pub struct Compiled {
    files: Files,
    validator: Validator,
}

impl Compiled {
    /// Whether an instance is valid.
    #[must_use]
    pub fn is_valid(&self, instance: &Value) -> bool {
        self.validator.is_valid(instance)
    }

    /// All faults of an instance.
    pub fn faults<'i>(&'i self, instance: &'i Value) -> impl Iterator<Item = Fault<'i>> {
        self.validator.iter_errors(instance).map(|error| {
            let place = self.place_of(&error);
            Fault { error, place }
        })
    }

    /// The file and span of a place, as the user knows them.
    #[must_use]
    pub fn shown(&self, place: &Place) -> (String, Option<Span>) {
        shown(&self.files, place)
    }

    /// The value at a place.
    #[must_use]
    pub fn value(&self, place: &Place) -> Option<Value> {
        let document = self.files.document(&place.path).ok()?;
        pointer::get(&document.value, &place.pointer).cloned()
    }

    fn place_of(&self, error: &ValidationError<'_>) -> Option<Place> {
        let location = error.absolute_keyword_location()?.as_str();
        let (uri, fragment) = location.split_once('#').unwrap_or((location, ""));
        Some(Place { path: self.files.path(uri)?, pointer: super::files::unescaped(fragment) })
    }
}

fn shown(files: &Files, place: &Place) -> (String, Option<Span>) {
    let span = files.document(&place.path).ok().map(|document| document.nearest(&place.pointer));
    (files.shown(&place.path), span)
}

/// Makes a validator for the schema at `place`. `draft` is that of documents that name none; `formats` asserts
/// `format` whatever the draft says.
///
/// # Errors
/// The file cannot be read or is no schema, a reference leads nowhere, or a pattern is no regular expression.
pub fn compile(files: &Files, place: Place, draft: Draft, formats: bool) -> Result<Compiled, Error> {
    let document = files.document(&place.path)?;
    if pointer::get(&document.value, &place.pointer).is_none() {
        let message = format!("there is nothing at `{}`", place.pointer);
        return Err(Error::Invalid { file: files.shown(&place.path), message, span: None });
    }
    let uri = Files::uri(&place.path);
    let mut options = jsonschema::options()
        .with_retriever(files.clone())
        .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(BACKTRACKS));
    if formats {
        options = options.should_validate_formats(true);
    }
    let result = if place.pointer.is_empty() {
        let own = document.value.get("$schema").is_some();
        let options = options.with_base_uri(uri.as_str());
        if own { options.build(&document.value) } else { options.with_draft(draft).build(&document.value) }
    } else {
        let reference = json!({ "$ref": format!("{uri}#{}", fragment(&place.pointer)) });
        options.with_draft(draft).with_base_uri("file:///").build(&reference)
    };
    match result {
        Ok(validator) => Ok(Compiled { files: files.clone(), validator }),
        Err(error) => Err(invalid(files, &place.path, &error)),
    }
}

/// The place of what is wrong with a schema is a place in an instance of its meta-schema.
fn invalid(files: &Files, path: &Path, error: &ValidationError<'_>) -> Error {
    let at = error.instance_path().as_str().to_owned();
    let place = Place { path: path.to_owned(), pointer: at };
    let (file, span) = shown(files, &place);
    let message = match error.kind() {
        ValidationErrorKind::Referencing(error) => format!("a reference leads nowhere: {error}"),
        _ => format!("this is no valid schema: {error}"),
    };
    Error::Invalid { file, message, span }
}

/// A JSON Pointer as the fragment of an address.
fn fragment(pointer: &str) -> String {
    pointer.split('/').map(super::files::escaped).collect::<Vec<_>>().join("/")
}
