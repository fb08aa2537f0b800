//! `COPY` and `ADD` of files: what BuildKit's `fsutil/copy` does, on trees in memory.

use std::collections::HashMap;
use std::sync::Arc;

use super::mode;
use super::owner::Owner;
use super::unpack;
use super::upper::{PutError, Upper};
use crate::context::{Ignore, Tree, TreeError, glob, resolve};
use crate::dockerfile::Chmod;
use crate::layer::archive::ArchiveError;
use crate::layer::{FOLDER_MODE, Identity, ImagePath, Kind, Node};

/// Why files could not be copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// A source without wildcards that is not there.
    #[error("`{0}` is not there: it does not exist, or is ignored")]
    Missing(String),
    /// A malformed wildcard.
    #[error("{0}")]
    Pattern(#[from] glob::PatternError),
    /// It cannot be put where it should go.
    #[error("{0}")]
    Put(#[from] PutError),
    /// A tree could not be looked into.
    #[error("{0}")]
    Tree(#[from] TreeError),
    /// An archive that cannot be unpacked.
    #[error("cannot unpack `{path}`: {cause}")]
    Archive {
        /// The archive.
        path: String,
        /// Why.
        cause: ArchiveError,
    },
    /// A source file could not be read.
    #[error("cannot read `{path}`: {cause}")]
    Read {
        /// The path in its tree.
        path: String,
        /// What the system says.
        cause: std::io::Error,
    },
}

/// How one instruction copies.
#[derive(Clone, Debug, Default)]
pub(super) struct How {
    /// Owner of everything that is made; `None`: as in the source, and root for folders on the way.
    pub owner: Option<Owner>,
    /// `--chmod`.
    pub chmod: Option<Chmod>,
    /// `--exclude`.
    pub exclude: Option<Arc<dyn Ignore>>,
    /// Only what matches, for `--parents`.
    pub include: Option<Arc<dyn Ignore>>,
    /// Local archives are unpacked.
    pub unpack: bool,
}

impl How {
    /// A folder that is made on the way: mode 0755 or the octal `--chmod`, without its upper bits.
    pub(super) fn new_folder(&self) -> Node {
        let mode = match &self.chmod {
            Some(Chmod::Octal(bits)) => bits & 0o777,
            _ => FOLDER_MODE,
        };
        let owner = self.owner.unwrap_or(Owner { uid: 0, gid: 0 });
        Node { uid: owner.uid, gid: owner.gid, ..Node::folder(mode) }
    }

    fn dress(&self, node: &Node) -> Node {
        let mut node = node.clone();
        if let Some(owner) = self.owner {
            (node.uid, node.gid) = (owner.uid, owner.gid);
        }
        if let Some(chmod) = self.chmod.as_ref().filter(|_| node.target().is_none()) {
            node.mode = mode::apply(chmod, node.mode, node.is_folder());
        }
        node
    }
}

/// Copies the files that a source path or glob names. `target` may end in `/` or `/.`: then it is a folder.
pub(super) fn copy_matches<T: Tree + ?Sized>(
    source: &dyn Tree,
    pattern: &str,
    upper: &mut Upper<'_, T>,
    target: &str,
    how: &How,
) -> Result<(), CopyError> {
    let target = &clean_target(target);
    for path in matches(source, pattern)? {
        if !(how.unpack && unpack::unpack(source, &path, upper, target, how)?) {
            copy_one(source, &path, upper, target, how, true)?;
        }
    }
    Ok(())
}

/// A destination without `.` and `..` inside; a `/` or `/.` at its end stays (BuildKit's `cleanPath`).
fn clean_target(target: &str) -> String {
    let clean = ImagePath::clean(target).to_string();
    let slash = if clean == "/" { "" } else { "/" };
    match target.rsplit_once('/') {
        Some((_, "")) => format!("{clean}{slash}"),
        Some((_, ".")) => format!("{clean}{slash}."),
        _ => clean,
    }
}

/// The paths that a source means. Links above the first wildcard are followed; without a wildcard it is the path.
fn matches(source: &dyn Tree, pattern: &str) -> Result<Vec<ImagePath>, CopyError> {
    let clean = ImagePath::clean(pattern);
    let components: Vec<&str> = clean.components().collect();
    let Some(first) = components.iter().position(|component| glob::has_wildcard(component)) else {
        return Ok(vec![clean]);
    };
    let folder = resolve(source, &ImagePath::clean(&components[..first].join("/")))?;
    if source.node(&folder)?.is_none() {
        return Err(CopyError::Missing(folder.to_string()));
    }
    let mut found = Vec::new();
    walk(source, &folder, "", &components[first..].join("/"), components.len() - first, &mut found)?;
    Ok(found)
}

/// A wildcard does not match `/`, so that only paths of as many components as the pattern has can match.
fn walk(
    source: &dyn Tree,
    folder: &ImagePath,
    prefix: &str,
    pattern: &str,
    depth: usize,
    found: &mut Vec<ImagePath>,
) -> Result<(), CopyError> {
    for (name, node) in source.children(folder)? {
        let path = folder.child(&name);
        let relative = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        if glob::matches(pattern, &relative)? {
            found.push(path);
        } else if depth > 1 && node.is_folder() {
            walk(source, &path, &relative, pattern, depth - 1, found)?;
        }
    }
    Ok(())
}

/// Copies one file, or one folder's content.
pub(super) fn copy_one<T: Tree + ?Sized>(
    source: &dyn Tree,
    path: &ImagePath,
    upper: &mut Upper<'_, T>,
    target: &str,
    how: &How,
    contents: bool,
) -> Result<(), CopyError> {
    let target = &clean_target(target);
    let new_folder = how.new_folder();
    let (parent, last) = target.rsplit_once('/').unwrap_or(("", target));
    let ensured = if matches!(last, "" | ".") { target } else { parent };
    let ensured = resolve(upper, &ImagePath::clean(ensured))?;
    upper.make_folders(&ensured, &new_folder)?;
    let mut destination = resolve(upper, &ImagePath::clean(target))?;
    let followed = resolve(source, path)?;
    let Some(node) = source.node(&followed)? else { return Err(CopyError::Missing(path.to_string())) };
    let there = upper.node(&destination)?;
    if there.as_ref().is_some_and(Node::is_folder) && !node.is_folder()
        || !contents && node.is_folder() && there.is_some()
    {
        destination = destination.child(path.name());
    }
    let folders = if contents && node.is_folder() && there.is_none() {
        destination.clone()
    } else {
        destination.parent().unwrap_or_default()
    };
    upper.make_folders(&folders, &new_folder)?;
    let mut copier = Copier { source, upper, how, waiting: Vec::new(), identities: HashMap::new() };
    copier.copy(&followed, &node, "", destination, false)
}

/// Gives names of one file in one source an identity of their own in the layer.
fn renumber(node: &mut Node, identities: &mut HashMap<Identity, Identity>) {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    if let Kind::File(content) = &mut node.kind {
        let fresh = || Identity(0, NEXT.fetch_add(1, Ordering::Relaxed));
        content.identity = content.identity.map(|identity| *identities.entry(identity).or_insert_with(fresh));
    }
}

struct Copier<'a, 'b, T: Tree + ?Sized> {
    source: &'a dyn Tree,
    upper: &'a mut Upper<'b, T>,
    how: &'a How,
    /// Folders that are made only when something in them is copied.
    waiting: Vec<(ImagePath, Node, bool)>,
    identities: HashMap<Identity, Identity>,
}

impl<T: Tree + ?Sized> Copier<'_, '_, T> {
    /// `relative` is the path below the source, empty for the source itself, which no pattern excludes.
    fn copy(
        &mut self,
        path: &ImagePath,
        node: &Node,
        relative: &str,
        to: ImagePath,
        nested: bool,
    ) -> Result<(), CopyError> {
        let excluded =
            !relative.is_empty() && self.how.exclude.as_ref().is_some_and(|patterns| patterns.hides(relative));
        let included = relative.is_empty() || self.how.include.as_ref().is_none_or(|patterns| patterns.hides(relative));
        let wanted = included && !excluded;
        if wanted {
            self.make_waiting()?;
        }
        if !node.is_folder() {
            return if wanted { self.put(to, node) } else { Ok(()) };
        }
        if wanted {
            self.put_folder(&to, node, nested)?;
        }
        let exceptions = self.how.exclude.as_ref().is_some_and(|patterns| patterns.may_show_inside(relative));
        if excluded && !exceptions {
            return Ok(());
        }
        self.waiting.push((to.clone(), node.clone(), wanted));
        for (name, child) in self.source.children(path)? {
            let relative = if relative.is_empty() { name.clone() } else { format!("{relative}/{name}") };
            self.copy(&path.child(&name), &child, &relative, to.child(&name), true)?;
        }
        self.waiting.pop();
        Ok(())
    }

    fn put(&mut self, to: ImagePath, node: &Node) -> Result<(), CopyError> {
        let mut node = self.how.dress(node);
        renumber(&mut node, &mut self.identities);
        Ok(self.upper.put(to, node)?)
    }

    /// A folder that is there keeps its attributes only if it is the destination itself.
    fn put_folder(&mut self, to: &ImagePath, node: &Node, nested: bool) -> Result<(), CopyError> {
        let there = self.upper.node(to)?;
        if there.is_none() || nested {
            self.upper.put(to.clone(), self.how.dress(node))?;
        } else if there.is_some_and(|there| !there.is_folder()) {
            return Err(PutError::NoFolder(to.clone()).into());
        }
        Ok(())
    }

    fn make_waiting(&mut self) -> Result<(), CopyError> {
        for index in 0..self.waiting.len() {
            let (to, node, made) = self.waiting[index].clone();
            if !made {
                match self.upper.node(&to)? {
                    Some(there) if there.is_folder() => {}
                    _ => self.upper.put(to, self.how.dress(&node))?,
                }
                self.waiting[index].2 = true;
            }
        }
        Ok(())
    }
}

pub(super) fn renumbered(node: &Node, identities: &mut HashMap<Identity, Identity>) -> Node {
    let mut node = node.clone();
    renumber(&mut node, identities);
    node
}
