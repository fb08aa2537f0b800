//! The earlier versions of a project's contracts: from git, from a folder, or from a registry of schemas.

mod choose;
pub(crate) mod git;
#[cfg(feature = "registry")]
mod registry;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use linkspan_command::{Environment, Failure, Secret};
use linkspan_report::Finding;

use super::contract::Surface;
use super::subject::{Subject, Subjects, align, subjects};
use crate::schema::{Error, Files};
use choose::Chosen;
use git::Git;

/// Where earlier versions are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Against {
    /// A branch, tag or commit of the project's repository.
    Revision(String),
    /// The commit at which HEAD and a branch parted.
    MergeBase(String),
    /// The tags that match a pattern: the newest before HEAD, or all of them.
    Tags(String),
    /// A folder.
    Folder(PathBuf),
    /// A Confluent-compatible registry's address.
    Registry(String),
}

impl Against {
    /// What `--against` says: `http://` and `https://` are registries, `*`, `?` or `[` make a pattern of tags, a folder
    /// that exists is a folder, and everything else a revision. `tag:`, `folder:`, `git:` and `registry:` before it
    /// decide, where that guesses wrong.
    #[must_use]
    pub fn parse(text: &str, directory: &Path) -> Self {
        match text.split_once(':') {
            Some(("git", revision)) => return Self::Revision(revision.to_owned()),
            Some(("tag", pattern)) => return Self::Tags(pattern.to_owned()),
            Some(("folder", path)) => return Self::Folder(directory.join(path)),
            Some(("registry", address)) => return Self::Registry(address.to_owned()),
            Some(("http" | "https", _)) => return Self::Registry(text.to_owned()),
            _ => {}
        }
        let folder = directory.join(text);
        match text {
            _ if folder.is_dir() => Self::Folder(folder),
            _ if text.contains(['*', '?', '[']) => Self::Tags(text.to_owned()),
            _ => Self::Revision(text.to_owned()),
        }
    }

    /// What is compared with, if nobody says: on a pull request where it parted from its base (`GITHUB_BASE_REF`),
    /// else the newest tag `v*`.
    #[must_use]
    pub fn by_default(environment: &Environment) -> Self {
        match environment.get("GITHUB_BASE_REF") {
            Some(base) => Self::MergeBase(base.to_owned()),
            None => Self::Tags("v*".to_owned()),
        }
    }
}

/// How a registry lets us in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Credentials {
    /// It asks nobody.
    #[default]
    None,
    /// `user:password`, as in HTTP's basic authentication.
    Basic(Secret),
    /// A bearer token.
    Bearer(Secret),
}

/// What earlier versions are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Where they are.
    pub against: &'a Against,
    /// The project's folder.
    pub root: &'a Path,
    /// The working directory; findings name files relative to it.
    pub directory: &'a Path,
    /// All earlier versions, not only the last.
    pub transitive: bool,
    /// For a registry.
    pub credentials: &'a Credentials,
    /// The subjects of today: a registry's subjects are found by their names.
    pub current: &'a [Subject],
}

/// One earlier version.
#[derive(Debug, Clone)]
pub struct Version {
    /// What people call it: `v1.2.0`, `origin/main`, a folder.
    pub name: String,
    /// Its documents. They show as `v1.2.0:contracts/orders.asyncapi.yaml`.
    pub files: Files,
    /// Its schemas.
    pub subjects: Vec<Subject>,
    /// What its contracts say apart from schemas.
    pub surfaces: Vec<Surface>,
    /// What of it cannot be compared, and why.
    pub notices: Vec<Finding>,
    /// Whether others may have it: a tag's, or one in a registry.
    pub released: bool,
}

/// The earlier versions, the newest first; none, if this is the first.
///
/// # Errors
/// They cannot be had: an unknown revision or a shallow clone (with what to fetch), a missing folder, a registry that
/// cannot be reached.
pub fn earlier(request: &Request<'_>) -> Result<Vec<Version>, Failure> {
    let mut versions = found(request)?;
    for version in &mut versions {
        align(&mut version.subjects, request.current);
    }
    Ok(versions)
}

fn found(request: &Request<'_>) -> Result<Vec<Version>, Failure> {
    match request.against {
        Against::Folder(folder) => Ok(vec![of_folder(folder, request.directory)?]),
        Against::Registry(address) => of_registry(address, request),
        Against::Revision(revision) => {
            let git = Git::discover(request.root)?;
            let chosen = choose::revision(&git, revision)?;
            Ok(vec![of_commit(&git, chosen)?])
        }
        Against::MergeBase(base) => {
            let git = Git::discover(request.root)?;
            let chosen = choose::merge_base(&git, base)?;
            Ok(vec![of_commit(&git, chosen)?])
        }
        Against::Tags(pattern) => {
            let git = Git::discover(request.root)?;
            let chosen = choose::tags(&git, pattern, request.transitive)?;
            let count = if request.transitive { chosen.len() } else { 1 };
            chosen.into_iter().take(count).map(|chosen| of_commit(&git, chosen)).collect()
        }
    }
}

impl Version {
    /// A version of a project's documents.
    ///
    /// # Errors
    /// Its `linkspan.yaml` cannot be read; that it is malformed is a notice.
    pub fn new(name: impl Into<String>, files: Files, released: bool) -> Result<Self, Error> {
        let files = files.locked_in_part()?;
        let found = match subjects(&files) {
            // An earlier version cannot be mended any more.
            Err(Error::Malformed { findings, .. }) => Subjects { notices: findings, ..Subjects::default() },
            other => other?,
        };
        let Subjects { subjects, surfaces, notices } = found;
        Ok(Self { name: name.into(), files, subjects, surfaces, notices, released })
    }
}

fn of_folder(folder: &Path, directory: &Path) -> Result<Version, Failure> {
    let name = folder.strip_prefix(directory).unwrap_or(folder).display().to_string();
    if !folder.is_dir() {
        return Err(Failure::input(format!("the folder `{name}` of the earlier version is not there")));
    }
    Ok(Version::new(name, Files::new(folder, directory), false)?)
}

fn of_commit(git: &Git, Chosen { name, commit, released }: Chosen) -> Result<Version, Failure> {
    let files = Files::of(Arc::new(git.tree(&commit)?), format!("{name}:"));
    Ok(Version::new(name, files, released)?)
}

#[cfg(feature = "registry")]
fn of_registry(address: &str, request: &Request<'_>) -> Result<Vec<Version>, Failure> {
    registry::versions(address, request)
}

#[cfg(not(feature = "registry"))]
fn of_registry(address: &str, request: &Request<'_>) -> Result<Vec<Version>, Failure> {
    let _ = (request.credentials, request.current);
    let failure = Failure::refused(format!("this program was built without registries, and cannot ask `{address}`"));
    Err(failure.help("use the program `linkspan`, or one built with the feature `registry`"))
}
