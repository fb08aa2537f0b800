//! Manifests: files, folders and standard input to objects with positions.

use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use linkspan_report::{Finding, Position, Span};
use linkspan_source::{Dialect, Document, Fault, Format, format_of, pointer};
use serde_json::Value;

use crate::{Object, ObjectError};

/// The largest manifest that is read, in bytes.
pub const MAX_MANIFEST: u64 = 64 << 20;

/// The extensions that `kubectl` reads in a folder.
const EXTENSIONS: [&str; 3] = ["json", "yaml", "yml"];

/// Why manifests cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The operating system refused.
    #[error("cannot read `{file}`")]
    Io {
        /// The file or folder, as it was named.
        file: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// It is larger than [`MAX_MANIFEST`].
    #[error("`{0}` is larger than 64 MiB, which no manifest is")]
    TooLarge(String),
    /// A folder holds no manifest.
    #[error("`{0}` has no file that ends in `.yaml`, `.yml` or `.json`")]
    Empty(String),
    /// A text is malformed; all faults that were found, each with its place.
    #[error("{}", describe(.0))]
    Malformed(Vec<Finding>),
}

fn describe(findings: &[Finding]) -> String {
    let first = findings.first().map_or("malformed manifest", |finding| finding.message.as_str());
    match findings.len() {
        0 | 1 => first.to_owned(),
        many => format!("{first} (and {} more)", many - 1),
    }
}

/// Where an object was written.
#[derive(Clone)]
pub struct Origin {
    /// The file as it was named; `<standard input>` for `-`.
    pub file: String,
    document: Arc<Document>,
    /// The JSON Pointer to the object in its document: not empty inside a list.
    prefix: String,
}

impl Origin {
    /// The place of a field by its JSON Pointer in the object, or of its nearest ancestor that was written.
    #[must_use]
    pub fn span(&self, pointer: &str) -> Span {
        self.document.nearest(&format!("{}{pointer}", self.prefix))
    }

    /// Where the object begins.
    #[must_use]
    pub fn start(&self) -> Position {
        self.span("").start
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl fmt::Display for Origin {
    /// `file:line:column`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = self.start();
        write!(formatter, "{}:{}:{}", self.file, start.line, start.column)
    }
}

/// An object, and where it was written.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// The object.
    pub object: Object,
    /// Where it was written.
    pub origin: Origin,
}

impl Manifest {
    /// An error at a field of the object.
    #[must_use]
    pub fn fault(&self, rule: &'static str, pointer: &str, message: impl Into<String>) -> Finding {
        Finding::error(rule, message).in_file(self.origin.file.clone()).at(self.origin.span(pointer))
    }
}

/// Reads the manifests at `path`, as `kubectl apply -f` does: a file of any name, a folder's `.yaml`, `.yml` and
/// `.json` files by name (those of folders in it only with `recursive`), or standard input for `-`.
///
/// # Errors
/// [`ManifestError`]; malformed files are all read first, so that every fault is told at once.
pub fn read_path(path: &str, directory: &Path, recursive: bool) -> Result<Vec<Manifest>, ManifestError> {
    if path == "-" {
        let bytes = limited(io::stdin().lock(), "<standard input>")?;
        return read_bytes("<standard input>", &bytes).map_err(ManifestError::Malformed);
    }
    let mut manifests = Vec::new();
    let mut faults = Vec::new();
    for file in files(path, directory, recursive)? {
        let name = file.display().to_string();
        let opened = std::fs::File::open(directory.join(&file))
            .map_err(|source| ManifestError::Io { file: name.clone(), source })?;
        match read_bytes(&name, &limited(opened, &name)?) {
            Ok(read) => manifests.extend(read),
            Err(found) => faults.extend(found),
        }
    }
    if faults.is_empty() { Ok(manifests) } else { Err(ManifestError::Malformed(faults)) }
}

fn limited(reader: impl Read, file: &str) -> Result<Vec<u8>, ManifestError> {
    let mut bytes = Vec::new();
    let read = reader.take(MAX_MANIFEST + 1).read_to_end(&mut bytes);
    let length = read.map_err(|source| ManifestError::Io { file: file.to_owned(), source })?;
    let fits = u64::try_from(length).is_ok_and(|length| length <= MAX_MANIFEST);
    if fits { Ok(bytes) } else { Err(ManifestError::TooLarge(file.to_owned())) }
}

/// The files at a path, as they are named in messages.
fn files(path: &str, directory: &Path, recursive: bool) -> Result<Vec<PathBuf>, ManifestError> {
    let failed = |source| ManifestError::Io { file: path.to_owned(), source };
    if !std::fs::metadata(directory.join(path)).map_err(failed)?.is_dir() {
        return Ok(vec![PathBuf::from(path)]);
    }
    let mut found = Vec::new();
    walk(Path::new(path), directory, recursive, &mut found).map_err(failed)?;
    if found.is_empty() { Err(ManifestError::Empty(path.to_owned())) } else { Ok(found) }
}

fn walk(folder: &Path, directory: &Path, recursive: bool, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries = std::fs::read_dir(directory.join(folder))?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = folder.join(entry.file_name());
        // A link to a folder is not followed: it may lead back up.
        if entry.file_type()?.is_dir() {
            if recursive {
                walk(&path, directory, recursive, found)?;
            }
        } else if is_manifest(&path) && std::fs::metadata(entry.path())?.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

fn is_manifest(path: &Path) -> bool {
    path.extension().and_then(|extension| extension.to_str()).is_some_and(|extension| EXTENSIONS.contains(&extension))
}

/// Reads one file's bytes; `file` is only a name.
///
/// # Errors
/// All faults that were found, each with its place.
pub fn read_bytes(file: &str, bytes: &[u8]) -> Result<Vec<Manifest>, Vec<Finding>> {
    let text = linkspan_source::text(bytes).map_err(|fault| vec![fault.finding(file)])?;
    read_text(file, text)
}

/// Reads one file's text: a stream of YAML documents by the rules of `kubectl` (YAML 1.1), or JSON documents one
/// after the other. Empty documents are passed over, lists (`kind: List`, `PodList`) are taken apart.
///
/// # Errors
/// All faults that were found, each with its place.
pub fn read_text(file: &str, text: &str) -> Result<Vec<Manifest>, Vec<Finding>> {
    let named = |faults: Vec<Fault>| faults.iter().map(|fault| fault.finding(file)).collect::<Vec<_>>();
    let documents = documents(file, text).map_err(named)?;
    let mut manifests = Vec::new();
    let mut faults = Vec::new();
    for document in documents {
        take_apart(file, document, &mut manifests, &mut faults);
    }
    if faults.is_empty() { Ok(manifests) } else { Err(faults) }
}

fn documents(file: &str, text: &str) -> Result<Vec<Document>, Vec<Fault>> {
    let is_json = format_of(file) == Some(Format::Json);
    if is_json || text.trim_start().starts_with('{') {
        match json_documents(text) {
            // `{` may also begin a YAML flow mapping.
            Err(_) if !is_json => {}
            read => return read,
        }
    }
    linkspan_source::yaml(text, Dialect::Kubernetes)
}

/// JSON documents one after the other, with the positions of the whole text.
fn json_documents(text: &str) -> Result<Vec<Document>, Vec<Fault>> {
    let mut ends = serde_json::Deserializer::from_str(text).into_iter::<serde::de::IgnoredAny>();
    let mut bounds = vec![0];
    while let Some(Ok(_)) = ends.next() {
        bounds.push(ends.byte_offset());
    }
    if bounds.len() <= 2 {
        return linkspan_source::json(text).map(|document| vec![document]);
    }
    let part = |bound: &[usize]| {
        let (before, inside) =
            (text.get(..bound[0]).unwrap_or_default(), text.get(bound[0]..bound[1]).unwrap_or_default());
        linkspan_source::json(&(blank(before) + inside))
    };
    let rest = text.get(bounds.last().copied().unwrap_or_default()..).unwrap_or_default();
    if !rest.trim().is_empty() {
        return linkspan_source::json(&(blank(&text[..text.len() - rest.len()]) + rest)).map(|document| vec![document]);
    }
    bounds.windows(2).map(part).collect()
}

/// The same lines and columns with nothing in them.
fn blank(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect()
}

fn take_apart(file: &str, document: Document, manifests: &mut Vec<Manifest>, faults: &mut Vec<Finding>) {
    if document.value.is_null() {
        return;
    }
    let document = Arc::new(document);
    let origin =
        |prefix: &str| Origin { file: file.to_owned(), document: Arc::clone(&document), prefix: prefix.to_owned() };
    for (prefix, value) in flat(&document.value, "") {
        let origin = origin(&prefix);
        match Object::new(value) {
            Ok(object) => manifests.push(Manifest { object, origin }),
            Err(error) => faults.push(not_an_object(&origin, &error)),
        }
    }
}

fn not_an_object(origin: &Origin, error: &ObjectError) -> Finding {
    Finding::error("manifest", error.to_string()).in_file(origin.file.clone()).at(origin.span(&error.pointer()))
}

/// A value, or what is in it if it is a list; lists in lists too.
fn flat(value: &Value, at: &str) -> Vec<(String, Value)> {
    let kind = value.get("kind").and_then(Value::as_str).unwrap_or_default();
    let (Some(item_kind), Some(items)) = (kind.strip_suffix("List"), value.get("items").and_then(Value::as_array))
    else {
        return vec![(at.to_owned(), value.clone())];
    };
    let at = pointer::join(at, "items");
    let item = |(index, item): (usize, &Value)| {
        let named = with_kind(item, value.get("apiVersion"), item_kind);
        flat(&named, &pointer::join_index(&at, index))
    };
    items.iter().enumerate().flat_map(item).collect()
}

/// The items of a typed list need not say what they are: the list does.
fn with_kind(item: &Value, api_version: Option<&Value>, kind: &str) -> Value {
    let mut item = item.clone();
    if let (Some(fields), Some(api_version)) = (item.as_object_mut(), api_version)
        && !kind.is_empty()
    {
        fields.entry("apiVersion").or_insert_with(|| api_version.clone());
        fields.entry("kind").or_insert_with(|| Value::from(kind));
    }
    item
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        read_text("m.yaml", text)
            .unwrap()
            .iter()
            .map(|manifest| format!("{} {}", manifest.object.key(), manifest.origin))
            .collect()
    }

    #[test]
    fn streams_and_lists_become_objects_with_places() {
        let text = "---\n# nothing\n---\napiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n\
                    ---\napiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: b, namespace: ns}\n";
        assert_eq!(names(text), ["Pod a m.yaml:7:3", "Pod ns/b m.yaml:14:3"]);
    }

    #[test]
    fn json_documents_follow_each_other() {
        let text = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"ä\"}}\n  {\"apiVersion\":\"v1\",\"kind\":\"Pod\"}\n";
        let read = read_text("m.json", text).unwrap();
        let places: Vec<_> = read.iter().map(|manifest| manifest.origin.to_string()).collect();
        assert_eq!(places, ["m.json:1:1", "m.json:2:3"]);
    }

    #[test]
    fn yaml_is_read_as_kubectl_reads_it() {
        let text = "apiVersion: v1\nkind: ConfigMap\ndata: {a: yes, b: 010, c: \"yes\"}\n";
        let manifest = read_text("m.yaml", text).unwrap().remove(0);
        assert_eq!(manifest.object.at("/data").unwrap(), &serde_json::json!({"a": true, "b": 8, "c": "yes"}));
    }

    #[test]
    fn all_faults_are_told_with_their_places() {
        let text = "kind: Pod\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: 3\n";
        let faults = read_text("m.yaml", text).unwrap_err();
        let told: Vec<_> = faults.iter().map(|fault| (fault.message.as_str(), fault.span.unwrap().start)).collect();
        assert_eq!(
            told,
            [
                ("`apiVersion` is missing", Position::new(1, 1)),
                ("`metadata.name` must be a string, but is a number", Position::new(6, 9)),
            ]
        );
    }

    #[test]
    fn folders_are_read_by_name_and_not_deep_unless_asked() {
        let folder = tempfile::tempdir().unwrap();
        let pod = |name: &str| format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\n");
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        for (file, name) in [("b.yml", "b"), ("a.yaml", "a"), ("readme.md", "x"), ("sub/c.yaml", "c")] {
            std::fs::write(folder.path().join(file), pod(name)).unwrap();
        }
        let read = |recursive| {
            let read = read_path(".", folder.path(), recursive).unwrap();
            read.iter().map(|manifest| manifest.object.name().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(read(false), ["a", "b"]);
        assert_eq!(read(true), ["a", "b", "c"]);
        assert!(matches!(read_path("nowhere", folder.path(), false), Err(ManifestError::Io { .. })));
        assert_eq!(read_path("readme.md", folder.path(), false).unwrap().len(), 1);
    }
}
