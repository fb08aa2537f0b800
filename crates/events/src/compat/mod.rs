//! Whether a change of a contract breaks something, and what: the event that was fine and now is not.

mod args;
pub mod contract;
mod difference;
mod digits;
mod explain;
mod findings;
mod golden;
pub mod history;
mod html;
mod judge;
mod load;
mod locate;
mod markdown;
mod merge;
mod mode;
mod only;
mod pair;
mod plan;
mod policy;
mod registered;
pub mod registry;
mod result;
pub mod rules;
pub mod semantic;
pub mod subject;
mod table;
mod witness;

use linkspan_command::{Context, Failure};
use linkspan_report::{Finding, Outcome, Related, Report, Severity};

pub use args::Args;
pub use mode::{Mode, Way};
use plan::{Plan, What};
pub use result::result_schema;
use result::{CompatResult, PairResult};

/// Runs `compat`.
///
/// # Errors
/// A file is missing or malformed, the earlier versions cannot be had, or the report for a browser cannot be written.
pub fn run(args: Args, context: &Context) -> Result<Report, Failure> {
    let mut plan = Plan::resolve(&args, context)?;
    let mut task = context.progress.task("compat");
    let mut findings = Vec::new();
    let mut pairs = Vec::new();
    let mut sections = Vec::new();
    let mut places = merge::Places::new();
    for pair in plan.what.pairs() {
        task.update(pair.subject.clone());
        let judged = judge::judge(pair, plan.registry_policy);
        let consumers = consumers(&plan, pair);
        findings.extend(findings::of(&judged, plan.what.history(), plan.gate, plan.unknown, &consumers));
        let result = result::pair(&judged, consumers);
        let (file, span) = findings::shown(&pair.new.files, &pair.new.place);
        let message = format!("the change hits `{}`, too", pair.subject);
        places.insert(pair.subject.clone(), Related { message, file, span });
        if plan.html.is_some() {
            sections.push(html::section(&judged, &result, pairs.len() + 1));
        }
        pairs.push(result);
    }
    if let Some(history) = plan.what.history() {
        findings.extend(history.notices.iter().cloned());
        findings.extend(findings::contract(history, plan.gate));
    }
    let replayed = match &plan.what {
        What::Files(pair) => golden::pair(pair, &plan.golden, plan.gate),
        What::Project(history) => golden::project(history, &plan.golden, plan.gate),
    };
    findings.extend(replayed.findings);
    let findings = decided(&mut plan, findings);
    accept(&mut pairs, &findings);
    let findings = merge::merged(findings, &places);
    if let Some(folder) = &plan.html {
        html::write(folder, &html::page(&pairs, &sections))?;
    }
    task.done(table::counts(&pairs));
    report(&plan, pairs, replayed.events, findings, context)
}

/// The findings, as people decided about them.
fn decided(plan: &mut Plan, findings: Vec<Finding>) -> Vec<Finding> {
    let mut findings: Vec<_> = findings.into_iter().filter_map(|finding| plan.decisions.apply(finding)).collect();
    if plan.what.history().is_some() {
        findings.extend(plan.decisions.findings());
    }
    findings
}

/// Who receives the event, by name.
fn consumers(plan: &Plan, pair: &pair::Pair) -> Vec<String> {
    let event_type = pair.old.subject.as_ref().and_then(|subject| subject.event_type.as_deref());
    let parties = plan.what.history().map(|history| &history.parties).zip(event_type);
    parties.into_iter().flat_map(|(parties, name)| parties.consumers_of(name)).map(ToString::to_string).collect()
}

/// Says of each pair why what breaks does not stop the change.
fn accept(pairs: &mut [PairResult], findings: &[Finding]) {
    for pair in pairs {
        let text =
            |finding: &Finding, key: &str| finding.data.get(key).and_then(|value| Some(value.as_str()?.to_owned()));
        let own = |finding: &&Finding| {
            let about = text(finding, "subject").as_ref() == Some(&pair.subject);
            about && finding.data.contains_key("direction") && text(finding, "against") == pair.against
        };
        let own: Vec<_> = findings.iter().filter(own).collect();
        if own.iter().all(|finding| finding.severity != Severity::Error) {
            pair.accepted = own.iter().find_map(|finding| text(finding, "accepted"));
        }
    }
}

fn report(
    plan: &Plan,
    pairs: Vec<PairResult>,
    golden_events: usize,
    all: Vec<Finding>,
    context: &Context,
) -> Result<Report, Failure> {
    let errors: Vec<_> = all.iter().filter(|finding| finding.severity == Severity::Error).map(is_undecided).collect();
    let mut findings = context.findings();
    findings.extend(all);
    let (text, markdown) = (table::text(&pairs), markdown::markdown(&pairs));
    let versions = plan.what.history().map(|history| history.versions.as_slice()).unwrap_or_default();
    let result = CompatResult {
        against: versions.iter().map(|version| version.name.clone()).collect(),
        added: plan.what.history().map(|history| history.added.clone()).unwrap_or_default(),
        golden_events,
        pairs,
    };
    let value = serde_json::to_value(&result).map_err(|error| Failure::bug(error.to_string()))?;
    let count = |verdict: &str| result.pairs.iter().filter(|pair| pair.semantic.verdict == verdict).count().to_string();
    let report = Report::new("events compat", findings).result(value).text(text).markdown(markdown);
    let report = report.outcome(outcome(&errors)).output("pairs", result.pairs.len().to_string());
    Ok(report.output("breaking", count("breaking")).output("unknown", count("unknown")))
}

/// Whether an error says no more than that there is no verdict.
fn is_undecided(finding: &Finding) -> bool {
    matches!(finding.rule.as_ref(), "compat/unknown" | "compat/registry-error")
}

/// How it ended, by the errors: whether each is only that there is no verdict.
fn outcome(errors: &[bool]) -> Outcome {
    match errors {
        [] => Outcome::Done,
        errors if errors.iter().all(|undecided| *undecided) => Outcome::Undecided,
        _ => Outcome::Findings,
    }
}
