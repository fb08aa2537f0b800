//! How an array is filled with the items that it must have.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::array::{Arrays, Demand, LONGEST, Trial, Way};
use super::{Literal, Outcome, Solver};
use crate::compat::semantic::value::key;

/// So many ways to put items in place are tried.
const WAYS: usize = 2_000;

impl Solver<'_> {
    /// Puts the demands from `next` on in place, in all ways.
    pub(super) fn place_item(&mut self, arrays: &Arrays, way: Way, next: usize, trial: &mut Trial) {
        trial.ways += 1;
        if trial.ways > WAYS || self.meter.is_over() {
            trial.reason.get_or_insert_with(|| "there are too many ways to fill an array".into());
            return;
        }
        if trial.found.len() >= self.want {
            return;
        }
        let Some(demand) = arrays.demands.get(next) else { return self.complete_array(arrays, &way, trial) };
        let own = way.taken.iter().filter(|(_, _, groups)| groups.contains(&demand.group)).map(|(place, _, _)| *place);
        let after = own.max().map_or(0, |place| place + 1);
        for place in self.places(arrays, &way, demand).into_iter().filter(|place| *place >= after) {
            let known = way.taken.iter().position(|(taken, _, _)| *taken == place);
            let mut next_way = way.clone();
            let slot = known.unwrap_or_else(|| {
                next_way.taken.push((place, Vec::new(), Vec::new()));
                next_way.taken.len() - 1
            });
            next_way.taken[slot].1.extend(&demand.literals);
            next_way.taken[slot].2.push(demand.group);
            let literals: Vec<Literal> =
                arrays.universal(place).into_iter().chain(next_way.taken[slot].1.iter().copied()).collect();
            match self.single(literals) {
                Outcome::Empty => {}
                Outcome::Found(_) => self.place_item(arrays, next_way, next + 1, trial),
                Outcome::Maybe(reason) => trial.reason = Some(reason),
            }
        }
    }

    /// The places where a demand may be met: of those that are alike and free, only the first.
    fn places(&self, arrays: &Arrays, way: &Way, demand: &Demand) -> Vec<usize> {
        let mut places: BTreeSet<usize> = (demand.from..arrays.tail().min(LONGEST)).collect();
        places.extend(way.taken.iter().map(|(place, _, _)| *place).filter(|place| *place >= demand.from));
        let first = demand.from.max(arrays.tail());
        let free = (first..).find(|place| way.taken.iter().all(|(taken, _, _)| taken != place));
        places.extend(free);
        places.into_iter().filter(|place| arrays.most.is_none_or(|most| *place < most)).collect()
    }

    /// Fills the other places.
    fn complete_array(&mut self, arrays: &Arrays, way: &Way, trial: &mut Trial) {
        let used = way.taken.iter().map(|(place, _, _)| place + 1).max().unwrap_or(0);
        let least = arrays.least.max(used);
        let literals = |place: usize| {
            let taken = way.taken.iter().filter(|(taken, _, _)| *taken == place).flat_map(|(_, literals, _)| literals);
            arrays.universal(place).into_iter().chain(taken.copied()).collect::<Vec<Literal>>()
        };
        let mut goals: Vec<Vec<Literal>> = (0..least).map(literals).collect();
        if !self.capped(arrays, &mut goals, trial) {
            return;
        }
        if arrays.excess {
            trial.reason = Some("more items of a kind are asked for than are looked at".into());
        }
        let filled = match (arrays.unique, arrays.twice) {
            (true, _) => self.distinct(&goals, !arrays.caps.is_empty(), trial),
            (_, true) => self.doubled(arrays, &goals, trial),
            _ => self.filled_array(&goals, trial),
        };
        trial.found.extend(filled);
        if self.want > trial.found.len() && !trial.found.is_empty() {
            self.vary_array(arrays, &goals, trial);
        }
    }

    /// Keeps the number of items of a kind within its caps.
    fn capped(&mut self, arrays: &Arrays, goals: &mut [Vec<Literal>], trial: &mut Trial) -> bool {
        for (cap, id) in &arrays.caps {
            let mut counted = 0;
            for goal in goals.iter_mut() {
                let outside = goal.iter().copied().chain([(*id, false)]).collect::<Vec<Literal>>();
                match self.single(outside.clone()) {
                    Outcome::Empty => counted += 1,
                    Outcome::Found(_) => *goal = outside,
                    Outcome::Maybe(reason) => {
                        trial.reason = Some(reason);
                        counted += 1;
                    }
                }
            }
            if counted > *cap {
                if arrays.caps.len() > 1 {
                    trial.reason = Some("several bounds on `contains` depend on each other".into());
                }
                return false;
            }
        }
        true
    }

    fn filled_array(&mut self, goals: &[Vec<Literal>], trial: &mut Trial) -> Option<Vec<Value>> {
        let mut items = Vec::new();
        for goal in goals {
            match self.single(goal.clone()) {
                Outcome::Found(found) => items.push(found.samples.first()?.clone()),
                Outcome::Maybe(reason) => {
                    trial.reason = Some(reason);
                    return None;
                }
                Outcome::Empty => return None,
            }
        }
        Some(items)
    }

    /// Items that all differ.
    fn distinct(&mut self, goals: &[Vec<Literal>], capped: bool, trial: &mut Trial) -> Option<Vec<Value>> {
        if let Some(goal) = goals.first().filter(|first| goals.iter().all(|goal| goal == *first))
            && let Outcome::Found(found) = self.several(goal.clone(), goals.len())
            && found.samples.len() >= goals.len()
        {
            return Some(found.samples[..goals.len()].to_vec());
        }
        let (mut choices, mut complete) = (Vec::new(), true);
        for goal in goals {
            match self.several(goal.clone(), goals.len()) {
                Outcome::Found(found) => {
                    complete &= found.complete || found.samples.len() >= goals.len();
                    choices.push(found.samples.clone());
                }
                Outcome::Maybe(reason) => {
                    trial.reason = Some(reason);
                    return None;
                }
                Outcome::Empty => return None,
            }
        }
        let items = matched(&choices);
        if items.is_none() && (!complete || capped) {
            trial.reason = Some("there may be more different items than were found".into());
        }
        items
    }

    /// Items of which two are equal.
    fn doubled(&mut self, arrays: &Arrays, goals: &[Vec<Literal>], trial: &mut Trial) -> Option<Vec<Value>> {
        let longest = arrays.tail().max(goals.len()) + 2;
        let longest = arrays.most.map_or(longest, |most| longest.min(most)).min(64);
        let goal = |place: usize| goals.get(place).cloned().unwrap_or_else(|| arrays.universal(place));
        for second in 1..longest {
            for first in 0..second {
                let both: Vec<Literal> = goal(first).into_iter().chain(goal(second)).collect();
                let same = match self.single(both) {
                    Outcome::Found(found) => found.samples.first().cloned(),
                    Outcome::Empty => None,
                    Outcome::Maybe(reason) => {
                        trial.reason = Some(reason);
                        None
                    }
                };
                let Some(same) = same else { continue };
                let all: Vec<Vec<Literal>> = (0..goals.len().max(second + 1)).map(goal).collect();
                if let Some(mut items) = self.filled_array(&all, trial) {
                    items[first] = same.clone();
                    items[second] = same;
                    return Some(items);
                }
            }
        }
        if !arrays.caps.is_empty() {
            trial.reason = Some("bounds on `contains` and equal items depend on each other".into());
        }
        None
    }

    /// Other arrays like the first: with other items, and longer ones.
    fn vary_array(&mut self, arrays: &Arrays, goals: &[Vec<Literal>], trial: &mut Trial) {
        let Some(first) = trial.found.first().cloned() else { return };
        let want = self.want;
        for (place, goal) in goals.iter().enumerate() {
            let Outcome::Found(found) = self.several(goal.clone(), want + 1) else { continue };
            for sample in &found.samples {
                let mut items = first.clone();
                items[place] = sample.clone();
                push(&mut trial.found, items);
            }
        }
        let mut longer = first;
        while trial.found.len() < want && longer.len() < LONGEST && arrays.most.is_none_or(|most| longer.len() < most) {
            let count = if arrays.unique { longer.len() + 1 } else { 1 };
            let Outcome::Found(found) = self.several(arrays.universal(longer.len()), count) else { return };
            let fresh = found.samples.iter().find(|sample| !arrays.unique || !longer.contains(sample));
            let Some(fresh) = fresh else { return };
            longer.push(fresh.clone());
            push(&mut trial.found, longer.clone());
        }
    }
}

fn push(found: &mut Vec<Vec<Value>>, items: Vec<Value>) {
    if !found.contains(&items) {
        found.push(items);
    }
}

/// One of each, all different, by augmenting paths.
fn matched(choices: &[Vec<Value>]) -> Option<Vec<Value>> {
    let keys: Vec<Vec<String>> = choices.iter().map(|values| values.iter().map(key).collect()).collect();
    let mut owner: HashMap<&str, (usize, usize)> = HashMap::new();
    for place in 0..choices.len() {
        let mut seen = BTreeSet::new();
        if !augment(&keys, place, &mut owner, &mut seen) {
            return None;
        }
    }
    let mut items = vec![Value::Null; choices.len()];
    for (place, choice) in owner.values() {
        items[*place] = choices[*place][*choice].clone();
    }
    Some(items)
}

fn augment<'k>(
    keys: &'k [Vec<String>],
    place: usize,
    owner: &mut HashMap<&'k str, (usize, usize)>,
    seen: &mut BTreeSet<&'k str>,
) -> bool {
    for (choice, key) in keys[place].iter().enumerate() {
        if !seen.insert(key) {
            continue;
        }
        let free = match owner.get(key.as_str()).copied() {
            None => true,
            Some((other, _)) => augment(keys, other, owner, seen),
        };
        if free {
            owner.insert(key, (place, choice));
            return true;
        }
    }
    false
}
