//! How an object is filled with the members that it must have.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::object::{Demand, LARGEST, Objects, Slot, Trial, Way};
use super::{Literal, Outcome, Solver};
use crate::compat::semantic::ir::{Node, TestId};

/// So many ways to fill an object are tried.
const WAYS: usize = 2_000;

/// More kinds of names are not told apart.
const CELLS: usize = 64;

impl Solver<'_> {
    /// Puts the demands from `next` on in slots, in all ways.
    pub(super) fn place_member(&mut self, objects: &Objects, way: Way, next: usize, trial: &mut Trial) {
        trial.ways += 1;
        if trial.ways > WAYS || self.meter.is_over() {
            trial.reason.get_or_insert_with(|| "there are too many ways to fill an object".into());
            return;
        }
        if trial.found.len() >= self.want || objects.most.is_some_and(|most| way.len() > most) {
            return;
        }
        let Some(demand) = objects.demands.get(next) else { return self.complete_object(objects, way, trial) };
        for slot in self.slots(objects, &way, demand, trial) {
            let literals: Vec<Literal> = way.get(&slot).into_iter().flatten().chain(&demand.member).copied().collect();
            if self.possible(objects, &slot, &literals, trial) == Some(true) {
                let mut next_way = way.clone();
                next_way.insert(slot, literals);
                self.place_member(objects, next_way, next + 1, trial);
            }
            if trial.found.len() >= self.want {
                return;
            }
        }
    }

    /// Where a demand may be met.
    fn slots(&mut self, objects: &Objects, way: &Way, demand: &Demand, trial: &mut Trial) -> Vec<Slot> {
        let mut slots = Vec::new();
        for name in &objects.explicit {
            let slot = Slot::Name(name.clone());
            let covered = demand.scope.map_or(Some(true), |scope| self.covered(scope, &slot));
            let named = self.meets(&Value::from(name.as_str()), &demand.name);
            match (covered, named) {
                (Some(false), _) | (_, Some(false)) => {}
                (Some(true), Some(true)) => slots.push(slot),
                _ => trial.reason = Some("the names of its members are too intricate".into()),
            }
        }
        for cell in self.cells(objects, trial) {
            let slot = Slot::Other(cell.clone(), 0);
            if demand.scope.is_some_and(|scope| self.covered(scope, &slot) != Some(true)) {
                continue;
            }
            let taken = way.keys().filter(|slot| matches!(slot, Slot::Other(own, _) if *own == cell)).count();
            match self.names(objects, &cell, &demand.name, taken + 1, trial) {
                names if names.len() > taken => {
                    slots.extend((0..=taken).map(|number| Slot::Other(cell.clone(), number)));
                }
                names if !names.is_empty() => slots.extend((0..taken).map(|number| Slot::Other(cell.clone(), number))),
                _ => {}
            }
        }
        if !demand.name.is_empty() && way.keys().any(|slot| matches!(slot, Slot::Other(..))) {
            trial.reason = Some("the names of its members depend on each other".into());
        }
        slots
    }

    /// The kinds of names that are not spoken of: by the tests that they pass.
    fn cells(&mut self, objects: &Objects, trial: &mut Trial) -> Vec<BTreeSet<TestId>> {
        if let Some(cells) = &trial.cells {
            return cells.clone();
        }
        let mut cells = vec![(BTreeSet::new(), Vec::new())];
        let excluded = self.not_explicit(objects);
        for test in &objects.tests {
            let text = self.graph.add(Node::Text(*test));
            let mut next: Vec<(BTreeSet<TestId>, Vec<Literal>)> = Vec::new();
            for (passed, literals) in cells {
                for wanted in [true, false] {
                    let literals: Vec<Literal> = literals.iter().copied().chain([(text, wanted)]).collect();
                    let goal = self.name_goal(objects, &literals);
                    let outcome = self.single(goal.into_iter().chain([excluded]));
                    if matches!(outcome, Outcome::Empty) {
                        continue;
                    }
                    let mut passed = passed.clone();
                    if wanted {
                        passed.insert(*test);
                    }
                    next.push((passed, literals));
                }
            }
            cells = next;
            if cells.len() > CELLS {
                trial.reason = Some("the names of its members are too intricate".into());
                cells.truncate(CELLS);
            }
        }
        let cells: Vec<BTreeSet<TestId>> = cells.into_iter().map(|(passed, _)| passed).collect();
        trial.cells = Some(cells.clone());
        cells
    }

    fn not_explicit(&mut self, objects: &Objects) -> Literal {
        let explicit: Vec<Value> = objects.explicit.iter().map(|name| Value::from(name.as_str())).collect();
        (self.graph.one_of_values(&explicit), false)
    }

    /// Up to `count` names of a kind.
    fn names(
        &mut self,
        objects: &Objects,
        cell: &BTreeSet<TestId>,
        more: &[Literal],
        count: usize,
        trial: &mut Trial,
    ) -> Vec<String> {
        if objects.tests.is_empty() && objects.names.is_empty() && more.is_empty() {
            return plain_names().filter(|name| !objects.explicit.contains(name)).take(count).collect();
        }
        let mut literals: Vec<Literal> = more.to_vec();
        for test in &objects.tests {
            literals.push((self.graph.add(Node::Text(*test)), cell.contains(test)));
        }
        literals.push(self.not_explicit(objects));
        let goal = self.name_goal(objects, &literals);
        match self.several(goal, count) {
            Outcome::Empty => Vec::new(),
            Outcome::Found(found) => {
                if found.samples.len() < count && !found.complete {
                    trial.reason = Some("there may be more names than were found".into());
                }
                found.samples.iter().filter_map(Value::as_str).map(str::to_owned).take(count).collect()
            }
            Outcome::Maybe(reason) => {
                trial.reason = Some(reason);
                Vec::new()
            }
        }
    }

    /// Adds members until there are enough, and makes the object.
    fn complete_object(&mut self, objects: &Objects, mut way: Way, trial: &mut Trial) {
        if way.len() < objects.least {
            self.add_members(objects, &mut way, trial);
        }
        if way.len() < objects.least || objects.most.is_some_and(|most| way.len() > most) {
            return;
        }
        if let Some(object) = self.filled_object(objects, &way, trial) {
            trial.found.push(object);
        }
        if trial.found.len() < self.want && !trial.found.is_empty() {
            self.vary_object(&mut objects.clone(), &way, trial);
        }
    }

    fn add_members(&mut self, objects: &Objects, way: &mut Way, trial: &mut Trial) {
        for name in &objects.explicit {
            let slot = Slot::Name(name.clone());
            if way.len() >= objects.least {
                return;
            }
            if !way.contains_key(&slot) && self.possible(objects, &slot, &[], trial) == Some(true) {
                way.insert(slot, Vec::new());
            }
        }
        for cell in self.cells(objects, trial) {
            if self.possible(objects, &Slot::Other(cell.clone(), 0), &[], trial) != Some(true) {
                continue;
            }
            let taken = way.keys().filter(|slot| matches!(slot, Slot::Other(own, _) if *own == cell)).count();
            let count = taken + objects.least.saturating_sub(way.len());
            let names = self.names(objects, &cell, &[], count, trial).len();
            way.extend((taken..names).map(|number| (Slot::Other(cell.clone(), number), Vec::new())));
        }
    }

    fn filled_object(&mut self, objects: &Objects, way: &Way, trial: &mut Trial) -> Option<Map<String, Value>> {
        let mut object = Map::new();
        for (slot, literals) in way {
            let Outcome::Found(found) = self.member(objects, slot, literals, trial) else { return None };
            let name = self.name_of(objects, way, slot, trial)?;
            object.insert(name, found.samples.first()?.clone());
        }
        Some(object)
    }

    fn name_of(&mut self, objects: &Objects, way: &Way, slot: &Slot, trial: &mut Trial) -> Option<String> {
        match slot {
            Slot::Name(name) => Some(name.clone()),
            Slot::Other(cell, number) => {
                let count = way.keys().filter(|slot| matches!(slot, Slot::Other(own, _) if own == cell)).count();
                let wanted = objects.demands.iter().find(|demand| !demand.name.is_empty());
                let more = wanted.map_or(Vec::new(), |demand| demand.name.clone());
                let names = self.names(objects, cell, &more, count, trial);
                let names = if names.is_empty() { self.names(objects, cell, &[], count, trial) } else { names };
                names.get(*number).cloned()
            }
        }
    }

    /// Other objects like the first: with other members, and with more.
    fn vary_object(&mut self, objects: &mut Objects, way: &Way, trial: &mut Trial) {
        let Some(first) = trial.found.first().cloned() else { return };
        let want = self.want;
        for (slot, more) in way {
            let (literals, _) = self.universal(objects, slot);
            let Some(name) = self.name_of(objects, way, slot, trial) else { continue };
            let outcome = self.several(literals.into_iter().chain(more.iter().copied()), want + 1);
            let Outcome::Found(found) = outcome else { continue };
            for sample in &found.samples {
                let mut object = first.clone();
                object.insert(name.clone(), sample.clone());
                push(&mut trial.found, object);
            }
        }
        for extra in 1..=want.min(LARGEST) {
            if trial.found.len() >= want || objects.most.is_some_and(|most| way.len() + extra > most) {
                return;
            }
            objects.least = way.len() + extra;
            let mut longer = way.clone();
            self.add_members(objects, &mut longer, trial);
            if let Some(object) = self.filled_object(objects, &longer, trial) {
                push(&mut trial.found, object);
            }
        }
    }
}

fn push(found: &mut Vec<Map<String, Value>>, object: Map<String, Value>) {
    if !found.contains(&object) {
        found.push(object);
    }
}

/// Short names.
fn plain_names() -> impl Iterator<Item = String> {
    let letters = ('a'..='z').map(String::from);
    letters.chain((1_u32..).map(|number| format!("a{number}")))
}
