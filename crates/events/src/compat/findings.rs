//! From verdicts to findings.

use linkspan_project::Gate;
use linkspan_report::{Finding, Severity};
use linkspan_source::pointer;

use super::contract::{Class, ContractChange};
use super::history::Version;
use super::judge::{Judged, OneWay};
use super::mode::Way;
use super::pair::{Pair, Side};
use super::plan::History;
use super::policy::{Major, next_version, version_findings};
use super::result::{policy_name, registry_accepts, verdict_name};
use super::rules::Break;
use super::semantic::Verdict;
use super::witness::validator;
use super::{difference, explain};
use crate::schema::{Error, Files, Place};

/// What there is to say about a pair; how much it matters follows from the verdict that gates.
pub(super) fn of(
    judged: &Judged<'_>,
    history: Option<&History>,
    gate: Gate,
    unknown: Severity,
    consumers: &[String],
) -> Vec<Finding> {
    let breaks = verdict_name(judged) == "breaking";
    let all = judged.ways.iter().flat_map(|way| &way.breaks);
    let mut findings: Vec<_> = all.map(|each| broken(judged, each, history, gate, consumers)).collect();
    findings.extend(
        judged.ways.iter().filter(|way| way.breaks.is_empty()).filter_map(|way| undecided(judged, way, gate, unknown)),
    );
    findings.extend(invalid(&judged.pair.new));
    findings.extend(registry(judged, gate, unknown));
    findings.extend(version_findings(judged.pair, breaks, verdict_name(judged) == "compatible"));
    findings
}

/// Whether a verdict stops a change.
const fn semantic_gates(gate: Gate) -> bool {
    matches!(gate, Gate::Semantic | Gate::Both)
}

fn broken(judged: &Judged<'_>, each: &Break, history: Option<&History>, gate: Gate, consumers: &[String]) -> Finding {
    let pair = judged.pair;
    let fine = pair.major.as_ref().and_then(Major::reason);
    let severity = match (&fine, semantic_gates(gate)) {
        (Some(_), _) => Severity::Notice,
        (None, true) => Severity::Error,
        (None, false) => Severity::Warning,
    };
    let released = history.and_then(|history| released(history, pair, each));
    let since = released.as_ref().map(|since| format!(" (since `{since}`)")).unwrap_or_default();
    let finding = Finding::new(each.rule.id, severity, format!("{}{since}", each.message));
    let finding = finding.help(fine.clone().unwrap_or_else(|| help(pair, each)));
    let finding = placed(finding, each.new.clone());
    let (file, span) = each.old.clone();
    let finding = finding.related("the old version", file, span);
    let finding = finding
        .data("subject", pair.subject.as_str())
        .data("class", each.rule.class.name())
        .data("direction", each.way.name())
        .data("path", each.new_place.pointer.as_str())
        .data("at", each.at.as_str())
        .data("witness", each.witness.clone());
    let facts = [("against", pair.against.clone()), ("accepted", fine), ("released", released)];
    let finding = facts.into_iter().fold(finding, |finding, (key, value)| match value {
        Some(value) => finding.data(key, value),
        None => finding,
    });
    if consumers.is_empty() { finding } else { finding.data("consumers", consumers.to_vec()) }
}

/// The earliest release after the one that is compared with in which the break was there already.
fn released(history: &History, pair: &Pair, each: &Break) -> Option<String> {
    let against = pair.against.as_deref().filter(|_| each.way == Way::Backward)?;
    let index = history.versions.iter().position(|version| version.name == against)?;
    let rejects = |version: &&Version| {
        let subject = version.subjects.iter().find(|subject| subject.id == pair.subject);
        let schema = subject.and_then(|subject| validator(&subject.bundle).ok());
        schema.is_some_and(|schema| !schema.is_valid(&each.witness))
    };
    let later = history.versions.get(..index)?.iter().rev();
    later.filter(|version| version.released).find(rejects).map(|version| version.name.clone())
}

/// What to do about a break.
fn help(pair: &Pair, each: &Break) -> String {
    let help = each.rule.help[usize::from(each.way == Way::Forward)];
    match pair.new.subject.as_ref().and_then(next_version) {
        Some(next) => format!("{help}; or {next}"),
        None => help.to_owned(),
    }
}

/// A finding at a place in a file.
pub(super) fn placed(finding: Finding, (file, span): (String, Option<linkspan_report::Span>)) -> Finding {
    let finding = finding.in_file(file);
    match span {
        Some(span) => finding.at(span),
        None => finding,
    }
}

/// A pair without a verdict, or a break that nobody can place.
fn undecided(judged: &Judged<'_>, way: &OneWay, gate: Gate, unknown: Severity) -> Option<Finding> {
    let finding = match &way.verdict {
        Verdict::Compatible => return None,
        Verdict::Breaking(witness) => {
            let severity = if semantic_gates(gate) { Severity::Error } else { Severity::Warning };
            Finding::new("compat/other", severity, explain::one_way(way)).data("witness", witness.event.clone())
        }
        // What is wrong with the new schema is said by itself.
        Verdict::Unknown(_) if judged.pair.new.bundle.as_ref().is_err_and(|error| !is_foreign(error)) => return None,
        Verdict::Unknown(_) => {
            let severity = if semantic_gates(gate) { unknown } else { Severity::Notice };
            Finding::new("compat/unknown", severity, explain::one_way(way))
                .help("look at the change yourself; a waiver, or `--unknown warning`, lets it pass")
        }
    };
    let finding = placed(finding, unusable(judged.pair).unwrap_or_else(|| judged.pair.new.shown("")));
    Some(finding.data("subject", judged.pair.subject.as_str()).data("direction", way.way.name()))
}

/// Where an old file is no schema; an earlier version of a project is not there to be corrected.
fn unusable(pair: &Pair) -> Option<(String, Option<linkspan_report::Span>)> {
    match pair.old.bundle.as_ref().err().filter(|_| pair.against.is_none())? {
        Error::Invalid { file, span, .. } => Some((file.clone(), *span)),
        Error::Malformed { .. } | Error::Unreadable { .. } | Error::Foreign { .. } => None,
    }
}

const fn is_foreign(error: &Error) -> bool {
    matches!(error, Error::Foreign { .. })
}

/// The new version is no schema at all.
fn invalid(side: &Side) -> Option<Finding> {
    let error = side.bundle.as_ref().err().filter(|error| !is_foreign(error))?;
    let finding = Finding::error("compat/invalid-schema", error.to_string());
    Some(match error {
        Error::Invalid { file, span, .. } => placed(finding, (file.clone(), *span)),
        Error::Malformed { findings, .. } => findings.first().cloned().unwrap_or(finding),
        Error::Unreadable { .. } | Error::Foreign { .. } => finding.in_file(side.file()),
    })
}

/// What the registry says, where it gates or says something else.
fn registry(judged: &Judged<'_>, gate: Gate, unknown: Severity) -> Option<Finding> {
    let gates = matches!(gate, Gate::Registry | Gate::Both);
    let policy = policy_name(judged.policy);
    let finding = match (registry_accepts(judged), gates) {
        (Some(false), true) => {
            let message = format!("a registry with the policy `{policy}` refuses the change: {}", changes(judged));
            Finding::error("compat/registry", message).help("`result` of `--format json` lists all changes")
        }
        (None, true) => {
            let error = judged.ways.iter().find_map(|way| way.answer.error.clone()).unwrap_or_default();
            Finding::new("compat/registry-error", unknown, format!("a registry answers with an error: {error}"))
        }
        _ => Finding::notice("compat/verdicts-differ", difference::sentence(judged)?),
    };
    let place = first_change(judged).unwrap_or_else(|| judged.pair.new.shown(""));
    let finding = placed(finding, place).data("subject", judged.pair.subject.as_str());
    Some(finding.data("semantic", verdict_name(judged)))
}

fn changes(judged: &Judged<'_>) -> String {
    let changes = judged.ways.iter().flat_map(|way| difference::refused(way, judged.policy));
    let named: Vec<_> = changes.take(5).map(|change| format!("`{} {}`", change.kind, change.path)).collect();
    named.join(", ")
}

/// The place in the new schema of the registry's first change.
fn first_change(judged: &Judged<'_>) -> Option<(String, Option<linkspan_report::Span>)> {
    let change = judged.ways.iter().flat_map(|way| difference::refused(way, judged.policy)).next()?;
    let at = change.path.strip_prefix('#').unwrap_or(&change.path);
    let new = &judged.pair.new;
    let document = new.files.document(&new.place.path).ok()?;
    let at = format!("{}{}", new.place.pointer, at.trim_end_matches('/'));
    let known = pointer::get(&document.value, &at).is_some();
    let span = document
        .key_span(&at)
        .filter(|_| known)
        .unwrap_or_else(|| linkspan_report::Span::at(document.nearest(&at).start));
    Some((new.file(), Some(span)))
}

/// What changed in the contracts apart from schemas.
pub(super) fn contract(history: &History, gate: Gate) -> Vec<Finding> {
    let Some(old) = history.versions.first() else { return Vec::new() };
    let finding = |change: &ContractChange| {
        let severity = match (change.breaking, change.rule.class) {
            (true, _) if semantic_gates(gate) => Severity::Error,
            (true, _) => Severity::Warning,
            (false, Class::Safe) => return None,
            (false, Class::Breaking | Class::Notice) => Severity::Notice,
        };
        let finding = Finding::new(change.rule.id, severity, change.message.as_str()).help(change.rule.explanation);
        let finding = match &change.new {
            Some(place) => placed(finding, shown(&history.files, place)),
            None => finding,
        };
        let finding = finding.data("subject", change.subject.as_str()).data("against", old.name.as_str());
        let finding = match &change.new {
            Some(place) => finding.data("path", place.pointer.as_str()),
            None => finding,
        };
        Some(match &change.old {
            Some(place) => {
                let (file, span) = shown(&old.files, place);
                finding.related("the old version", file, span)
            }
            None => finding,
        })
    };
    history.changes.iter().filter_map(finding).collect()
}

/// The key, or else the first character, of what stands at a place.
pub(super) fn shown(files: &Files, place: &Place) -> (String, Option<linkspan_report::Span>) {
    let document = files.document(&place.path).ok();
    let span = document.map(|document| {
        let start = linkspan_report::Span::at(document.nearest(&place.pointer).start);
        document.key_span(&place.pointer).unwrap_or(start)
    });
    (files.shown(&place.path), span)
}
