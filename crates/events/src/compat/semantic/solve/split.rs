//! Alternatives: what formulas leave open for values of one kind is split until only assertions are left.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Goal, Literal, Outcome, Solver, Union};
use crate::compat::semantic::ir::{Kind, Node};

/// Alternatives are tried out in advance as long as there are no more than this.
const TRIED: usize = 400;

/// Up to so many arrays and objects are told from others by their parts.
const SHAPED: usize = 100;

/// Alternatives that follow from one literal.
#[derive(Debug, Clone)]
struct Choice {
    source: Literal,
    branches: Vec<Vec<Literal>>,
}

/// What is certain and what is open, for values of one kind.
#[derive(Debug, Clone, Default)]
struct Case {
    certain: BTreeSet<Literal>,
    choices: Vec<Choice>,
}

impl Solver<'_> {
    /// Decides a goal for values of one kind.
    pub(super) fn of_kind(&mut self, kind: Kind, goal: &Goal) -> Outcome {
        let mut case = Case::default();
        if !self.assume(kind, goal.clone(), &mut case) {
            return Outcome::Empty;
        }
        self.split(kind, case, goal)
    }

    /// Adds literals to a case; false if they contradict it.
    fn assume(&mut self, kind: Kind, literals: Vec<Literal>, case: &mut Case) -> bool {
        let mut open = literals;
        while let Some((id, wanted)) = open.pop() {
            let literal = (self.graph.follow(id), wanted);
            match self.truth(kind, literal, 4) {
                Some(true) => continue,
                Some(false) => return false,
                None => {}
            }
            match (self.graph.get(literal.0), wanted) {
                (Node::Not(inner), _) => open.push((*inner, !wanted)),
                (Node::All(ids), true) | (Node::Any(ids), false) => open.extend(ids.iter().map(|id| (*id, wanted))),
                (Node::Link(_), _) => _ = case.certain.insert(literal),
                (Node::Values(values), false) if matches!(kind, Kind::Array | Kind::Object) => {
                    let list = &self.graph.values(*values).list;
                    let list: Vec<Value> = list.iter().filter(|value| Kind::of(value) == kind).cloned().collect();
                    if list.len() > SHAPED {
                        case.certain.insert(literal);
                        continue;
                    }
                    open.extend(list.iter().map(|value| (self.graph.shape(value), false)));
                }
                (node, _) if node.same_value().is_empty() => {
                    if case.certain.contains(&(literal.0, !wanted)) {
                        return false;
                    }
                    case.certain.insert(literal);
                }
                _ => {
                    if case.choices.iter().all(|choice| choice.source != literal) {
                        case.choices.push(Choice { source: literal, branches: self.branches(kind, literal) });
                    }
                }
            }
        }
        true
    }

    /// The alternatives that a literal leaves, without those that are impossible.
    fn branches(&self, kind: Kind, (id, wanted): Literal) -> Vec<Vec<Literal>> {
        let mut branches: Vec<Vec<Literal>> = match (self.graph.get(id), wanted) {
            (Node::Any(ids), _) | (Node::All(ids), _) => ids.iter().map(|id| vec![(*id, wanted)]).collect(),
            (Node::Cond(condition, then, otherwise), _) => {
                vec![vec![(*condition, true), (*then, wanted)], vec![(*condition, false), (*otherwise, wanted)]]
            }
            (Node::One(ids), true) => {
                let others = |own| ids.iter().map(move |(id, _)| (*id, *id == own));
                ids.iter().map(|(id, _)| std::iter::once((*id, true)).chain(others(*id)).collect()).collect()
            }
            (Node::One(ids), false) => {
                let none = ids.iter().map(|(id, _)| (*id, false)).collect();
                let two = ids.iter().map(|(id, later)| vec![(*id, true), (*later, true)]);
                std::iter::once(none).chain(two).collect()
            }
            _ => Vec::new(),
        };
        branches.retain(|branch| branch.iter().all(|literal| self.truth(kind, *literal, 4) != Some(false)));
        branches
    }

    fn split(&mut self, kind: Kind, mut case: Case, goal: &Goal) -> Outcome {
        loop {
            if self.meter.is_over() || self.depth >= super::DEPTH {
                return Outcome::maybe("it takes too long to decide");
            }
            let certain: Goal = case.certain.iter().copied().collect();
            if let Some(outcome) = self.finite(&certain, goal) {
                return outcome;
            }
            let leaf = self.leaf(kind, &certain);
            let samples = match &leaf {
                Outcome::Empty => return Outcome::Empty,
                _ if case.choices.is_empty() => return self.checked(goal, leaf),
                Outcome::Found(found) => found.samples.clone(),
                Outcome::Maybe(_) => Vec::new(),
            };
            let fit: Vec<_> = samples.iter().filter(|sample| self.meets(sample, goal) == Some(true)).cloned().collect();
            if fit.len() >= self.want {
                return Outcome::found(fit, false);
            }
            match self.choose(kind, &case, samples.first()) {
                Chosen::Impossible => return Outcome::Empty,
                Chosen::Forced(forced) => case = forced,
                Chosen::Among(rest, branches) => return self.alternatives(kind, &rest, branches, goal),
            }
        }
    }

    fn alternatives(&mut self, kind: Kind, rest: &Case, branches: Vec<Vec<Literal>>, goal: &Goal) -> Outcome {
        let mut all = Union::default();
        for branch in branches {
            let mut case = rest.clone();
            if !self.assume(kind, branch, &mut case) {
                continue;
            }
            self.depth += 1;
            let outcome = self.split(kind, case, goal);
            self.depth -= 1;
            all.add(outcome);
            if all.samples.len() >= self.want {
                all.missing = true;
                break;
            }
        }
        all.outcome()
    }

    /// The choice with the fewest alternatives, of those that the sample does not meet anyway.
    fn choose(&mut self, kind: Kind, case: &Case, sample: Option<&Value>) -> Chosen {
        let unmet = |choice: &Choice| match sample {
            Some(sample) => self.meets(sample, &[choice.source]) != Some(true),
            None => true,
        };
        let mut open: Vec<usize> = (0..case.choices.len()).filter(|place| unmet(&case.choices[*place])).collect();
        if open.is_empty() {
            open = (0..case.choices.len()).collect();
        }
        let all: usize = open.iter().map(|place| case.choices[*place].branches.len()).sum();
        let try_out = open.len() > 1 && all <= TRIED;
        let mut best: Option<(usize, Vec<Vec<Literal>>)> = None;
        for place in open {
            let live = self.live(kind, case, place, try_out);
            match live.len() {
                0 => return Chosen::Impossible,
                count if best.as_ref().is_none_or(|(_, best)| count < best.len()) => best = Some((place, live)),
                _ => {}
            }
            if best.as_ref().is_some_and(|(_, best)| best.len() == 1) {
                break;
            }
        }
        let Some((place, mut branches)) = best else { return Chosen::Impossible };
        let mut rest = case.clone();
        rest.choices.swap_remove(place);
        match branches.pop() {
            Some(only) if branches.is_empty() => match self.assume(kind, only, &mut rest) {
                true => Chosen::Forced(rest),
                false => Chosen::Impossible,
            },
            Some(last) => {
                branches.push(last);
                Chosen::Among(rest, branches)
            }
            None => Chosen::Impossible,
        }
    }

    /// The alternatives of a choice that are possible, as far as is seen at once.
    fn live(&mut self, kind: Kind, case: &Case, place: usize, try_out: bool) -> Vec<Vec<Literal>> {
        let mut live = Vec::new();
        for branch in case.choices[place].branches.clone() {
            if try_out {
                let mut next = Case { certain: case.certain.clone(), choices: Vec::new() };
                if !self.assume(kind, branch.clone(), &mut next) {
                    continue;
                }
                let certain: Goal = next.certain.into_iter().collect();
                let finite = self.finite(&certain, &certain);
                if matches!(finite.unwrap_or_else(|| self.leaf(kind, &certain)), Outcome::Empty) {
                    continue;
                }
            }
            live.push(branch);
        }
        live
    }

    /// Decides a conjunction of assertions about one kind.
    fn leaf(&mut self, kind: Kind, certain: &Goal) -> Outcome {
        let key = (kind, certain.clone());
        match self.leaves.get(&key) {
            Some(Outcome::Found(found)) if found.samples.len() < self.want && !found.complete => {}
            Some(known) => return known.clone(),
            None => {}
        }
        let outer = std::mem::replace(&mut self.assumed, usize::MAX);
        let outcome = match kind {
            Kind::Null | Kind::Boolean => self.constants(kind),
            Kind::Number => self.number(certain),
            Kind::String => self.string(certain),
            Kind::Array => self.array(certain),
            Kind::Object => self.object(certain),
        };
        let outcome = self.checked(certain, outcome);
        if self.assumed == usize::MAX && self.weight < super::WEIGHT {
            self.weight += key.1.len() + 1;
            self.leaves.insert(key, outcome.clone());
        }
        self.assumed = self.assumed.min(outer);
        outcome
    }

    /// An outcome with those samples that do meet the literals.
    fn checked(&self, certain: &Goal, outcome: Outcome) -> Outcome {
        let Outcome::Found(found) = outcome else { return outcome };
        let (mut fit, mut unknown) = (Vec::new(), false);
        for sample in &found.samples {
            match self.meets(sample, certain) {
                Some(true) => fit.push(sample.clone()),
                Some(false) => {}
                None => unknown = true,
            }
        }
        match fit.is_empty() {
            true if found.complete && !unknown => Outcome::Empty,
            true => Outcome::maybe(self.opacity(certain)),
            false => Outcome::found(fit, found.complete && !unknown),
        }
    }
}

/// What there is to go on with.
enum Chosen {
    Impossible,
    Forced(Case),
    /// What is certain, and what may come on top.
    Among(Case, Vec<Vec<Literal>>),
}
