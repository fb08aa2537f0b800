use std::collections::BTreeMap;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Tree, TreeError};
use crate::layer::{Content, Data, Identity, ImagePath, Kind, LocalFile, Node, Stamp};

/// Decides which paths of a context an image must not see.
pub trait Ignore: Send + Sync + std::fmt::Debug {
    /// Whether a path, relative to the context, is hidden. Its parents are taken into account.
    fn hides(&self, path: &str) -> bool;

    /// Whether something in a hidden folder may be visible.
    fn may_show_inside(&self, folder: &str) -> bool;
}

/// A folder on disk as a tree: what is ignored is not there, everything belongs to root (as BuildKit's local
/// sources), and nothing outside of it is ever looked at, since links are followed inside the tree only.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
    ignore: Option<Arc<dyn Ignore>>,
    umask: u32,
}

/// The mask that nearly every machine has: 0644 for files and 0755 for folders.
const USUAL_UMASK: u32 = 0o022;

impl Folder {
    /// A folder from which nothing is hidden.
    ///
    /// # Errors
    /// If there is no such folder.
    pub fn open(root: &Path) -> Result<Self, TreeError> {
        let failed = |cause| TreeError::Read { path: root.display().to_string(), cause };
        let root = root.canonicalize().map_err(failed)?;
        if !root.is_dir() {
            return Err(failed(io::ErrorKind::NotADirectory.into()));
        }
        Ok(Self { root, ignore: None, umask: USUAL_UMASK })
    }

    /// Hides what `ignore` hides.
    #[must_use]
    pub fn hiding(mut self, ignore: Arc<dyn Ignore>) -> Self {
        self.ignore = Some(ignore);
        self
    }

    /// Reads modes as if the tree had been checked out under umask 022.
    ///
    /// Git keeps only the executable bit; the rest of a mode is the umask of whoever made the working tree. A
    /// `witness`, a file to which nobody gives a mode on purpose (the Dockerfile), tells that umask. Where it
    /// is another one than 022, modes that it would have given become those that 022 would have given; every
    /// other mode was chosen, and stays.
    #[must_use]
    pub fn with_umask_of(mut self, witness: &Metadata) -> Self {
        self.umask = mode(witness).map_or(USUAL_UMASK, |mode| 0o666 & !mode & 0o666);
        self
    }

    /// The folder, absolute and without links.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn on_disk(&self, path: &ImagePath) -> PathBuf {
        let mut on_disk = self.root.clone();
        on_disk.extend(path.components());
        on_disk
    }

    fn convert(&self, on_disk: &Path, metadata: &Metadata) -> Result<Node, TreeError> {
        let kind =
            kind(on_disk, metadata).map_err(|cause| TreeError::Read { path: on_disk.display().to_string(), cause })?;
        let usual = if metadata.is_dir() { 0o755 } else { 0o644 };
        let mode = mode(metadata).unwrap_or(usual);
        let mode = if metadata.is_symlink() { 0o777 } else { usual_mode(mode, self.umask, metadata.is_dir()) };
        Ok(Node { kind, mode, uid: 0, gid: 0, capability: None })
    }

    /// Whether a path is there for an image: not hidden, or a folder in which something is not.
    fn is_visible(&self, path: &ImagePath, is_folder: bool) -> Result<bool, TreeError> {
        let Some(ignore) = self.ignore.as_deref().filter(|_| !path.is_root()) else { return Ok(true) };
        if !ignore.hides(path.as_str()) {
            return Ok(true);
        }
        if !is_folder || !ignore.may_show_inside(path.as_str()) {
            return Ok(false);
        }
        for (name, metadata) in list(&self.on_disk(path))? {
            if self.is_visible(&path.child(&name), metadata.is_dir())? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Tree for Folder {
    fn node(&self, path: &ImagePath) -> Result<Option<Node>, TreeError> {
        let on_disk = self.on_disk(path);
        match std::fs::symlink_metadata(&on_disk) {
            Ok(metadata) if self.is_visible(path, metadata.is_dir())? => self.convert(&on_disk, &metadata).map(Some),
            Ok(_) => Ok(None),
            Err(error) if is_absent(&error) => Ok(None),
            Err(cause) => Err(TreeError::Read { path: on_disk.display().to_string(), cause }),
        }
    }

    fn children(&self, folder: &ImagePath) -> Result<BTreeMap<String, Node>, TreeError> {
        let on_disk = self.on_disk(folder);
        let mut children = BTreeMap::new();
        for (name, metadata) in list(&on_disk)? {
            if self.is_visible(&folder.child(&name), metadata.is_dir())? {
                let node = self.convert(&on_disk.join(&name), &metadata)?;
                children.insert(name, node);
            }
        }
        Ok(children)
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidFilename)
}

/// Names and attributes of what is in a folder; links are not followed.
fn list(folder: &Path) -> Result<Vec<(String, Metadata)>, TreeError> {
    let failed = |cause| TreeError::Read { path: folder.display().to_string(), cause };
    let entries = match std::fs::read_dir(folder) {
        Err(error) if is_absent(&error) => return Ok(Vec::new()),
        other => other.map_err(failed)?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().into_string().map_err(|name| TreeError::Name {
            path: folder.join(name).display().to_string(),
            reason: "the name is not UTF-8",
        })?;
        let metadata =
            entry.metadata().map_err(|cause| TreeError::Read { path: entry.path().display().to_string(), cause })?;
        found.push((name, metadata));
    }
    Ok(found)
}

/// `chosen` unless `umask` would have given it to a new file; then what 022 would have given.
const fn usual_mode(chosen: u32, umask: u32, is_folder: bool) -> u32 {
    let executable = is_folder || chosen & 0o100 != 0;
    let whole = if executable { 0o777 } else { 0o666 };
    // A mask that takes reading takes executing, too: 027 is 0640 for a file, and 0750 for a program.
    let umask = umask | ((umask & 0o444) >> 2);
    if chosen == whole & !umask { whole & !USUAL_UMASK } else { chosen }
}

#[cfg(unix)]
fn mode(metadata: &Metadata) -> Option<u32> {
    Some(std::os::unix::fs::MetadataExt::mode(metadata) & 0o7777)
}

/// Without permission bits: as BuildKit's client on Windows, everything may be executed.
#[cfg(not(unix))]
fn mode(_: &Metadata) -> Option<u32> {
    Some(0o755)
}

fn kind(on_disk: &Path, metadata: &Metadata) -> io::Result<Kind> {
    if metadata.is_dir() {
        return Ok(Kind::Folder);
    }
    if metadata.is_symlink() {
        let target = std::fs::read_link(on_disk)?.into_os_string().into_string();
        return target.map(Kind::Symlink).map_err(|_| io::Error::other("the link's target is not UTF-8"));
    }
    if metadata.is_file() {
        return Ok(file(on_disk, metadata));
    }
    Ok(special(metadata))
}

fn file(on_disk: &Path, metadata: &Metadata) -> Kind {
    let stamp = Stamp::of(metadata);
    #[cfg(unix)]
    let names = std::os::unix::fs::MetadataExt::nlink(metadata);
    #[cfg(not(unix))]
    let names = 1;
    let identity = (names > 1).then_some(Identity(stamp.device, stamp.inode));
    Kind::File(Content { size: stamp.size, identity, data: Data::Local(LocalFile { path: on_disk.to_owned(), stamp }) })
}

/// Pipes and devices are kept; a socket becomes an empty file (BuildKit's `copyDevice`).
#[cfg(unix)]
fn special(metadata: &Metadata) -> Kind {
    use std::os::unix::fs::{FileTypeExt, MetadataExt};
    let device = metadata.rdev();
    let (major, minor) = (libc::major(device), libc::minor(device));
    #[expect(clippy::useless_conversion, reason = "signed on some systems")]
    let (major, minor) = (u32::try_from(major).unwrap_or_default(), u32::try_from(minor).unwrap_or_default());
    let kind = metadata.file_type();
    if kind.is_fifo() {
        Kind::Fifo
    } else if kind.is_char_device() {
        Kind::CharDevice(major, minor)
    } else if kind.is_block_device() {
        Kind::BlockDevice(major, minor)
    } else {
        Kind::File(Content::bytes([]))
    }
}

#[cfg(not(unix))]
fn special(_: &Metadata) -> Kind {
    Kind::File(Content::bytes([]))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn names(tree: &Folder, folder: &str) -> Vec<String> {
        tree.children(&ImagePath::clean(folder)).unwrap().into_keys().collect()
    }

    #[derive(Debug)]
    struct Hide(&'static [&'static str], &'static [&'static str]);

    impl Ignore for Hide {
        fn hides(&self, path: &str) -> bool {
            let is = |patterns: &[&str]| {
                patterns.iter().any(|pattern| path == *pattern || path.starts_with(&format!("{pattern}/")))
            };
            is(self.0) && !is(self.1)
        }
        fn may_show_inside(&self, _: &str) -> bool {
            !self.1.is_empty()
        }
    }

    #[test]
    fn hidden_folders_show_what_is_visible_in_them() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["a/keep/x", "a/drop", "b/drop"] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        let tree = Folder::open(folder.path()).unwrap().hiding(Arc::new(Hide(&["a", "b"], &["a/keep"])));
        assert_eq!(names(&tree, ""), ["a"]);
        assert_eq!(names(&tree, "a"), ["keep"]);
        assert!(tree.node(&ImagePath::clean("a/drop")).unwrap().is_none());
    }

    #[test]
    fn a_link_is_a_link_and_a_socket_an_empty_file() {
        let folder = tempfile::tempdir().unwrap();
        symlink("/etc/passwd", folder.path().join("l")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("s")).unwrap();
        let tree = Folder::open(folder.path()).unwrap();
        let link = tree.node(&ImagePath::clean("l")).unwrap().unwrap();
        assert_eq!((link.target(), link.mode), (Some("/etc/passwd"), 0o777));
        let socket = tree.node(&ImagePath::clean("s")).unwrap().unwrap();
        assert_eq!(socket.content().map(|content| content.size), Some(0));
    }

    #[test]
    fn umasks_of_a_checkout_do_not_show() {
        for (umask, file, program, folder) in [
            (0o022, 0o644, 0o755, 0o755),
            (0o002, 0o664, 0o775, 0o775),
            (0o077, 0o600, 0o700, 0o700),
            (0o027, 0o640, 0o750, 0o750),
        ] {
            let witness = 0o666 & !(0o666 & !file);
            let seen = 0o666 & !witness & 0o666;
            assert_eq!(usual_mode(file, seen, false), 0o644, "{umask:o}");
            assert_eq!(usual_mode(program, seen, false), 0o755, "{umask:o}");
            assert_eq!(usual_mode(folder, seen, true), 0o755, "{umask:o}");
        }
        for chosen in [0o600, 0o400, 0o4755, 0o1777, 0o777, 0o664] {
            assert_eq!(usual_mode(chosen, 0o022, false), chosen, "{chosen:o}");
        }
    }

    #[test]
    fn a_file_that_changed_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        std::fs::write(&path, "old").unwrap();
        let tree = Folder::open(folder.path()).unwrap();
        let node = tree.node(&ImagePath::clean("f")).unwrap().unwrap();
        std::fs::write(&path, "newer").unwrap();
        assert!(node.content().unwrap().read(10).is_err());
        std::fs::remove_file(&path).unwrap();
        symlink("/etc/passwd", &path).unwrap();
        assert!(node.content().unwrap().open().is_err());
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
    }
}
