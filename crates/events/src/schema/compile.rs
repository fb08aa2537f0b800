use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, PatternOptions, Registry, ValidationError, Validator};
use linkspan_report::Span;
use linkspan_source::pointer;
use serde_json::{Value, json};

use super::{Dialect, Error, Files, bundle};
use crate::documents::explained;

/// A pattern that backtracks more often than this on one value is given up, with an error.
pub(crate) const BACKTRACKS: usize = 1_000_000;

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
    source: Source,
    validator: Validator,
}

/// What a validator is made from.
#[derive(Debug, Clone)]
struct Source {
    place: Place,
    draft: Draft,
    formats: bool,
}

impl Compiled {
    /// Whether an instance is valid.
    #[must_use]
    pub fn is_valid(&self, instance: &Value) -> bool {
        self.validator.is_valid(instance)
    }

    /// What the validator was made from: the files, the schema's place, the draft of documents that name none, and
    /// whether `format` is asserted whatever the draft says.
    pub(crate) const fn source(&self) -> (&Files, &Place, Draft, bool) {
        (&self.files, &self.source.place, self.source.draft, self.source.formats)
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

    /// The place of the keyword that an error is about.
    pub(crate) fn place_of(&self, error: &ValidationError<'_>) -> Option<Place> {
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
    let source = Source { place, draft, formats };
    match source.validator(files)? {
        Ok(validator) => Ok(Compiled { files: files.clone(), source, validator }),
        Err(error) => {
            Err(dangling(files, &source, &error).unwrap_or_else(|| invalid(files, &source.place.path, &error)))
        }
    }
}

impl Source {
    /// The validator for one representation of instances, or what is wrong with the schema.
    fn validator(&self, files: &Files) -> Result<Result<Validator, Box<ValidationError<'static>>>, Error> {
        let document = files.document(&self.place.path)?;
        let result = match self.build(files, &document.value, None) {
            // What stands behind a place that is no schema's own is reached only in documents that are known before.
            Err(error) if leads_nowhere(&error) => match known(files, &self.place.path, self.draft) {
                Some(known) => self.build(files, &document.value, Some(&known)).map_err(|_| error),
                None => Err(error),
            },
            other => other,
        };
        Ok(result.map_err(Box::new))
    }

    fn build(
        &self,
        files: &Files,
        document: &Value,
        known: Option<&Registry<'_>>,
    ) -> Result<Validator, ValidationError<'static>> {
        let uri = files.address(&self.place.path);
        let mut options = jsonschema::options()
            .with_retriever(files.clone())
            .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(BACKTRACKS));
        if self.formats {
            options = options.should_validate_formats(true);
        }
        if let Some(known) = known {
            options = options.with_registry(known);
        }
        if self.place.pointer.is_empty() && known.is_none() {
            let own = document.get("$schema").is_some();
            let options = options.with_base_uri(uri.as_str());
            return if own { options.build(document) } else { options.with_draft(self.draft).build(document) };
        }
        let reference = json!({ "$ref": format!("{uri}#{}", fragment(&self.place.pointer)) });
        options.with_draft(self.draft).with_base_uri("file:///").build(&reference)
    }
}

/// Whether a reference leads nowhere; one to a meta-schema must not be left out.
fn leads_nowhere(error: &ValidationError<'_>) -> bool {
    match error.kind() {
        ValidationErrorKind::Referencing(error) => !matches!(error, referencing::Error::UnknownSpecification { .. }),
        _ => false,
    }
}

/// All documents that one refers to, itself included.
fn known(files: &Files, path: &Path, draft: Draft) -> Option<Registry<'static>> {
    let mut builder = Registry::new().retriever(files.clone()).draft(draft);
    let mut open = vec![path.to_owned()];
    let mut seen = BTreeSet::new();
    while let Some(path) = open.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let address = files.address(&path);
        let value = files.document(&path).ok()?.value.clone();
        open.extend(crate::lock::referred(&value, &address).iter().filter_map(|uri| files.path(uri)));
        builder = builder.add(address, value).ok()?;
    }
    builder.prepare().ok()
}

/// The reference that leads nowhere, with its place, which the validator does not tell.
fn dangling(files: &Files, source: &Source, error: &ValidationError<'_>) -> Option<Error> {
    let dialect = Dialect::from(source.draft);
    let found = || bundle(files, &source.place, dialect).err().filter(|error| matches!(error, Error::Invalid { .. }));
    if leads_nowhere(error) { found() } else { None }
}

/// The place of what is wrong with a schema is a place in an instance of its meta-schema.
fn invalid(files: &Files, path: &Path, error: &ValidationError<'_>) -> Error {
    let at = error.instance_path().as_str().to_owned();
    let place = Place { path: path.to_owned(), pointer: at };
    let (file, span) = shown(files, &place);
    let message = match error.kind() {
        ValidationErrorKind::Referencing(error) => format!("a reference leads nowhere: {error}"),
        _ => no_schema(error),
    };
    Error::Invalid { file, message, span }
}

/// Why something is no schema.
pub(crate) fn no_schema(error: &ValidationError<'_>) -> String {
    let (message, help) = explained(error);
    let help = help.map(|help| format!("; {help}")).unwrap_or_default();
    format!("this is no valid schema: {message}{help}")
}

/// A JSON Pointer as the fragment of an address.
fn fragment(pointer: &str) -> String {
    pointer.split('/').map(super::files::escaped).collect::<Vec<_>>().join("/")
}
