//! What will be compared, and what counts: decided before anything is.

mod documents;
mod project;

use std::path::PathBuf;

use linkspan_command::{Context, Failure};
use linkspan_project::{Gate, Level, PlacedWaiver, Project, RegistryPolicy, waivers};
use linkspan_report::Severity;

pub(super) use project::History;

use super::args::Args;
use super::mode::Mode;
use super::pair::Pair;
use super::policy::{Decisions, Waivers, allowed};
use super::registry::Policy;
use super::{golden, load};
use crate::schema::Files;

/// What `compat` does.
#[derive(Debug)]
pub(super) struct Plan {
    /// What is compared.
    pub(super) what: What,
    /// Which verdict stops a change.
    pub(super) gate: Gate,
    /// The registry's policy.
    pub(super) registry_policy: Policy,
    /// What an undecided pair is.
    pub(super) unknown: Severity,
    /// What people decided about breaks.
    pub(super) decisions: Decisions,
    /// Recorded events that were named.
    pub(super) golden: Vec<Files>,
    /// Where a report for a browser goes.
    pub(super) html: Option<PathBuf>,
}

/// What is compared.
#[derive(Debug)]
pub(super) enum What {
    /// Two files.
    Files(Box<Pair>),
    /// A project with its earlier versions.
    Project(Box<History>),
}

impl What {
    /// The pairs.
    pub(super) fn pairs(&self) -> &[Pair] {
        match self {
            Self::Files(pair) => std::slice::from_ref(pair),
            Self::Project(history) => &history.pairs,
        }
    }

    /// The project, if that is compared.
    pub(super) fn history(&self) -> Option<&History> {
        match self {
            Self::Files(_) => None,
            Self::Project(history) => Some(history),
        }
    }
}

impl Plan {
    /// What the arguments and the project say.
    ///
    /// # Errors
    /// A file is missing or malformed, or the earlier versions cannot be had.
    pub(super) fn resolve(args: &Args, context: &Context) -> Result<Self, Failure> {
        let project = Project::discover(&context.directory).map_err(crate::validate::project_failure)?;
        let policy = &project.manifest.contracts.policy;
        let allowed = match &args.allow_label {
            Some(label) => allowed(label, &context.environment)?,
            None => None,
        };
        let waivers = Waivers::new(accepted(&project, context)?);
        let registry_policy = match policy.registry_policy {
            RegistryPolicy::Strict => Policy::Strict,
            RegistryPolicy::Lenient => Policy::Lenient,
        };
        Ok(Self {
            what: what(args, &project, context)?,
            gate: args.gate.unwrap_or(policy.gate),
            registry_policy: args.registry_policy.unwrap_or(registry_policy),
            unknown: args.unknown.or_else(|| policy.unknown.and_then(severity)).unwrap_or(Severity::Error),
            decisions: Decisions { severity: policy.severity.clone(), waivers, allowed },
            golden: golden::named(&args.golden, &context.directory)?,
            html: args.html.as_ref().map(|folder| context.directory.join(folder)),
        })
    }
}

fn what(args: &Args, project: &Project, context: &Context) -> Result<What, Failure> {
    match args.files.as_slice() {
        [old, new] => {
            let policy = &project.manifest.contracts.policy;
            if let Some(history) = documents::read(args, [old, new], policy, &context.directory)? {
                return Ok(What::Project(Box::new(history)));
            }
            let mode = args.mode.unwrap_or(Mode::Backward);
            let pair = load::pair([old, new], mode, args.schema_draft, &context.directory)?;
            Ok(What::Files(Box::new(pair)))
        }
        [] => Ok(What::Project(Box::new(project::read(args, project, context)?))),
        _ => {
            let failure = Failure::usage("one file alone has nothing to be compared with");
            Err(failure.help("name the old and the new file, or none for the project"))
        }
    }
}

/// The breaks that the project's file of waivers accepts.
fn accepted(project: &Project, context: &Context) -> Result<Vec<PlacedWaiver>, Failure> {
    let Some(path) = &project.manifest.contracts.policy.waivers else { return Ok(Vec::new()) };
    let file = project.root.join(path);
    let shown = file.strip_prefix(&context.directory).unwrap_or(&file).display().to_string();
    let text = std::fs::read_to_string(&file).map_err(|error| {
        let failure =
            Failure::input(format!("the file of waivers cannot be read: {error}")).in_file(shown.as_str(), None);
        failure.help("`contracts.policy.waivers` in `linkspan.yaml` names it")
    })?;
    waivers(&text, &shown).map_err(crate::validate::project_failure)
}

/// How much a finding matters; `None` where it is not shown.
pub(super) const fn severity(level: Level) -> Option<Severity> {
    match level {
        Level::Error => Some(Severity::Error),
        Level::Warning => Some(Severity::Warning),
        Level::Notice => Some(Severity::Notice),
        Level::Off => None,
    }
}
