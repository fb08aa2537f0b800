//! From two bundles to a verdict, within bounds of time, memory and stack.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::check::Pair;
use super::ir::Graph;
use super::meter::Meter;
use super::search::search;
use super::shrink::shrink;
use super::solve::{Literal, Outcome, Solver};
use super::value::is_deep;
use super::{Budget, Verdict, Witness, condense, hints, parse};
use crate::schema::Bundle;

/// For schemas that lead far into each other; only what is used of it takes memory.
const STACK: usize = 512 << 20;

/// Deeper documents are not looked into.
const DEPTH: usize = 500;

/// Longer expressions are not looked into.
const LONGEST: usize = 1 << 16;

/// What the thread gets on top before it is left alone.
const GRACE: Duration = Duration::from_millis(300);

/// See [`super::compare`].
pub(super) fn compare(writer: &Bundle, reader: &Bundle, budget: Budget) -> Verdict {
    if is_deep(&writer.value, DEPTH) || is_deep(&reader.value, DEPTH) {
        return Verdict::Unknown(format!("a schema is nested deeper than {DEPTH} levels"));
    }
    if writer.value == reader.value && writer.dialect == reader.dialect {
        return Verdict::Compatible;
    }
    if let Some(pattern) = longest_pattern([&writer.value, &reader.value]).filter(|length| *length > LONGEST) {
        return Verdict::Unknown(format!("an expression has {pattern} bytes, more than {LONGEST}"));
    }
    let start = Instant::now();
    if let Some([one, other]) = condense::condensed([&writer.value, &reader.value]) {
        let (long, short) = ([&writer.value, &reader.value], [one.clone(), other.clone()]);
        let verdict = within(writer.with(one), reader.with(other), budget);
        return match &verdict {
            Verdict::Breaking(witness) if !condense::stands(&witness.event, long, [&short[0], &short[1]]) => {
                let time = budget.time.saturating_sub(start.elapsed());
                within(writer.clone(), reader.clone(), Budget { time })
            }
            _ => verdict,
        };
    }
    within(writer.clone(), reader.clone(), budget)
}

/// Decides in a thread of its own, which is left alone when the time is over.
fn within(writer: Bundle, reader: Bundle, budget: Budget) -> Verdict {
    let deadline = Instant::now() + budget.time;
    let (sender, receiver) = mpsc::channel();
    let work = move || {
        let _ = sender.send(decide(&writer, &reader, deadline));
    };
    if let Err(error) = std::thread::Builder::new().stack_size(STACK).spawn(work) {
        return Verdict::Unknown(format!("there are no means to decide it: {error}"));
    }
    match receiver.recv_timeout(budget.time + GRACE) {
        Ok(verdict) => verdict,
        Err(mpsc::RecvTimeoutError::Timeout) => Verdict::Unknown("it takes too long to decide".to_owned()),
        Err(mpsc::RecvTimeoutError::Disconnected) => Verdict::Unknown("a validator gave up on it".to_owned()),
    }
}

/// The bytes of the longest expression in two schemas.
fn longest_pattern(schemas: [&Value; 2]) -> Option<usize> {
    fn longest(value: &Value) -> usize {
        match value {
            Value::Object(members) => members.iter().fold(0, |most, (name, value)| {
                let own = match (name.as_str(), value) {
                    ("pattern", Value::String(pattern)) => pattern.len(),
                    ("patternProperties", Value::Object(named)) => named.keys().map(String::len).max().unwrap_or(0),
                    _ => 0,
                };
                most.max(own).max(longest(value))
            }),
            Value::Array(items) => items.iter().map(longest).max().unwrap_or(0),
            _ => 0,
        }
    }
    schemas.into_iter().map(longest).max()
}

fn decide(writer: &Bundle, reader: &Bundle, deadline: Instant) -> Verdict {
    let mut graph = Graph::default();
    let parsed = parse::parse(writer, &mut graph).map_err(|error| format!("the writer's schema: {error}"));
    let goal = parsed.and_then(|one| {
        let other = parse::parse(reader, &mut graph).map_err(|error| format!("the reader's schema: {error}"))?;
        Ok([(one, true), (other, false)])
    });
    let goal = match goal {
        Ok(goal) => goal,
        Err(reason) => return Verdict::Unknown(reason),
    };
    if graph.circular() {
        return Verdict::Unknown("a schema refers to itself without end".to_owned());
    }
    let meter = Meter::new(deadline);
    let hints = hints::mined([&writer.value, &reader.value]);
    let mut case = Case { writer, reader, goal, solver: Solver::new(graph, hints, &meter), meter: &meter };
    match case.solver.solve(goal) {
        Outcome::Empty => Verdict::Compatible,
        Outcome::Found(found) => case.refuted(&found.samples),
        Outcome::Maybe(reason) => case.undecided(&reason),
    }
}

/// A pair under decision.
struct Case<'c> {
    writer: &'c Bundle,
    reader: &'c Bundle,
    goal: [Literal; 2],
    solver: Solver<'c>,
    meter: &'c Meter,
}

impl Case<'_> {
    fn refuted(&mut self, samples: &[Value]) -> Verdict {
        let pair = match Pair::new(self.writer, self.reader) {
            Ok(pair) => pair,
            Err(reason) => return Verdict::Unknown(reason),
        };
        let confirmed = samples.iter().find(|sample| pair.confirms(sample)).cloned();
        match confirmed.or_else(|| self.search(&pair)) {
            Some(event) => self.breaking(&pair, event),
            None => {
                let sample = samples.first().map(Value::to_string).unwrap_or_default();
                Verdict::Unknown(format!("two validators do not agree on `{}`", shortened(&sample)))
            }
        }
    }

    fn undecided(&mut self, reason: &str) -> Verdict {
        match Pair::new(self.writer, self.reader) {
            Err(reason) => Verdict::Unknown(reason),
            Ok(pair) => match self.search(&pair) {
                Some(event) => self.breaking(&pair, event),
                None => Verdict::Unknown(reason.to_owned()),
            },
        }
    }

    fn search(&mut self, pair: &Pair) -> Option<Value> {
        search(&mut self.solver, self.goal, self.meter, |value| pair.confirms(value))
    }

    fn breaking(&self, pair: &Pair, event: Value) -> Verdict {
        let still = |value: &Value| {
            !self.meter.is_over() && self.solver.meets(value, &self.goal) != Some(false) && pair.confirms(value)
        };
        let event = shrink(event, &self.solver.hints, still);
        Verdict::Breaking(Witness { rejected_by: pair.reader.rejecting(&event, self.reader), event })
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= 80 {
        text.to_owned()
    } else {
        format!("{}…", text.chars().take(80).collect::<String>())
    }
}
