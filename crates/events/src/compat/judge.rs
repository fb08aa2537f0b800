//! Both verdicts on a pair, and everything that breaks.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::digits::alike;
use super::mode::Way;
use super::pair::{Pair, Side};
use super::registry::{self, Answer, Policy};
use super::rules::{Break, explained, relaxed};
use super::semantic::{self, Budget, Verdict};
use super::witness::{rejections, validator};
use crate::schema::Bundle;

/// How many breaks of one pair are shown, each with an event of its own.
const MOST_BREAKS: usize = 16;

/// How long a pair may take in all, the breaks beyond the first one included.
const WHOLE: Duration = Duration::from_millis(4_800);

/// What is known about a pair.
#[derive(Debug)]
pub(super) struct Judged<'p> {
    /// The pair.
    pub(super) pair: &'p Pair,
    /// What holds each way that was asked for.
    pub(super) ways: Vec<OneWay>,
    /// The registry's policy.
    pub(super) policy: Policy,
}

/// What is known about a pair, one way.
#[derive(Debug)]
pub(super) struct OneWay {
    /// The way.
    pub(super) way: Way,
    /// The semantic verdict.
    pub(super) verdict: Verdict,
    /// All that breaks, the verdict's witness first.
    pub(super) breaks: Vec<Break>,
    /// The registry's answer.
    pub(super) answer: Answer,
}

/// Judges a pair.
pub(super) fn judge(pair: &Pair, policy: Policy) -> Judged<'_> {
    let ways = pair.mode.ways();
    let budget = Budget { time: Budget::default().time / u32::try_from(ways.len()).unwrap_or(1) };
    let ways = ways.iter().map(|way| one_way(pair, *way, policy, budget)).collect();
    Judged { pair, ways, policy }
}

fn one_way(pair: &Pair, way: Way, policy: Policy, budget: Budget) -> OneWay {
    let deadline = Instant::now() + WHOLE / u32::try_from(pair.mode.ways().len()).unwrap_or(1);
    let (writer, reader) = way.order(&pair.old, &pair.new);
    let answer = registry::compare(&writer.registered, &reader.registered, policy);
    let verdict = match (&writer.bundle, &reader.bundle) {
        (Ok(whole), Ok(reader)) => semantic::compare(writer.written.as_ref().unwrap_or(whole), reader, budget),
        _ => Verdict::Unknown(unusable(pair)),
    };
    let verdict = if verdict == Verdict::Compatible { to_the_last_digit(pair) } else { verdict };
    let breaks = match &verdict {
        Verdict::Breaking(witness) => breaks(pair, way, &witness.event, &witness.rejected_by, deadline),
        Verdict::Compatible | Verdict::Unknown(_) => Vec::new(),
    };
    OneWay { way, verdict, breaks, answer }
}

/// Compatible, as far as doubles tell.
fn to_the_last_digit(pair: &Pair) -> Verdict {
    alike(&pair.old, &pair.new).map_or(Verdict::Compatible, |[one, other]| {
        Verdict::Unknown(format!("`{one}` and `{other}` differ only in digits that a double does not have"))
    })
}

fn unusable(pair: &Pair) -> String {
    let error =
        |side: &Side, name: &str| Some(format!("the {name} schema cannot be used: {}", side.bundle.as_ref().err()?));
    let errors = [error(&pair.old, "old"), error(&pair.new, "new")];
    errors.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// All that breaks: what rejects the witness is taken out of the reader, and the rest is compared again.
fn breaks(pair: &Pair, way: Way, witness: &Value, rejected_by: &[String], deadline: Instant) -> Vec<Break> {
    let (writer, reader) = way.order(&pair.old, &pair.new);
    let (Ok(whole), Ok(reader)) = (&writer.bundle, &reader.bundle) else { return Vec::new() };
    let writer = writer.written.as_ref().unwrap_or(whole);
    let Ok(original) = validator(reader) else { return Vec::new() };
    let mut found = explained(pair, way, reader, witness, rejected_by);
    let mut rest = reader.clone();
    let mut looked = 0;
    while found.len() < MOST_BREAKS && Instant::now() < deadline {
        let Some(next) = relaxed(&rest, &found[looked..]) else { break };
        rest = next;
        let Some(event) = next_witness(writer, &rest, deadline.saturating_duration_since(Instant::now())) else {
            break;
        };
        if rejections(&original, &event).is_empty() {
            break;
        }
        let more = explained(pair, way, &rest, &event, &[]);
        let more: Vec<_> = more.into_iter().filter(|one| !found.iter().any(|known| known.same_as(one))).collect();
        if more.is_empty() {
            break;
        }
        looked = found.len();
        found.extend(more);
    }
    found
}

fn next_witness(writer: &Bundle, reader: &Bundle, time: Duration) -> Option<Value> {
    match semantic::compare(writer, reader, Budget { time }) {
        Verdict::Breaking(witness) => Some(witness.event),
        Verdict::Compatible | Verdict::Unknown(_) => None,
    }
}
