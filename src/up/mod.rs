//! `linkspan up`: the whole project on a local Kubernetes.
//!
//! Decide ([`plan`]) → check the sample events → build and deliver the images → roll out, wave after wave → forward
//! ports. It is the build, the validation and the rollout that the actions run, called as functions.

pub(crate) mod choose;
mod delivery;
mod images;
mod order;
pub(crate) mod plan;
mod ports;
mod result;
mod roll;
pub(crate) mod stale;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use linkspan_command::{Context, Failure};
use linkspan_project::Project;
use linkspan_report::{Outcome, Report};
use serde::{Deserialize, Serialize};

use crate::cluster::{Cluster, core};
use crate::forward::{self, Wanted, process};
use crate::inventory::{Entry, Inventory, ensure_namespace};
use crate::state::{StateFolder, failure};
use choose::{Chosen, choose};
use delivery::registry;
use images::{Images, deliver};
use plan::Plan;
use ports::Wish;
use result::Done;
pub(crate) use roll::timeout;
use roll::{Rolled, Rolling};

/// Which cluster.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct ClusterArgs {
    /// The context of the kubeconfig to use; default: the current one, if it is a local cluster
    #[arg(long, value_name = "NAME")]
    pub kube_context: Option<String>,
    /// The kubeconfig file; default: `KUBECONFIG`, else `~/.kube/config`
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
}

/// Run the project on a local Kubernetes
///
/// Checks the sample events, builds the images, brings them to the cluster, rolls out the manifests, waits until
/// everything is ready, and forwards the services' ports to this machine. What is up to date is left alone.
/// `linkspan down` takes everything away again.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  linkspan up
  linkspan up --service orders --service web
  linkspan up --dry-run")]
pub(crate) struct Args {
    /// Only these services; default: all
    #[arg(long, value_name = "NAME")]
    pub service: Vec<String>,
    /// Only tell what would be done
    #[arg(long)]
    pub dry_run: bool,
    /// Do not forward ports
    #[arg(long)]
    pub no_forward: bool,
    /// How long to wait until everything is ready, for example `90s` or `5m`
    #[arg(long, value_name = "TIME", default_value = "5m")]
    pub timeout: String,
    #[command(flatten)]
    pub cluster: ClusterArgs,
}

/// The lock that `up` and `down` hold.
pub(crate) const LOCK: &str = "lock";
/// What `up` remembers.
pub(crate) const MEMORY: &str = "memory.json";

/// What `up` remembers on this machine. Without it everything still works: it only saves time, and lets `down` find
/// what is left where a namespace is gone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Memory {
    /// The project's folder.
    pub root: PathBuf,
    /// The kubeconfig's context.
    pub context: String,
    /// The cluster, told from one of the same name that was made anew.
    pub cluster: String,
    /// The namespace.
    pub namespace: String,
    /// Images that were loaded, by service: their digests.
    pub loaded: BTreeMap<String, String>,
    /// What `up` made.
    pub made: BTreeSet<Entry>,
    /// The ports on loopback, to be kept.
    pub forwards: Vec<forward::Forward>,
}

/// Runs `up`.
///
/// # Errors
/// There is no local cluster, or something could not be tried; what the rollout came to is in the report.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Report, Failure> {
    timeout(&args.timeout)?;
    let project = plan::project(context)?;
    plan::services(&project, &args.service)?;
    let preferred = project.environment("local").and_then(|local| local.kube_context.as_deref());
    let chosen = choose(&args.cluster, preferred, context).map_err(|(failure, _)| failure)?;
    let hosting = chosen.cluster.get(&core("ConfigMap"), "kube-public", "local-registry-hosting")?;
    let plan = plan::resolve(&project, &args.service, &chosen, hosting.as_ref().and_then(registry), context)?;
    if let Some(invalid) = samples(&plan, context)? {
        return Ok(invalid);
    }
    stale::sweep(&project, args.cluster.kubeconfig.as_deref(), args.dry_run, context)?;
    if args.dry_run {
        return result::planned(args, &plan, context);
    }
    Up { args, context, project: &project, plan: &plan, chosen: &chosen }.carry_out()
}

/// Checks the sample events; a report if there are faults.
fn samples(plan: &Plan, context: &Context) -> Result<Option<Report>, Failure> {
    if !plan.samples {
        return Ok(None);
    }
    let report = linkspan_events::validate::run(roll::defaults(&[])?, context)?;
    let text = format!("{}\nnothing was built: the sample events come first", report.text);
    Ok((report.outcome != Outcome::Done).then(|| report.text(text)))
}

/// One run.
struct Up<'a> {
    args: &'a Args,
    context: &'a Context,
    project: &'a Project,
    plan: &'a Plan,
    chosen: &'a Chosen,
}

impl Up<'_> {
    fn carry_out(&self) -> Result<Report, Failure> {
        let state = self.state()?;
        let kept = |error: std::io::Error| failure(&state, &error);
        state.create().map_err(kept)?;
        let Some(_lock) = state.lock(LOCK).map_err(kept)? else { return Err(busy()) };
        let before: Memory = state.read(MEMORY).unwrap_or_default();
        let mut memory = self.recall(&state, &before)?;
        let images = match deliver(self.plan, &memory.loaded, self.context)? {
            Ok(images) => images,
            Err(report) => return Ok(report),
        };
        memory.loaded.clone_from(&images.loaded);
        let rolled = self.roll_out(&images, &mut memory);
        // Also after a failure: what was made stays, and must be found.
        let remember =
            |memory: &Memory| if *memory == before { Ok(()) } else { state.write(MEMORY, memory).map_err(kept) };
        remember(&memory)?;
        let mut done = match rolled? {
            Rolled { failed: Some(report), .. } => return Ok(report),
            Rolled { failed: None, changed, removed, findings } => {
                Done { changed: changed || removed > 0, findings, images, ..Done::default() }
            }
        };
        if !self.args.no_forward {
            self.forward(&state, &mut memory, &mut done)?;
            remember(&memory)?;
        }
        Ok(result::report(self.plan, done, self.context))
    }

    fn state(&self) -> Result<StateFolder, Failure> {
        state(self.context, self.project, &self.chosen.cluster)
    }

    /// What is still true of what was remembered: a cluster that was made anew has nothing of it, and forwards to
    /// the old one lead nowhere.
    fn recall(&self, state: &StateFolder, before: &Memory) -> Result<Memory, Failure> {
        let memory = Memory {
            root: self.project.root.clone(),
            context: self.plan.context.clone(),
            cluster: self.chosen.cluster.identity()?,
            namespace: self.plan.namespace.clone(),
            ..before.clone()
        };
        if memory.cluster == before.cluster {
            return Ok(memory);
        }
        process::stop(state)?;
        Ok(Memory { loaded: BTreeMap::new(), made: BTreeSet::new(), ..memory })
    }

    /// Rolls out what the plan says; before anything is made, the inventory says so.
    fn roll_out(&self, images: &Images, memory: &mut Memory) -> Result<Rolled, Failure> {
        let cluster = &self.chosen.cluster;
        ensure_namespace(cluster, &self.plan.name, &self.plan.namespace)?;
        let inventory = Inventory::of(cluster, &self.plan.name, &self.plan.namespace);
        let mut known = inventory.read()?;
        known.extend(memory.made.iter().cloned());
        let rolling =
            Rolling { plan: self.plan, args: self.args, context: self.context, cluster, inventory: &inventory };
        let rolled = rolling.run(images, &mut known);
        memory.made = known;
        if !matches!(rolled, Ok(Rolled { failed: None, .. })) {
            // What was loaded may be what failed; loading it again does no harm.
            memory.loaded.clear();
        }
        rolled
    }

    fn forward(&self, state: &StateFolder, memory: &mut Memory, done: &mut Done) -> Result<(), Failure> {
        let (mut forwards, findings) = ports::forwards(&wishes(self.plan), &self.plan.namespace);
        done.findings.extend(findings);
        if !self.plan.whole {
            forwards = process::beside(forwards, &memory.forwards);
        }
        process::keep_ports(&mut forwards, &memory.forwards);
        let running = process::running(state);
        let same = running.as_ref().is_some_and(|running| {
            let has = |forward: &forward::Forward| running.forwards.iter().any(|other| other.is_like(forward));
            running.forwards.len() == forwards.len() && forwards.iter().all(has)
        });
        let running = match running.filter(|_| same) {
            Some(running) => running,
            None if forwards.is_empty() => return process::stop(state).map(drop),
            None => {
                done.changed = true;
                self.start(state, forwards)?
            }
        };
        memory.forwards.clone_from(&running.forwards);
        done.forwards = running.forwards;
        Ok(())
    }

    fn start(&self, state: &StateFolder, forwards: Vec<forward::Forward>) -> Result<forward::Running, Failure> {
        let program = std::env::current_exe()
            .map_err(|error| Failure::failed(format!("the program's own file cannot be found: {error}")))?;
        let wanted = Wanted {
            instance: String::new(),
            context: self.plan.context.clone(),
            kubeconfig: self.args.cluster.kubeconfig.as_ref().map(|file| self.context.directory.join(file)),
            forwards,
        };
        process::start(state, &program, wanted)
    }
}

/// What the services of a plan want forwarded.
fn wishes(plan: &Plan) -> Vec<Wish<'_>> {
    let parts = plan.parts.iter();
    parts.map(|part| Wish { service: &part.service.name, ports: &part.service.ports, objects: &part.objects }).collect()
}

/// The state folder of a project on a cluster.
///
/// # Errors
/// There is no place for it.
pub(crate) fn state(context: &Context, project: &Project, cluster: &Cluster) -> Result<StateFolder, Failure> {
    let (name, _) = plan::names(project);
    let target = cluster.target();
    StateFolder::locate(&context.environment, &name, &project.root, &target.context, &target.cluster.server)
}

/// Somebody else is at it.
pub(crate) fn busy() -> Failure {
    Failure::refused("another `linkspan up` or `down` of this project is under way; nothing was changed")
}
