//! Which files of a tree are contracts: what `linkspan.yaml` says, and the conventions where it is silent.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use linkspan_source::{Format, format_of};
use serde_json::Value;

use crate::schema::{Dialect, Error, Files};

/// The contracts of a tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Contents {
    pub(super) asyncapi: Vec<PathBuf>,
    pub(super) openapi: Vec<PathBuf>,
    /// Schemas in files of their own, by name.
    pub(super) schemas: BTreeMap<String, PathBuf>,
    pub(super) include: Vec<Include>,
}

/// Another repository that belongs to the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Include {
    pub(super) repository: String,
    pub(super) reference: Option<String>,
}

/// Reads the description that a tree has of itself. What its version of `linkspan.yaml` says besides is ignored: other
/// versions of a project may know other keys.
pub(super) fn contents(files: &Files) -> Result<Contents, Error> {
    let file = Path::new(linkspan_project::FILE_NAME);
    let described = files.bytes(file)?.is_some_and(|bytes| !bytes.trim_ascii().is_empty());
    let description = if described { files.document(file)?.value.clone() } else { Value::Null };
    let paths = files.list();
    let bare = !described && !paths.iter().any(|path| path.starts_with("contracts"));
    let contracts = description.get("contracts");
    let said = |key: &str| contracts.and_then(|contracts| contracts.get(key)).map(texts);
    let found = |kind: &str| matching(&paths, &said(kind).unwrap_or_else(|| convention(kind)));
    let mut contents = Contents {
        asyncapi: found("asyncapi"),
        openapi: found("openapi"),
        schemas: models(contracts.and_then(|contracts| contracts.get("models"))),
        include: includes(description.get("include")),
    };
    if bare {
        let of_kind = |kind: &str| paths.iter().filter(|path| is_api(files, path, kind)).cloned().collect();
        (contents.asyncapi, contents.openapi) = (of_kind("asyncapi"), of_kind("openapi"));
    }
    let named: BTreeSet<_> = contents.schemas.values().cloned().collect();
    for path in paths.iter().filter(|path| !named.contains(*path)) {
        let name = if bare { free_schema(files, path) } else { kept_schema(files, path) };
        if let Some(name) = name {
            contents.schemas.entry(name).or_insert_with(|| path.clone());
        }
    }
    Ok(contents)
}

fn convention(kind: &str) -> Vec<String> {
    ["yaml", "yml", "json"].iter().map(|ending| format!("contracts/*.{kind}.{ending}")).collect()
}

/// One text, or a list of texts.
fn texts(value: &Value) -> Vec<String> {
    let one = std::slice::from_ref(value);
    let list = value.as_array().map_or(one, Vec::as_slice);
    list.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect()
}

/// As in a project's folder: a `*` stays within one folder.
fn matching(paths: &[PathBuf], patterns: &[String]) -> Vec<PathBuf> {
    let set = globs(patterns);
    paths.iter().filter(|path| set.is_match(path)).cloned().collect()
}

fn globs(patterns: &[String]) -> GlobSet {
    let glob = |pattern: &String| {
        GlobBuilder::new(pattern.strip_prefix("./").unwrap_or(pattern)).literal_separator(true).build().ok()
    };
    let mut set = GlobSetBuilder::new();
    for glob in patterns.iter().filter_map(glob) {
        set.add(glob);
    }
    set.build().unwrap_or_default()
}

fn models(models: Option<&Value>) -> BTreeMap<String, PathBuf> {
    let models = models.and_then(Value::as_object).into_iter().flatten();
    let schema = |model: &Value| {
        let path = model.get("schema")?.as_str()?;
        crate::schema::normal(Path::new(path.split('#').next().unwrap_or(path)))
    };
    models.filter_map(|(name, model)| Some((name.clone(), schema(model)?))).collect()
}

fn includes(include: Option<&Value>) -> Vec<Include> {
    let word = |entry: &Value, key: &str| entry.get(key).and_then(Value::as_str).map(ToOwned::to_owned);
    let include = include.and_then(Value::as_array).into_iter().flatten();
    include
        .filter_map(|entry| Some(Include { repository: word(entry, "repository")?, reference: word(entry, "ref") }))
        .collect()
}

/// The name of a schema that is kept where the convention says: in `contracts/models/`, `contracts/events/` or
/// `contracts/schemas/`; in other folders its own path is before the file's name.
fn kept_schema(files: &Files, path: &Path) -> Option<String> {
    let kept = ["contracts/models", "contracts/events", "contracts/schemas"];
    let rest = kept.iter().find_map(|folder| path.strip_prefix(folder).ok())?;
    let document = document(files, path)?;
    looks_like_schema(&document).then(|| stem(rest))
}

/// The name of a schema that says itself that it is one, in a tree without any convention.
fn free_schema(files: &Files, path: &Path) -> Option<String> {
    let document = document(files, path)?;
    let draft = document.get("$schema").and_then(Value::as_str).and_then(Dialect::named);
    draft.map(|_| stem(path))
}

fn is_api(files: &Files, path: &Path, kind: &str) -> bool {
    matches!(format_of(path), Some(Format::Json | Format::Yaml))
        && files.document(path).is_ok_and(|document| document.value.get(kind).is_some_and(Value::is_string))
}

/// The file's value; what cannot be read is said when it is asked for by name.
fn document(files: &Files, path: &Path) -> Option<Value> {
    matches!(format_of(path), Some(Format::Json | Format::Yaml)).then_some(())?;
    let document = files.document(path).ok()?;
    let api = ["asyncapi", "openapi", "swagger"].iter().any(|key| document.value.get(*key).is_some());
    (!api).then(|| document.value.clone())
}

fn looks_like_schema(document: &Value) -> bool {
    const WORDS: [&str; 12] = [
        "$schema",
        "$id",
        "$ref",
        "$defs",
        "definitions",
        "type",
        "properties",
        "allOf",
        "anyOf",
        "oneOf",
        "enum",
        "const",
    ];
    document.as_object().is_some_and(|schema| WORDS.iter().any(|word| schema.contains_key(*word)))
}

/// A path without the endings that say what it is.
fn stem(path: &Path) -> String {
    let text = path.iter().map(|name| name.to_string_lossy()).collect::<Vec<_>>().join("/");
    let text =
        ["json", "yaml", "yml"].iter().find_map(|ending| text.strip_suffix(&format!(".{ending}"))).unwrap_or(&text);
    text.strip_suffix(".schema").unwrap_or(text).to_owned()
}

/// The service of a document: `x-service`, else the file's name up to `.asyncapi` or `.openapi`.
pub(super) fn service(document: &Value, path: &Path) -> String {
    let said = document.get("x-service").and_then(Value::as_str);
    said.map_or_else(|| file_stem(path), ToOwned::to_owned)
}

/// A file's name up to `.asyncapi`, `.openapi` or its ending.
pub(super) fn file_stem(path: &Path) -> String {
    let name = stem(Path::new(path.file_name().unwrap_or_default()));
    let name = [".asyncapi", ".openapi"].iter().find_map(|kind| name.strip_suffix(kind)).unwrap_or(&name);
    name.to_owned()
}
