use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// How many files of a tree are listed.
const MOST_LISTED: usize = 100_000;

/// A tree of files that documents are read from: a folder, a commit, or what a registry gave.
///
/// Paths are relative to its root. Errors are what is the matter, to be said after the file's name: `cannot be read: …`.
pub trait Tree: std::fmt::Debug + Send + Sync {
    /// The one path of a file, whatever way (links, `.` and `..`) leads to it.
    ///
    /// # Errors
    /// It is not there, or lies outside.
    fn locate(&self, path: &Path) -> Result<PathBuf, String>;

    /// A file's content, of at most `limit` bytes.
    ///
    /// # Errors
    /// It is not there, cannot be read, or is larger.
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, String>;

    /// The files, sorted; without links, hidden files and folders, and folders of other people's code.
    fn list(&self) -> Vec<PathBuf>;
}

/// Whether a listing shows a path.
#[must_use]
pub(crate) fn listed(path: &Path) -> bool {
    const SKIPPED: [&str; 3] = ["target", "node_modules", "vendor"];
    let names = || path.iter().map(std::ffi::OsStr::to_string_lossy);
    let folders = path.parent().into_iter().flat_map(Path::iter);
    names().all(|name| !name.starts_with('.'))
        && folders.into_iter().all(|name| !SKIPPED.iter().any(|skipped| name == *skipped))
}

/// A path without `.` and `..`; `None` where it leads above the root.
#[must_use]
pub(crate) fn normal(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                normal.pop().then_some(())?;
            }
            Component::Normal(name) => normal.push(name),
            Component::Prefix(_) | Component::RootDir | Component::CurDir => {}
        }
    }
    Some(normal)
}

/// What is said of a file outside of a tree.
pub(crate) const OUTSIDE: &str = "lies outside the project; references may not leave it";

/// A folder on this machine. Links are followed as long as they stay inside.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Self { root: root.canonicalize().unwrap_or_else(|_| root.to_owned()) }
    }
}

impl Tree for Folder {
    fn locate(&self, path: &Path) -> Result<PathBuf, String> {
        let real = self.root.join(path).canonicalize().map_err(|error| format!("cannot be read: {error}"))?;
        real.strip_prefix(&self.root).map(Path::to_owned).map_err(|_| OUTSIDE.to_owned())
    }

    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, String> {
        let unreadable = |error: std::io::Error| format!("cannot be read: {error}");
        let path = self.root.join(self.locate(path)?);
        // A pipe would be waited for, and a device read without an end.
        let known = std::fs::metadata(&path).map_err(unreadable)?;
        if !known.is_file() {
            return Err(format!("is {}, not a file", if known.is_dir() { "a folder" } else { "a pipe or a device" }));
        }
        if known.len() > limit {
            return Err(larger(limit));
        }
        let file = std::fs::File::open(&path).map_err(unreadable)?;
        let mut bytes = Vec::new();
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
        within(bytes, limit)
    }

    fn list(&self) -> Vec<PathBuf> {
        let mut paths = Vec::new();
        collect(&self.root, Path::new(""), &mut paths);
        paths
    }
}

fn collect(root: &Path, below: &Path, paths: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(root.join(below)).into_iter().flatten().flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = below.join(entry.file_name());
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && listed(&path.join("file")) => collect(root, &path, paths),
            Ok(kind) if kind.is_file() && listed(&path) && paths.len() < MOST_LISTED => paths.push(path),
            _ => {}
        }
    }
}

/// Files in memory.
#[derive(Debug, Clone, Default)]
pub struct Memory(BTreeMap<PathBuf, Vec<u8>>);

impl<P: Into<PathBuf>, B: Into<Vec<u8>>> FromIterator<(P, B)> for Memory {
    fn from_iter<I: IntoIterator<Item = (P, B)>>(files: I) -> Self {
        Self(files.into_iter().map(|(path, bytes)| (path.into(), bytes.into())).collect())
    }
}

impl Tree for Memory {
    fn locate(&self, path: &Path) -> Result<PathBuf, String> {
        let path = normal(path).ok_or(OUTSIDE)?;
        if self.0.contains_key(&path) { Ok(path) } else { Err("cannot be read: it is not there".to_owned()) }
    }

    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, String> {
        let bytes = self.0.get(&self.locate(path)?).cloned().unwrap_or_default();
        within(bytes, limit)
    }

    fn list(&self) -> Vec<PathBuf> {
        self.0.keys().filter(|path| listed(path)).cloned().collect()
    }
}

/// The bytes, if they are not too many.
pub(crate) fn within(bytes: Vec<u8>, limit: u64) -> Result<Vec<u8>, String> {
    let fits = u64::try_from(bytes.len()).is_ok_and(|length| length <= limit);
    if fits { Ok(bytes) } else { Err(larger(limit)) }
}

fn larger(limit: u64) -> String {
    format!("is larger than {limit} bytes")
}
