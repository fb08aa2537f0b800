//! Two files, as they were named on the command line.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use linkspan_command::Failure;
use linkspan_project::root;
use linkspan_source::pointer;
use serde_json::Value;

use super::mode::Mode;
use super::only::only;
use super::pair::{Pair, Side};
use super::registered::registered;
use crate::schema::{Dialect, Files, Place, bundle};

/// The pair of two files.
pub(super) fn pair(
    [old, new]: [&str; 2],
    mode: Mode,
    draft: Option<Dialect>,
    directory: &Path,
) -> Result<Pair, Failure> {
    let (old_files, old_place) = locate(old, directory)?;
    let (new_files, new_place) = locate(new, directory)?;
    let values = [value(&old_files, &old_place)?, value(&new_files, &new_place)?];
    let drafts = draft.map_or_else(|| default_drafts(&values), |draft| [draft; 2]);
    Ok(Pair {
        subject: new.to_owned(),
        mode,
        against: None,
        major: None,
        old: side(old_files, old_place, drafts[0]),
        new: side(new_files, new_place, drafts[1]),
    })
}

/// Whether a file is an AsyncAPI or an OpenAPI document, as a whole.
pub(super) fn kind_of(named: &str, directory: &Path) -> Result<Option<&'static str>, Failure> {
    let (files, place) = locate(named, directory)?;
    let value = value(&files, &place)?;
    let is = |kind: &&str| value.get(kind).is_some_and(Value::is_string) && place.pointer.is_empty();
    Ok(["asyncapi", "openapi"].into_iter().find(is))
}

/// A document and what it refers to.
pub(super) fn only_file(named: &str, kind: &str, directory: &Path) -> Result<Files, Failure> {
    let (files, place) = locate(named, directory)?;
    let root = files.root().unwrap_or(directory);
    Ok(only(root, &place.path, Some(kind), directory))
}

fn side(files: Files, place: Place, draft: Dialect) -> Side {
    let bundle = bundle(&files, &place, draft);
    let registered = registered(&files, &place, bundle.as_ref().ok());
    Side { files, place, bundle, written: None, registered, subject: None }.checked()
}

/// The files around the one that is named: its project's, else those beside and below it.
fn locate(named: &str, directory: &Path) -> Result<(Files, Place), Failure> {
    let (file, at) = named.split_once('#').unwrap_or((named, ""));
    let unreadable = |error: std::io::Error| Failure::input(format!("`{file}` cannot be read: {error}"));
    let real = directory.join(file).canonicalize().map_err(unreadable)?;
    let files = Files::new(&root_of(&real, directory), directory).locked()?;
    let place = Place { path: files.locate(&real)?, pointer: at.to_owned() };
    Ok((files, place))
}

fn root_of(file: &Path, directory: &Path) -> PathBuf {
    let around = |folder: &Path| root(folder).canonicalize().ok();
    let beside = file.parent().unwrap_or(file);
    let project = around(directory).filter(|root| file.starts_with(root));
    project.or_else(|| around(beside)).unwrap_or_else(|| beside.to_owned())
}

fn value(files: &Files, place: &Place) -> Result<Value, Failure> {
    let document = files.document(&place.path)?;
    pointer::get(&document.value, &place.pointer).cloned().ok_or_else(|| {
        let failure = Failure::input(format!("there is nothing at `{}`", place.pointer));
        failure.in_file(files.shown(&place.path), Some(document.nearest(&place.pointer)))
    })
}

/// The drafts of two schemas that name none: what they use tells, else the other version's, else the newest.
fn default_drafts(values: &[Value; 2]) -> [Dialect; 2] {
    let named = values.iter().find_map(|value| Dialect::named(value.get("$schema")?.as_str()?));
    let oldest = |value: &Value| {
        let mut used = BTreeSet::new();
        evidence(value, &mut used);
        used.first().copied()
    };
    let told = [oldest(&values[0]), oldest(&values[1])];
    let both = named.or(told[0].into_iter().chain(told[1]).min()).unwrap_or(Dialect::Draft202012);
    let own = |told: Option<Dialect>| if named.is_some() { both } else { told.unwrap_or(both) };
    told.map(own)
}

/// The drafts that have what a schema uses, where others do not: `exclusiveMinimum` and `exclusiveMaximum` as a boolean
/// (draft 4) or a number (from 6); a list under `items`, `additionalItems` and `dependencies` (until 7);
/// `$recursiveRef` (2019-09); `prefixItems` and `$dynamicRef` (2020-12).
fn evidence(schema: &Value, used: &mut BTreeSet<Dialect>) {
    match schema {
        Value::Object(members) => {
            for (keyword, value) in members {
                used.extend(match (keyword.as_str(), value) {
                    ("exclusiveMinimum" | "exclusiveMaximum", Value::Bool(_)) => Some(Dialect::Draft4),
                    ("items", Value::Array(_)) | ("additionalItems", Value::Bool(_) | Value::Object(_)) => {
                        Some(Dialect::Draft7)
                    }
                    ("dependencies", Value::Object(names)) if names.values().all(|it| !it.is_string()) => {
                        Some(Dialect::Draft7)
                    }
                    ("exclusiveMinimum" | "exclusiveMaximum", Value::Number(_)) => Some(Dialect::Draft202012),
                    ("$recursiveRef", Value::String(_)) => Some(Dialect::Draft201909),
                    ("prefixItems", Value::Array(_)) | ("$dynamicRef", Value::String(_)) => Some(Dialect::Draft202012),
                    _ => None,
                });
                if !matches!(keyword.as_str(), "enum" | "const" | "default" | "examples" | "example") {
                    evidence(value, used);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| evidence(item, used)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_draft_follows_from_what_is_used() {
        use Dialect::{Draft4, Draft6, Draft7, Draft202012};
        let drafts = |old: Value, new: Value| default_drafts(&[old, new]);
        assert_eq!(drafts(json!({}), json!({ "minimum": 1 })), [Draft202012; 2]);
        assert_eq!(drafts(json!({}), json!({ "items": [{}] })), [Draft7; 2]);
        assert_eq!(drafts(json!({ "items": [{}] }), json!({ "prefixItems": [{}] })), [Draft7, Draft202012]);
        let bound = |bound: Value| json!({ "not": { "exclusiveMaximum": bound } });
        assert_eq!(drafts(bound(json!(true)), bound(json!(1))), [Draft4, Draft202012]);
        assert_eq!(drafts(json!({ "enum": [{ "items": [1] }] }), json!(true)), [Draft202012; 2]);
        let named = json!({ "$schema": "http://json-schema.org/draft-06/schema#" });
        assert_eq!(drafts(json!({ "dependencies": {} }), named), [Draft6; 2]);
    }
}
