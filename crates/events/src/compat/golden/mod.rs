//! Recorded events, replayed: what was written under one version must be readable under the others.
//!
//! Live are the versions that are compared: the present one, and the earlier ones within the mode's reach. Events that
//! were recorded in an earlier version are held against the present schema of their type, and those that are recorded
//! now against the earlier schemas.

mod recorded;

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::Validator;
use linkspan_command::Failure;
use linkspan_project::Gate;
use linkspan_report::{Finding, Severity};
use serde_json::Value;

use recorded::Recorded;

use super::findings::placed;
use super::mode::{Mode, Way};
use super::pair::{Pair, Side};
use super::plan::History;
use super::subject::{Kind, Subject};
use super::witness::{Rejection, rejections, validator};
use crate::schema::Files;

/// What came of the replay.
#[derive(Debug, Default)]
pub(super) struct Replayed {
    /// How often an event was held against a schema.
    pub(super) events: usize,
    /// The events that do not fit.
    pub(super) findings: Vec<Finding>,
}

/// Replays a project's events; `named` are further files and folders of them.
pub(super) fn project(history: &History, named: &[Files], gate: Gate) -> Replayed {
    let mut replayed = Replayed::default();
    let now = recorded::examples(&history.files);
    let known: BTreeMap<_, _> = now.iter().map(|event| (event.value().to_string(), event)).collect();
    let present = Schemas::of(&history.current);
    for version in &history.versions {
        let earlier = Schemas::of(&version.subjects);
        for event in &recorded::examples(&version.files) {
            // An event that is still there is shown where it is now.
            let event = known.get(&event.value().to_string()).copied().unwrap_or(event);
            replayed.hold(event, &present, Way::Backward, "the new schema", history, gate);
        }
        let shown = format!("the schema of `{}`", version.name);
        for event in now.iter().chain(&recorded::all(named)) {
            replayed.hold(event, &earlier, Way::Forward, &shown, history, gate);
        }
    }
    for event in &recorded::all(named) {
        replayed.hold(event, &present, Way::Backward, "the new schema", history, gate);
    }
    let mut seen = BTreeSet::new();
    let place = |finding: &Finding| (finding.file.clone(), finding.span, finding.message.clone());
    replayed.findings.retain(|finding| seen.insert(place(finding)));
    replayed
}

/// Replays documents under both of two schemas.
pub(super) fn pair(pair: &Pair, named: &[Files], gate: Gate) -> Replayed {
    let mut replayed = Replayed::default();
    let compiled = |side: &Side| side.bundle.as_ref().ok().and_then(|bundle| validator(bundle).ok());
    let (Some(old), Some(new)) = (compiled(&pair.old), compiled(&pair.new)) else { return replayed };
    for event in recorded::all(named) {
        replayed.events += 1;
        let by_old = rejections(&old, event.value());
        let by_new = rejections(&new, event.value());
        let (first, reader, severity) = match (by_old.first(), by_new.first()) {
            (None, None) => continue,
            (None, Some(first)) => (first, "the new schema", severity(pair.mode, Way::Backward, gate)),
            (Some(first), None) => (first, "the old schema", severity(pair.mode, Way::Forward, gate)),
            (Some(_), Some(first)) => (first, "the new schema, like the old one,", Severity::Warning),
        };
        replayed.findings.push(finding(&event, "", first, reader, severity).data("subject", pair.subject.as_str()));
    }
    replayed
}

/// The schemas of the event types of one version.
struct Schemas {
    by_type: BTreeMap<String, Vec<(String, bool, Validator)>>,
}

impl Schemas {
    fn of(subjects: &[Subject]) -> Self {
        let mut by_type: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for subject in subjects.iter().filter(|subject| matches!(subject.kind, Kind::Payload | Kind::Event)) {
            let compiled = validator(&subject.bundle).ok();
            if let (Some(name), Some(compiled)) = (&subject.event_type, compiled) {
                let entry = (subject.id.clone(), is_envelope(&subject.bundle.value), compiled);
                by_type.entry(name.clone()).or_default().push(entry);
            }
        }
        Self { by_type }
    }
}

/// Whether a schema describes the whole event, not only its data.
fn is_envelope(schema: &Value) -> bool {
    let own = schema.pointer("/properties/specversion").is_some();
    let parts = schema.get("allOf").and_then(Value::as_array);
    own || parts.is_some_and(|parts| parts.iter().any(|part| part.pointer("/properties/specversion").is_some()))
}

impl Replayed {
    fn hold(&mut self, event: &Recorded, schemas: &Schemas, way: Way, shown: &str, history: &History, gate: Gate) {
        let name = event.value().get("type").and_then(Value::as_str).unwrap_or_default();
        for (subject, envelope, schema) in schemas.by_type.get(name).into_iter().flatten() {
            let part = if *envelope { "" } else { "/data" };
            let Some(value) = event.value().pointer(part) else { continue };
            self.events += 1;
            let mode = history.modes.get(subject).copied().unwrap_or(Mode::Backward);
            if let Some(first) = rejections(schema, value).first() {
                let finding = finding(event, part, first, shown, severity(mode, way, gate));
                let finding = finding.data("subject", subject.as_str()).data("direction", way.name());
                self.findings.push(finding);
            }
        }
    }
}

/// An event that does not fit is wrong only where that way must hold.
fn severity(mode: Mode, way: Way, gate: Gate) -> Severity {
    match (mode.ways().contains(&way), gate) {
        (false, _) => Severity::Notice,
        (true, Gate::Registry) => Severity::Warning,
        (true, Gate::Semantic | Gate::Both) => Severity::Error,
    }
}

fn finding(event: &Recorded, part: &str, rejection: &Rejection, schema: &str, severity: Severity) -> Finding {
    let at = format!("{part}{}", rejection.at);
    let place = if at.is_empty() { String::new() } else { format!(" at `{at}`") };
    let what = format!("{schema} rejects this recorded event{place}: {}", rejection.text);
    let finding = Finding::new("compat/golden-event", severity, what);
    let finding = finding.help("it was written by somebody and may be read again: accept it, or remove the record");
    placed(finding, event.place(&at)).data("keyword", rejection.path.as_str())
}

/// The files and folders that were named.
///
/// # Errors
/// One is not there.
pub(super) fn named(paths: &[std::path::PathBuf], directory: &std::path::Path) -> Result<Vec<Files>, Failure> {
    paths.iter().map(|path| recorded::files(path, directory)).collect()
}
