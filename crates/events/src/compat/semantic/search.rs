//! Counterexamples by trial, where no rule finds one: events that the writer accepts, varied with values that the
//! schemas mention.

use serde_json::Value;

use super::meter::Meter;
use super::solve::{Literal, Outcome, Solver};

/// So many events are varied.
const EVENTS: usize = 24;

/// So many variations are tried.
const TRIES: usize = 20_000;

/// An event that meets the goal, as far as can be told, and that `confirms`.
pub(super) fn search(
    solver: &mut Solver<'_>,
    goal: [Literal; 2],
    meter: &Meter,
    mut confirms: impl FnMut(&Value) -> bool,
) -> Option<Value> {
    let events = events(solver, goal);
    let mut fits = |solver: &Solver<'_>, value: &Value| solver.meets(value, &goal) != Some(false) && confirms(value);
    if let Some(event) = events.iter().find(|event| fits(solver, event)) {
        return Some(event.clone());
    }
    let hints = plain(&solver.hints);
    let mut tries = 0;
    for event in &events {
        let mut places = Vec::new();
        collect(event, String::new(), &mut places);
        for place in places {
            for hint in &hints {
                tries += 1;
                if tries > TRIES || meter.is_over() {
                    return None;
                }
                let mut varied = event.clone();
                *varied.pointer_mut(&place)? = hint.clone();
                if fits(solver, &varied) {
                    return Some(varied);
                }
            }
        }
    }
    None
}

/// Events that both sides of the goal suggest.
fn events(solver: &mut Solver<'_>, goal: [Literal; 2]) -> Vec<Value> {
    let mut events = Vec::new();
    let writer: Vec<Literal> = vec![goal[0]];
    for literals in [goal.to_vec(), writer] {
        if let Outcome::Found(found) = solver.several(literals, EVENTS) {
            events.extend(found.samples.iter().cloned());
        }
    }
    events.extend(solver.hints.iter().cloned());
    events
}

/// What replaces parts of events: what the schemas mention, and the plainest values.
fn plain(hints: &[Value]) -> Vec<Value> {
    let plainest = [Value::Null, false.into(), 0.into(), "".into(), "a".into(), Value::Array(Vec::new())];
    let texts = ["2020-01-01", "2020-01-01T00:00:00Z", "a@b.example", "a.example", "127.0.0.1", "::1", "urn:a", "/a"];
    plainest.into_iter().chain(texts.map(Value::from)).chain(hints.iter().cloned()).collect()
}

fn collect(value: &Value, at: String, places: &mut Vec<String>) {
    if places.len() > 200 {
        return;
    }
    match value {
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                collect(item, format!("{at}/{place}"), places);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                collect(member, super::parse::step(&at, name), places);
            }
        }
        _ => {}
    }
    places.push(at);
}
