use std::collections::BTreeMap;
use std::sync::Arc;

use linkspan_oci::digest::Digest;

use crate::context::{Tree, TreeError};
use crate::layer::archive::{ArchiveError, LayerTree};
use crate::layer::{FOLDER_MODE, ImagePath, Node};

/// Why a layer of an image could not be looked into.
#[derive(Debug, thiserror::Error)]
pub enum LayerError {
    /// The registry did not give it.
    #[error("{0}")]
    Registry(#[from] linkspan_oci::client::Error),
    /// The image layout did not give it.
    #[error("{0}")]
    Layout(#[from] linkspan_oci::layout::LayoutError),
    /// The local store could not keep or give it.
    #[error("{0}")]
    Store(#[from] linkspan_oci::store::StoreError),
    /// It is not an archive that can be unpacked.
    #[error("layer `{digest}` of `{image}`: {cause}")]
    Archive {
        /// The image.
        image: String,
        /// The layer.
        digest: Digest,
        /// What is wrong with it.
        cause: ArchiveError,
    },
}

/// A layer whose files can be looked at, once they are needed.
pub trait LayerFiles: Send + Sync {
    /// The files; loaded the first time.
    ///
    /// # Errors
    /// [`LayerError`] if they cannot be loaded.
    fn tree(&self) -> Result<&LayerTree, Box<LayerError>>;
}

impl LayerFiles for LayerTree {
    fn tree(&self) -> Result<&LayerTree, Box<LayerError>> {
        Ok(self)
    }
}

/// The file system of a stage: its layers, the lowest first. A lookup goes from the top down and loads no layer
/// below the one that decides.
#[derive(Clone, Default)]
pub struct Rootfs {
    layers: Vec<Arc<dyn LayerFiles>>,
}

impl std::fmt::Debug for Rootfs {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Rootfs").field("layers", &self.layers.len()).finish()
    }
}

/// What one layer says about a path.
enum Word {
    /// It is this.
    Is(Node),
    /// It is a folder that the layer does not describe.
    Implied,
    /// It is not there, whatever the layers below have.
    Gone,
    /// Nothing.
    Silent,
}

impl Rootfs {
    /// Puts a layer on top.
    pub fn push(&mut self, layer: Arc<dyn LayerFiles>) {
        self.layers.push(layer);
    }

    /// Whether there is no layer at all: `FROM scratch` before the first `COPY`.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    fn trees(&self) -> impl Iterator<Item = Result<&LayerTree, TreeError>> {
        self.layers.iter().rev().map(|layer| layer.tree().map_err(TreeError::from))
    }
}

impl Tree for Rootfs {
    fn node(&self, path: &ImagePath) -> Result<Option<Node>, TreeError> {
        let mut implied = path.is_root();
        for tree in self.trees() {
            match ask(tree?, path) {
                Word::Is(node) => return Ok(Some(node)),
                Word::Implied => implied = true,
                Word::Gone => break,
                Word::Silent => {}
            }
        }
        Ok(implied.then(|| Node::folder(FOLDER_MODE)))
    }

    fn children(&self, folder: &ImagePath) -> Result<BTreeMap<String, Node>, TreeError> {
        let mut names = std::collections::BTreeSet::new();
        for tree in self.trees() {
            let tree = tree?;
            let below = tree
                .entries
                .range(folder..)
                .skip_while(|(path, _)| *path == folder)
                .take_while(|(path, _)| path.is_below(folder));
            names.extend(
                below.filter_map(|(path, _)| path.components().nth(folder.components().count()).map(str::to_owned)),
            );
            if hides(tree, folder) {
                break;
            }
        }
        let mut children = BTreeMap::new();
        for name in names {
            if let Some(node) = self.node(&folder.child(&name))? {
                children.insert(name, node);
            }
        }
        Ok(children)
    }
}

fn ask(tree: &LayerTree, path: &ImagePath) -> Word {
    if let Some(node) = tree.entries.get(path) {
        return Word::Is(node.clone());
    }
    let has_children = tree.entries.range(path..).next().is_some_and(|(first, _)| first.is_below(path));
    if tree.whiteouts.contains(path) {
        // A layer may remove a path and put a new folder there without describing it.
        return if has_children { Word::Is(Node::folder(FOLDER_MODE)) } else { Word::Gone };
    }
    if has_children {
        return Word::Implied;
    }
    let hidden = path.parent().is_some_and(|parent| hides(tree, &parent));
    if hidden { Word::Gone } else { Word::Silent }
}

/// Whether a layer hides what is in `folder` in the layers below: it, or a folder above it, was removed, made
/// opaque, or replaced by something that is no folder.
fn hides(tree: &LayerTree, folder: &ImagePath) -> bool {
    let covers = |path: &ImagePath| {
        tree.opaque.contains(path)
            || tree.whiteouts.contains(path)
            || tree.entries.get(path).is_some_and(|node| !node.is_folder())
    };
    tree.opaque.contains(&ImagePath::root()) || covers(folder) || folder.ancestors().any(|path| covers(&path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Kind;

    fn layer(entries: &[(&str, Node)], whiteouts: &[&str], opaque: &[&str]) -> Arc<dyn LayerFiles> {
        Arc::new(LayerTree {
            entries: entries.iter().map(|(path, node)| (ImagePath::clean(path), node.clone())).collect(),
            whiteouts: whiteouts.iter().map(|path| ImagePath::clean(path)).collect(),
            opaque: opaque.iter().map(|path| ImagePath::clean(path)).collect(),
        })
    }

    struct Untouched;
    impl LayerFiles for Untouched {
        fn tree(&self) -> Result<&LayerTree, Box<LayerError>> {
            panic!("nobody needs this layer")
        }
    }

    fn names(rootfs: &Rootfs, folder: &str) -> Vec<String> {
        rootfs.children(&ImagePath::clean(folder)).unwrap().into_keys().collect()
    }

    #[test]
    fn the_upper_layer_decides() {
        let file = || Node::bytes(*b"x", 0o644);
        let mut rootfs = Rootfs::default();
        rootfs.push(layer(
            &[("a/one", file()), ("a/two", file()), ("b/x", file()), ("c/x", file()), ("d", Node::folder(0o700))],
            &[],
            &[],
        ));
        rootfs.push(layer(&[("a/three", file()), ("b/y", file()), ("c", file())], &["a/one"], &["b"]));
        assert_eq!(names(&rootfs, "a"), ["three", "two"]);
        assert_eq!(names(&rootfs, "b"), ["y"]);
        assert_eq!(names(&rootfs, "c"), Vec::<String>::new());
        assert_eq!(names(&rootfs, ""), ["a", "b", "c", "d"]);
        let node = |path: &str| rootfs.node(&ImagePath::clean(path)).unwrap();
        assert!(node("c/x").is_none() && node("a/one").is_none() && node("b/x").is_none());
        assert!(matches!(node("c").unwrap().kind, Kind::File(_)));
        assert_eq!(node("d").unwrap().mode, 0o700);
        assert_eq!(node("a").unwrap().mode, 0o755);
    }

    #[test]
    fn layers_below_the_answer_are_not_loaded() {
        let mut rootfs = Rootfs::default();
        rootfs.push(Arc::new(Untouched));
        rootfs.push(layer(
            &[("etc", Node::folder(0o755)), ("etc/passwd", Node::bytes(*b"", 0o644))],
            &["gone"],
            &["etc"],
        ));
        assert!(rootfs.node(&ImagePath::clean("etc/passwd")).unwrap().is_some());
        assert!(rootfs.node(&ImagePath::clean("gone")).unwrap().is_none());
        assert_eq!(names(&rootfs, "etc"), ["passwd"]);
    }
}
