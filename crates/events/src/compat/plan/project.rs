//! A project and its earlier versions: which subject is compared with which.

use std::collections::BTreeMap;

use linkspan_command::{Context, Failure};
use linkspan_project::{Compatibility, Policy, Project};
use linkspan_report::Finding;

use super::super::args::Args;
use super::super::contract::{self, ContractChange};
use super::super::history::{Against, Credentials, Request, Version, earlier};
use super::super::mode::Mode;
use super::super::pair::{Pair, Side};
use super::super::policy::{bumped, matches};
use super::super::registered::registered;
use super::super::registry::Registered;
use super::super::subject::{self, Direction, Kind, Parties, Subject, Subjects};
use crate::schema::{Error, Files};

/// A project beside its earlier versions.
#[derive(Debug)]
pub(in crate::compat) struct History {
    /// The project's documents.
    pub(in crate::compat) files: Files,
    /// Its schemas.
    pub(in crate::compat) current: Vec<Subject>,
    /// The versions that count, the newest first.
    pub(in crate::compat) versions: Vec<Version>,
    /// What is compared.
    pub(in crate::compat) pairs: Vec<Pair>,
    /// What else changed in the contracts since the newest version.
    pub(in crate::compat) changes: Vec<ContractChange>,
    /// Who sends and who receives.
    pub(in crate::compat) parties: Parties,
    /// What cannot be compared.
    pub(in crate::compat) notices: Vec<Finding>,
    /// What must hold, by subject.
    pub(in crate::compat) modes: BTreeMap<String, Mode>,
    /// Subjects that are new.
    pub(in crate::compat) added: Vec<String>,
}

/// Reads a project and its earlier versions, and says what is compared with what.
pub(super) fn read(args: &Args, project: &Project, context: &Context) -> Result<History, Failure> {
    let files = Files::new(&project.root, &context.directory).locked()?;
    let Subjects { subjects: current, surfaces, notices } = subject::subjects(&files)?;
    let modes = Modes { asked: args.mode, policy: &project.manifest.contracts.policy };
    let against = match &args.against {
        Some(against) => Against::parse(against, &context.directory),
        None => Against::by_default(&context.environment),
    };
    let request = Request {
        against: &against,
        root: &project.root,
        directory: &context.directory,
        transitive: current.iter().any(|subject| modes.of(subject).is_transitive()),
        credentials: &credentials(args),
        current: &current,
    };
    let versions = earlier(&request)?;
    let parties = Parties::read(&files)?;
    Ok(of_versions(files, Subjects { subjects: current, surfaces, notices }, versions, &modes, parties))
}

/// What is compared with what, and what else changed.
pub(super) fn of_versions(
    files: Files,
    now: Subjects,
    versions: Vec<Version>,
    modes: &Modes<'_>,
    parties: Parties,
) -> History {
    let Subjects { subjects: current, surfaces, mut notices } = now;
    notices.extend(parties.notices.iter().cloned());
    let newest = versions.first();
    let mut changes = newest.map(|old| contract::changes(&old.surfaces, &surfaces)).unwrap_or_default();
    changes.extend(newest.map(|old| contract::removed(&old.subjects, &current)).unwrap_or_default());
    let pairs = pairs(&files, &current, &versions, modes);
    let added =
        current.iter().filter(|subject| newest.is_some() && !pairs.iter().any(|pair| pair.subject == subject.id));
    History {
        added: added.map(|subject| subject.id.clone()).collect(),
        modes: current.iter().map(|subject| (subject.id.clone(), modes.of(subject))).collect(),
        notices: notices.into_iter().chain(newest.map(|old| old.notices.clone()).unwrap_or_default()).collect(),
        parties,
        changes,
        pairs,
        files,
        versions,
        current,
    }
}

fn credentials(args: &Args) -> Credentials {
    match (&args.registry_token, &args.registry_user, &args.registry_password) {
        (Some(token), _, _) => Credentials::Bearer(token.clone()),
        (None, Some(user), password) => {
            let password = password.as_ref().map(linkspan_command::Secret::reveal).unwrap_or_default();
            Credentials::Basic(format!("{user}:{password}").into())
        }
        (None, None, _) => Credentials::None,
    }
}

/// Every subject with its earlier versions: the newest, or all where the mode is transitive.
fn pairs(files: &Files, current: &[Subject], versions: &[Version], modes: &Modes<'_>) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for new in current {
        let mode = modes.of(new);
        let count = if mode.is_transitive() { versions.len() } else { 1 };
        for version in versions.iter().take(count) {
            if let Some(old) = earlier_of(new, &version.subjects) {
                pairs.push(Pair {
                    subject: new.id.clone(),
                    mode,
                    against: Some(version.name.clone()),
                    major: bumped(old, new, current),
                    old: side(&version.files, old, new),
                    new: side(files, new, old),
                });
            }
        }
    }
    pairs
}

/// What a subject was: the one with its event type, else the one with its name, else the event type's last version.
fn earlier_of<'s>(new: &Subject, old: &'s [Subject]) -> Option<&'s Subject> {
    let alike = |old: &&Subject| old.kind == new.kind;
    let typed = new.event_type.as_ref().filter(|_| matches!(new.kind, Kind::Payload | Kind::Event));
    let same_type = || old.iter().filter(alike).find(|old| typed.is_some() && old.event_type.as_ref() == typed);
    let same_name = || old.iter().find(|old| old.id == new.id);
    let base = |subject: &Subject| {
        let (name, version) = (subject.event_type.clone()?, subject.version.clone()?);
        Some(name.strip_suffix(&version)?.to_owned())
    };
    let wanted = base(new).filter(|_| typed.is_some());
    let same_base = || {
        let older = old.iter().filter(alike).filter(|old| wanted.is_some() && base(old) == wanted);
        older.max_by(|a, b| a.version.cmp(&b.version))
    };
    let by_name = same_name();
    let exact = by_name.filter(|old| old.event_type == new.event_type);
    exact.or_else(same_type).or(by_name).or_else(same_base)
}

/// One side of a pair; of a schema in another format nothing is known but whether it is the `other` side's, too.
fn side(files: &Files, subject: &Subject, other: &Subject) -> Side {
    let foreign = subject.foreign.as_ref().filter(|_| subject.foreign != other.foreign);
    let bundle = foreign.map_or_else(
        || Ok(subject.bundle.clone()),
        |foreign| Err(Error::Foreign { file: files.shown(&subject.place.path), format: foreign.format.clone() }),
    );
    Side {
        files: files.clone(),
        place: subject.place.clone(),
        registered: match &bundle {
            Ok(bundle) => registered(files, &subject.place, Some(bundle)),
            Err(_) => Registered::default(),
        },
        bundle,
        written: subject.written.clone(),
        subject: Some(subject.clone()),
    }
    .checked()
}

/// What must hold, by subject.
pub(super) struct Modes<'p> {
    pub(super) asked: Option<Mode>,
    pub(super) policy: &'p Policy,
}

impl Modes<'_> {
    /// What was asked for, else what is configured for the subject, else what follows from who sends and receives.
    fn of(&self, subject: &Subject) -> Mode {
        let configured = || longest(&self.policy.modes, &subject.id);
        let otherwise = || match subject.direction {
            Direction::Receives => Mode::Backward,
            Direction::Sends => Mode::Forward,
            Direction::Both | Direction::None => self.policy.mode.map_or(Mode::Backward, mode),
        };
        self.asked.or_else(configured).unwrap_or_else(otherwise)
    }
}

fn longest(modes: &BTreeMap<String, Compatibility>, subject: &str) -> Option<Mode> {
    let matching = modes.iter().filter(|(pattern, _)| matches(pattern, subject));
    matching.max_by_key(|(pattern, _)| pattern.len()).map(|(_, configured)| mode(*configured))
}

const fn mode(configured: Compatibility) -> Mode {
    match configured {
        Compatibility::Backward => Mode::Backward,
        Compatibility::Forward => Mode::Forward,
        Compatibility::Full => Mode::Full,
        Compatibility::BackwardTransitive => Mode::BackwardTransitive,
        Compatibility::ForwardTransitive => Mode::ForwardTransitive,
        Compatibility::FullTransitive => Mode::FullTransitive,
    }
}
