//! Where a reference leads.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use linkspan_source::{Document, pointer};
use serde_json::Value;

use super::resolve::Sources;
use crate::schema::{Error, Place, unescaped};

/// How many references may lead from one to the next.
const MOST_HOPS: usize = 64;

/// What a reference leads to.
pub(super) struct Target {
    /// Its place.
    pub(super) place: Place,
    /// The value there; it may be a reference itself.
    pub(super) value: Value,
}

/// Why a reference leads nowhere.
pub(super) struct Fault {
    /// What is wrong.
    pub(super) message: String,
    /// What to do.
    pub(super) help: Option<String>,
}

type Documents = HashMap<PathBuf, Arc<Document>>;

/// What the reference that stands at `from` leads to. References on the way there are followed.
pub(super) fn find(
    sources: Sources<'_>,
    documents: &mut Documents,
    from: &Place,
    reference: &str,
) -> Result<Target, Fault> {
    let mut hops = 0;
    let mut place = locate(sources, from, reference)?;
    loop {
        let document = document(sources, documents, &place.path, reference)?;
        let root = document.as_deref().unwrap_or(sources.document);
        match walk(&root.value, &place.pointer) {
            Walked::Found(value) => return Ok(Target { value: value.clone(), place }),
            Walked::Nothing => return Err(nothing(sources, &place, reference)),
            Walked::Reference { at, onward, rest } => {
                hops += 1;
                if hops > MOST_HOPS {
                    return Err(fault(format!("the reference `{reference}` goes in circles"), None));
                }
                let middle = Place { path: place.path.clone(), pointer: at };
                let next = locate(sources, &middle, onward)?;
                place = Place { pointer: format!("{}{rest}", next.pointer), path: next.path };
            }
        }
    }
}

/// `None` stands for the document under check.
fn document(
    sources: Sources<'_>,
    documents: &mut Documents,
    path: &Path,
    reference: &str,
) -> Result<Option<Arc<Document>>, Fault> {
    if path == sources.path {
        return Ok(None);
    }
    if let Some(known) = documents.get(path) {
        return Ok(Some(Arc::clone(known)));
    }
    let document = sources.files.document(path).map_err(|error| unreadable(&error, reference))?;
    documents.insert(path.to_owned(), Arc::clone(&document));
    Ok(Some(document))
}

enum Walked<'v> {
    Found(&'v Value),
    Nothing,
    /// A reference stands on the way, at `at`; `rest` of the pointer is left.
    Reference {
        at: String,
        onward: &'v str,
        rest: String,
    },
}

fn walk<'v>(root: &'v Value, whole: &str) -> Walked<'v> {
    let mut value = root;
    let tokens: Vec<_> = pointer::split(whole).collect();
    for (index, token) in tokens.iter().enumerate() {
        let next = match value {
            Value::Object(members) => members.get(token.as_ref()),
            Value::Array(items) => pointer::index(token).and_then(|index| items.get(index)),
            _ => None,
        };
        value = match (next, value.get("$ref").and_then(Value::as_str)) {
            (Some(next), _) => next,
            (None, Some(onward)) => {
                let join = |from: String, token: &std::borrow::Cow<'_, str>| pointer::join(&from, token);
                let at = tokens[..index].iter().fold(String::new(), join);
                return Walked::Reference { at, onward, rest: tokens[index..].iter().fold(String::new(), join) };
            }
            (None, None) => return Walked::Nothing,
        };
    }
    Walked::Found(value)
}

/// The place that a reference names, whether or not something is there.
fn locate(sources: Sources<'_>, from: &Place, reference: &str) -> Result<Place, Fault> {
    let (address, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let fragment = unescaped(fragment);
    if !fragment.is_empty() && !fragment.starts_with('/') {
        let message = format!("the reference `{reference}` names no place: `#` is followed by `/` and keys");
        return Err(fault(message, None));
    }
    let path = match address {
        "" => from.path.clone(),
        _ if is_remote(address) => {
            let known = sources.project && !address.starts_with("file:");
            known.then(|| sources.files.path(address)).flatten().ok_or_else(|| unlocked(address))?
        }
        _ => beside(&from.path, &unescaped(address)).ok_or_else(|| leaves(reference))?,
    };
    Ok(Place { path, pointer: fragment })
}

/// Whether an address has a scheme.
pub(crate) fn is_remote(address: &str) -> bool {
    let scheme = address.split(['/', '?', '#']).next().unwrap_or_default().split_once(':').map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.len() > 1
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

/// A path relative to a file's folder; `None` if it leaves the root.
fn beside(file: &Path, reference: &str) -> Option<PathBuf> {
    let mut path = if reference.starts_with('/') { PathBuf::new() } else { file.parent().unwrap_or(file).to_owned() };
    for component in Path::new(reference).components() {
        match component {
            Component::ParentDir => {
                if !path.pop() {
                    return None;
                }
            }
            Component::Normal(name) => path.push(name),
            Component::Prefix(_) | Component::RootDir | Component::CurDir => {}
        }
    }
    Some(path)
}

fn fault(message: String, help: Option<String>) -> Fault {
    Fault { message, help }
}

fn unlocked(address: &str) -> Fault {
    fault(
        format!("the reference leads to `{address}`, which is not in `linkspan.lock`, and nothing is fetched"),
        Some(format!("run `linkspan-events lock --from {address}=FILE`, or keep the document in the project")),
    )
}

fn leaves(reference: &str) -> Fault {
    fault(format!("the reference `{reference}` leads out of the project"), None)
}

fn unreadable(error: &Error, reference: &str) -> Fault {
    let what = match error {
        Error::Malformed { file, findings } => match findings.first() {
            Some(finding) => {
                let place = finding.span.map(|span| format!(":{}:{}", span.start.line, span.start.column));
                format!("`{file}{}`: {}", place.unwrap_or_default(), finding.message)
            }
            None => format!("`{file}`, which is malformed"),
        },
        Error::Foreign { file, .. } => format!("`{file}`, which is in a format that is not read"),
        Error::Unreadable { file, reason } => format!("`{file}`, which {reason}"),
        Error::Invalid { message, .. } => message.clone(),
    };
    fault(format!("the reference `{reference}` leads to {what}"), None)
}

fn nothing(sources: Sources<'_>, place: &Place, reference: &str) -> Fault {
    let same = place.path == sources.path;
    let file = if same { "this document".to_owned() } else { format!("`{}`", sources.files.shown(&place.path)) };
    let message = format!("the reference `{reference}` leads to nothing: {file} has no `{}`", place.pointer);
    let document = if same { None } else { sources.files.document(&place.path).ok() };
    let root = document.as_deref().unwrap_or(sources.document);
    fault(message, nearest(&root.value, &place.pointer))
}

/// The most similar key beside the first one that is missing.
fn nearest(root: &Value, whole: &str) -> Option<String> {
    let mut at = root;
    for token in pointer::split(whole) {
        let members = at.as_object()?;
        match members.get(token.as_ref()) {
            Some(next) => at = next,
            None => {
                let scored = members.keys().map(|key| (strsim::damerau_levenshtein(key, &token), key));
                let (distance, key) = scored.min()?;
                return (distance <= 1 + token.len() / 3).then(|| format!("did you mean `{key}`?"));
            }
        }
    }
    None
}
