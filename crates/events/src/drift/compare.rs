//! Each projection of each model: its questions, their answers, and what they come to.

use std::path::Path;

use linkspan_command::Failure;
use linkspan_project::Direction;
use linkspan_report::{Finding, Severity, Span};
use serde_json::{Value, json};

use super::code::{self, Code, Generators};
use super::finding::{Teller, witness};
use super::judge::{Answer, Question, answer};
use super::load::{Loaded, Projected, Side};
use super::table::Rowed;
use super::{rules, schema};
use crate::schema::Files;

/// What is known of a projection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It says what the model says, in its direction.
    Same,
    /// It does not.
    Drift,
    /// Neither could be shown.
    Unknown,
}

/// A projection, compared.
#[derive(Debug, Clone)]
pub(crate) struct Compared {
    pub(crate) verdict: Verdict,
    /// The first value that shows it.
    pub(crate) witness: Option<Value>,
    pub(crate) findings: Vec<Finding>,
    /// The questions that did not hold.
    pub(crate) failed: Vec<Question>,
    /// What a generator writes instead.
    pub(crate) stale: Option<(Option<Vec<u8>>, Vec<u8>)>,
}

impl Compared {
    fn of(verdict: Verdict, findings: Vec<Finding>) -> Self {
        Self { verdict, witness: None, findings, failed: Vec::new(), stale: None }
    }
}

/// Compares a projection with its model.
///
/// # Errors
/// A file cannot be read.
pub(crate) fn compare(
    files: &Files,
    root: &Path,
    model: &Loaded,
    projected: &Projected,
    generators: Option<&mut dyn Generators>,
) -> Result<Compared, Failure> {
    let teller = Teller { files, model, projected };
    Ok(match &projected.side {
        Side::Unknown(why) => Compared::of(Verdict::Unknown, vec![teller.unknown(why)]),
        Side::Code { path, generate } => {
            let (Some(command), Some(generators)) = (generate, generators) else {
                let mut finding = teller.unknown("no command that writes it was run");
                finding.severity = Severity::Notice;
                return Ok(Compared::of(Verdict::Same, vec![finding]));
            };
            coded(files, &teller, path, code::compare(generators, root, path, command)?)
        }
        Side::Schema(schemas) => {
            let (own, theirs) = (&schemas.model, &schemas.projection);
            let questions = schema::questions(own, theirs, &projected.mapping);
            judged(&teller, questions, Vec::new(), || schema::whole(own, theirs, &projected.mapping))
        }
        Side::Table(tabled) => match tabled.sources.database.table(&tabled.table) {
            None => Compared::of(Verdict::Unknown, Vec::new()),
            Some(table) => {
                let rowed = Rowed::of(&tabled.model, table, &tabled.sources.database, &projected.mapping);
                let remarks = rowed.remarks().iter().map(|remark| teller.remark(remark)).collect();
                judged(&teller, rowed.questions(), remarks, || rowed.whole())
            }
        },
    })
}

/// The whole is asked about only where every property is the same: what is wrong with one would be said twice.
fn judged(
    teller: &Teller<'_>,
    questions: Vec<Question>,
    findings: Vec<Finding>,
    whole: impl FnOnce() -> Vec<Question>,
) -> Compared {
    let mut compared = Compared::of(Verdict::Same, findings);
    ask(teller, questions, &mut compared);
    if compared.verdict != Verdict::Drift {
        ask(teller, whole(), &mut compared);
    }
    compared
}

fn ask(teller: &Teller<'_>, questions: Vec<Question>, compared: &mut Compared) {
    for question in questions {
        let answer = answer(&question);
        compared.findings.extend(teller.tell(&question, &answer));
        match answer {
            Answer::Holds => {}
            Answer::Undecided(_) if compared.verdict == Verdict::Drift => {}
            Answer::Undecided(_) => compared.verdict = Verdict::Unknown,
            Answer::Fails(failing) => {
                compared.verdict = Verdict::Drift;
                if compared.witness.is_none() {
                    compared.witness = failing.as_ref().map(|failing| witness(&question, failing));
                }
                compared.failed.push(question);
            }
        }
    }
}

fn coded(files: &Files, teller: &Teller<'_>, path: &Path, code: Code) -> Compared {
    match code {
        Code::Same => Compared::of(Verdict::Same, Vec::new()),
        Code::Unknown(why) => Compared::of(Verdict::Unknown, vec![teller.unknown(&why)]),
        Code::Stale(before, after) => {
            let line = first_difference(before.as_deref().unwrap_or_default(), &after);
            let message = match &before {
                Some(_) => "the generator writes something else from this line on",
                None => "the generator writes this file, and it is not there",
            };
            let finding = Finding::error(rules::STALE.id, message).in_file(files.shown(path)).at(Span::line(line));
            let finding = finding.help(rules::STALE.help).data("model", teller.model.name.as_str());
            Compared { stale: Some((before, after)), ..Compared::of(Verdict::Drift, vec![finding]) }
        }
    }
}

fn first_difference(before: &[u8], after: &[u8]) -> usize {
    let same = before.iter().zip(after).take_while(|(before, after)| before == after).count();
    1 + memchr::memchr_iter(b'\n', before.get(..same).unwrap_or_default()).count()
}

/// The word that machines read.
pub(crate) const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Same => "same",
        Verdict::Drift => "drift",
        Verdict::Unknown => "unknown",
    }
}

/// The word that machines read, and people write.
pub(crate) const fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Subset => "subset",
        Direction::Superset => "superset",
        Direction::Equal => "equal",
    }
}

/// A projection's result, for machines.
pub(crate) fn result(projected: &Projected, compared: &Compared) -> Value {
    let mut result = json!({
        "kind": projected.kind,
        "at": projected.at,
        "direction": direction(projected.mapping.direction),
        "verdict": word(compared.verdict),
        "witness": compared.witness,
    });
    if let Side::Table(tabled) = &projected.side {
        result["dialect"] = match tabled.sources.database.dialect {
            linkspan_project::SqlDialect::Postgresql => "postgresql".into(),
            linkspan_project::SqlDialect::Sqlite => "sqlite".into(),
        };
    }
    result
}
