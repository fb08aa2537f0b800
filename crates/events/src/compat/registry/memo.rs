use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::list::List;
use super::node::Id;

pub(super) type Pair = (Id, Id);

/// What one pass over the pairs has found, and what it takes for granted.
#[derive(Default)]
pub(super) struct Memo {
    finished: HashMap<Pair, Rc<List>>,
    under_way: HashSet<Pair>,
    seed: HashMap<Pair, Rc<List>>,
    guessed: bool,
}

impl Memo {
    /// The list of a finished pair; for a pair under way, that of the seed or, as a guess, none.
    pub(super) fn known(&mut self, pair: Pair) -> Option<Rc<List>> {
        if let Some(list) = self.finished.get(&pair) {
            return Some(list.clone());
        }
        if !self.under_way.contains(&pair) {
            return None;
        }
        self.guessed = true;
        Some(self.seed.get(&pair).cloned().unwrap_or_else(|| Rc::new(List::empty())))
    }

    pub(super) fn begin(&mut self, pair: Pair) {
        self.under_way.insert(pair);
    }

    pub(super) fn finish(&mut self, pair: Pair, list: Rc<List>) {
        self.under_way.remove(&pair);
        self.finished.insert(pair, list);
    }

    /// The memo for another pass, seeded with this one's incompatible pairs; `None` if nothing would change.
    pub(super) fn next(self) -> Option<Self> {
        let seed: HashMap<_, _> = self.finished.into_iter().filter(|(_, list)| !list.is_compatible()).collect();
        let same = seed.len() == self.seed.len() && seed.keys().all(|pair| self.seed.contains_key(pair));
        if !self.guessed || same { None } else { Some(Self { seed, ..Self::default() }) }
    }
}
