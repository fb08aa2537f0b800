//! Whether any value meets some formulas and fails others: a proof that there is none, or such values.
//!
//! A goal is taken apart by the kind of the value, then by the alternatives that its formulas leave, until assertions
//! about one kind remain (a *leaf*), which are decided exactly: strings by automata, numbers by intervals, arrays and
//! objects by goals for their parts. A value is finite, so one that needs a part with the same goal as itself can
//! never come to an end: a goal that is met again while it is open counts as empty. What was concluded from that is
//! kept only once the open goal is known to be empty.

mod array;
mod items;
mod members;
mod object;
mod scalar;
mod split;
mod string;

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use serde_json::Value;

use super::eval::Judge;
use super::ir::{Graph, Id, Kind, Kinds, Node};
use super::meter::Meter;
use super::value::key;

/// A formula that is to hold, or to fail.
pub(super) type Literal = (Id, bool);

/// Literals for one value, in order.
pub(super) type Goal = Vec<Literal>;

/// Goals within goals deeper than this are given up; a split counts as a part of one.
const DEPTH: usize = 6_000;

/// How much of that a goal is.
const GOAL: usize = 5;

/// How many goals are remembered.
const REMEMBERED: usize = 300_000;

/// How many literals of leaves are remembered.
const WEIGHT: usize = 4_000_000;

/// What is known about a goal.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    /// No value meets it.
    Empty,
    /// These values meet it.
    Found(Rc<Found>),
    /// Not known, and why.
    Maybe(Rc<str>),
}

/// Values that meet a goal.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) samples: Vec<Value>,
    /// Whether there are no others.
    pub(super) complete: bool,
}

impl Outcome {
    fn maybe(reason: impl AsRef<str>) -> Self {
        Self::Maybe(reason.as_ref().into())
    }

    fn found(samples: Vec<Value>, complete: bool) -> Self {
        Self::Found(Rc::new(Found { samples, complete }))
    }
}

/// Decides goals over one graph.
pub(super) struct Solver<'m> {
    pub(super) graph: Graph,
    meter: &'m Meter,
    known: HashMap<Goal, Outcome>,
    leaves: HashMap<(Kind, Goal), Outcome>,
    /// How many literals the leaves have.
    weight: usize,
    /// Goals that are being decided, and how deep.
    open: HashMap<Goal, usize>,
    /// Goals that are empty if open ones at a depth are.
    provisional: HashMap<Goal, usize>,
    order: Vec<Goal>,
    /// How deep goals and splits are in each other.
    depth: usize,
    /// The least depth of an open goal that was taken for empty.
    assumed: usize,
    /// How many different values are asked for.
    want: usize,
    /// Values that the schemas mention.
    pub(super) hints: Vec<Value>,
}

impl<'m> Solver<'m> {
    pub(super) fn new(graph: Graph, hints: Vec<Value>, meter: &'m Meter) -> Self {
        Self {
            graph,
            meter,
            known: HashMap::new(),
            leaves: HashMap::new(),
            weight: 0,
            open: HashMap::new(),
            provisional: HashMap::new(),
            order: Vec::new(),
            depth: 0,
            assumed: usize::MAX,
            want: 1,
            hints,
        }
    }

    pub(super) fn judge(&self) -> Judge<'_> {
        Judge::new(&self.graph, self.meter)
    }

    /// Whether a value meets all literals.
    pub(super) fn meets(&self, value: &Value, literals: &[Literal]) -> Option<bool> {
        let mut result = Some(true);
        for (id, wanted) in literals {
            match self.judge().holds(*id, value) {
                Some(holds) if holds == *wanted => {}
                Some(_) => return Some(false),
                None => result = None,
            }
        }
        result
    }

    /// Decides with at least `want` different values, where there are so many.
    pub(super) fn several(&mut self, literals: impl IntoIterator<Item = Literal>, want: usize) -> Outcome {
        let before = std::mem::replace(&mut self.want, want);
        let outcome = self.solve(literals);
        self.want = before;
        outcome
    }

    /// Decides with one value.
    fn single(&mut self, literals: impl IntoIterator<Item = Literal>) -> Outcome {
        self.several(literals, 1)
    }

    /// Decides a goal.
    pub(super) fn solve(&mut self, literals: impl IntoIterator<Item = Literal>) -> Outcome {
        let Some(goal) = self.closed(literals) else { return Outcome::Empty };
        match self.known.get(&goal) {
            Some(Outcome::Found(found)) if found.samples.len() < self.want && !found.complete => {}
            Some(known) => return known.clone(),
            None => {}
        }
        if let Some(depth) = self.open.get(&goal).or_else(|| self.provisional.get(&goal)) {
            self.assumed = self.assumed.min(*depth);
            return Outcome::Empty;
        }
        if self.meter.is_over() {
            return Outcome::maybe("it takes too long to decide");
        }
        self.weight += goal.len();
        if self.depth >= DEPTH || self.known.len() >= REMEMBERED || self.weight > 4 * WEIGHT {
            return Outcome::maybe("the schemas are too deep, or too large");
        }
        self.fresh(goal)
    }

    fn fresh(&mut self, goal: Goal) -> Outcome {
        let depth = self.open.len();
        let first = self.order.len();
        let outer = std::mem::replace(&mut self.assumed, usize::MAX);
        self.open.insert(goal.clone(), depth);
        self.depth += GOAL;
        let outcome = self.decide(&goal);
        self.depth -= GOAL;
        self.open.remove(&goal);
        let assumed = std::mem::replace(&mut self.assumed, outer);
        self.assumed = outer.min(if assumed < depth { assumed } else { usize::MAX });
        let later = self.order.split_off(first);
        match outcome {
            Outcome::Empty if assumed < depth => {
                self.order.extend(later);
                self.order.push(goal.clone());
                self.provisional.insert(goal, assumed);
                Outcome::Empty
            }
            Outcome::Empty => {
                for goal in later {
                    self.provisional.remove(&goal);
                    self.known.insert(goal, Outcome::Empty);
                }
                self.known.insert(goal, Outcome::Empty);
                Outcome::Empty
            }
            outcome => {
                for goal in later {
                    self.provisional.remove(&goal);
                }
                self.keep(goal, outcome, assumed)
            }
        }
    }

    fn keep(&mut self, goal: Goal, outcome: Outcome, assumed: usize) -> Outcome {
        let outcome = match outcome {
            // What is missing may be what was taken for empty.
            Outcome::Found(found) if found.complete && assumed != usize::MAX => {
                Outcome::found(found.samples.clone(), false)
            }
            outcome => outcome,
        };
        self.known.insert(goal, outcome.clone());
        outcome
    }

    /// The literals that follow at once, in order; `None` if they contradict each other.
    fn closed(&self, literals: impl IntoIterator<Item = Literal>) -> Option<Goal> {
        let mut open: Vec<Literal> = literals.into_iter().collect();
        let mut goal = BTreeSet::new();
        while let Some((id, wanted)) = open.pop() {
            let id = self.graph.follow(id);
            match (self.graph.get(id), wanted) {
                (Node::Not(inner), _) => open.push((*inner, !wanted)),
                (Node::All(ids), false) if ids.is_empty() => return None,
                (Node::Any(ids), true) if ids.is_empty() => return None,
                (Node::All(ids), true) | (Node::Any(ids), false) => {
                    if goal.insert((id, wanted)) {
                        open.extend(ids.iter().map(|id| (*id, wanted)));
                    }
                }
                _ => {
                    goal.insert((id, wanted));
                }
            }
        }
        if goal.iter().any(|(id, wanted)| !wanted && goal.contains(&(*id, true))) {
            return None;
        }
        let composed = |(id, wanted): &Literal| {
            matches!((self.graph.get(*id), wanted), (Node::All(_), true) | (Node::Any(_), false))
        };
        Some(goal.into_iter().filter(|literal| !composed(literal)).collect())
    }

    fn decide(&mut self, goal: &Goal) -> Outcome {
        if let Some(outcome) = self.finite(goal, goal) {
            return outcome;
        }
        let mut all = Union::default();
        for kind in Kind::ALL {
            if goal.iter().any(|literal| self.truth(kind, *literal, 4) == Some(false)) {
                continue;
            }
            let outcome = self.of_kind(kind, goal);
            all.add(outcome);
            if all.samples.len() >= self.want {
                all.missing = true;
                break;
            }
        }
        all.outcome()
    }

    /// Decides a goal whose value is one of a list, if one of `literals` says so.
    fn finite(&self, literals: &[Literal], goal: &[Literal]) -> Option<Outcome> {
        let lists = literals.iter().filter(|(_, wanted)| *wanted).filter_map(|(id, _)| match self.graph.get(*id) {
            Node::Values(values) => Some(&self.graph.values(*values).list),
            _ => None,
        });
        let list = lists.min_by_key(|list| list.len())?;
        let (mut samples, mut unknown) = (Vec::new(), false);
        for value in list {
            match self
                .meets(value, literals)
                .and_then(|meets| if meets { self.meets(value, goal) } else { Some(false) })
            {
                Some(true) => samples.push(value.clone()),
                Some(false) => {}
                None => unknown = true,
            }
            if samples.len() > self.want || self.meter.is_over() {
                unknown = true;
                break;
            }
        }
        samples.sort_by_key(|sample| sample.to_string().len());
        Some(match (samples.is_empty(), unknown) {
            (true, true) => Outcome::maybe(self.opacity(goal)),
            (true, false) => Outcome::Empty,
            (false, _) => Outcome::found(samples, !unknown),
        })
    }

    /// Whether a literal holds for all values of a kind, or fails for all of them, as far as is seen at once.
    fn truth(&self, kind: Kind, (id, wanted): Literal, depth: usize) -> Option<bool> {
        let node = self.graph.get(id);
        let truth = |id: &Id| self.truth(kind, (*id, true), depth - 1);
        let holds = match node {
            _ if node.kind().is_some_and(|about| about != kind) => Some(true),
            _ if depth == 0 => None,
            Node::Kinds(kinds) => Some(kinds.has(kind)),
            Node::Not(inner) => truth(inner).map(|holds| !holds),
            Node::All(ids) if ids.iter().any(|id| truth(id) == Some(false)) => Some(false),
            Node::All(ids) if ids.iter().all(|id| truth(id) == Some(true)) => Some(true),
            Node::Any(ids) if ids.iter().any(|id| truth(id) == Some(true)) => Some(true),
            Node::Any(ids) if ids.iter().all(|id| truth(id) == Some(false)) => Some(false),
            Node::Values(values) if self.graph.values(*values).list.len() <= 8 => {
                let list = &self.graph.values(*values).list;
                list.iter().all(|value| Kind::of(value) != kind).then_some(false)
            }
            _ => None,
        };
        holds.map(|holds| holds == wanted)
    }

    /// What cannot be seen into in these formulas.
    fn opacity(&self, literals: &[Literal]) -> String {
        let opaque = literals.iter().find_map(|(id, _)| match self.graph.get(*id) {
            Node::Opaque(text) => Some(text.clone()),
            Node::Text(test) if self.graph.test(*test).language.is_none() => Some(self.graph.test(*test).text()),
            _ => None,
        });
        let opaque = opaque.unwrap_or_else(|| "a part of it".to_owned());
        format!("{opaque} cannot be reasoned about")
    }

    /// The formula for all values of a kind.
    fn kind(&mut self, kind: Kind) -> Literal {
        (self.graph.add(Node::Kinds(Kinds::of([kind]))), true)
    }
}

/// What several alternatives come to.
#[derive(Debug, Default)]
struct Union {
    samples: Vec<Value>,
    /// Their keys.
    keys: BTreeSet<String>,
    /// Whether there may be other values.
    missing: bool,
    reason: Option<Rc<str>>,
}

impl Union {
    fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Empty => {}
            Outcome::Found(found) => {
                self.missing |= !found.complete;
                for sample in &found.samples {
                    if self.keys.insert(key(sample)) {
                        self.samples.push(sample.clone());
                    }
                }
            }
            Outcome::Maybe(reason) => self.reason = Some(reason),
        }
    }

    /// Call only when all alternatives were added, or `missing` is set.
    fn outcome(self) -> Outcome {
        match self.reason {
            None if self.samples.is_empty() => Outcome::Empty,
            Some(reason) if self.samples.is_empty() => Outcome::Maybe(reason),
            reason => Outcome::found(self.samples, !self.missing && reason.is_none()),
        }
    }
}
