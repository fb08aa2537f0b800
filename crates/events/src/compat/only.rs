//! One file of a folder, seen as a tree of its own: what it refers to is there, and nothing else is listed.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use linkspan_project::FILE_NAME;
use serde_json::json;

use crate::schema::{Files, Folder, Tree};

/// The tree of one file.
#[derive(Debug)]
struct Only {
    folder: Folder,
    path: PathBuf,
    /// What stands in for the project's own description.
    description: String,
}

/// The file at `path`, relative to `root`, with all that it may refer to there; findings name files relative to
/// `directory`. `kind` is `asyncapi` or `openapi` for a document of these.
pub(super) fn only(root: &Path, path: &Path, kind: Option<&str>, directory: &Path) -> Files {
    let name = path.display().to_string();
    let described =
        ["asyncapi", "openapi"].map(|each| if kind == Some(each) { vec![name.as_str()] } else { Vec::new() });
    let [asyncapi, openapi] = described;
    let description = json!({ "contracts": { "asyncapi": asyncapi, "openapi": openapi } }).to_string();
    let tree = Only { folder: Folder::new(root), path: path.to_owned(), description };
    Files::of(Arc::new(tree), prefix(root, directory))
}

/// What leads from the working directory to a folder.
fn prefix(root: &Path, directory: &Path) -> String {
    let directory = directory.canonicalize().unwrap_or_else(|_| directory.to_owned());
    let way: PathBuf = match (root.strip_prefix(&directory), directory.strip_prefix(root)) {
        (Ok(below), _) => below.to_owned(),
        (Err(_), Ok(above)) => above.components().map(|_| Component::ParentDir).collect(),
        (Err(_), Err(_)) => root.to_owned(),
    };
    if way.as_os_str().is_empty() { String::new() } else { way.join("").display().to_string() }
}

impl Tree for Only {
    fn locate(&self, path: &Path) -> Result<PathBuf, String> {
        if path == Path::new(FILE_NAME) { Ok(path.to_owned()) } else { self.folder.locate(path) }
    }

    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, String> {
        if path == Path::new(FILE_NAME) {
            Ok(self.description.clone().into_bytes())
        } else {
            self.folder.read(path, limit)
        }
    }

    fn list(&self) -> Vec<PathBuf> {
        vec![self.path.clone()]
    }
}
