//! The repositories that `linkspan.yaml` includes, each pinned to a commit.

use std::path::{Path, PathBuf};

use linkspan_command::Failure;
use linkspan_project::{Commit, FILE_NAME, Include, Lock, Project};
use linkspan_report::Finding;

use super::Args;
use crate::compat::history::git::Git;
use crate::compat::subject::include::{REPOSITORIES, clone_of, local, shown};
use crate::schema::Files;

/// What becomes of the pins.
#[derive(Debug, Default)]
pub(super) struct Pins {
    /// Addresses of repositories that are pinned to another commit than before, as people may see them.
    pub(super) changed: Vec<String>,
    /// Addresses that `linkspan.yaml` does not include any more.
    pub(super) dropped: Vec<String>,
    /// Repositories that are not pinned.
    pub(super) missing: Vec<Finding>,
    /// What is brought to this machine.
    clones: Vec<Clone>,
}

/// A commit of a repository elsewhere that is not on this machine.
#[derive(Debug)]
struct Clone {
    repository: String,
    commit: String,
    folder: PathBuf,
}

/// Pins what is not pinned, or pinned for another `ref`; all, where that is asked for.
pub(super) fn pin(args: &Args, project: &Project, files: &Files, lock: &mut Lock) -> Result<Pins, Failure> {
    let mut pins = Pins::default();
    let include = &project.manifest.include;
    for (index, entry) in include.iter().enumerate() {
        let before = lock.include.get(&entry.repository).filter(|pin| pin.reference == entry.reference && !args.update);
        let commit = match before {
            Some(pin) => Some(pin.commit.clone()),
            None => named(args, &project.root, entry)?,
        };
        let Some(commit) = commit else {
            pins.missing.push(missing(files, index, entry));
            continue;
        };
        pins.clones.extend(absent(args, &project.root, entry, &commit)?);
        let pin = Commit { reference: entry.reference.clone(), commit };
        if lock.include.get(&entry.repository) != Some(&pin) {
            pins.changed.push(shown(&entry.repository));
            lock.include.insert(entry.repository.clone(), pin);
        }
    }
    if args.prune {
        let included = |repository: &String| include.iter().any(|entry| entry.repository == *repository);
        pins.dropped = lock.include.keys().filter(|repository| !included(repository)).map(|one| shown(one)).collect();
        lock.include.retain(|repository, _| included(repository));
    }
    Ok(pins)
}

/// The commit that an entry's `ref`, or else `HEAD`, names. A path is asked where it is, any other repository only with
/// `--fetch`.
fn named(args: &Args, root: &Path, entry: &Include) -> Result<Option<String>, Failure> {
    let repository = shown(&entry.repository);
    let name = entry.reference.as_deref().unwrap_or("HEAD");
    let unknown = || {
        Failure::input(format!("the included repository `{repository}` has no branch, tag or commit `{name}`"))
            .in_file(FILE_NAME, None)
    };
    if let Some(path) = local(&entry.repository) {
        let path = root.join(path);
        if !path.is_dir() {
            let message = format!("the included repository `{repository}` is not at `{}`", path.display());
            return Err(Failure::input(message).in_file(FILE_NAME, None));
        }
        return Git::discover(&path)?.commit(name)?.ok_or_else(unknown).map(Some);
    }
    if is_commit(name) {
        return Ok(Some(name.to_owned()));
    }
    if !args.fetch {
        return Ok(None);
    }
    let found = Git::named_elsewhere(root, &entry.repository, name)?;
    found.map_err(|error| unreachable(&entry.repository, &error))?.ok_or_else(unknown).map(Some)
}

/// Whether a name is a whole commit's.
fn is_commit(name: &str) -> bool {
    matches!(name.len(), 40 | 64) && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn unreachable(repository: &str, error: &str) -> Failure {
    let (shown, error) = (shown(repository), error.replace(repository, &shown(repository)));
    Failure::unreachable(format!("the included repository `{shown}` cannot be read: {error}"))
}

/// What is to be brought here with `--fetch`.
fn absent(args: &Args, root: &Path, entry: &Include, commit: &str) -> Result<Option<Clone>, Failure> {
    if !args.fetch || local(&entry.repository).is_some() {
        return Ok(None);
    }
    let folder = clone_of(root, &entry.repository);
    if let Some(git) = Git::at(&folder)?
        && git.commit(commit)?.is_some()
    {
        return Ok(None);
    }
    Ok(Some(Clone { repository: entry.repository.clone(), commit: commit.to_owned(), folder }))
}

fn missing(files: &Files, index: usize, entry: &Include) -> Finding {
    let message = format!("the included repository `{}` is not in `linkspan.lock`", shown(&entry.repository));
    let finding = Finding::error("lock/missing", message).in_file(files.shown(Path::new(FILE_NAME)));
    let finding = finding.help("run `linkspan-events lock --fetch`");
    match files.document(Path::new(FILE_NAME)) {
        Ok(document) => finding.at(document.nearest(&format!("/include/{index}/repository"))),
        Err(_) => finding,
    }
}

impl Pins {
    /// Brings what is pinned to this machine.
    ///
    /// # Errors
    /// A repository cannot be reached or has no such commit, or a folder cannot be written.
    pub(super) fn fetch(&self, root: &Path) -> Result<(), Failure> {
        if self.clones.is_empty() {
            return Ok(());
        }
        ignored(&root.join(REPOSITORIES))
            .map_err(|error| Failure::failed(format!("`{REPOSITORIES}` cannot be written: {error}")))?;
        self.clones.iter().try_for_each(|clone| {
            Git::bring(&clone.folder, &clone.repository, &clone.commit)?
                .map_err(|error| unreachable(&clone.repository, &error))
        })
    }
}

/// Clones are not to be committed.
fn ignored(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let file = folder.join(".gitignore");
    if file.exists() { Ok(()) } else { std::fs::write(file, "*\n") }
}
