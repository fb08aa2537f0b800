//! Leaves without parts: null, booleans, numbers.

use num_rational::BigRational;
use serde_json::Value;

use super::{Goal, Outcome, Solver};
use crate::compat::semantic::ir::{Kind, Node};
use crate::compat::semantic::number::{Numbers, exact};

impl Solver<'_> {
    /// All values of a kind that has few.
    pub(super) fn constants(&self, kind: Kind) -> Outcome {
        let values = if kind == Kind::Null { vec![Value::Null] } else { vec![false.into(), true.into()] };
        Outcome::found(values, true)
    }

    pub(super) fn number(&self, goal: &Goal) -> Outcome {
        let Some(numbers) = self.numbers(goal) else { return Outcome::maybe("its numbers are too intricate") };
        if numbers.is_empty() == Some(true) {
            return Outcome::Empty;
        }
        let samples = numbers.samples(self.want.max(2));
        if samples.is_empty() {
            return Outcome::maybe("no number that a document can hold is known to make the difference");
        }
        let points = Numbers::points(samples.iter().map(exact));
        let complete = numbers.minus(&points).and_then(|rest| rest.is_empty()) == Some(true);
        Outcome::found(samples.into_iter().map(Value::Number).collect(), complete)
    }

    fn numbers(&self, goal: &Goal) -> Option<Numbers> {
        let mut numbers = Numbers::all();
        for (id, wanted) in goal {
            let set = match self.graph.get(*id) {
                Node::AtLeast(bound, false) => Numbers::at_least(bound.clone()),
                Node::AtLeast(bound, true) => Numbers::above(bound.clone()),
                Node::AtMost(bound, false) => Numbers::at_most(bound.clone()),
                Node::AtMost(bound, true) => Numbers::below(bound.clone()),
                Node::Multiple(divisor) => Numbers::multiples_of(divisor),
                Node::Values(values) => Numbers::points(points(&self.graph.values(*values).list)),
                _ => continue,
            };
            numbers = if *wanted { numbers.and(&set)? } else { numbers.minus(&set)? };
        }
        Some(numbers)
    }
}

fn points(values: &[Value]) -> impl Iterator<Item = BigRational> {
    values.iter().filter_map(|value| match value {
        Value::Number(number) => Some(exact(number)),
        _ => None,
    })
}
