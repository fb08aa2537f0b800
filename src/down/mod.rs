//! `linkspan down`: takes away what `up` made, and nothing else.

mod gone;

use std::collections::BTreeSet;

use linkspan_command::{Context, Failure};
use linkspan_kube::client::Resource;
use linkspan_kube::{GroupKind, Object};
use linkspan_project::Project;
use linkspan_report::{Finding, Outcome, Report};
use serde_json::json;

use crate::cluster::{Cluster, core};
use crate::forward::process;
use crate::inventory::{Entry, Inventory, is_ours, own_namespace};
use crate::state::{StateFolder, failure};
use crate::up::choose::choose;
use crate::up::{ClusterArgs, LOCK, MEMORY, Memory, busy, plan, stale, state, timeout};
use gone::{Doomed, wait};

/// Take away what `linkspan up` made
///
/// Deletes the objects that `up` made and the volumes that they claimed, the namespace if `up` made it, ends the
/// forwarding of ports, and waits until all of it is gone. What was there before `up` stays.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  linkspan down
  linkspan down --dry-run")]
pub(crate) struct Args {
    /// Only tell what would be deleted
    #[arg(long)]
    pub dry_run: bool,
    /// How long to wait until everything is gone, for example `90s` or `5m`
    #[arg(long, value_name = "TIME", default_value = "5m")]
    pub timeout: String,
    #[command(flatten)]
    pub cluster: ClusterArgs,
}

/// Runs `down`.
///
/// # Errors
/// There is no local cluster, or it does not let something be deleted.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Report, Failure> {
    let patience = timeout(&args.timeout)?;
    let project = plan::project(context)?;
    let (name, namespace) = plan::names(&project);
    let preferred = project.environment("local").and_then(|local| local.kube_context.as_deref());
    let gone = stale::sweep(&project, args.cluster.kubeconfig.as_deref(), args.dry_run, context)?;
    let chosen = match choose(&args.cluster, preferred, context) {
        Ok(chosen) => chosen,
        Err((_, None)) if !gone.is_empty() => return Ok(swept(&gone, args.dry_run, context)),
        Err((failure, cluster)) => return Err(unanswered(failure, cluster, &project, args.dry_run, context)),
    };
    let cluster = &chosen.cluster;
    let state = state(context, &project, cluster)?;
    let lock = if state.exists() { Some(lock(&state)?) } else { None };
    let memory: Memory = state.read(MEMORY).unwrap_or_default();
    let inventory = Inventory::of(cluster, &name, &namespace);
    let mut known = inventory.read()?;
    if memory.cluster == cluster.identity()? {
        known.extend(memory.made);
    }
    let mut doomed = doomed(cluster, &known)?;
    doomed.extend(inventory.live()?.map(|live| Doomed { resource: core("ConfigMap"), object: live }));
    if let Some(own) = own_namespace(cluster, &name, &namespace)? {
        doomed.push(Doomed { resource: core("Namespace"), object: own });
    }
    let forwards = process::running(&state).map(|running| running.forwards.len()).unwrap_or_default();
    if doomed.is_empty() && !state.exists() {
        return Ok(Report::new("down", context.findings())
            .text("there is nothing to take down")
            .result(json!({"removed": []})));
    }
    if args.dry_run {
        return Ok(report("would remove", &doomed, forwards, context));
    }
    process::stop(&state)?;
    let followers = gone::followers(cluster, &doomed)?;
    for one in &doomed {
        cluster.delete(&one.resource, &one.object)?;
    }
    let left = wait(cluster, doomed.iter().chain(&followers), patience, context)?;
    if !left.is_empty() {
        return Ok(late(&left, context));
    }
    drop(lock);
    state.remove().map_err(|error| failure(&state, &error))?;
    Ok(report("removed", &doomed, forwards, context))
}

/// What could be done without a cluster.
fn swept(gone: &[String], dry_run: bool, context: &Context) -> Report {
    let verb = if dry_run { "would forget" } else { "forgot" };
    let lines: Vec<_> =
        gone.iter().map(|name| format!("{verb} what was left of the cluster of context {name}")).collect();
    Report::new("down", context.findings()).result(json!({ "removed": [], "forgotten": gone })).text(lines.join("\n"))
}

/// A cluster that does not answer keeps what it has; but nothing is forwarded to it any more.
fn unanswered(
    failure: Failure,
    cluster: Option<Box<Cluster>>,
    project: &Project,
    dry_run: bool,
    context: &Context,
) -> Failure {
    let Some(cluster) = cluster.filter(|_| !dry_run) else { return failure };
    match state(context, project, &cluster).and_then(|state| process::stop(&state)) {
        Ok(true) => {
            context.progress.note("ports are no longer forwarded");
            failure
        }
        Ok(false) => failure,
        Err(other) => other,
    }
}

fn lock(state: &StateFolder) -> Result<std::fs::File, Failure> {
    state.lock(LOCK).map_err(|error| failure(state, &error))?.ok_or_else(busy)
}

/// What of the inventory is there and still ours; and the volume claims that StatefulSets leave behind.
fn doomed(cluster: &Cluster, known: &BTreeSet<Entry>) -> Result<Vec<Doomed>, Failure> {
    let mut doomed = Vec::new();
    for entry in known {
        if let Some(resource) = cluster.resource(&entry.key().kind)?
            && let Some(live) = cluster.get(&resource, &entry.namespace, &entry.name)?.filter(is_ours)
        {
            doomed.push(Doomed { resource, object: live });
        }
        if !entry.claims.is_empty() {
            let resource = core("PersistentVolumeClaim");
            let claims = cluster.list(&resource, &entry.namespace)?;
            let left = claims.into_iter().filter(|claim| is_claim_of(entry, claim));
            doomed.extend(left.map(|object| Doomed { resource: resource.clone(), object }));
        }
    }
    Ok(doomed)
}

/// A StatefulSet's claims are called `<template>-<name>-<ordinal>`.
fn is_claim_of(entry: &Entry, claim: &Object) -> bool {
    entry.claims.iter().any(|template| {
        let ordinal = claim.name().strip_prefix(&format!("{template}-{}-", entry.name));
        ordinal.is_some_and(|ordinal| !ordinal.is_empty() && ordinal.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

fn report(verb: &str, doomed: &[Doomed], forwards: usize, context: &Context) -> Report {
    let is_own = |one: &&Doomed| !one.is_bookkeeping();
    let mut lines: Vec<String> =
        doomed.iter().filter(is_own).map(|one| format!("{verb} {}", one.object.key())).collect();
    if forwards > 0 {
        let plural = if forwards == 1 { "" } else { "s" };
        lines.push(format!("{verb} the forwarding of {forwards} port{plural}"));
    }
    if lines.is_empty() {
        lines.push(format!("{verb} nothing but what `up` remembers"));
    }
    let removed: Vec<_> = doomed.iter().filter(is_own).map(|one| one.object.key().to_string()).collect();
    Report::new("down", context.findings())
        .result(json!({ "removed": removed, "forwards": forwards }))
        .text(lines.join("\n"))
}

fn late(left: &[String], context: &Context) -> Report {
    let mut findings = context.findings();
    for one in left {
        let finding = Finding::error("down/still-there", format!("{one} is still there"));
        findings
            .push(finding.help("a finalizer may hold it: `kubectl describe` tells; `linkspan down` goes on from here"));
    }
    Report::new("down", findings).outcome(Outcome::TimedOut).result(json!({ "left": left }))
}

/// Kinds that follow their owners when those are deleted.
fn following() -> [Resource; 4] {
    let of = |group: &str, version: &str, kind: &str, plural: &str| {
        Resource::known(linkspan_kube::GroupVersionKind::new(group, version, kind), plural, true)
    };
    [
        of("apps", "v1", "ReplicaSet", "replicasets"),
        of("apps", "v1", "ControllerRevision", "controllerrevisions"),
        of("batch", "v1", "Job", "jobs"),
        of("", "v1", "Pod", "pods"),
    ]
}

/// The kind of a namespace.
fn is_namespace(kind: &GroupKind) -> bool {
    kind.is("", "Namespace")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_sets_own_claims_are_its_own() {
        let entry = Entry {
            group: "apps".to_owned(),
            kind: "StatefulSet".to_owned(),
            namespace: "shop".to_owned(),
            name: "hub".to_owned(),
            claims: vec!["data".to_owned()],
        };
        let claim = |name: &str| {
            Object::new(json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}}))
                .unwrap()
        };
        assert!(is_claim_of(&entry, &claim("data-hub-0")) && is_claim_of(&entry, &claim("data-hub-12")));
        for other in ["data-hub", "data-hub-", "data-hub-a", "data-hub-2-0", "logs-hub-0"] {
            assert!(!is_claim_of(&entry, &claim(other)), "{other}");
        }
    }
}
