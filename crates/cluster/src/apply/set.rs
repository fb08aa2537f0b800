//! Sets of fields, as managers own them.

use std::mem::take;

use super::element::PathElement;

/// A set of paths into an object.
///
/// Names and keys are borrowed from the values that the set was made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldSet<'a> {
    /// What is below, sorted by element; none is empty.
    pub(super) nodes: Vec<Node<'a>>,
}

/// A step, whether the path that ends here belongs to the set, and what is below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node<'a> {
    pub(super) element: PathElement<'a>,
    pub(super) member: bool,
    pub(super) below: FieldSet<'a>,
}

/// A path into an object.
pub(super) type Path<'a> = Vec<PathElement<'a>>;

impl<'a> Node<'a> {
    const fn is_empty(&self) -> bool {
        !self.member && self.below.is_empty()
    }
}

impl<'a> FieldSet<'a> {
    /// The set of these paths, each of which is made of fields.
    #[must_use]
    pub fn of_fields(paths: &[&[&'a str]]) -> Self {
        let mut set = Self::default();
        paths.iter().for_each(|path| set.insert(path.iter().map(|name| PathElement::Field(name))));
        set
    }

    /// Whether no path belongs to it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// How many paths belong to it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.iter().map(|node| usize::from(node.member) + node.below.len()).sum()
    }

    /// Adds a path; those that it begins with are not added. The path to the whole object never belongs to a set.
    pub fn insert(&mut self, path: impl IntoIterator<Item = PathElement<'a>>) {
        let mut path = path.into_iter().peekable();
        let mut set = self;
        while let Some(element) = path.next() {
            let node = set.node(element);
            node.member |= path.peek().is_none();
            set = &mut node.below;
        }
    }

    fn node(&mut self, element: PathElement<'a>) -> &mut Node<'a> {
        let place = self.nodes.binary_search_by(|node| node.element.cmp(&element)).unwrap_or_else(|place| {
            self.nodes.insert(place, Node { element, member: false, below: Self::default() });
            place
        });
        &mut self.nodes[place]
    }

    /// Adds what is below an element; elements come in ascending order, or [`FieldSet::sort`] follows.
    pub(super) fn push(&mut self, element: impl Into<PathElement<'a>>, member: bool, below: Self) {
        if member || !below.is_empty() {
            self.nodes.push(Node { element: element.into(), member, below });
        }
    }

    /// Puts what was pushed in any order into its order.
    pub(super) fn sort(&mut self) {
        if !self.nodes.is_sorted_by(|one, other| one.element < other.element) {
            self.nodes.sort_by(|one, other| one.element.cmp(&other.element));
        }
    }

    /// What stands at an element.
    pub(super) fn get(&self, element: &PathElement<'_>) -> Option<&Node<'a>> {
        let place = self.nodes.binary_search_by(|node| node.element.cmp(element)).ok()?;
        self.nodes.get(place)
    }

    /// Whether a path belongs to it.
    #[must_use]
    pub fn contains(&self, path: &[PathElement<'_>]) -> bool {
        let Some((last, first)) = path.split_last() else { return false };
        let parent = first.iter().try_fold(self, |set, element| set.get(element).map(|node| &node.below));
        parent.and_then(|set| set.get(last)).is_some_and(|node| node.member)
    }

    /// What belongs to either.
    #[must_use]
    pub fn union(mut self, other: Self) -> Self {
        if self.is_empty() {
            return other;
        }
        let mut others = other.nodes.into_iter().peekable();
        let mut nodes = Vec::with_capacity(self.nodes.len() + others.len());
        for mut node in take(&mut self.nodes) {
            while let Some(other) = others.next_if(|other| other.element < node.element) {
                nodes.push(other);
            }
            if let Some(other) = others.next_if(|other| other.element == node.element) {
                node.member |= other.member;
                node.below = node.below.union(other.below);
            }
            nodes.push(node);
        }
        nodes.extend(others);
        Self { nodes }
    }

    /// What belongs to both.
    #[must_use]
    pub fn intersection(mut self, other: &FieldSet<'_>) -> Self {
        self.meet(other, &mut |node, other| match other {
            Some(other) => {
                node.member &= other.member;
                node.below = take(&mut node.below).intersection(&other.below);
            }
            None => (node.member, node.below) = (false, Self::default()),
        });
        self
    }

    /// What does not belong to the other. What is below a path is not part of it: `a.b` without `a` is `a.b`.
    #[must_use]
    pub fn difference(mut self, other: &FieldSet<'_>) -> Self {
        if !other.is_empty() {
            self.meet(other, &mut |node, other| {
                if let Some(other) = other {
                    node.member &= !other.member;
                    node.below = take(&mut node.below).difference(&other.below);
                }
            });
        }
        self
    }

    /// What neither belongs to the other nor is below something that does: `a.b` without `a` is nothing.
    #[must_use]
    pub fn recursive_difference(mut self, other: &FieldSet<'_>) -> Self {
        if !other.is_empty() {
            self.meet(other, &mut |node, other| match other {
                Some(other) if other.member => (node.member, node.below) = (false, Self::default()),
                Some(other) => node.below = take(&mut node.below).recursive_difference(&other.below),
                None => {}
            });
        }
        self
    }

    /// Changes each node in the light of the other's at the same element, and drops what is empty then.
    fn meet(&mut self, other: &FieldSet<'_>, change: &mut impl FnMut(&mut Node<'a>, Option<&Node<'_>>)) {
        let mut others = other.nodes.iter().peekable();
        self.nodes.retain_mut(|node| {
            while others.next_if(|other| other.element < node.element).is_some() {}
            change(node, others.next_if(|other| other.element == node.element));
            !node.is_empty()
        });
    }

    /// The paths that no other path begins with.
    #[must_use]
    pub fn leaves(mut self) -> Self {
        for node in &mut self.nodes {
            node.member &= node.below.is_empty();
            node.below = take(&mut node.below).leaves();
        }
        self
    }

    /// All paths: first those that end at an element, then those below its elements.
    #[must_use]
    pub fn paths(&self) -> Vec<Path<'a>> {
        let mut paths = Vec::new();
        self.visit(&mut Vec::new(), &mut paths);
        paths
    }

    fn visit(&self, prefix: &mut Path<'a>, paths: &mut Vec<Path<'a>>) {
        for node in self.nodes.iter().filter(|node| node.member) {
            paths.push(prefix.iter().chain([&node.element]).cloned().collect());
        }
        for node in self.nodes.iter().filter(|node| !node.below.is_empty()) {
            prefix.push(node.element.clone());
            node.below.visit(prefix, paths);
            prefix.pop();
        }
    }
}

impl FieldSet<'_> {
    /// What one of these patterns leads to, and what is below; `*` matches each element.
    pub(super) fn matching(mut self, patterns: &[&[&str]]) -> Self {
        if patterns.iter().any(|pattern| pattern.is_empty()) {
            return self;
        }
        self.nodes.retain_mut(|node| {
            let fits = |step: &str| step == "*" || node.element == PathElement::Field(step);
            let steps = patterns.iter().filter_map(|pattern| pattern.split_first());
            let below: Vec<_> = steps.filter(|(step, _)| fits(step)).map(|(_, rest)| rest).collect();
            node.member &= !below.is_empty();
            node.below = if below.is_empty() { Self::default() } else { take(&mut node.below).matching(&below) };
            !node.is_empty()
        });
        self
    }
}
