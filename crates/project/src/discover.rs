//! The conventions: where a project begins, and what its folders mean.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

use crate::ServiceSpec;

/// The name of the file that describes a project.
pub const FILE_NAME: &str = "linkspan.yaml";

/// The project's folder: the nearest one with a `linkspan.yaml`, else the repository's, else `directory` itself.
#[must_use]
pub fn root(directory: &Path) -> PathBuf {
    let nearest = |name: &str| directory.ancestors().find(|folder| folder.join(name).exists());
    nearest(FILE_NAME).or_else(|| nearest(".git")).unwrap_or(directory).to_owned()
}

/// Every folder with a Dockerfile under `services/`; where there is none, the project itself if it has one.
pub(crate) fn services(root: &Path, project: &str) -> BTreeMap<String, ServiceSpec> {
    let spec = |path: String| ServiceSpec { path: Some(path), ..ServiceSpec::default() };
    let found: BTreeMap<_, _> = folders(&root.join("services"))
        .into_iter()
        .filter(|name| root.join("services").join(name).join("Dockerfile").is_file())
        .map(|name| (name.clone(), spec(format!("services/{name}"))))
        .collect();
    if found.is_empty() && root.join("Dockerfile").is_file() {
        return BTreeMap::from([(project.to_owned(), spec(".".to_owned()))]);
    }
    found
}

/// Where a service's manifests are, if nobody said: its own `deploy/` or `k8s/`, else its part of the project's, else
/// all of the project's.
pub(crate) fn manifests(root: &Path, service: &str, path: &str) -> Vec<PathBuf> {
    let names = ["deploy", "k8s"];
    let own = names.iter().map(|name| Path::new(path).join(name)).filter(|_| path != ".");
    let part = names.iter().map(|name| Path::new(name).join(service));
    let whole = names.iter().map(PathBuf::from);
    own.chain(part).chain(whole).find(|folder| root.join(folder).is_dir()).into_iter().collect()
}

/// The files below `root` that match patterns such as `contracts/*.asyncapi.yaml`; sorted, relative to `root`.
/// A `*` stays within one folder, hidden folders and links are not entered.
pub(crate) fn files(root: &Path, patterns: &[String]) -> Vec<PathBuf> {
    let matchers: Vec<_> = patterns.iter().filter_map(|pattern| matcher(pattern)).collect();
    let mut found = Vec::new();
    walk(root, Path::new(""), &mut |path| {
        if matchers.iter().any(|matcher| matcher.is_match(path)) {
            found.push(path.to_owned());
        }
    });
    found.sort();
    found
}

fn matcher(pattern: &str) -> Option<GlobMatcher> {
    let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
    Some(GlobBuilder::new(pattern).literal_separator(true).build().ok()?.compile_matcher())
}

fn walk(root: &Path, below: &Path, seen: &mut impl FnMut(&Path)) {
    const SKIPPED: [&str; 3] = ["target", "node_modules", "vendor"];
    let Ok(entries) = std::fs::read_dir(root.join(below)) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let path = below.join(&name);
        let hidden = name.to_string_lossy().starts_with('.');
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && !hidden && !SKIPPED.iter().any(|skipped| name == *skipped) => {
                walk(root, &path, seen);
            }
            Ok(kind) if kind.is_file() => seen(&path),
            _ => {}
        }
    }
}

fn folders(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| entry.path().is_dir()).filter_map(|entry| entry.file_name().into_string().ok()).collect()
}
