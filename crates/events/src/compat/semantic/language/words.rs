use std::collections::{BTreeSet, HashMap};

use super::dfa::{Dfa, MOST_STATES, Row, push};
use super::symbol;

/// A state that is complete: whether it accepts, and where it leads.
type Node = (bool, Vec<(u32, u32)>);

/// The smallest acyclic automaton of sorted words, made word by word (Daciuk, Mihov, Watson and Watson, 2000).
#[derive(Default)]
struct Builder {
    nodes: Vec<Node>,
    numbers: HashMap<Node, u32>,
    /// The path of the last word: each state so far, and the symbol that leads on from it.
    path: Vec<Node>,
    symbols: Vec<u32>,
}

/// The automaton of a list of words.
pub(super) fn of<'t>(words: impl IntoIterator<Item = &'t str>) -> Option<Dfa> {
    let mut builder = Builder { path: vec![Node::default()], ..Builder::default() };
    for word in words.into_iter().collect::<BTreeSet<_>>() {
        builder.add(word)?;
    }
    builder.finish()
}

impl Builder {
    fn add(&mut self, word: &str) -> Option<()> {
        let mut rest = word.chars().map(symbol::of).peekable();
        let mut common = 0;
        while rest.peek().is_some_and(|next| self.symbols.get(common) == Some(next)) {
            rest.next();
            common += 1;
        }
        self.freeze(common)?;
        for next in rest {
            self.symbols.push(next);
            self.path.push(Node::default());
            if self.path.len() > MOST_STATES {
                return None;
            }
        }
        self.path.last_mut()?.0 = true;
        Some(())
    }

    /// Completes the states of the path after the first `kept` symbols.
    fn freeze(&mut self, kept: usize) -> Option<()> {
        while self.symbols.len() > kept {
            let node = self.path.pop()?;
            let symbol = self.symbols.pop()?;
            let number = self.number(node)?;
            self.path.last_mut()?.1.push((symbol, number));
        }
        Some(())
    }

    fn number(&mut self, node: Node) -> Option<u32> {
        if let Some(number) = self.numbers.get(&node) {
            return Some(*number);
        }
        if self.nodes.len() >= MOST_STATES {
            return None;
        }
        let number = u32::try_from(self.nodes.len()).ok()?;
        self.nodes.push(node.clone());
        self.numbers.insert(node, number);
        Some(number)
    }

    fn finish(mut self) -> Option<Dfa> {
        self.freeze(0)?;
        let root = self.path.pop()?;
        let root = self.number(root)?;
        Dfa::explore(Some(root), |state| match state {
            Some(number) => Some((self.nodes[*number as usize].0, row(&self.nodes[*number as usize].1))),
            None => Some((false, vec![(0, None)])),
        })
    }
}

/// A complete row: what leads nowhere leads to `None`.
fn row(edges: &[(u32, u32)]) -> Row<Option<u32>> {
    let mut row: Row<Option<u32>> = Vec::with_capacity(2 * edges.len() + 1);
    let mut end = 0;
    for (symbol, next) in edges {
        if *symbol > end {
            push(&mut row, end, None);
        }
        push(&mut row, *symbol, Some(*next));
        end = symbol + 1;
    }
    if end < symbol::END {
        push(&mut row, end, None);
    }
    row
}
