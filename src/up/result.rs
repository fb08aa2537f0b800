//! What `up` says.

use linkspan_build::BuildArgs;
use linkspan_command::{Context, Failure};
use linkspan_report::{Finding, Report};
use serde_json::json;

use super::images::{Images, arguments};
use super::plan::Plan;
use super::{Args, ports, wishes};
use crate::forward::Forward;

/// What `up` did.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// Whether anything was written, removed or started.
    pub changed: bool,
    /// The images.
    pub images: Images,
    /// What is forwarded.
    pub forwards: Vec<Forward>,
    /// What is worth knowing.
    pub findings: Vec<Finding>,
}

/// The report of a run that brought everything up.
pub(super) fn report(plan: &Plan, done: Done, context: &Context) -> Report {
    let changed = done.changed || !done.images.new.is_empty();
    let mut findings = context.findings();
    findings.extend(done.findings);
    let first = if changed {
        format!("{} is up on {}, namespace {}", plan.name, plan.context, plan.namespace)
    } else {
        "everything is up to date".to_owned()
    };
    let forwards: Vec<_> = done.forwards.iter().map(forward).collect();
    let result = json!({
        "context": plan.context, "namespace": plan.namespace, "changed": changed, "images": done.images.lines,
        "rebuilt": done.images.new, "forwards": forwards,
    });
    let rows = done.forwards.iter().map(|forward| format!("| {} | {} |", forward.name, ports::address(forward)));
    let markdown = format!("{first}\n\n| service | address |\n|---|---|\n{}", rows.collect::<Vec<_>>().join("\n"));
    Report::new("up", findings).result(result).text(format!("{first}{}", table(&done.forwards))).markdown(markdown)
}

fn forward(forward: &Forward) -> serde_json::Value {
    json!({
        "name": forward.name, "service": forward.service, "port": forward.port, "localPort": forward.local,
        "address": ports::address(forward),
    })
}

/// Names and addresses below each other, behind an empty line; nothing if nothing is forwarded.
fn table(forwards: &[Forward]) -> String {
    let width = forwards.iter().map(|forward| forward.name.chars().count()).max().unwrap_or_default();
    let row = |forward: &Forward| format!("\n  {:width$}  {}", forward.name, ports::address(forward));
    let rows: String = forwards.iter().map(row).collect();
    if rows.is_empty() { rows } else { format!("\n{rows}") }
}

/// The report of a dry run.
///
/// # Errors
/// What the build says.
pub(super) fn planned(args: &Args, plan: &Plan, context: &Context) -> Result<Report, Failure> {
    let built = linkspan_build::run(&BuildArgs { dry_run: true, ..arguments(plan, &plan.services()) }, context)?;
    let mut lines = vec![format!("would bring {} up on {}, namespace {}", plan.name, plan.context, plan.namespace)];
    lines.push(format!("\nimages, {}:", plan.delivery.shown()));
    lines.extend(built.text.lines().map(|line| format!("  {line}")));
    lines.push("\nmanifests:".to_owned());
    for wave in &plan.waves {
        lines.push(format!("  {}", wave.paths.join(" ")));
    }
    let (forwards, findings) = ports::forwards(&wishes(plan), &plan.namespace);
    if !args.no_forward && !forwards.is_empty() {
        lines.push("\nports:".to_owned());
        lines.extend(forwards.iter().map(|forward| format!("  {} {}:{}", forward.name, forward.service, forward.port)));
    }
    let mut all = context.findings();
    all.extend(built.findings.kept().iter().cloned().chain(findings));
    let waves: Vec<_> = plan.waves.iter().map(|wave| json!({"paths": wave.paths, "services": wave.services})).collect();
    let result = json!({
        "context": plan.context, "namespace": plan.namespace, "delivery": plan.delivery.shown(), "dryRun": true,
        "services": plan.services(), "manifests": waves,
    });
    Ok(Report::new("up", all).result(result).text(lines.join("\n")))
}
