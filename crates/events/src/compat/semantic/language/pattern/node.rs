use std::sync::Arc;

/// Symbols as sorted, separate ranges, from the first to the last of each.
pub(super) type Ranges = Arc<[(u32, u32)]>;

/// A part of a regular expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// One symbol.
    Class(Ranges),
    /// One after the other.
    Concat(Vec<Node>),
    /// One of them.
    Alternate(Vec<Node>),
    /// As often as this, and at most as often as that.
    Repeat(Box<Node>, u32, Option<u32>),
    /// Nothing, at certain positions.
    Look(Look),
    /// Nothing, where the rest begins, or does not begin, with this.
    Ahead {
        /// `(?!…)`.
        negative: bool,
        /// What the rest begins with.
        node: Box<Node>,
    },
    /// Nothing, where what was read ends, or does not end, with this.
    Behind {
        /// `(?<!…)`.
        negative: bool,
        /// What was read ends with.
        node: Box<Node>,
    },
}

/// A position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Look {
    /// `^`.
    Start,
    /// `$`.
    End,
    /// `\b`: the `jsonschema` crate and `boon` take all of Unicode's word characters, ECMA-262 only ASCII's.
    Boundary,
    /// `\B`.
    NoBoundary,
}

impl Node {
    /// Nothing, anywhere.
    pub(super) fn empty() -> Self {
        Self::Concat(Vec::new())
    }

    /// Whether any part, itself included, is such.
    pub(super) fn any(&self, test: &impl Fn(&Self) -> bool) -> bool {
        test(self)
            || match self {
                Self::Class(_) | Self::Look(_) => false,
                Self::Concat(nodes) | Self::Alternate(nodes) => nodes.iter().any(|node| node.any(test)),
                Self::Repeat(node, ..) | Self::Ahead { node, .. } | Self::Behind { node, .. } => node.any(test),
            }
    }
}
