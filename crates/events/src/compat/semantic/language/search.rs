use std::collections::{HashMap, VecDeque};

use super::dfa::Dfa;
use super::{Language, symbol};

/// How many states and runs may be looked at in a search for lengths.
const MOST_WORK: usize = 4_000_000;

/// A longer string is not made.
const LONGEST: u64 = 4_000_000;

impl Language {
    /// One of the shortest strings, and of these a readable one; `None` if there is none.
    pub(crate) fn shortest(&self) -> Option<String> {
        let steps = self.dfa.distances(true);
        let mut text = String::new();
        let mut state = 0;
        while steps[state as usize]? > 0 {
            let wanted = steps[state as usize]?.checked_sub(1);
            let (symbol, next) = edge(&self.dfa, state, |next| steps[next as usize] == wanted)?;
            text.push(symbol::character(symbol));
            state = next;
        }
        Some(text)
    }

    /// Whether there is a string of a length from `min` to `max`; `None` when it is too much work to tell.
    pub(crate) fn has_length_within(&self, min: u64, max: Option<u64>) -> Option<bool> {
        Some(Reach::new(&self.dfa, min, max)?.length.is_some())
    }

    /// One of the shortest strings of a length from `min` to `max`, readable where possible; `None` if there is none,
    /// or none was found within bounds.
    pub(crate) fn shortest_within(&self, min: u64, max: Option<u64>) -> Option<String> {
        let reach = Reach::new(&self.dfa, min, max)?;
        let length = reach.length.filter(|length| *length <= LONGEST)?;
        let mut text = String::new();
        let mut state = 0;
        for left in (0..length).rev() {
            let (symbol, next) = edge(&self.dfa, state, |next| reach.ends(next, left))?;
            text.push(symbol::character(symbol));
            state = next;
        }
        Some(text)
    }

    /// All strings, if they are at most `limit`: shortest first, then by character.
    pub(crate) fn words(&self, limit: usize) -> Option<Vec<String>> {
        let most = u64::try_from(limit).ok()?;
        let count = self.counted().filter(|count| *count <= most)?;
        Some(self.listed(limit, true)).filter(|words| words.len() as u64 == count)
    }

    /// Up to `n` different strings, shortest first, that go different ways where there are several.
    pub(crate) fn samples(&self, n: usize) -> Vec<String> {
        let mut samples = self.listed(n, false);
        if samples.is_empty() {
            samples.extend(self.shortest().filter(|_| n > 0));
        }
        samples
    }

    /// How many strings it holds, up to `u64::MAX`; `None` if they are infinitely many.
    pub(super) fn counted(&self) -> Option<u64> {
        let useful = self.dfa.distances(true).iter().map(Option::is_some).collect::<Vec<_>>();
        // Depth first, without recursion: a useful state that is met again on its own path makes it infinite.
        let mut counts: Vec<Option<u64>> = vec![None; useful.len()];
        let mut open = vec![false; useful.len()];
        let mut stack = vec![0_usize];
        while let Some(state) = stack.last().copied() {
            let row = &self.dfa.rows[state];
            let mut pending = row.iter().map(|(_, next)| *next as usize).filter(|next| useful[*next]);
            if !std::mem::replace(&mut open[state], true) {
                if pending.clone().any(|next| open[next] && counts[next].is_none()) {
                    return None;
                }
                stack.extend(pending.filter(|next| counts[*next].is_none()));
                continue;
            }
            stack.pop();
            if counts[state].is_some() {
                continue;
            }
            if pending.any(|next| counts[next].is_none()) {
                return None;
            }
            let mut count = u64::from(self.dfa.accepting[state]);
            for (position, (first, next)) in row.iter().enumerate() {
                let end = row.get(position + 1).map_or(symbol::END, |(first, _)| *first);
                let below = if useful[*next as usize] { counts[*next as usize]? } else { 0 };
                count = count.saturating_add(below.saturating_mul(u64::from(end - first)));
            }
            counts[state] = Some(count);
        }
        counts[0]
    }

    /// Breadth first over the words themselves: with every symbol of a run, or with its most readable one only.
    fn listed(&self, limit: usize, every: bool) -> Vec<String> {
        let steps = self.dfa.distances(true);
        let mut found = Vec::new();
        let mut queue = VecDeque::from([(0_u32, String::new())]);
        let mut work = 0;
        while let Some((state, text)) = queue.pop_front() {
            if self.dfa.accepting[state as usize] {
                found.push(text.clone());
            }
            work += self.dfa.rows[state as usize].len() + text.len();
            if found.len() >= limit || work > MOST_WORK {
                break;
            }
            let row = &self.dfa.rows[state as usize];
            for (position, (first, next)) in row.iter().enumerate() {
                if steps[*next as usize].is_none() || queue.len() > 4 * limit + 64 && !every {
                    continue;
                }
                let end = row.get(position + 1).map_or(symbol::END, |(first, _)| *first);
                let nicest = symbol::nicest(*first, end).1;
                let symbols = if every { *first..end } else { nicest..nicest + 1 };
                queue.extend(symbols.map(|symbol| (*next, format!("{text}{}", symbol::character(symbol)))));
            }
        }
        found
    }
}

/// The most readable way to a state that will do.
fn edge(dfa: &Dfa, state: u32, mut will_do: impl FnMut(u32) -> bool) -> Option<(u32, u32)> {
    let row = &dfa.rows[state as usize];
    let ways = row.iter().enumerate().filter(|(_, (_, next))| will_do(*next)).map(|(position, (first, next))| {
        let end = row.get(position + 1).map_or(symbol::END, |(first, _)| *first);
        (symbol::nicest(*first, end), *next)
    });
    ways.min().map(|((_, symbol), next)| (symbol, next))
}

/// From which states acceptance is reached in exactly so many steps, for all numbers of steps: they repeat from some
/// number on.
struct Reach {
    layers: Vec<Vec<bool>>,
    /// Where the layer after the last one is found again.
    again: Option<usize>,
    /// The least number of steps from the start, within the wanted lengths.
    length: Option<u64>,
}

impl Reach {
    fn new(dfa: &Dfa, min: u64, max: Option<u64>) -> Option<Self> {
        let mut layers = vec![dfa.accepting.clone()];
        let mut numbers: HashMap<Vec<bool>, usize> = HashMap::from([(dfa.accepting.clone(), 0)]);
        let size: usize = dfa.rows.iter().map(Vec::len).sum();
        let mut again = None;
        while again.is_none() && max.is_none_or(|max| (layers.len() as u64) <= max) {
            if layers.len().saturating_mul(size) > MOST_WORK {
                return None;
            }
            let last = layers.last()?;
            let layer: Vec<bool> =
                dfa.rows.iter().map(|row| row.iter().any(|(_, next)| last[*next as usize])).collect();
            again = numbers.get(&layer).copied();
            if again.is_none() {
                if (layers.len() as u64) >= min && layer[0] {
                    layers.push(layer);
                    break;
                }
                numbers.insert(layer.clone(), layers.len());
                layers.push(layer);
            }
        }
        let mut reach = Self { layers, again, length: None };
        reach.length = reach.least(min, max);
        Some(reach)
    }

    fn least(&self, min: u64, max: Option<u64>) -> Option<u64> {
        let known = self.layers.len() as u64;
        // Within one period behind the least length every layer that repeats has its turn.
        let last = max.unwrap_or(u64::MAX).min(min.saturating_add(known));
        (min..=last).find(|steps| self.ends(0, *steps))
    }

    fn ends(&self, state: u32, steps: u64) -> bool {
        self.layer(steps).is_some_and(|layer| layer[state as usize])
    }

    fn layer(&self, steps: u64) -> Option<&Vec<bool>> {
        let known = self.layers.len() as u64;
        let index = match self.again {
            Some(again) if steps >= known => {
                let again = again as u64;
                again + (steps - again) % (known - again)
            }
            _ => steps,
        };
        self.layers.get(usize::try_from(index).ok()?)
    }
}
