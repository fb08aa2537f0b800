//! AsyncAPI 2.0 to 3.1 and OpenAPI 3.0 to 3.2 documents, held against their specifications.

mod asyncapi;
mod describe;
mod formats;
mod instance;
mod openapi;
mod resolve;
mod select;
mod specifications;
mod structure;
mod target;
mod violation;

use std::path::{Path, PathBuf};

use linkspan_report::Finding;
use linkspan_source::Document;

use crate::schema::Files;
use resolve::Sources;
pub(crate) use structure::explained;

/// All violations of a document's specification, in the document's order; `None`, if it says by neither `asyncapi`
/// nor `openapi` which it follows. References reach what is below the root of `files`; from a `file` elsewhere, what
/// is in its own project. Without a `file`, the document stands in the root.
#[must_use]
pub fn check(files: &Files, file: Option<&Path>, document: &Document, shown: &str) -> Option<Vec<Finding>> {
    // An event may have an extension of the same name.
    let members = document.value.as_object().filter(|members| !members.contains_key("specversion"))?;
    let kind = ["asyncapi", "openapi", "swagger"].into_iter().find(|kind| members.contains_key(*kind))?;
    let inside = file.map_or_else(|| Ok(PathBuf::from("-")), |file| files.locate(file));
    let mut findings = match (inside, file) {
        (Err(_), Some(file)) => {
            let (files, path) = elsewhere(file);
            let project = files.1;
            of_kind(kind, Sources { files: &files.0, path: &path, document, shown, project })
        }
        (path, _) => {
            let path = path.unwrap_or_default();
            of_kind(kind, Sources { files, path: &path, document, shown, project: true })
        }
    };
    findings.sort_by_key(|finding| (finding.file.as_deref() != Some(shown), finding.file.clone(), finding.span));
    Some(findings)
}

fn of_kind(kind: &str, sources: Sources<'_>) -> Vec<Finding> {
    match kind {
        "asyncapi" => asyncapi::check(sources),
        "openapi" => openapi::check(sources),
        _ => vec![openapi::too_old(sources)],
    }
}

/// The files that a file outside of the project refers to: its own project's, or all, if it is in none.
fn elsewhere(file: &Path) -> ((Files, bool), PathBuf) {
    let real = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let folder = real.parent().unwrap_or(&real);
    let root = linkspan_project::root(folder);
    let project = root != folder || root.join(linkspan_project::FILE_NAME).exists() || root.join(".git").exists();
    let root = if project { root } else { folder.ancestors().last().unwrap_or(folder).to_owned() };
    let directory = std::env::current_dir().unwrap_or_else(|_| folder.to_owned());
    let path = real.strip_prefix(&root).unwrap_or(&real).to_owned();
    ((Files::new(&root, &directory), project), path)
}

/// Whether a contract can be read as one of a known kind.
pub(crate) fn is_usable(files: &Files, path: &Path) -> bool {
    let version =
        |document: &Document| document.value.get("asyncapi").and_then(serde_json::Value::as_str).map(str::to_owned);
    files
        .document(path)
        .ok()
        .and_then(|document| version(&document))
        .is_some_and(|version| version.starts_with(['2', '3']))
}
