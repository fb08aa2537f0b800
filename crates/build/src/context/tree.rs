use std::collections::BTreeMap;
use std::io;

use crate::layer::{ImagePath, Node};

/// Why a tree of files could not be looked into.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// A file or folder of the build context could not be read.
    #[error("cannot read `{path}`: {cause}")]
    Read {
        /// The path on disk.
        path: String,
        /// What the system says.
        cause: io::Error,
    },
    /// A name that an image cannot hold.
    #[error("`{path}` cannot be in an image: {reason}")]
    Name {
        /// The path.
        path: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Symbolic links that lead in a circle.
    #[error("too many symbolic links on the way to `{0}`")]
    Links(String),
    /// A component that should be a folder is none.
    #[error("`{0}` is not a folder")]
    NoFolder(String),
    /// A layer of an image could not be loaded.
    #[error("{0}")]
    Layer(#[from] Box<crate::assemble::LayerError>),
}

/// A tree of files that is only read: a build context, a stage, an image.
pub trait Tree {
    /// What is at a path; links in its components are *not* followed. The root is always a folder.
    ///
    /// # Errors
    /// [`TreeError`] if it cannot be found out.
    fn node(&self, path: &ImagePath) -> Result<Option<Node>, TreeError>;

    /// What is in a folder, by name; nothing if the path is no folder.
    ///
    /// # Errors
    /// [`TreeError`] if it cannot be found out.
    fn children(&self, folder: &ImagePath) -> Result<BTreeMap<String, Node>, TreeError>;
}

/// More links than this on one way are a circle (containerd's `fs.RootPath`).
const MAX_LINKS: usize = 255;

/// Follows every symbolic link of a path, as if the tree were the whole file system: no link leads out of it.
/// What does not exist is kept as written.
///
/// # Errors
/// [`TreeError::Links`], and what the tree gives.
pub fn resolve(tree: &dyn Tree, path: &ImagePath) -> Result<ImagePath, TreeError> {
    let mut left: Vec<String> = path.components().rev().map(str::to_owned).collect();
    let mut resolved = ImagePath::root();
    let mut links = 0;
    while let Some(component) = left.pop() {
        if component == ".." {
            resolved = resolved.parent().unwrap_or_default();
            continue;
        }
        let next = resolved.child(&component);
        let Some(target) = tree.node(&next)?.and_then(|node| node.target().map(str::to_owned)) else {
            resolved = next;
            continue;
        };
        links += 1;
        if links > MAX_LINKS {
            return Err(TreeError::Links(path.to_string()));
        }
        if target.starts_with('/') {
            resolved = ImagePath::root();
        }
        left.extend(target.split('/').rev().filter(|part| !matches!(*part, "" | ".")).map(str::to_owned));
    }
    Ok(resolved)
}

/// As [`resolve`], but the last component is kept even if it is a link.
///
/// # Errors
/// As [`resolve`].
pub fn resolve_parent(tree: &dyn Tree, path: &ImagePath) -> Result<ImagePath, TreeError> {
    match path.parent() {
        Some(parent) => Ok(resolve(tree, &parent)?.child(path.name())),
        None => Ok(ImagePath::root()),
    }
}

/// A tree in memory: the entries and nothing else.
impl Tree for crate::layer::Entries {
    fn node(&self, path: &ImagePath) -> Result<Option<Node>, TreeError> {
        let root = path.is_root().then(|| Node::folder(crate::layer::FOLDER_MODE));
        Ok(self.get(path).cloned().or(root))
    }

    fn children(&self, folder: &ImagePath) -> Result<BTreeMap<String, Node>, TreeError> {
        let below =
            self.range(folder..).skip_while(|(path, _)| *path == folder).take_while(|(path, _)| path.is_below(folder));
        let own = below.filter(|(path, _)| path.parent().as_ref() == Some(folder));
        Ok(own.map(|(path, node)| (path.name().to_owned(), node.clone())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::{Entries, Kind};

    fn link(target: &str) -> Node {
        Node { kind: Kind::Symlink(target.into()), ..Node::folder(0o777) }
    }

    #[test]
    fn links_stay_inside() {
        let tree: Entries = [
            ("a", link("/b/c")),
            ("b", Node::folder(0o755)),
            ("b/up", link("../../../x")),
            ("loop", link("loop")),
            ("out", link("/../../etc/passwd")),
        ]
        .map(|(path, node)| (ImagePath::clean(path), node))
        .into();
        let at = |path: &str| {
            resolve(&tree, &ImagePath::clean(path)).map(|path| path.to_string()).map_err(|error| error.to_string())
        };
        assert_eq!(at("a/d").unwrap(), "/b/c/d");
        assert_eq!(at("b/up/y").unwrap(), "/x/y");
        assert_eq!(at("out").unwrap(), "/etc/passwd");
        assert_eq!(at("loop/x").unwrap_err(), "too many symbolic links on the way to `/loop/x`");
        assert_eq!(resolve_parent(&tree, &ImagePath::clean("b/up")).unwrap().to_string(), "/b/up");
    }
}
