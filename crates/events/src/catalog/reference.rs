use std::path::{Component, Path, PathBuf};

use linkspan_source::pointer;
use serde_json::Value;

use crate::schema::{Error, Files, Place, unescaped};

/// How many references may lead from one to the next.
const MOST_HOPS: usize = 64;

/// The value at a place, behind any `$ref` that stands there, and its own place.
///
/// # Errors
/// A file cannot be read, there is nothing at the place, or references go in circles.
pub fn follow(files: &Files, place: &Place) -> Result<(Value, Place), Error> {
    let mut place = place.clone();
    for _ in 0..MOST_HOPS {
        let document = files.document(&place.path)?;
        let Some(value) = pointer::get(&document.value, &place.pointer) else {
            let message = format!("a reference leads to `{}`, where there is nothing", place.pointer);
            return Err(Error::Invalid { file: files.shown(&place.path), message, span: None });
        };
        match value.get("$ref").and_then(Value::as_str) {
            Some(reference) => place = target(files, &place, reference)?,
            None => return Ok((value.clone(), place)),
        }
    }
    let message = format!("references go in circles at `{}`", place.pointer);
    Err(Error::Invalid { file: files.shown(&place.path), message, span: None })
}

fn target(files: &Files, from: &Place, reference: &str) -> Result<Place, Error> {
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
