use std::cmp::Ordering;
use std::fmt;

/// A path in an image: components joined by `/`, without a leading or trailing slash; the root is empty.
///
/// The order is the one of a walk: a folder, then what is in it, siblings by name. It is the order of
/// entries in a layer.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct ImagePath(String);

impl ImagePath {
    /// The root folder.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// Cleans a path as Go's `path.Join("/", text)` does: `.` and empty components go, `..` takes one back
    /// and stops at the root.
    #[must_use]
    pub fn clean(text: &str) -> Self {
        let mut components: Vec<&str> = Vec::new();
        for component in text.split('/') {
            match component {
                "" | "." => {}
                ".." => drop(components.pop()),
                name => components.push(name),
            }
        }
        Self(components.join("/"))
    }

    /// The path without a leading slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the root folder.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The path of something in this folder. `name` is one component.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        if self.is_root() { Self(name.to_owned()) } else { Self(format!("{}/{name}", self.0)) }
    }

    /// This path continued by another one, cleaned: it may go up, not out of the root.
    #[must_use]
    pub fn join(&self, rest: &str) -> Self {
        Self::clean(&format!("{}/{rest}", self.0))
    }

    /// The folder that it is in; none for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        if self.is_root() {
            return None;
        }
        Some(Self(self.0.rsplit_once('/').map_or_else(String::new, |(parent, _)| parent.to_owned())))
    }

    /// The last component; empty for the root.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(self.0.as_str(), |(_, name)| name)
    }

    /// The components from the root.
    pub fn components(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/').filter(|component| !component.is_empty())
    }

    /// The folders above it, from the root's child down; neither the root nor the path itself.
    pub fn ancestors(&self) -> impl Iterator<Item = Self> {
        self.0.match_indices('/').map(|(end, _)| Self(self.0[..end].to_owned()))
    }

    /// Whether it is somewhere below `folder`, not `folder` itself.
    #[must_use]
    pub fn is_below(&self, folder: &Self) -> bool {
        if folder.is_root() {
            return !self.is_root();
        }
        self.0.strip_prefix(&folder.0).is_some_and(|rest| rest.starts_with('/'))
    }
}

impl Ord for ImagePath {
    fn cmp(&self, other: &Self) -> Ordering {
        // No component contains the zero byte, and it sorts before every other one.
        let key = |byte: u8| if byte == b'/' { 0 } else { byte };
        self.0.bytes().map(key).cmp(other.0.bytes().map(key))
    }
}

impl PartialOrd for ImagePath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for ImagePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "/{}", self.0)
    }
}

impl fmt::Debug for ImagePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_clamped_to_the_root() {
        for (text, clean) in
            [("", "/"), ("/", "/"), ("a//b/./c/", "/a/b/c"), ("../../etc", "/etc"), ("a/../../b", "/b"), ("..", "/")]
        {
            assert_eq!(ImagePath::clean(text).to_string(), clean, "{text}");
        }
    }

    #[test]
    fn the_order_is_the_one_of_a_walk() {
        let mut paths: Vec<ImagePath> = ["a.b", "a/z", "a", "a-b", "a/b/c", "a/b", ""].map(ImagePath::clean).into();
        paths.sort();
        let order: Vec<String> = paths.iter().map(ToString::to_string).collect();
        assert_eq!(order, ["/", "/a", "/a/b", "/a/b/c", "/a/z", "/a-b", "/a.b"]);
    }

    #[test]
    fn relatives() {
        let path = ImagePath::clean("a/b/c");
        assert_eq!(path.ancestors().map(|p| p.to_string()).collect::<Vec<_>>(), ["/a", "/a/b"]);
        assert_eq!(path.parent().map(|p| p.to_string()).as_deref(), Some("/a/b"));
        assert!(path.is_below(&ImagePath::clean("a")) && !path.is_below(&ImagePath::clean("a/b/c")));
        assert!(!ImagePath::clean("ab").is_below(&ImagePath::clean("a")));
        assert_eq!(path.join("../../../../x").to_string(), "/x");
    }
}
