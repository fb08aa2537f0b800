use std::path::{Component, Path, PathBuf};

use linkspan_source::{Document, pointer};
use serde_json::Value;

use crate::schema::{Error, Files, Place, end_of, unescaped};

/// The value at a place, behind any `$ref` that stands there, and its own place.
///
/// # Errors
/// A file cannot be read, there is nothing at the place, or references go in circles.
pub fn follow(files: &Files, place: &Place) -> Result<(Value, Place), Error> {
    let end = end_of(place.clone(), |place| {
        let document = files.document(&place.path)?;
        let reference = at(files, &document, place)?.get("$ref").and_then(Value::as_str);
        reference.map(|reference| target(files, place, reference)).transpose()
    })?;
    let place = end.map_err(|place| {
        let message = format!("references go in circles at `{}`", place.pointer);
        Error::Invalid { file: files.shown(&place.path), message, span: None }
    })?;
    let value = at(files, files.document(&place.path)?.as_ref(), &place)?.clone();
    Ok((value, place))
}

fn at<'d>(files: &Files, document: &'d Document, place: &Place) -> Result<&'d Value, Error> {
    pointer::get(&document.value, &place.pointer).ok_or_else(|| {
        let message = format!("a reference leads to `{}`, where there is nothing", place.pointer);
        Error::Invalid { file: files.shown(&place.path), message, span: None }
    })
}

/// The place that a reference at a place leads to; a name after `#` becomes the pointer as it is.
///
/// # Errors
/// It leads out of the project.
pub(crate) fn target(files: &Files, from: &Place, reference: &str) -> Result<Place, Error> {
    let (address, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let path = match address {
        "" => Some(from.path.clone()),
        _ if address.contains("://") || address.starts_with("urn:") => files.path(address),
        _ => Some(beside(&from.path, &unescaped(address))),
    };
    let path = path.ok_or_else(|| Error::Invalid {
        file: files.shown(&from.path),
        message: format!("the reference `{reference}` leads out of the project, and nothing is fetched"),
        span: files.document(&from.path).ok().map(|document| document.nearest(&pointer::join(&from.pointer, "$ref"))),
    })?;
    Ok(Place { path, pointer: unescaped(fragment) })
}

/// A path relative to a file's folder; `..` ends at the root.
fn beside(file: &Path, reference: &str) -> PathBuf {
    let mut path = if reference.starts_with('/') { PathBuf::new() } else { file.parent().unwrap_or(file).to_owned() };
    for component in Path::new(reference).components() {
        match component {
            Component::ParentDir => {
                path.pop();
            }
            Component::Normal(name) => path.push(name),
            Component::Prefix(_) | Component::RootDir | Component::CurDir => {}
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_end_at_the_root() {
        assert_eq!(beside(Path::new("contracts/a.yaml"), "models/b.yaml"), Path::new("contracts/models/b.yaml"));
        assert_eq!(beside(Path::new("contracts/a.yaml"), "../../../etc/passwd"), Path::new("etc/passwd"));
        assert_eq!(beside(Path::new("contracts/a.yaml"), "/x.yaml"), Path::new("x.yaml"));
    }
}
