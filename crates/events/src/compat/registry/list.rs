use std::rc::Rc;

use super::changes;
use super::fault::{Fault, MAX_DEPTH, Outcome};
use super::{Change, Policy};

/// How many changes an answer may have.
const MAX_CHANGES: usize = 100_000;
/// How many bytes their paths may have together.
const MAX_BYTES: usize = 64 << 20;

/// What changed between two nodes, with paths that begin at them. Lists share the lists of nodes below.
#[derive(Debug)]
pub(super) struct List {
    items: Vec<Item>,
    compatible: bool,
    depth: usize,
}

#[derive(Debug)]
enum Item {
    Change { kind: &'static str, tail: String },
    Below { prefix: String, list: Rc<List> },
}

impl List {
    pub(super) fn empty() -> Self {
        Self { items: Vec::new(), compatible: true, depth: 0 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether the policy allows every change.
    pub(super) fn is_compatible(&self) -> bool {
        self.compatible
    }

    /// Notes a change; `tail` is empty or begins with a slash.
    pub(super) fn add(&mut self, kind: &'static str, tail: impl Into<String>, policy: Policy) {
        self.compatible &= changes::class(kind).is_some_and(|class| class.allows(policy));
        self.items.push(Item::Change { kind, tail: tail.into() });
    }

    /// Takes over what changed below a place.
    pub(super) fn below(&mut self, prefix: impl Into<String>, list: &Rc<Self>) -> Outcome<()> {
        if list.is_empty() {
            return Ok(());
        }
        self.depth = self.depth.max(list.depth + 1);
        if self.depth > MAX_DEPTH {
            return Err(Fault::TooDeep);
        }
        self.compatible &= list.compatible;
        self.items.push(Item::Below { prefix: prefix.into(), list: list.clone() });
        Ok(())
    }

    /// All changes with their whole paths.
    pub(super) fn flat(&self) -> Outcome<Vec<Change>> {
        let mut changes = Vec::new();
        let mut bytes = 0;
        let mut open = vec![(String::from("#"), self)];
        while let Some((path, list)) = open.pop() {
            for item in &list.items {
                match item {
                    Item::Change { kind, tail } => changes.push(Change { kind, path: whole(&path, tail) }),
                    Item::Below { prefix, list } => open.push((format!("{path}{prefix}"), list)),
                }
                bytes += path.len();
            }
            if changes.len() + open.len() > MAX_CHANGES || bytes > MAX_BYTES {
                return Err(Fault::TooLarge("too many changes"));
            }
        }
        Ok(changes)
    }
}

/// The root is the only path with a slash at its end.
fn whole(path: &str, tail: &str) -> String {
    if path.len() + tail.len() == 1 { "#/".to_owned() } else { format!("{path}{tail}") }
}
