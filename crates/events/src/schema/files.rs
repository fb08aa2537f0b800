use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::{Retrieve, Uri};
use linkspan_source::{Dialect, Document, Format, format_of, json, text, yaml};
use serde_json::Value;

use super::{Error, Folder, Tree};

/// A document larger than this is refused, in bytes.
pub(crate) const LIMIT: u64 = 64 << 20;

/// How many files are looked at for an identifier.
const MOST_INDEXED: usize = 10_000;

/// The documents of one tree of files, each read once. A reference reaches them by path (relative to the referring
/// file) or by the `$id` that a document gives itself, and the remote documents that were given along; nothing else is
/// reached, and nothing is fetched.
#[derive(Debug, Clone)]
pub struct Files {
    tree: Arc<dyn Tree>,
    /// The folder, for a tree that is one.
    root: Option<PathBuf>,
    shown: Shown,
    /// The addresses of remote documents, by the paths that stand for them.
    remote: Arc<BTreeMap<PathBuf, String>>,
    state: Arc<Mutex<State>>,
}

/// How a path is shown to people.
#[derive(Debug, Clone)]
enum Shown {
    /// Below a path.
    Below(PathBuf),
    /// After a text.
    After(String),
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
        let tree = Arc::new(Folder::new(&root));
        Self { tree, root: Some(root), shown: Shown::Below(shown), remote: Arc::default(), state: Arc::default() }
    }

    /// The documents of a tree; findings show a path as `prefix` and the path: `v1.2.0:contracts/order.yaml`.
    #[must_use]
    pub fn of(tree: Arc<dyn Tree>, prefix: impl Into<String>) -> Self {
        Self { tree, root: None, shown: Shown::After(prefix.into()), remote: Arc::default(), state: Arc::default() }
    }

    /// With remote documents, by their addresses without fragment. Their own relative references lead to others of
    /// them; an `$id` in the tree is stronger than an address here.
    #[must_use]
    pub fn with_remote(mut self, documents: BTreeMap<String, Document>) -> Self {
        let mut state = State::default();
        let mut remote = BTreeMap::new();
        for (uri, document) in documents {
            let uri = uri.trim_end_matches('#').to_owned();
            state.documents.insert(PathBuf::from(&uri), Arc::new(document));
            remote.insert(PathBuf::from(&uri), uri);
        }
        self.remote = Arc::new(remote);
        self.state = Arc::new(Mutex::new(state));
        self
    }

    /// A file's path relative to the root, whatever way leads to it; a path that is not absolute starts at the root.
    ///
    /// # Errors
    /// It is not there, or lies outside.
    pub fn locate(&self, file: &Path) -> Result<PathBuf, Error> {
        let unreadable = |reason: String| Error::Unreadable { file: file.display().to_string(), reason };
        self.tree.locate(file).map_err(unreadable)
    }

    /// The document at a path relative to the root.
    ///
    /// # Errors
    /// It cannot be read, lies outside, or is malformed.
    pub fn document(&self, path: &Path) -> Result<Arc<Document>, Error> {
        if let Some(document) = self.lock().documents.get(path) {
            return Ok(Arc::clone(document));
        }
        if let Some(document) = path.to_str().and_then(meta_schema) {
            let document = Arc::new(document);
            self.lock().documents.insert(path.to_owned(), Arc::clone(&document));
            return Ok(document);
        }
        let unreadable = |reason: String| Error::Unreadable { file: self.shown(path), reason };
        let path = self.tree.locate(path).map_err(unreadable)?;
        let bytes = self.tree.read(&path, LIMIT).map_err(unreadable)?;
        let document = Arc::new(parse(&bytes, &path, &self.shown(&path))?);
        self.lock().documents.insert(path, Arc::clone(&document));
        Ok(document)
    }

    /// The bytes of a file that is there.
    ///
    /// # Errors
    /// It cannot be read. A file that is not there is `None`.
    pub fn bytes(&self, path: &Path) -> Result<Option<Vec<u8>>, Error> {
        let Ok(path) = self.tree.locate(path) else { return Ok(None) };
        let unreadable = |reason: String| Error::Unreadable { file: self.shown(&path), reason };
        self.tree.read(&path, LIMIT).map(Some).map_err(unreadable)
    }

    /// The files of the tree, sorted; without hidden ones and folders of other people's code.
    #[must_use]
    pub fn list(&self) -> Vec<PathBuf> {
        self.tree.list()
    }

    /// The folder that the documents are in; `None` for those of a commit or a registry.
    #[must_use]
    pub fn root(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    /// A path, as the user knows it.
    #[must_use]
    pub fn shown(&self, path: &Path) -> String {
        let built_in = path.to_str().filter(|uri| uri.contains("://json-schema.org/")).map(ToOwned::to_owned);
        match (self.remote.get(path).cloned().or(built_in), &self.shown) {
            (Some(uri), _) => uri,
            (None, Shown::Below(folder)) => folder.join(path).display().to_string(),
            (None, Shown::After(prefix)) => format!("{prefix}{}", path.display()),
        }
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

    /// The address of a document: a remote one's own, else [`Files::uri`].
    #[must_use]
    pub fn address(&self, path: &Path) -> String {
        let known = self.remote.get(path).map(String::as_str);
        let own = known.or_else(|| path.to_str().filter(|uri| uri.contains("://json-schema.org/")));
        own.map_or_else(|| Self::uri(path), ToOwned::to_owned)
    }

    /// The path that an address without a fragment stands for.
    #[must_use]
    pub fn path(&self, uri: &str) -> Option<PathBuf> {
        match uri.strip_prefix("file://") {
            Some(path) => Some(PathBuf::from(unescaped(path.trim_start_matches('/')))),
            None => {
                let uri = uri.trim_end_matches('#');
                let remote = || self.remote.values().find(|known| *known == uri).map(PathBuf::from);
                let built_in = || meta_schema(uri).map(|_| PathBuf::from(uri));
                self.identified(uri).or_else(remote).or_else(built_in)
            }
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
        let paths = self.tree.list().into_iter().filter(|path| schema_like(path)).take(MOST_INDEXED);
        let identifier = |path: PathBuf| {
            let document = self.document(&path).ok()?;
            let id = document.value.get("$id").or_else(|| document.value.get("id"))?.as_str()?;
            Some((id.trim_end_matches('#').to_owned(), path))
        };
        paths.filter_map(identifier).collect()
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

/// A document in JSON or, where the name does not say JSON, in YAML.
pub(crate) fn parse(bytes: &[u8], path: &Path, shown: &str) -> Result<Document, Error> {
    let unreadable = |reason: &str| Error::Unreadable { file: shown.to_owned(), reason: reason.to_owned() };
    let malformed = |faults: Vec<linkspan_source::Fault>| Error::Malformed {
        file: shown.to_owned(),
        findings: faults.iter().map(|fault| fault.finding(shown)).collect(),
    };
    let text = text(bytes).map_err(|fault| malformed(vec![fault]))?;
    if format_of(path) == Some(Format::Json) {
        return json(text).map_err(malformed);
    }
    let mut documents = yaml(text, Dialect::Yaml12).map_err(malformed)?.into_iter();
    match (documents.next(), documents.next()) {
        (Some(document), None) => Ok(document),
        (None, _) => Err(unreadable("is empty")),
        (Some(_), Some(_)) => Err(unreadable("holds more than one document")),
    }
}

/// A draft's own meta-schema, or one of its vocabularies': they are at hand without a project.
fn meta_schema(uri: &str) -> Option<Document> {
    if !uri.starts_with("http://json-schema.org/") && !uri.starts_with("https://json-schema.org/") {
        return None;
    }
    let resolver = referencing::SPECIFICATIONS.resolver(jsonschema::uri::from_str(uri).ok()?);
    json(&resolver.lookup(uri).ok()?.contents().to_string()).ok()
}

fn schema_like(path: &Path) -> bool {
    matches!(format_of(path), Some(Format::Json | Format::Yaml))
}

/// A text as one segment of an address (RFC 3986, section 2.3: unreserved characters stay).
pub(crate) fn escaped(segment: &str) -> String {
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
