//! Leaves of arrays.

use serde_json::Value;

use super::{Goal, Literal, Outcome, Solver};
use crate::compat::semantic::ir::{Id, Node};

/// Longer arrays are not made.
pub(super) const LONGEST: usize = 2_000;

/// Items that must be somewhere from a place on.
#[derive(Debug, Clone)]
pub(super) struct Demand {
    pub(super) from: usize,
    pub(super) literals: Vec<Literal>,
    /// Demands of one group need different items.
    pub(super) group: usize,
}

/// What is asked of an array.
#[derive(Debug, Default)]
pub(super) struct Arrays {
    pub(super) least: usize,
    pub(super) most: Option<usize>,
    /// Items at a place.
    pub(super) at: Vec<(usize, Literal)>,
    /// Items from a place on.
    pub(super) from: Vec<(usize, Literal)>,
    pub(super) demands: Vec<Demand>,
    /// No more than so many items are of this kind.
    pub(super) caps: Vec<(usize, Id)>,
    pub(super) unique: bool,
    pub(super) twice: bool,
    /// Demands that are too many to look at.
    pub(super) excess: bool,
    /// Assertions that are not looked at.
    pub(super) loose: bool,
}

impl Arrays {
    fn most(&mut self, most: u64) {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        self.most = Some(self.most.map_or(most, |known| known.min(most)));
    }

    fn least(&mut self, least: u64) {
        self.least = self.least.max(usize::try_from(least).unwrap_or(usize::MAX));
    }

    /// Where all places begin to be alike.
    pub(super) fn tail(&self) -> usize {
        let at = self.at.iter().map(|(place, _)| place + 1);
        at.chain(self.from.iter().map(|(place, _)| *place)).max().unwrap_or(0)
    }

    pub(super) fn universal(&self, place: usize) -> Vec<Literal> {
        let at = self.at.iter().filter(|(own, _)| *own == place);
        let from = self.from.iter().filter(|(first, _)| *first <= place);
        at.chain(from).map(|(_, literal)| *literal).collect()
    }

    fn containing(&mut self, count: u64, literal: Literal) {
        self.least(count);
        let group = self.demands.len();
        self.excess |= count > 16;
        for _ in 0..count.min(16) {
            self.demands.push(Demand { from: 0, literals: vec![literal], group });
        }
    }
}

/// One way to put items in place.
#[derive(Debug, Clone, Default)]
pub(super) struct Way {
    /// Places that hold a demand, and which groups'.
    pub(super) taken: Vec<(usize, Vec<Literal>, Vec<usize>)>,
}

/// What came of trying.
#[derive(Debug, Default)]
pub(super) struct Trial {
    pub(super) ways: usize,
    pub(super) found: Vec<Vec<Value>>,
    pub(super) reason: Option<std::rc::Rc<str>>,
}

impl Solver<'_> {
    pub(super) fn array(&mut self, goal: &Goal) -> Outcome {
        let mut arrays = self.arrays(goal);
        if arrays.unique && arrays.twice {
            return Outcome::Empty;
        }
        let mut trial = Trial::default();
        self.shorten(&mut arrays, &mut trial);
        if arrays.twice {
            arrays.least = arrays.least.max(2);
        }
        if arrays.most.is_some_and(|most| most < arrays.least) {
            return Outcome::Empty;
        }
        if arrays.least > LONGEST || arrays.tail() > LONGEST {
            return Outcome::maybe("the arrays at stake are too long");
        }
        if arrays.most == Some(0) && !arrays.loose {
            return Outcome::found(vec![Value::Array(Vec::new())], true);
        }
        self.place_item(&arrays, Way::default(), 0, &mut trial);
        if trial.found.is_empty() {
            return match trial.reason {
                Some(reason) => Outcome::Maybe(reason),
                None => Outcome::Empty,
            };
        }
        Outcome::found(trial.found.into_iter().map(Value::Array).collect(), false)
    }

    fn arrays(&self, goal: &Goal) -> Arrays {
        let mut arrays = Arrays::default();
        for (id, wanted) in goal {
            match (self.graph.get(*id), wanted) {
                (Node::MinItems(least), true) => arrays.least(*least),
                (Node::MinItems(least), false) => arrays.most(least.saturating_sub(1)),
                (Node::MaxItems(most), true) => arrays.most(*most),
                (Node::MaxItems(most), false) => arrays.least(most.saturating_add(1)),
                (Node::Item(place, item), true) => arrays.at.push((*place, (*item, true))),
                (Node::Item(place, item), false) => {
                    arrays.least(*place as u64 + 1);
                    arrays.at.push((*place, (*item, false)));
                }
                (Node::ItemsFrom(place, item), true) => arrays.from.push((*place, (*item, true))),
                (Node::ItemsFrom(place, item), false) => {
                    arrays.least(*place as u64 + 1);
                    let group = arrays.demands.len();
                    arrays.demands.push(Demand { from: *place, literals: vec![(*item, false)], group });
                }
                (Node::Containing(count, item), true) => arrays.containing(*count, (*item, true)),
                (Node::Containing(1, item), false) => arrays.from.push((0, (*item, false))),
                (Node::Containing(count, item), false) => {
                    arrays.caps.push((usize::try_from(count - 1).unwrap_or(usize::MAX), *item));
                }
                (Node::Unique, true) => arrays.unique = true,
                (Node::Unique, false) => arrays.twice = true,
                _ => arrays.loose = true,
            }
        }
        arrays
    }

    /// Ends arrays before the first place that nothing can be at.
    fn shorten(&mut self, arrays: &mut Arrays, trial: &mut Trial) {
        let places = arrays.tail().max(arrays.least.min(arrays.tail() + 1));
        for place in 0..=places.min(LONGEST) {
            if arrays.most.is_some_and(|most| most <= place) {
                return;
            }
            match self.single(arrays.universal(place)) {
                Outcome::Empty => return arrays.most(place as u64),
                Outcome::Maybe(reason) if place < arrays.least => trial.reason = Some(reason),
                _ => {}
            }
        }
    }
}
