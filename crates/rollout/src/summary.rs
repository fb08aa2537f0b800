//! What happened, for people and machines.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use linkspan_command::Context;
use linkspan_kube::client::Client;
use linkspan_kube::manifest::Origin;
use linkspan_kube::{Object, ObjectKey, image_fields};
use linkspan_report::{Finding, Findings, Outcome, Report, Severity};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::apply::Applied;
use crate::cluster::Place;
use crate::diagnose::Evidence;
use crate::evidence_log::last_lines;
use crate::health::State;
use crate::plan::{Action, FieldChange, Plan, Step};
use crate::redact::Redactor;
use crate::watch::{End, Outcome as Seen};

/// The longest message of the cluster that is shown.
const MAX_MESSAGE: usize = 600;
/// Logs are read of so many containers.
const MAX_LOGS: usize = 5;
/// So many changed fields of one object are shown.
const MAX_CHANGES: usize = 20;

/// One object in the result.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// What was done; `None` if it was only looked at.
    pub(crate) step: Option<Action>,
    pub(crate) key: ObjectKey,
    pub(crate) origin: Option<Origin>,
    /// By a container's name, the JSON Pointer to its image in the manifest.
    pub(crate) images: BTreeMap<String, String>,
    /// How it is; `None` if it was not looked at.
    pub(crate) seen: Option<Seen>,
}

impl Line {
    /// A line about an object that was applied, or would be.
    pub(crate) fn of(step: &Step) -> Self {
        Self {
            step: Some(step.action.clone()),
            ..Self::looked_at(step.object.key(), step.origin.clone(), Some(&step.object))
        }
    }

    /// A line about an object that is only looked at.
    pub(crate) fn looked_at(key: ObjectKey, origin: Option<Origin>, written: Option<&Object>) -> Self {
        let fields = written.map(image_fields).unwrap_or_default();
        let images = fields.into_iter().map(|field| (field.container, field.pointer)).collect();
        Self { step: None, key, origin, images, seen: None }
    }

    /// Where in the manifest it stands what the evidence is about.
    fn pointer(&self, evidence: &Evidence) -> String {
        match self.images.get(&evidence.container) {
            Some(image) if evidence.rule.starts_with("rollout/image") => image.clone(),
            Some(image) => image.strip_suffix("/image").unwrap_or(image).to_owned() + "/name",
            None => "/metadata/name".to_owned(),
        }
    }
}

/// The last lines of logs by namespace, pod and container.
pub(crate) type Logs = BTreeMap<(String, String, String), Vec<String>>;

/// Collects what the report is made of.
pub(crate) struct Summary {
    command: String,
    context: String,
    namespace: String,
    findings: Findings,
    redactor: Redactor,
    started: Instant,
}

/// A finding for an object that should be there and is not.
pub(crate) fn missing(key: &ObjectKey, origin: Option<&Origin>) -> Finding {
    placed(Finding::error("rollout/missing", format!("{key} does not exist")), origin)
}

fn placed(finding: Finding, origin: Option<&Origin>) -> Finding {
    match origin {
        Some(origin) => finding.in_file(origin.file.clone()).at(origin.span("/metadata/name")),
        None => finding,
    }
}

impl Summary {
    pub(crate) fn new(context: &Context, place: &Place, redactor: Redactor, started: Instant) -> Self {
        Self {
            command: context.command.clone(),
            context: place.target.context.clone(),
            namespace: place.namespace.clone(),
            findings: context.findings(),
            redactor,
            started,
        }
    }

    /// Masks what is secret.
    pub(crate) fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// Adds findings about objects that do not exist.
    pub(crate) fn missing(&mut self, findings: Vec<Finding>) {
        self.findings.extend(findings);
    }

    /// Nothing was changed, because the cluster would refuse it.
    pub(crate) fn refused(&mut self, findings: Vec<Finding>) -> Report {
        self.findings.extend(findings.into_iter().map(|finding| self.redactor.clean(finding)).collect::<Vec<_>>());
        self.report(&[], Outcome::Refused, "nothing was changed".to_owned())
    }

    /// What would be done.
    pub(crate) fn planned(&mut self, plan: &Plan) -> Report {
        let lines: Vec<_> = plan.steps.iter().map(Line::of).collect();
        let last = format!("{}; nothing was changed (dry run)", counted(&lines));
        self.report(&lines, Outcome::Done, last)
    }

    /// Some objects could not be applied.
    pub(crate) fn broken(&mut self, applied: &[Applied], findings: Vec<Finding>) -> Report {
        let done = |one: &&Applied| matches!(one.result, Some(Ok(_)));
        let lines: Vec<_> = applied.iter().filter(done).map(unseen).collect();
        let written = lines.iter().filter(|line| line.step.as_ref().is_some_and(Action::is_write)).count();
        let rest = applied.len() - lines.len();
        self.findings.extend(findings.into_iter().map(|finding| self.redactor.clean(finding)).collect::<Vec<_>>());
        let last = format!(
            "{rest} of {} objects could not be applied; {written} were written and left as they are",
            applied.len()
        );
        self.report(&lines, Outcome::Failed, last)
    }

    /// Everything was applied, and nothing was waited for.
    pub(crate) fn applied(&mut self, applied: &[Applied]) -> Report {
        let lines: Vec<_> = applied.iter().map(unseen).collect();
        let last = format!("{}; not waited for", counted(&lines));
        self.report(&lines, Outcome::Done, last)
    }

    /// The last lines of the containers that failed.
    pub(crate) async fn logs(&self, client: &Client, end: &End, seen: &BTreeMap<ObjectKey, Seen>) -> Logs {
        let mut logs = Logs::new();
        if matches!(end, End::Done | End::Lost(_)) {
            return logs;
        }
        let unready = seen.iter().filter(|(_, seen)| !matches!(seen.verdict.state, State::Ready | State::Suspended));
        for (key, seen) in unready {
            for (pod, evidence) in one_per_rule(&seen.found) {
                let id = (key.namespace.clone(), pod.clone(), evidence.container.clone());
                if logs.len() >= MAX_LOGS || logs.contains_key(&id) {
                    continue;
                }
                let lines = last_lines(client, &key.namespace, pod, evidence, &self.redactor).await;
                if !lines.is_empty() {
                    logs.insert(id, lines);
                }
            }
        }
        logs
    }

    /// The waiting ended.
    pub(crate) fn ended(&mut self, lines: Vec<Line>, end: &End, timeout: Duration, logs: &Logs) -> Report {
        for line in &lines {
            let found = self.about(line, end, logs);
            self.findings.extend(found);
        }
        let late = lines
            .iter()
            .filter(|line| line.seen.as_ref().is_some_and(|seen| seen.verdict.state == State::Progressing))
            .count();
        let (outcome, last) = match end {
            _ if self.findings.kept().iter().any(|finding| finding.rule == "rollout/missing") => {
                (Outcome::Failed, "objects are missing".to_owned())
            }
            End::Done => (Outcome::Done, format!("{}, all ready", counted(&lines))),
            End::Failed => (Outcome::Failed, format!("{}, failed and left as it is", counted(&lines))),
            End::Late => (
                Outcome::TimedOut,
                format!(
                    "{}, {late} not ready after {} s",
                    counted(&lines),
                    timeout.as_secs().min(self.started.elapsed().as_secs())
                ),
            ),
            // The caller has told that already.
            End::Lost(_) => (Outcome::Error, counted(&lines)),
        };
        self.report(&lines, outcome, last)
    }

    /// What is wrong with one object: its evidence, each rule once, or only its state.
    fn about(&self, line: &Line, end: &End, logs: &Logs) -> Vec<Finding> {
        let Some(seen) = &line.seen else { return Vec::new() };
        let over = matches!(end, End::Late | End::Lost(_));
        match seen.verdict.state {
            State::Ready if seen.verdict.message.is_empty() => Vec::new(),
            State::Ready | State::Suspended => vec![self.state(line, seen, "rollout/note", Severity::Notice)],
            State::Unknown => vec![self.state(line, seen, "rollout/unknown-health", Severity::Warning)],
            State::Failed => self.failure(line, seen, Severity::Error, logs),
            State::Progressing | State::Terminating if over => self.failure(line, seen, Severity::Error, logs),
            // It was on its way when something else failed.
            State::Progressing | State::Terminating => self.failure(line, seen, Severity::Notice, logs),
        }
    }

    fn failure(&self, line: &Line, seen: &Seen, severity: Severity, logs: &Logs) -> Vec<Finding> {
        let evidence = one_per_rule(&seen.found);
        let explained = evidence.iter().any(|(_, evidence)| evidence.message == seen.verdict.message);
        let mut findings: Vec<_> = evidence
            .into_iter()
            .map(|(pod, evidence)| self.evidence(line, seen, pod, evidence, severity, logs))
            .collect();
        if !explained {
            let rule = if seen.verdict.state == State::Failed { "rollout/failed" } else { "rollout/not-ready" };
            findings.push(self.state(line, seen, rule, severity));
        }
        findings
    }

    fn state(&self, line: &Line, seen: &Seen, rule: &'static str, severity: Severity) -> Finding {
        let message = format!("{}: {}", line.key, seen.verdict.message);
        placed(Finding::new(rule, severity, self.redactor.line(&message, MAX_MESSAGE)), line.origin.as_ref())
    }

    fn evidence(
        &self,
        line: &Line,
        seen: &Seen,
        pod: &str,
        evidence: &Evidence,
        severity: Severity,
        logs: &Logs,
    ) -> Finding {
        let pods: Vec<&str> = seen
            .found
            .iter()
            .filter(|(_, other)| other.rule == evidence.rule)
            .map(|(pod, _)| pod.as_str())
            .filter(|pod| !pod.is_empty())
            .collect();
        let container =
            if evidence.container.is_empty() { String::new() } else { format!(", container `{}`", evidence.container) };
        let place = match pods.len() {
            0 => String::new(),
            1 => format!(" (pod `{pod}`{container})"),
            many => format!(" (pod `{pod}` and {} more{container})", many - 1),
        };
        let message = format!("{}{place}: {}", line.key, evidence.message);
        let mut finding = Finding::new(evidence.rule, severity, self.redactor.line(&message, MAX_MESSAGE));
        if let Some(origin) = &line.origin {
            finding = finding.in_file(origin.file.clone()).at(origin.span(&line.pointer(evidence)));
        }
        if !evidence.help.is_empty() {
            finding = finding.help(evidence.help);
        }
        if !pods.is_empty() {
            finding = finding.data("pods", pods.clone());
        }
        if let Some(code) = evidence.exit_code {
            finding = finding.data("exit_code", code);
        }
        match logs.get(&(line.key.namespace.clone(), pod.to_owned(), evidence.container.clone())) {
            Some(lines) => finding.data("log", lines.clone()),
            None => finding,
        }
    }

    fn report(&mut self, lines: &[Line], outcome: Outcome, last: String) -> Report {
        let findings = std::mem::take(&mut self.findings);
        let seconds = self.started.elapsed().as_secs_f64();
        let count = |actions: &[&str]| {
            lines.iter().filter(|line| line.step.as_ref().is_some_and(|step| actions.contains(&step.name()))).count()
        };
        let changed = count(&["create", "change", "adopt"]);
        let ready = outcome == Outcome::Done && lines.iter().all(|line| line.seen.is_some());
        let result = json!({
            "context": self.context,
            "namespace": self.namespace,
            "seconds": rounded(seconds),
            "objects": lines.iter().map(object).collect::<Vec<_>>(),
        });
        let heading = format!("`{}`, namespace `{}`", self.context, self.namespace);
        Report::new(self.command.clone(), findings.clone())
            .outcome(outcome)
            .result(result)
            .text(text(lines, &findings, &last))
            .markdown(markdown(&heading, lines, &findings, &last))
            .output("changed", changed.to_string())
            .output("created", count(&["create"]).to_string())
            .output("unchanged", count(&["unchanged"]).to_string())
            .output("ready", ready.to_string())
    }
}

fn unseen(one: &Applied) -> Line {
    Line::of(&one.step)
}

fn one_per_rule(found: &[(String, Evidence)]) -> Vec<(&String, &Evidence)> {
    let mut rules = Vec::new();
    let first = |(_, evidence): &&(String, Evidence)| {
        let new = !rules.contains(&evidence.rule);
        rules.push(evidence.rule);
        new
    };
    found.iter().filter(first).map(|(pod, evidence)| (pod, evidence)).collect()
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 10.0).round() / 10.0
}

/// `2 created, 1 changed, 5 unchanged`.
fn counted(lines: &[Line]) -> String {
    let words = [("create", "created"), ("change", "changed"), ("adopt", "adopted"), ("unchanged", "unchanged")];
    let counts = words.iter().filter_map(|(name, word)| {
        let count = lines.iter().filter(|line| line.step.as_ref().is_some_and(|step| step.name() == *name)).count();
        (count > 0).then(|| format!("{count} {word}"))
    });
    let told = counts.collect::<Vec<_>>().join(", ");
    match (told.as_str(), lines.len()) {
        ("", 1) => "1 object".to_owned(),
        ("", many) => format!("{many} objects"),
        _ => told,
    }
}

fn object(line: &Line) -> Value {
    let mut object = json!({
        "group": line.key.kind.group, "kind": line.key.kind.kind, "namespace": line.key.namespace, "name": line.key.name,
    });
    if let Some(action) = &line.step {
        object["action"] = action.name().into();
        if let Action::Change(changes) = action {
            let change =
                |change: &FieldChange| json!({"field": change.field, "before": change.before, "after": change.after});
            object["changes"] = changes.iter().map(change).collect();
        }
    }
    if let Some(seen) = &line.seen {
        object["state"] = seen.verdict.state.name().into();
        object["message"] = seen.verdict.message.as_str().into();
        object["seconds"] = rounded(seen.after.as_secs_f64()).into();
    }
    object
}

fn action(line: &Line) -> &'static str {
    line.step.as_ref().map(Action::name).unwrap_or_default()
}

fn state(line: &Line) -> String {
    match &line.seen {
        Some(seen) if seen.after.as_secs_f64() >= 0.05 => {
            format!("{}  {:.1} s", seen.verdict.state.name(), seen.after.as_secs_f64())
        }
        Some(seen) => seen.verdict.state.name().to_owned(),
        None => String::new(),
    }
}

fn change_text(change: &FieldChange) -> String {
    let shown =
        |value: &Option<String>| value.as_ref().map_or_else(|| "(none)".to_owned(), |value| format!("`{value}`"));
    format!("{}: {} → {}", change.field, shown(&change.before), shown(&change.after))
}

fn changes(line: &Line) -> Vec<String> {
    let Some(Action::Change(changes)) = &line.step else { return Vec::new() };
    let mut told: Vec<_> = changes.iter().take(MAX_CHANGES).map(change_text).collect();
    if changes.len() > MAX_CHANGES {
        told.push(format!("and {} more", changes.len() - MAX_CHANGES));
    }
    told
}

fn logs(findings: &Findings) -> impl Iterator<Item = (&Finding, Vec<&str>)> {
    findings.kept().iter().filter_map(|finding| {
        let lines = finding.data.get("log")?.as_array()?;
        Some((finding, lines.iter().filter_map(Value::as_str).collect()))
    })
}

/// For a terminal: a table, the last lines of failing containers, one line that says it all.
fn text(lines: &[Line], findings: &Findings, last: &str) -> String {
    let mut text = String::new();
    let wide = |of: fn(&Line) -> String| lines.iter().map(|line| of(line).chars().count()).max().unwrap_or_default();
    let (actions, keys) = (wide(|line| action(line).to_owned()), wide(|line| line.key.to_string()));
    for line in lines {
        let row = format!("{:actions$}  {:keys$}  {}", action(line), line.key.to_string(), state(line));
        _ = writeln!(text, "{}", row.trim());
        for change in changes(line) {
            _ = writeln!(text, "    {change}");
        }
    }
    for (finding, lines) in logs(findings) {
        let code = finding.data.get("exit_code").map(|code| format!(" (exit code {code})")).unwrap_or_default();
        _ = writeln!(text, "last lines of the container{code}:");
        for line in lines {
            _ = writeln!(text, "  | {line}");
        }
    }
    text.push_str(last);
    text
}

/// For a pull request or a step summary.
fn markdown(heading: &str, lines: &[Line], findings: &Findings, last: &str) -> String {
    let mut text = format!("**{heading}**: {last}\n\n");
    if !lines.is_empty() {
        text.push_str("| object | action | state |\n| --- | --- | --- |\n");
    }
    for line in lines {
        _ = writeln!(text, "| {} | {} | {} |", cell(&line.key.to_string()), action(line), cell(&state(line)));
    }
    for line in lines.iter().filter(|line| !changes(line).is_empty()) {
        _ = writeln!(text, "\n{}\n", cell(&line.key.to_string()));
        for change in changes(line) {
            _ = writeln!(text, "- {}", cell(&change));
        }
    }
    for (finding, lines) in logs(findings) {
        // A fence that the log itself cannot close.
        let longest = lines.iter().map(|line| line.chars().take_while(|c| *c == '`').count()).max().unwrap_or_default();
        let fence = "`".repeat(longest.max(2) + 1);
        _ = writeln!(
            text,
            "\n<details><summary>{}</summary>\n\n{fence}text\n{}\n{fence}\n\n</details>",
            html(&finding.message),
            lines.join("\n")
        );
    }
    text.trim_end().to_owned()
}

fn cell(text: &str) -> String {
    html(text).replace('|', "\\|")
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
