use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::{Retrieve, Uri};
use linkspan_source::{Dialect, Document, Format, ReadError, format_of, json, read, yaml};
use serde_json::Value;

use super::Error;

/// A schema larger than this is refused.
const LIMIT: u64 = 64 << 20;

/// How many files are looked at for an identifier.
const MOST_INDEXED: usize = 10_000;

/// The documents below one folder, each read once. A reference reaches them by path (relative to the referring file)
/// or by the `$id` that a document gives itself; nothing else is reached, and nothing is fetched.
#[derive(Debug, Clone)]
pub struct Files {
    root: PathBuf,
    shown: PathBuf,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    documents: BTreeMap<PathBuf, Arc<Document>>,
    /// From a document's `$id`, without fragment, to its path; made when first needed.
    identifiers: Option<BTreeMap<String, PathBuf>>,
}

impl Files {
    /// The documents below `root`; findings name them relative to `directory`.
    #[must_use]
    pub fn new(root: &Path, directory: &Path) -> Self {
        let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        let directory = directory.canonicalize().unwrap_or_else(|_| directory.to_owned());
        let shown = match (root.strip_prefix(&directory), directory.strip_prefix(&root)) {
            (Ok(below), _) => below.to_owned(),
            (Err(_), Ok(above)) => above.components().map(|_| Component::ParentDir).collect(),
            (Err(_), Err(_)) => root.clone(),
        };
        Self { root, shown, state: Arc::default() }
    }

    /// A file's path relative to the root, whatever way leads to it.
    ///
    /// # Errors
    /// It is not there, or lies outside.
    pub fn locate(&self, file: &Path) -> Result<PathBuf, Error> {
        let unreadable = |reason: String| Error::Unreadable { file: file.display().to_string(), reason };
        let real = file.canonicalize().map_err(|error| unreadable(format!("cannot be read: {error}")))?;
        let below = real.strip_prefix(&self.root);
        below
            .map(Path::to_owned)
            .map_err(|_| unreadable("lies outside the project; references may not leave it".to_owned()))
    }

    /// The document at a path relative to the root.
    ///
    /// # Errors
    /// It cannot be read, lies outside, or is malformed.
    pub fn document(&self, path: &Path) -> Result<Arc<Document>, Error> {
        if let Some(document) = self.lock().documents.get(path) {
            return Ok(Arc::clone(document));
        }
        let path = self.locate(&self.root.join(path)).map_err(|error| self.renamed(error, path))?;
        let document = Arc::new(parse(&self.root.join(&path), &self.shown(&path))?);
        self.lock().documents.insert(path, Arc::clone(&document));
        Ok(document)
    }

    /// A path, as the user knows it.
    #[must_use]
    pub fn shown(&self, path: &Path) -> String {
        self.shown.join(path).display().to_string()
    }

    /// The address that stands for a path below the root: the root is the root of all paths, so that `..` ends there.
    #[must_use]
    pub fn uri(path: &Path) -> String {
        let mut uri = "file://".to_owned();
        for component in path.components() {
            uri.push('/');
            uri.push_str(&escaped(&component.as_os_str().to_string_lossy()));
        }
        uri
    }

    /// The path that an address without a fragment stands for.
    #[must_use]
    pub fn path(&self, uri: &str) -> Option<PathBuf> {
        match uri.strip_prefix("file://") {
            Some(path) => Some(PathBuf::from(unescaped(path.trim_start_matches('/')))),
            None => self.identified(uri.trim_end_matches('#')),
        }
    }

    fn identified(&self, identifier: &str) -> Option<PathBuf> {
        if let Some(known) = &self.lock().identifiers {
            return known.get(identifier).cloned();
        }
        let known = self.identifiers();
        let path = known.get(identifier).cloned();
        self.lock().identifiers = Some(known);
        path
    }

    fn identifiers(&self) -> BTreeMap<String, PathBuf> {
        let mut paths = Vec::new();
        collect(&self.root, Path::new(""), &mut paths);
        let identifier = |path: PathBuf| {
            let document = self.document(&path).ok()?;
            let id = document.value.get("$id").or_else(|| document.value.get("id"))?.as_str()?;
            Some((id.trim_end_matches('#').to_owned(), path))
        };
        paths.into_iter().filter_map(identifier).collect()
    }

    fn renamed(&self, error: Error, path: &Path) -> Error {
        match error {
            Error::Unreadable { reason, .. } => Error::Unreadable { file: self.shown(path), reason },
            other => other,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Retrieve for Files {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let path = self.path(uri.as_str()).ok_or("it is not in the project, and nothing is fetched")?;
        Ok(self.document(&path)?.value.clone())
    }
}

fn parse(file: &Path, shown: &str) -> Result<Document, Error> {
    let unreadable = |reason: String| Error::Unreadable { file: shown.to_owned(), reason };
    let malformed = |faults: Vec<linkspan_source::Fault>| Error::Malformed {
        file: shown.to_owned(),
        findings: faults.iter().map(|fault| fault.finding(shown)).collect(),
    };
    let text = read(file, LIMIT).map_err(|error| match error {
        ReadError::Io { source, .. } => unreadable(format!("cannot be read: {source}")),
        ReadError::TooLarge { limit, .. } => unreadable(format!("is larger than {limit} bytes")),
        ReadError::NotText { fault, .. } => malformed(vec![*fault]),
    })?;
    if format_of(file) == Some(Format::Json) {
        return json(&text).map_err(malformed);
    }
    let mut documents = yaml(&text, Dialect::Yaml12).map_err(malformed)?.into_iter();
    match (documents.next(), documents.next()) {
        (Some(document), None) => Ok(document),
        (None, _) => Err(unreadable("is empty".to_owned())),
        (Some(_), Some(_)) => Err(unreadable("holds more than one document".to_owned())),
    }
}

/// The files that may hold a schema, without hidden folders, links, and folders of other people's code.
fn collect(root: &Path, below: &Path, paths: &mut Vec<PathBuf>) {
    const SKIPPED: [&str; 3] = ["target", "node_modules", "vendor"];
    let mut entries: Vec<_> = std::fs::read_dir(root.join(below)).into_iter().flatten().flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        let path = below.join(&name);
        let skipped = name.to_string_lossy().starts_with('.') || SKIPPED.iter().any(|skipped| name == *skipped);
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && !skipped => collect(root, &path, paths),
            Ok(kind) if kind.is_file() && schema_like(&path) && paths.len() < MOST_INDEXED => paths.push(path),
            _ => {}
        }
    }
}

fn schema_like(path: &Path) -> bool {
    matches!(format_of(path), Some(Format::Json | Format::Yaml))
}

/// A text as one segment of an address (RFC 3986, section 2.3: unreserved characters stay).
pub(super) fn escaped(segment: &str) -> String {
    let escape = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    segment.bytes().map(escape).collect()
}

/// The text that a part of an address stands for.
pub(crate) fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digits = after.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_and_its_address_are_one() {
        let files = Files::new(Path::new("/"), Path::new("/"));
        for path in ["a/b.yaml", "a b/ö%.json", "x~y/$id.schema.yaml"] {
            assert_eq!(files.path(&Files::uri(Path::new(path))), Some(PathBuf::from(path)));
        }
    }

    #[test]
    fn links_and_dots_do_not_lead_out() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("project");
        std::fs::create_dir(&root).unwrap();
        std::fs::write(folder.path().join("secret.json"), "{}").unwrap();
        std::os::unix::fs::symlink(folder.path().join("secret.json"), root.join("link.json")).unwrap();
        let files = Files::new(&root, &root);
        for path in ["../secret.json", "link.json"] {
            assert!(matches!(files.document(Path::new(path)), Err(Error::Unreadable { .. })), "{path}");
        }
    }
}
