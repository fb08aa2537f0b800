//! `ADD` of local archives: what moby/go-archive's `Unpack` does in a root of its own.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;

use super::copy::{CopyError, How, renumbered};
use super::upper::{PutError, Upper};
use crate::context::{Tree, TreeError, resolve, resolve_parent};
use crate::layer::archive::{self, ArchiveError, Entry, Item};
use crate::layer::{FOLDER_MODE, Identity, ImagePath, Node};

/// Unpacks the file at `path` into the folder `target` if it is an archive; whether it was.
pub(super) fn unpack<T: Tree + ?Sized>(
    source: &dyn Tree,
    path: &ImagePath,
    upper: &mut Upper<'_, T>,
    target: &str,
    how: &How,
) -> Result<bool, CopyError> {
    let followed = resolve(source, path)?;
    let Some(node) = source.node(&followed)? else { return Ok(false) };
    let Some(content) = node.content() else { return Ok(false) };
    let open = || content.open().map_err(|cause| CopyError::Read { path: path.to_string(), cause });
    if !archive::is_archive(open()?) {
        return Ok(false);
    }
    let folder = resolve(upper, &ImagePath::clean(target))?;
    upper.make_folders(&folder, &Node { mode: FOLDER_MODE, ..how.new_folder() })?;
    let failed = |cause: ArchiveError| CopyError::Archive { path: path.to_string(), cause };
    let entries = archive::read(open()?.take(u64::MAX), content.size).map_err(failed)?;
    let mut unpacker = Unpacker { upper, folder, how, identities: HashMap::new() };
    for entry in entries {
        unpacker.add(entry, path)?;
    }
    Ok(true)
}

struct Unpacker<'a, 'b, T: Tree + ?Sized> {
    upper: &'a mut Upper<'b, T>,
    folder: ImagePath,
    how: &'a How,
    identities: HashMap<Identity, Identity>,
}

impl<T: Tree + ?Sized> Unpacker<'_, '_, T> {
    /// Names that go up, and links, stay below the folder: it is the root while unpacking.
    fn add(&mut self, entry: Entry, archive: &ImagePath) -> Result<(), CopyError> {
        let name = ImagePath::clean(&entry.name);
        let Some(parent) = name.parent() else { return Ok(()) };
        let inside = Inside { tree: &*self.upper, root: &self.folder };
        if let Some(broken) = broken_link(&inside, &name)? {
            return Err(PutError::NoFolder(below(&self.folder, &broken)).into());
        }
        let parent = below(&self.folder, &resolve(&inside, &parent)?);
        let node = match entry.item {
            Item::Node(node) => own(self.how, renumbered(&node, &mut self.identities)),
            Item::HardLink(target) => {
                let at = resolve_parent(&inside, &ImagePath::clean(&target))?;
                let missing = ArchiveError::Link { path: entry.name, target };
                inside.node(&at)?.ok_or_else(|| CopyError::Archive { path: archive.to_string(), cause: missing })?
            }
        };
        self.upper.make_folders(&parent, &Node::folder(FOLDER_MODE))?;
        let path = parent.child(name.name());
        let there = self.upper.node(&path)?;
        if there.is_some_and(|there| !(there.is_folder() && node.is_folder())) {
            self.upper.remove(&path)?;
        }
        Ok(self.upper.replace(path, node)?)
    }
}

/// A folder on the way to a path that is a link to nothing.
fn broken_link(tree: &dyn Tree, path: &ImagePath) -> Result<Option<ImagePath>, TreeError> {
    for above in path.ancestors() {
        let is_link = tree.node(&resolve_parent(tree, &above)?)?.is_some_and(|node| node.target().is_some());
        if is_link && tree.node(&resolve(tree, &above)?)?.is_none() {
            return Ok(Some(above));
        }
    }
    Ok(None)
}

fn own(how: &How, mut node: Node) -> Node {
    if let Some(owner) = how.owner {
        (node.uid, node.gid) = (owner.uid, owner.gid);
    }
    node
}

fn below(root: &ImagePath, path: &ImagePath) -> ImagePath {
    root.join(path.as_str())
}

/// A folder of a tree as a tree of its own.
struct Inside<'a, T: ?Sized> {
    tree: &'a T,
    root: &'a ImagePath,
}

impl<T: Tree + ?Sized> Tree for Inside<'_, T> {
    fn node(&self, path: &ImagePath) -> Result<Option<Node>, TreeError> {
        self.tree.node(&below(self.root, path))
    }

    fn children(&self, folder: &ImagePath) -> Result<BTreeMap<String, Node>, TreeError> {
        self.tree.children(&below(self.root, folder))
    }
}
