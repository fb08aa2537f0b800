//! Leaves of objects.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{Goal, Literal, Outcome, Solver};
use crate::compat::semantic::ir::{Id, Node, Scope, TestId};

/// Larger objects are not made.
pub(super) const LARGEST: usize = 2_000;

/// Names that patterns allow are listed up to so many.
const LISTED: usize = 64;

/// A member that must be somewhere.
#[derive(Debug, Clone)]
pub(super) struct Demand {
    /// The formula that its scope stands in.
    pub(super) scope: Option<Id>,
    pub(super) name: Vec<Literal>,
    pub(super) member: Vec<Literal>,
}

/// What is asked of an object.
#[derive(Debug, Clone, Default)]
pub(super) struct Objects {
    pub(super) least: usize,
    pub(super) most: Option<usize>,
    pub(super) required: BTreeSet<String>,
    pub(super) forbidden: BTreeSet<String>,
    /// What members of a name must meet.
    pub(super) named: BTreeMap<String, Vec<Literal>>,
    /// What members of other scopes must meet; a scope by the formula that it stands in.
    pub(super) each: Vec<(Id, Literal)>,
    /// Names whose members must fail something.
    pub(super) failing: BTreeSet<String>,
    /// What names must meet.
    pub(super) names: Vec<Id>,
    pub(super) demands: Vec<Demand>,
    /// All names that are spoken of.
    pub(super) explicit: BTreeSet<String>,
    pub(super) tests: BTreeSet<TestId>,
    pub(super) loose: bool,
}

/// A name, or one of the names that pass and fail the same tests.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    Name(String),
    /// By the tests that pass, and a number to tell members apart.
    Other(BTreeSet<TestId>, usize),
}

/// One way to fill an object.
pub(super) type Way = BTreeMap<Slot, Vec<Literal>>;

/// What came of trying.
#[derive(Debug, Default)]
pub(super) struct Trial {
    pub(super) ways: usize,
    pub(super) found: Vec<Map<String, Value>>,
    pub(super) reason: Option<std::rc::Rc<str>>,
    /// The kinds of names that are not spoken of, once they are known.
    pub(super) cells: Option<Vec<BTreeSet<TestId>>>,
}

impl Objects {
    fn most(&mut self, most: u64) {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        self.most = Some(self.most.map_or(most, |known| known.min(most)));
    }

    fn least(&mut self, least: u64) {
        self.least = self.least.max(usize::try_from(least).unwrap_or(usize::MAX));
    }

    fn speak_of(&mut self, scope: &Scope) {
        match scope {
            Scope::Name(name) => _ = self.explicit.insert(name.clone()),
            Scope::Matching(test) => _ = self.tests.insert(*test),
            Scope::Except(names, tests) => {
                self.explicit.extend(names.iter().cloned());
                self.tests.extend(tests);
            }
        }
    }
}

impl Solver<'_> {
    pub(super) fn object(&mut self, goal: &Goal) -> Outcome {
        let mut objects = self.objects(goal);
        self.list_names(&mut objects);
        let count = objects.required.len().max(objects.least);
        if objects.most.is_some_and(|most| most < count) || !objects.required.is_disjoint(&objects.forbidden) {
            return Outcome::Empty;
        }
        if count > LARGEST {
            return Outcome::maybe("the objects at stake are too large");
        }
        if objects.most == Some(0) && !objects.loose && objects.demands.is_empty() {
            return Outcome::found(vec![Value::Object(Map::new())], true);
        }
        let (mut trial, mut way) = (Trial::default(), Way::new());
        for name in objects.failing.iter().chain(objects.required.difference(&objects.failing)) {
            let slot = Slot::Name(name.clone());
            if self.possible(&objects, &slot, &[], &mut trial) == Some(false) {
                return Outcome::Empty;
            }
            way.insert(slot, Vec::new());
        }
        self.place_member(&objects, way, 0, &mut trial);
        if trial.found.is_empty() {
            return trial.reason.map_or(Outcome::Empty, Outcome::Maybe);
        }
        Outcome::found(trial.found.into_iter().map(Value::Object).collect(), false)
    }

    fn objects(&self, goal: &Goal) -> Objects {
        let mut objects = Objects::default();
        for (id, wanted) in goal {
            match (self.graph.get(*id), wanted) {
                (Node::MinMembers(least), true) => objects.least(*least),
                (Node::MinMembers(least), false) => objects.most(least.saturating_sub(1)),
                (Node::MaxMembers(most), true) => objects.most(*most),
                (Node::MaxMembers(most), false) => objects.least(most.saturating_add(1)),
                (Node::Required(name), true) => _ = objects.required.insert(name.clone()),
                (Node::Required(name), false) => _ = objects.forbidden.insert(name.clone()),
                (Node::Each(scope, member), wanted) => {
                    objects.speak_of(scope);
                    match (scope, wanted) {
                        (Scope::Name(name), wanted) => {
                            objects.named.entry(name.clone()).or_default().push((*member, *wanted));
                            if !wanted {
                                objects.required.insert(name.clone());
                                objects.failing.insert(name.clone());
                            }
                        }
                        (_, true) => objects.each.push((*id, (*member, true))),
                        (_, false) => {
                            let member = vec![(*member, false)];
                            objects.demands.push(Demand { scope: Some(*id), name: Vec::new(), member });
                        }
                    }
                }
                (Node::Names(id), true) => objects.names.push(*id),
                (Node::Names(id), false) => {
                    let name = vec![(*id, false)];
                    objects.demands.push(Demand { scope: None, name, member: Vec::new() });
                }
                _ => objects.loose = true,
            }
        }
        objects.explicit.extend(objects.required.iter().cloned());
        objects.explicit.extend(objects.forbidden.iter().cloned());
        objects
    }

    /// Names that patterns or `propertyNames` allow, if they are few.
    fn list_names(&self, objects: &mut Objects) {
        for test in &objects.tests {
            let words = self.graph.test(*test).language.as_ref().and_then(|language| language.words(LISTED));
            objects.explicit.extend(words.into_iter().flatten());
        }
        let mut open: Vec<Id> = objects.names.clone();
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop().map(|id| self.graph.follow(id)) {
            if !seen.insert(id) || objects.explicit.len() > LARGEST {
                continue;
            }
            match self.graph.get(id) {
                Node::Values(values) => {
                    let names = self.graph.values(*values).list.iter().filter_map(Value::as_str);
                    objects.explicit.extend(names.map(str::to_owned));
                }
                Node::Text(test) => {
                    let words = self.graph.test(*test).language.as_ref().and_then(|language| language.words(LISTED));
                    objects.explicit.extend(words.into_iter().flatten());
                }
                node => open.extend(node.same_value()),
            }
        }
    }

    pub(super) fn name_goal(&mut self, objects: &Objects, more: &[Literal]) -> Vec<Literal> {
        let string = self.kind(crate::compat::semantic::ir::Kind::String);
        let names = objects.names.iter().map(|id| (*id, true));
        names.chain([string]).chain(more.iter().copied()).collect()
    }

    /// What all members in a slot must meet, and whether more may be asked of them.
    pub(super) fn universal(&self, objects: &Objects, slot: &Slot) -> (Vec<Literal>, bool) {
        let named = match slot {
            Slot::Name(name) => objects.named.get(name),
            Slot::Other(..) => None,
        };
        let (mut literals, mut loose) = (named.cloned().unwrap_or_default(), false);
        for (scope, literal) in &objects.each {
            match self.covered(*scope, slot) {
                Some(true) => literals.push(*literal),
                Some(false) => {}
                None => loose = true,
            }
        }
        (literals, loose)
    }

    pub(super) fn covered(&self, scope: Id, slot: &Slot) -> Option<bool> {
        let Node::Each(scope, _) = self.graph.get(scope) else { return None };
        match (slot, scope) {
            (Slot::Name(name), _) => self.judge().covers(scope, name),
            (Slot::Other(..), Scope::Name(_)) => Some(false),
            (Slot::Other(passed, _), Scope::Matching(test)) => Some(passed.contains(test)),
            (Slot::Other(passed, _), Scope::Except(_, tests)) => Some(passed.is_disjoint(tests)),
        }
    }

    /// Whether a member can be in a slot.
    pub(super) fn possible(
        &mut self,
        objects: &Objects,
        slot: &Slot,
        more: &[Literal],
        trial: &mut Trial,
    ) -> Option<bool> {
        if let Slot::Name(name) = slot {
            match self.nameable(objects, name) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => _ = trial.reason.get_or_insert_with(|| "the names of its members are too intricate".into()),
            }
        }
        match self.member(objects, slot, more, trial) {
            Outcome::Empty => Some(false),
            Outcome::Found(_) => Some(true),
            Outcome::Maybe(reason) => {
                trial.reason = Some(reason);
                None
            }
        }
    }

    pub(super) fn member(&mut self, objects: &Objects, slot: &Slot, more: &[Literal], trial: &mut Trial) -> Outcome {
        let (literals, loose) = self.universal(objects, slot);
        let outcome = self.single(literals.into_iter().chain(more.iter().copied()));
        if loose && !matches!(outcome, Outcome::Empty) {
            trial.reason.get_or_insert_with(|| "the names of its members are too intricate".into());
        }
        outcome
    }

    fn nameable(&self, objects: &Objects, name: &str) -> Option<bool> {
        if objects.forbidden.contains(name) {
            return Some(false);
        }
        let literals: Vec<Literal> = objects.names.iter().map(|id| (*id, true)).collect();
        self.meets(&Value::from(name), &literals)
    }
}
