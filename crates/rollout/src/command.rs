//! `apply` and `status`: the effects, one after the other.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use linkspan_command::{Context, Failure};
use linkspan_kube::client::{Client, Discovery};
use linkspan_kube::manifest::Manifest;
use linkspan_kube::{Object, ObjectKey};
use linkspan_project::Project;
use linkspan_report::{Finding, Outcome, Report};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::apply::{Applied, Applying};
use crate::args::{ApplyArgs, StatusArgs};
use crate::cluster::{Place, environment, paths};
use crate::error::RolloutError;
use crate::images::{ImageLine, parse_lines, substitute};
use crate::manifest::{Defaults, Loading, Processes, load, prepare};
use crate::observer::{Nobody, Observer, Start};
use crate::plan::{NoPlan, Plan, definitions, make};
use crate::redact::Redactor;
use crate::summary::{Line, Summary};
use crate::watch::{End, Followed, Following, Outcome as Seen};

/// Clocks of cluster and client may differ by so much, in seconds.
const SKEW: i64 = 5;
/// Events about controllers that are older than this are not of the rollout that is looked at, in seconds.
const RECENT: i64 = 600;

/// Runs `apply`.
///
/// # Errors
/// [`Failure`] with its exit code if it could not be tried; what the rollout came to is in the report.
pub fn run_apply(args: &ApplyArgs, context: &Context) -> Result<Report, Failure> {
    run_apply_observed(args, context, &mut Nobody)
}

/// Runs `apply`, and tells an observer about it.
///
/// # Errors
/// As [`run_apply`].
pub fn run_apply_observed(args: &ApplyArgs, context: &Context, observer: &mut dyn Observer) -> Result<Report, Failure> {
    let lines = parse_lines(args.image.iter().map(String::as_str)).map_err(RolloutError::from)?;
    let prepared = Prepared::resolve(args, &lines, context)?;
    let redactor = prepared.redactor.clone();
    runtime()?.block_on(apply(prepared, args, context, observer)).map_err(|error| masked(error.into(), &redactor))
}

/// A failure without what the cluster repeated of secrets.
fn masked(mut failure: Failure, redactor: &Redactor) -> Failure {
    failure.finding.message = redactor.line(&failure.finding.message, 2_000);
    for related in &mut failure.finding.related {
        related.message = redactor.line(&related.message, 2_000);
    }
    failure
}

/// Runs `status`.
///
/// # Errors
/// As [`run_apply`].
pub fn run_status(args: &StatusArgs, context: &Context) -> Result<Report, Failure> {
    let project = Project::discover(&context.directory).map_err(RolloutError::from)?;
    let environment = environment(&project, args.cluster.environment.as_deref())?;
    let place = Place::resolve(&args.cluster, environment, context)?;
    let named = if args.objects.is_empty() || !args.filename.is_empty() {
        paths(&args.filename, environment, &project, context)?
    } else {
        Vec::new()
    };
    let how = Loading { directory: &context.directory, recursive: args.recursive, namespace: Some(&place.namespace) };
    let manifests = load(&named, how, &Processes).map_err(RolloutError::from)?;
    Ok(runtime()?.block_on(status(args, &place, manifests, context))?)
}

fn runtime() -> Result<tokio::runtime::Runtime, RolloutError> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(RolloutError::Runtime)
}

/// Everything that is decided before the cluster is asked.
struct Prepared {
    place: Place,
    /// The name that observers are told.
    environment: String,
    manifests: Vec<Manifest>,
    redactor: Redactor,
}

impl Prepared {
    fn resolve(args: &ApplyArgs, lines: &[ImageLine], context: &Context) -> Result<Self, RolloutError> {
        let project = Project::discover(&context.directory)?;
        let environment = environment(&project, args.cluster.environment.as_deref())?;
        let place = Place::resolve(&args.cluster, environment, context)?;
        let paths = paths(&args.filename, environment, &project, context)?;
        let how =
            Loading { directory: &context.directory, recursive: args.recursive, namespace: Some(&place.namespace) };
        let mut manifests = load(&paths, how, &Processes)?;
        if manifests.is_empty() {
            return Err(RolloutError::Usage {
                message: format!("there are no objects in `{}`", paths.join("`, `")),
                help: "name other manifests with `-f PATH`".to_owned(),
            });
        }
        let unused = substitute(&mut manifests, lines);
        if !unused.is_empty() {
            return Err(RolloutError::Manifests(unused));
        }
        let environment =
            environment.map_or_else(|| place.target.context.clone(), |environment| environment.name.clone());
        Ok(Self { redactor: Redactor::new(secrets(&manifests)), place, environment, manifests })
    }
}

/// The values of all Secrets among the manifests: they are masked wherever they turn up.
fn secrets(manifests: &[Manifest]) -> Vec<String> {
    let secrets = manifests.iter().filter(|manifest| manifest.object.gvk().is("", "Secret"));
    let values = |object: &Object, field: &str| {
        object
            .at(field)
            .and_then(Value::as_object)
            .map(|map| map.values().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>())
            .unwrap_or_default()
    };
    let mut found = Vec::new();
    for manifest in secrets {
        found.extend(values(&manifest.object, "/stringData"));
        for packed in values(&manifest.object, "/data") {
            let plain = base64::engine::general_purpose::STANDARD
                .decode(&packed)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok());
            found.extend(plain);
            found.push(packed);
        }
    }
    found
}

/// Whether a kind has namespaces, by what the cluster serves or the manifests define.
fn namespaced<'a>(discovery: &'a Discovery, manifests: &[Manifest]) -> impl Fn(&Object) -> Option<bool> + use<'a> {
    let defined: BTreeMap<String, bool> = manifests
        .iter()
        .flat_map(|manifest| {
            let scope = manifest.object.text("/spec/scope") == Some("Namespaced");
            definitions(&manifest.object).into_iter().map(move |kind| (kind, scope))
        })
        .collect();
    move |object| {
        let served = discovery.find(object.gvk()).map(|resource| resource.namespaced);
        served.or_else(|| defined.get(&object.gvk().to_string()).copied())
    }
}

async fn apply(
    prepared: Prepared,
    args: &ApplyArgs,
    context: &Context,
    observer: &mut dyn Observer,
) -> Result<Report, RolloutError> {
    let Prepared { place, environment, mut manifests, redactor } = prepared;
    let started = Instant::now();
    let client = place.client(context, &redactor).await?;
    let discovery = client.discovery().await?;
    let kinds = namespaced(&discovery, &manifests);
    let defaults = Defaults { namespace: &place.namespace, only_namespace: place.only_namespace };
    let findings = prepare(&mut manifests, defaults, kinds);
    if !findings.is_empty() {
        return Err(RolloutError::Manifests(findings));
    }
    let mut summary = Summary::new(context, &place, redactor, started);
    let namespace = args.create_namespace.then(|| namespace_object(&place.namespace)).flatten();
    let plan = match make(&client, manifests, namespace, args.force_conflicts).await {
        Ok(plan) => plan,
        Err(NoPlan::Client(error)) => return Err(error.into()),
        Err(NoPlan::Malformed(findings)) => return Err(RolloutError::Manifests(findings)),
        Err(NoPlan::Refused(findings)) => return Ok(summary.refused(findings)),
    };
    if args.dry_run {
        return Ok(summary.planned(&plan));
    }
    let writes = plan.steps.iter().filter(|step| step.action.is_write()).count();
    if writes > 0 {
        observer.started(&Start { environment, namespace: place.namespace.clone(), writes });
    }
    let deadline = started + args.timeout;
    let carried_out = carry_out(plan, &client, &place, args, context, deadline, &mut summary).await;
    if writes > 0 {
        match &carried_out {
            Ok(report) => observer.finished(report.outcome, report.text.lines().last().unwrap_or_default()),
            Err(error) => observer.finished(Outcome::Error, &summary.redactor().line(&error.to_string(), 200)),
        }
    }
    carried_out
}

async fn carry_out(
    plan: Plan,
    client: &Client,
    place: &Place,
    args: &ApplyArgs,
    context: &Context,
    deadline: Instant,
    summary: &mut Summary,
) -> Result<Report, RolloutError> {
    let changes = plan.changes();
    let force = args.force_conflicts;
    let applying = Applying {
        client: client.clone(),
        force,
        namespace: place.namespace.clone(),
        deadline,
        progress: context.progress.clone(),
    };
    let since = now() - SKEW;
    let applied = applying.run(plan).await;
    if let Some(findings) = failures(&applied) {
        return Ok(summary.broken(&applied, findings));
    }
    let followed: Vec<_> = applied.iter().filter_map(followed).collect();
    if args.no_wait {
        return Ok(summary.applied(&applied));
    }
    let events_since = if changes { since } else { now() - RECENT };
    let following = Following {
        client: client.clone(),
        progress: context.progress.clone(),
        deadline,
        events_since,
        redactor: summary.redactor().clone(),
    };
    let (end, seen) = following.run(followed, false).await;
    if let End::Lost(error) = end {
        let written = applied.iter().filter(|one| one.step.action.is_write()).count();
        return Err(RolloutError::Lost { error, written });
    }
    let logs = summary.logs(client, &end, &seen).await;
    Ok(summary.ended(lines(&applied, &seen), &end, args.timeout, &logs))
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_secs());
    since.ok().and_then(|seconds| i64::try_from(seconds).ok()).unwrap_or_default()
}

fn namespace_object(name: &str) -> Option<Object> {
    Object::new(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})).ok()
}

/// Findings for the objects that could not be applied; `None` if all were.
fn failures(applied: &[Applied]) -> Option<Vec<Finding>> {
    let failed = applied.iter().filter_map(|one| Some((&one.step, one.result.as_ref()?.as_ref().err()?)));
    let findings: Vec<_> = failed
        .flat_map(|(step, error)| match crate::refusal::of(step, error) {
            crate::refusal::Refusal::Refused(findings) | crate::refusal::Refusal::Malformed(findings) => findings,
            crate::refusal::Refusal::Other => {
                vec![Finding::error("rollout/not-applied", format!("{}: {error}", step.object.key()))]
            }
        })
        .collect();
    (!findings.is_empty()).then_some(findings)
}

fn followed(one: &Applied) -> Option<Followed> {
    let object = one.result.as_ref()?.as_ref().ok()?.clone();
    Some(Followed { object, resource: one.step.resource.clone()?, written: one.step.action.is_write() })
}

fn lines(applied: &[Applied], seen: &BTreeMap<ObjectKey, Seen>) -> Vec<Line> {
    applied
        .iter()
        .map(|one| {
            let seen = seen.get(&one.step.object.key()).cloned();
            Line { seen, ..Line::of(&one.step) }
        })
        .collect()
}

async fn status(
    args: &StatusArgs,
    place: &Place,
    mut manifests: Vec<Manifest>,
    context: &Context,
) -> Result<Report, RolloutError> {
    let started = Instant::now();
    let redactor = Redactor::new(secrets(&manifests));
    let client = place.client(context, &redactor).await?;
    let discovery = client.discovery().await?;
    let kinds = namespaced(&discovery, &manifests);
    let defaults = Defaults { namespace: &place.namespace, only_namespace: place.only_namespace };
    let findings = prepare(&mut manifests, defaults, kinds);
    if !findings.is_empty() {
        return Err(RolloutError::Manifests(findings));
    }
    let mut summary = Summary::new(context, place, redactor, started);
    let mut wanted: Vec<(ObjectKey, Option<linkspan_kube::client::Resource>, Option<Manifest>)> = Vec::new();
    for manifest in manifests {
        wanted.push((manifest.object.key(), discovery.find(manifest.object.gvk()).cloned(), Some(manifest)));
    }
    for typed in &args.objects {
        let (key, resource) = named(typed, &discovery, &place.namespace)?;
        wanted.push((key, Some(resource), None));
    }
    let (mut followed, mut lines, mut missing) = (Vec::new(), Vec::new(), Vec::new());
    for (key, resource, manifest) in wanted {
        let found = match &resource {
            Some(resource) => client.get(resource, &key.namespace, &key.name).await?,
            None => None,
        };
        let origin = manifest.as_ref().map(|manifest| manifest.origin.clone());
        let written = manifest.as_ref().map(|manifest| &manifest.object);
        match (found, resource) {
            (Some(object), Some(resource)) => {
                lines.push(Line::looked_at(key, origin, written));
                followed.push(Followed { object, resource, written: false });
            }
            _ => missing.push(crate::summary::missing(&key, origin.as_ref())),
        }
    }
    let deadline = started + args.timeout;
    let following = Following {
        client: client.clone(),
        progress: context.progress.clone(),
        deadline,
        events_since: now() - RECENT,
        redactor: summary.redactor().clone(),
    };
    let (end, seen) = following.run(followed, args.no_wait).await;
    if let End::Lost(error) = end {
        return Err(error.into());
    }
    for line in &mut lines {
        line.seen = seen.get(&line.key).cloned();
    }
    let logs = summary.logs(&client, &end, &seen).await;
    summary.missing(missing);
    let report = summary.ended(lines, &end, args.timeout, &logs);
    let undecided = args.no_wait && report.outcome == Outcome::TimedOut;
    Ok(if undecided { report.outcome(Outcome::Undecided) } else { report })
}

/// `KIND/NAME` as people type it.
fn named(
    typed: &str,
    discovery: &Discovery,
    namespace: &str,
) -> Result<(ObjectKey, linkspan_kube::client::Resource), RolloutError> {
    let usage = |message: String, help: &str| RolloutError::Usage { message, help: help.to_owned() };
    let (kind, name) = typed
        .split_once('/')
        .filter(|(kind, name)| !kind.is_empty() && !name.is_empty())
        .ok_or_else(|| usage(format!("`{typed}` is not `KIND/NAME`"), "write for example `deployment/orders`"))?;
    let resource = discovery.named(kind).cloned();
    let resource = resource
        .ok_or_else(|| usage(format!("the cluster has no kind `{kind}`"), "`kubectl api-resources` lists them"))?;
    let namespace = if resource.namespaced { namespace } else { "" };
    let key = ObjectKey { kind: resource.gvk.group_kind(), namespace: namespace.to_owned(), name: name.to_owned() };
    Ok((key, resource))
}
