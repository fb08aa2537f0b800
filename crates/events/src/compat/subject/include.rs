//! The contracts of other repositories that `linkspan.yaml` includes, as `linkspan.lock` pins them. Nothing is fetched:
//!
//! - A repository that is a path (relative to the project, or `file://…`) is read where it is.
//! - Any other is read from a clone of it in `.linkspan/repositories/<host>/<path>`, with a working tree or bare.
//!
//! Both at the commit that the lock has. Without one, a path is read as its folder is now, and any other not at all.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use linkspan_command::Failure;
use linkspan_report::Finding;

use super::contents::{Include, contents};
use crate::compat::history::git::Git;
use crate::lock::lock;
use crate::schema::Files;

/// The folder, relative to the project, with the clones of included repositories.
pub(crate) const REPOSITORIES: &str = ".linkspan/repositories";

/// The documents of another repository.
#[derive(Debug, Clone)]
pub(super) struct Included {
    /// Its address, as people may see it.
    pub(super) repository: String,
    pub(super) files: Files,
}

/// The repositories that a project includes, and what is to be said of those that are not on this machine.
pub(super) fn included(files: &Files) -> Result<(Vec<Included>, Vec<Finding>), Failure> {
    let include = contents(files)?.include;
    let (mut found, mut notices) = (Vec::new(), Vec::new());
    let Some(root) = files.root().filter(|_| !include.is_empty()) else { return Ok((found, notices)) };
    let lock = lock(files)?;
    for entry in include {
        let commit = lock.include.get(&entry.repository).map(|pinned| pinned.commit.as_str());
        match open(root, &entry, commit)? {
            Ok(files) => found.push(Included { repository: shown(&entry.repository), files: files.locked_in_part()? }),
            Err(finding) => notices.push(finding),
        }
    }
    Ok((found, notices))
}

/// The documents of a repository; the inner error says why there are none.
fn open(root: &Path, entry: &Include, commit: Option<&str>) -> Result<Result<Files, Finding>, Failure> {
    let path = local(&entry.repository).map(|path| root.join(path));
    let repository = &shown(&entry.repository);
    let Some(commit) = commit else {
        return Ok(match path.filter(|path| path.is_dir()) {
            Some(path) => Ok(Files::of(Arc::new(crate::schema::Folder::new(&path)), format!("{repository}:"))),
            None => Err(missing(repository, "it is not pinned", "`linkspan-events lock --fetch` pins it")),
        });
    };
    let git = match &path {
        Some(path) if path.is_dir() => Some(Git::discover(path)?),
        Some(_) => None,
        None => Git::at(&clone_of(root, &entry.repository))?,
    };
    let help = || match &path {
        Some(path) => format!("it should be at `{}`", path.display()),
        None => {
            let folder = Path::new(REPOSITORIES).join(below(repository));
            format!(
                "`linkspan-events lock --fetch`, or `git clone --bare {repository} {}`, brings it here",
                folder.display()
            )
        }
    };
    let Some(git) = git else { return Ok(Err(missing(repository, "it is not on this machine", &help()))) };
    let Some(found) = git.commit(commit)? else {
        let wanted = entry.reference.as_deref().unwrap_or(commit);
        let help =
            format!("`linkspan-events lock --fetch`, or `git fetch origin {wanted}` in the clone, brings it here");
        return Ok(Err(missing(repository, &format!("its clone has no commit `{commit}`"), &help)));
    };
    Ok(Ok(Files::of(Arc::new(git.tree(&found)?), format!("{repository}@{}:", &commit[..commit.len().min(12)]))))
}

fn missing(repository: &str, why: &str, help: &str) -> Finding {
    let message = format!("the included repository `{repository}` is not looked into: {why}");
    let help = format!("{help}; until then its consumers are not known");
    Finding::warning("compat/include", message).in_file(linkspan_project::FILE_NAME).help(help)
}

/// The path of a repository that is on this machine; `host:path` and addresses are none.
pub(crate) fn local(repository: &str) -> Option<&Path> {
    match repository.strip_prefix("file://") {
        Some(path) => Some(Path::new(path)),
        None if repository.contains("://") => None,
        None => Some(Path::new(repository)).filter(|_| !repository.split('/').next().unwrap_or_default().contains(':')),
    }
}

/// The folder of a repository's clone.
pub(crate) fn clone_of(root: &Path, repository: &str) -> PathBuf {
    root.join(REPOSITORIES).join(below(repository))
}

/// An address without a password or token in it.
pub(crate) fn shown(repository: &str) -> String {
    let Some((scheme, rest)) = repository.split_once("://") else { return repository.to_owned() };
    let host = rest.split('/').next().unwrap_or(rest);
    match host.rsplit_once('@') {
        Some((user, _)) => format!("{scheme}://{}", &rest[user.len() + 1..]),
        None => repository.to_owned(),
    }
}

/// `github.com/globex/loyalty` of `https://github.com/globex/loyalty.git` and of `git@github.com:globex/loyalty`.
fn below(repository: &str) -> PathBuf {
    let bare = repository.split_once("://").map_or(repository, |(_, rest)| rest);
    let user = bare.split('/').next().and_then(|host| host.rfind('@'));
    let bare = user.map_or(bare, |at| &bare[at + 1..]);
    let (host, path) = bare.find(['/', ':']).map_or((bare, ""), |at| bare.split_at(at));
    let path = path.trim_start_matches(':').trim_end_matches('/').trim_end_matches(".git");
    let joined = format!("{host}/{path}");
    Path::new(&joined).components().filter(|part| matches!(part, Component::Normal(_))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_repository_have_one_folder() {
        for address in [
            "https://github.com/globex/loyalty",
            "https://user:token@github.com/globex/loyalty.git",
            "git@github.com:globex/loyalty.git",
            "ssh://git@github.com/globex/loyalty/",
        ] {
            assert_eq!(below(address), Path::new("github.com/globex/loyalty"), "{address}");
            assert_eq!(local(address), None);
        }
        assert_eq!(shown("https://user:token@github.com/a@b"), "https://github.com/a@b");
        assert_eq!(below("https://evil.example/../../etc"), Path::new("evil.example/etc"));
        assert_eq!(local("../loyalty"), Some(Path::new("../loyalty")));
        assert_eq!(local("file:///srv/loyalty"), Some(Path::new("/srv/loyalty")));
    }
}
