use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use super::symbol;

/// An automaton with more states than this is not built.
pub(super) const MOST_STATES: usize = 20_000;

/// An automaton with more runs in all its rows than this is not built.
pub(super) const MOST_RUNS: usize = 1_000_000;

/// A piecewise constant function on symbols: from its first symbol on, up to the next run's, a run has one value.
/// The first run begins at symbol 0, and neighbours differ.
pub(super) type Row<T> = Vec<(u32, T)>;

/// A complete deterministic automaton over all symbols; state 0 is its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dfa {
    pub(super) rows: Vec<Row<u32>>,
    pub(super) accepting: Vec<bool>,
}

impl Dfa {
    /// The automaton whose states are what `start` leads to. `state` says whether a state accepts, and where it leads;
    /// `None` when that is too much to tell, and then there is no automaton.
    pub(super) fn explore<S, F>(start: S, mut state: F) -> Option<Self>
    where
        S: Clone + Eq + Hash,
        F: FnMut(&S) -> Option<(bool, Row<S>)>,
    {
        let mut numbers = HashMap::from([(start.clone(), 0_u32)]);
        let mut queue = vec![start];
        let mut dfa = Self { rows: Vec::new(), accepting: Vec::new() };
        let mut runs = 0;
        while let Some(current) = queue.get(dfa.rows.len()).cloned() {
            let (accepting, row) = state(&current)?;
            runs += row.len();
            let mut numbered: Row<u32> = Vec::with_capacity(row.len());
            for (first, next) in row {
                let fresh = u32::try_from(queue.len()).ok()?;
                let number = *numbers.entry(next).or_insert_with_key(|next| {
                    queue.push(next.clone());
                    fresh
                });
                push(&mut numbered, first, number);
            }
            if queue.len() > MOST_STATES || runs > MOST_RUNS {
                return None;
            }
            dfa.accepting.push(accepting);
            dfa.rows.push(numbered);
        }
        Some(dfa)
    }

    /// Where a symbol leads from a state.
    pub(super) fn next(&self, state: u32, symbol: u32) -> u32 {
        at(&self.rows[state as usize], symbol)
    }

    pub(super) fn accepts(&self, text: &str) -> bool {
        let end = text.chars().fold(0, |state, character| self.next(state, symbol::of(character)));
        self.accepting[end as usize]
    }

    /// The automaton for everything that this one does not accept.
    pub(super) fn complement(&self) -> Self {
        Self { rows: self.rows.clone(), accepting: self.accepting.iter().map(|accepting| !accepting).collect() }
    }

    /// The smallest automaton for the same language (Moore's refinement of a partition), its states numbered in the
    /// order in which they are first reached: two automata for one language become equal. `None` when it is too much
    /// work.
    pub(super) fn minimal(&self) -> Option<Self> {
        let mut blocks = self.distinct();
        let mut count = 0;
        let mut work = 0;
        loop {
            let mut numbers: HashMap<(u32, Row<u32>), u32> = HashMap::new();
            let refine = |(state, row): (usize, &Row<u32>)| {
                let fresh = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                *numbers.entry((blocks[state], mapped(row, |next| blocks[*next as usize]))).or_insert(fresh)
            };
            blocks = self.rows.iter().enumerate().map(refine).collect();
            if numbers.len() == count {
                break;
            }
            count = numbers.len();
            work += self.rows.iter().map(Vec::len).sum::<usize>();
            if work > 2 * MOST_RUNS {
                return None;
            }
        }
        let mut members = vec![0; count];
        blocks.iter().enumerate().for_each(|(state, block)| members[*block as usize] = state);
        Self::explore(blocks[0], |block| {
            let member = members[*block as usize];
            Some((self.accepting[member], mapped(&self.rows[member], |next| blocks[*next as usize])))
        })
    }

    /// A first partition: states differ that are not equally far from acceptance, or from refusal.
    fn distinct(&self) -> Vec<u32> {
        let (near, far) = (self.distances(true), self.distances(false));
        let mut numbers = HashMap::new();
        let number = |pair| {
            let fresh = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            *numbers.entry(pair).or_insert(fresh)
        };
        near.into_iter().zip(far).map(number).collect()
    }

    /// How many symbols each state is from the nearest one that accepts, or does not.
    pub(super) fn distances(&self, accepting: bool) -> Vec<Option<u32>> {
        let before = self.before();
        let goal = |accepts: &bool| (*accepts == accepting).then_some(0);
        let mut steps: Vec<Option<u32>> = self.accepting.iter().map(goal).collect();
        let mut queue: VecDeque<usize> = (0..steps.len()).filter(|state| steps[*state].is_some()).collect();
        while let Some(state) = queue.pop_front() {
            let farther = steps[state].map(|steps| steps + 1);
            for previous in &before[state] {
                if steps[*previous].is_none() {
                    steps[*previous] = farther;
                    queue.push_back(*previous);
                }
            }
        }
        steps
    }

    /// For each state, those that lead to it.
    fn before(&self) -> Vec<Vec<usize>> {
        let mut before: Vec<Vec<usize>> = vec![Vec::new(); self.rows.len()];
        for (state, row) in self.rows.iter().enumerate() {
            for (_, next) in row {
                let previous = &mut before[*next as usize];
                if previous.last() != Some(&state) {
                    previous.push(state);
                }
            }
        }
        before
    }
}

/// The value of a row at a symbol.
pub(super) fn at<T: Copy>(row: &[(u32, T)], symbol: u32) -> T {
    row[row.partition_point(|(first, _)| *first <= symbol) - 1].1
}

/// Adds a run to a row, unless it goes on with the last one's value.
pub(super) fn push<T: PartialEq>(row: &mut Row<T>, first: u32, value: T) {
    if row.last().is_none_or(|(_, last)| *last != value) {
        row.push((first, value));
    }
}

/// A row with other values.
pub(super) fn mapped<T, U: PartialEq>(row: &[(u32, T)], mut value: impl FnMut(&T) -> U) -> Row<U> {
    let mut mapped = Vec::with_capacity(row.len());
    row.iter().for_each(|(first, old)| push(&mut mapped, *first, value(old)));
    mapped
}

/// Two rows as one row of pairs.
pub(super) fn zipped<T: Copy + PartialEq, U: Copy + PartialEq>(one: &[(u32, T)], other: &[(u32, U)]) -> Row<(T, U)> {
    let mut pairs = Vec::with_capacity(one.len() + other.len());
    let (mut i, mut j) = (0, 0);
    while i < one.len() && j < other.len() {
        push(&mut pairs, one[i].0.max(other[j].0), (one[i].1, other[j].1));
        let end = |row_end: Option<u32>| row_end.unwrap_or(symbol::END);
        let (one_end, other_end) = (end(one.get(i + 1).map(|run| run.0)), end(other.get(j + 1).map(|run| run.0)));
        i += usize::from(one_end <= other_end);
        j += usize::from(other_end <= one_end);
    }
    pairs
}
