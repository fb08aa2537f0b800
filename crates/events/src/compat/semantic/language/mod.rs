//! Regular sets of strings.
//!
//! A string is a sequence of Unicode scalar values; its length is how many they are, as `minLength` counts. What a
//! regular expression, an enumeration or a format accepts becomes a deterministic automaton, so that inclusion,
//! difference and the shortest member are computed, not guessed. Everything is bounded: what would be too large an
//! automaton is `None`, which means that nothing is known.

mod dfa;
mod expression;
mod format;
mod pattern;
mod search;
mod symbol;
mod table;
mod words;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use dfa::{Dfa, Row, zipped};
pub(crate) use expression::without_lookaround;
pub(crate) use format::Bounds;
pub(crate) use table::table;

/// Of so many expressions, and up to this length, the sets are remembered: old and new schemas have most in common.
const REMEMBERED: (usize, usize) = (64, 1_000);

/// How many steps of threads may be looked at for one expression.
const MOST_WORK: usize = 2_000_000;

/// A set of strings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Language {
    dfa: Arc<Dfa>,
}

impl Language {
    /// Every string.
    pub(crate) fn all() -> Self {
        Self::constant(true)
    }

    /// One string; `None` if it is too long.
    pub(crate) fn literal(text: &str) -> Option<Self> {
        Self::of([text])
    }

    /// The strings of a list; `None` if they are too many.
    pub(crate) fn of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Option<Self> {
        words::of(texts).map(Self::new)
    }

    /// The strings in which the regular expression of `pattern` or `patternProperties` finds a match; `None` if it is
    /// not regular, not valid, too large, or read differently by the validators.
    pub(crate) fn pattern(pattern: &str) -> Option<Self> {
        static MADE: Mutex<BTreeMap<String, Option<Language>>> = Mutex::new(BTreeMap::new());
        let lock = || MADE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = lock().get(pattern) {
            return made.clone();
        }
        let language = pattern::dfa(pattern, MOST_WORK).map(Self::new);
        if pattern.len() <= REMEMBERED.1 {
            let mut made = lock();
            if made.len() >= REMEMBERED.0 {
                made.clear();
            }
            made.insert(pattern.to_owned(), language.clone());
        }
        language
    }

    /// What both hold.
    pub(crate) fn and(&self, other: &Self) -> Option<Self> {
        self.combined(other, |one, other| one && other)
    }

    /// What this holds and the other does not.
    pub(crate) fn minus(&self, other: &Self) -> Option<Self> {
        self.combined(other, |one, other| one && !other)
    }

    /// Whether it holds no string.
    pub(crate) fn is_empty(&self) -> bool {
        // Every state of an automaton is reached from its start.
        !self.dfa.accepting.contains(&true)
    }

    /// Whether it holds a string.
    pub(crate) fn contains(&self, text: &str) -> bool {
        self.dfa.accepts(text)
    }

    fn new(dfa: Dfa) -> Self {
        Self { dfa: Arc::new(dfa.minimal().unwrap_or(dfa)) }
    }

    fn constant(accepting: bool) -> Self {
        Self { dfa: Arc::new(Dfa { rows: vec![vec![(0, 0)]], accepting: vec![accepting] }) }
    }

    fn combined(&self, other: &Self, accepts: impl Fn(bool, bool) -> bool) -> Option<Self> {
        self.product(other, |one, other| Some(accepts(one, other))).map(Self::new)
    }

    /// The automaton of pairs of states. Once the rest is the same whatever follows, one pair stands for all such.
    fn product(&self, other: &Self, mut accepts: impl FnMut(bool, bool) -> Option<bool>) -> Option<Dfa> {
        let (one, other) = (&*self.dfa, &*other.dfa);
        Dfa::explore((0, 0), |(left, right)| {
            let accepting = accepts(one.accepting[*left as usize], other.accepting[*right as usize])?;
            let row: Row<(u32, u32)> = zipped(&one.rows[*left as usize], &other.rows[*right as usize]);
            Some((accepting, row))
        })
    }
}

#[cfg(test)]
mod peers;
#[cfg(test)]
mod tests;
