use std::sync::{Arc, OnceLock};

use linkspan_report::{Position, Span};
use serde_json::Value;

use crate::{lines::LineIndex, pointer};

/// A byte offset or a count that fits, because longer texts are refused.
pub(crate) fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The number as a `usize`; on every platform that has a file system it fits.
pub(crate) fn wide(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A byte range of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Range {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Range {
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Self { start: small(start), end: small(end) }
    }

    pub(crate) fn slice(self, text: &str) -> Option<&str> {
        text.get(wide(self.start)..wide(self.end))
    }
}

/// The text of one or more documents, and its lines, counted when a place is first asked for.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) text: String,
    /// The line in the file at which the text begins.
    first_line: usize,
    index: OnceLock<LineIndex>,
}

impl Source {
    pub(crate) fn new(text: &str, first_line: usize) -> Arc<Self> {
        Arc::new(Self { text: text.to_owned(), first_line, index: OnceLock::new() })
    }

    fn position(&self, offset: u32) -> Position {
        let index = self.index.get_or_init(|| LineIndex::new(&self.text));
        let position = index.position(&self.text, wide(offset));
        Position::new(position.line + self.first_line - 1, position.column)
    }

    pub(crate) fn span(&self, range: Range) -> Span {
        Span::new(self.position(range.start), self.position(range.end))
    }
}

/// A value in the text. The values of a document lie in one vector, each before what is inside it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Node {
    /// The value.
    pub(crate) value: Range,
    /// The key that names it, in an object.
    pub(crate) key: Range,
    /// The key's name, as a range of [`Nodes::names`].
    pub(crate) name: Range,
    /// How many nodes it is, itself included.
    pub(crate) size: u32,
}

/// Where the values of a document stand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Nodes {
    pub(crate) list: Vec<Node>,
    /// All keys, unescaped, one behind the other.
    pub(crate) names: String,
}

impl Nodes {
    /// Room for the values of a text, as far as its length tells.
    pub(crate) fn for_text(length: usize) -> Self {
        let length = length.min(1 << 20);
        Self { list: Vec::with_capacity(length / 16 + 1), names: String::with_capacity(length / 4) }
    }

    /// Adds a key's name.
    pub(crate) fn name(&mut self, name: &str) -> Range {
        let start = self.names.len();
        self.names.push_str(name);
        Range::new(start, self.names.len())
    }

    /// Adds a value that is not finished, and says where it is.
    pub(crate) fn open(&mut self, node: Node) -> usize {
        self.list.push(node);
        self.list.len() - 1
    }

    /// Finishes a value: it ends at `end`, and all nodes since belong to it.
    pub(crate) fn close(&mut self, at: usize, end: usize) {
        let size = small(self.list.len() - at);
        if let Some(node) = self.list.get_mut(at) {
            node.value.end = small(end);
            node.size = size;
        }
    }

    /// The name of a node's key.
    pub(crate) fn name_of(&self, node: Node) -> &str {
        node.name.slice(&self.names).unwrap_or_default()
    }

    /// The nodes directly inside one.
    pub(crate) fn children(&self, at: usize) -> impl Iterator<Item = (usize, Node)> {
        let end = at + self.list.get(at).map_or(0, |node| wide(node.size));
        let mut next = at + 1;
        std::iter::from_fn(move || {
            let node = self.list.get(next).copied().filter(|_| next < end)?;
            let found = (next, node);
            next += wide(node.size).max(1);
            Some(found)
        })
    }

    /// The node of the deepest value on the way that a pointer describes, and whether that is the pointer's end.
    pub(crate) fn walk(&self, root: &Value, pointer: &str) -> (usize, bool) {
        let mut value = root;
        let mut at = 0;
        for token in pointer::split(pointer) {
            let step = match value {
                Value::Object(members) => members.get(token.as_ref()).zip(self.member(at, &token)),
                Value::Array(items) => {
                    pointer::index(&token).and_then(|index| items.get(index).zip(self.item(at, index)))
                }
                _ => None,
            };
            let Some((child, node)) = step else { return (at, false) };
            (value, at) = (child, node);
        }
        (at, true)
    }

    fn member(&self, at: usize, name: &str) -> Option<usize> {
        // Where a merge was overwritten, the last one counts.
        self.children(at).filter(|(_, node)| self.name_of(*node) == name).map(|(at, _)| at).last()
    }

    fn item(&self, at: usize, index: usize) -> Option<usize> {
        self.children(at).nth(index).map(|(at, _)| at)
    }
}
