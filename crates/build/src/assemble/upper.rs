use std::collections::{BTreeMap, BTreeSet};

use crate::context::{Tree, TreeError};
use crate::layer::{Entries, ImagePath, Node};

/// Why a file could not be put into a stage.
#[derive(Debug, thiserror::Error)]
pub enum PutError {
    /// A tree could not be looked into.
    #[error("{0}")]
    Tree(#[from] TreeError),
    /// A file where a folder is.
    #[error("cannot put a file at `{0}`: there is a folder")]
    FolderInTheWay(ImagePath),
    /// A folder where something else is.
    #[error("cannot put a folder at `{0}`: there is a file or a link")]
    NoFolder(ImagePath),
    /// Something in an image that only ever removes things.
    #[error("`{0}` cannot be in an image: names that begin with `.wh.` remove files from lower layers")]
    Whiteout(ImagePath),
    /// A folder was removed from the layers below and a new one put there.
    #[error("cannot replace folder `{0}` by something else and by a folder again in one instruction")]
    Twice(ImagePath),
}

/// A stage's file system while one instruction adds to it: what is below, and the new layer.
#[derive(Debug)]
pub(super) struct Upper<'a, T: Tree + ?Sized> {
    lower: &'a T,
    entries: Entries,
    replaced: BTreeSet<ImagePath>,
}

impl<'a, T: Tree + ?Sized> Upper<'a, T> {
    pub(super) fn new(lower: &'a T) -> Self {
        Self { lower, entries: Entries::new(), replaced: BTreeSet::new() }
    }

    /// Puts something at a path whose links have been followed. Folders are merged, files replaced.
    pub(super) fn put(&mut self, path: ImagePath, node: Node) -> Result<(), PutError> {
        if path.name().starts_with(".wh.") {
            return Err(PutError::Whiteout(path));
        }
        let there = self.node(&path)?;
        match (node.is_folder(), there.map(|there| there.is_folder())) {
            (true, Some(false)) => return Err(PutError::NoFolder(path)),
            (false, Some(true)) => return Err(PutError::FolderInTheWay(path)),
            _ => {}
        }
        self.entries.insert(path, node);
        Ok(())
    }

    /// Takes away what is at a path and below it, to be replaced at once.
    pub(super) fn remove(&mut self, path: &ImagePath) -> Result<(), PutError> {
        if self.lower.node(path)?.is_some_and(|node| node.is_folder()) {
            self.replaced.insert(path.clone());
        }
        self.entries.retain(|entry, _| entry != path && !entry.is_below(path));
        Ok(())
    }

    /// As [`Upper::put`], after [`Upper::remove`].
    pub(super) fn replace(&mut self, path: ImagePath, node: Node) -> Result<(), PutError> {
        if path.name().starts_with(".wh.") {
            return Err(PutError::Whiteout(path));
        }
        if node.is_folder() && self.replaced.contains(&path) {
            return Err(PutError::Twice(path));
        }
        self.entries.insert(path, node);
        Ok(())
    }

    /// Makes a folder and those above it where they are missing; `path` has no links left.
    pub(super) fn make_folders(&mut self, path: &ImagePath, new: &Node) -> Result<(), PutError> {
        for folder in path.ancestors().chain(std::iter::once(path.clone())) {
            match self.node(&folder)? {
                Some(there) if there.is_folder() => {}
                Some(_) => return Err(PutError::NoFolder(folder)),
                None => self.put(folder, new.clone())?,
            }
        }
        Ok(())
    }

    /// The new layer. Like the layers of BuildKit it also describes the folders above what it changes.
    pub(super) fn finish(mut self) -> Result<Entries, PutError> {
        let above: BTreeSet<ImagePath> =
            self.entries.keys().flat_map(|path| path.ancestors().collect::<Vec<_>>()).collect();
        for folder in above {
            if !self.entries.contains_key(&folder)
                && let Some(node) = self.lower.node(&folder)?
            {
                self.entries.insert(folder, node);
            }
        }
        self.entries.remove(&ImagePath::root());
        Ok(self.entries)
    }
}

impl<T: Tree + ?Sized> Tree for Upper<'_, T> {
    fn node(&self, path: &ImagePath) -> Result<Option<Node>, TreeError> {
        if let Some(node) = self.entries.get(path) {
            return Ok(Some(node.clone()));
        }
        let covered = |path: &ImagePath| self.entries.get(path).is_some_and(|node| !node.is_folder());
        if path.ancestors().any(|above| covered(&above)) {
            return Ok(None);
        }
        self.lower.node(path)
    }

    fn children(&self, folder: &ImagePath) -> Result<BTreeMap<String, Node>, TreeError> {
        let mut children = self.lower.children(folder)?;
        children.extend(self.entries.children(folder)?);
        Ok(children)
    }
}
