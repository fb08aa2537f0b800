use std::collections::{HashMap, HashSet};

use super::node::Ranges;
use crate::compat::semantic::language::dfa::{Dfa, Row, at, mapped, push, zipped};
use crate::compat::semantic::language::symbol;

/// Symbols in kinds: those of one kind are never told apart.
#[derive(Debug)]
pub(super) struct Alphabet {
    /// The kind of each symbol.
    kinds: Row<u32>,
    /// A symbol of each kind.
    members: Vec<u32>,
}

impl Alphabet {
    /// One kind for all.
    pub(super) fn new() -> Self {
        Self { kinds: vec![(0, 0)], members: vec![0] }
    }

    /// Tells apart what belongs to each of some ranges from what does not, and says how much work that was.
    pub(super) fn split_by<'r>(&mut self, all: impl Iterator<Item = &'r Ranges>) -> usize {
        let mut seen = HashSet::new();
        let fresh = all.filter(|ranges| seen.insert(ranges.as_ptr()));
        fresh.map(|ranges| self.split(&belongs(ranges))).sum()
    }

    /// Tells apart what an automaton tells apart, and says how much work that was.
    pub(super) fn split_by_rows(&mut self, dfa: &Dfa) -> usize {
        dfa.rows.iter().map(|row| self.split(row)).sum()
    }

    /// One symbol of each kind.
    pub(super) fn members(&self) -> &[u32] {
        &self.members
    }

    /// A row for all symbols from one for the kinds.
    pub(super) fn expand(&self, row: &[(u32, u32)]) -> Row<u32> {
        mapped(&self.kinds, |kind| at(row, *kind))
    }

    /// In how many runs the kinds lie.
    pub(super) fn len(&self) -> usize {
        self.kinds.len()
    }

    fn split<T: Copy + Eq + std::hash::Hash>(&mut self, row: &[(u32, T)]) -> usize {
        let pairs = zipped(&self.kinds, row);
        let mut numbers = HashMap::new();
        self.members.clear();
        let mut kinds = Vec::with_capacity(pairs.len());
        for (first, pair) in &pairs {
            let fresh = self.members.len();
            let number = *numbers.entry(*pair).or_insert(fresh);
            if number == fresh {
                self.members.push(*first);
            }
            push(&mut kinds, *first, u32::try_from(number).unwrap_or(u32::MAX));
        }
        self.kinds = kinds;
        pairs.len()
    }
}

fn belongs(ranges: &Ranges) -> Row<bool> {
    let mut row = vec![(0, false)];
    for (first, last) in ranges.iter() {
        if *first == 0 {
            row.clear();
        }
        push(&mut row, *first, true);
        if last + 1 < symbol::END {
            push(&mut row, last + 1, false);
        }
    }
    row
}
