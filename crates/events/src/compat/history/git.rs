use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use linkspan_command::Failure;

use crate::schema::{OUTSIDE, Tree, listed, normal, within};

/// How many links may lead from one to the next.
const MOST_LINKS: usize = 16;

/// A git repository, asked through `git` itself; never through a shell, and nothing is checked out.
#[derive(Debug, Clone)]
pub(crate) struct Git {
    /// The folder that is asked about.
    directory: PathBuf,
}

/// A tag, and the commit that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) commit: String,
}

impl Git {
    /// The repository that a folder is in.
    pub(crate) fn discover(directory: &Path) -> Result<Self, Failure> {
        let git = Self { directory: directory.to_owned() };
        match git.run(&["rev-parse", "--is-inside-work-tree"])? {
            Ok(_) => Ok(git),
            Err(error) => {
                let cause = if error.contains("not a git repository") { String::new() } else { format!(": {error}") };
                let failure = Failure::input(format!("`{}` is in no git repository{cause}", directory.display()));
                Err(failure.help(
                    "name two files (`compat OLD NEW`), or a folder or a registry with `--against`, or check the \
                     repository out with git",
                ))
            }
        }
    }

    /// The repository that a folder itself is, with or without a working tree; `None`, if it is none.
    pub(crate) fn at(directory: &Path) -> Result<Option<Self>, Failure> {
        let git = Self { directory: directory.to_owned() };
        if !directory.is_dir() {
            return Ok(None);
        }
        let Ok(found) = git.run(&["rev-parse", "--absolute-git-dir"])? else { return Ok(None) };
        let found = Path::new(found.trim_end_matches(['\n', '\r'])).canonicalize().unwrap_or_default();
        let own = directory.canonicalize().unwrap_or_else(|_| directory.to_owned());
        // Else it is a folder of another repository.
        Ok((found == own || found.parent() == Some(&own)).then_some(git))
    }

    /// The commit that a revision names.
    pub(crate) fn commit(&self, revision: &str) -> Result<Option<String>, Failure> {
        // Before 2.30 git had no word for the end of its options.
        if revision.starts_with('-') || revision.contains(['\n', '\0']) {
            return Ok(None);
        }
        let wanted = format!("{revision}^{{commit}}");
        let found = self.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted])?;
        Ok(found.ok().map(|text| text.trim().to_owned()).filter(|commit| !commit.is_empty()))
    }

    /// The commit that a branch, a tag or `HEAD` names in a repository elsewhere; the inner error is what `git`
    /// complains about. Of names that mean several, a tag comes first, as in git itself (gitrevisions(7)).
    pub(crate) fn named_elsewhere(
        directory: &Path,
        url: &str,
        name: &str,
    ) -> Result<Result<Option<String>, String>, Failure> {
        let git = Self { directory: directory.to_owned() };
        let peeled = format!("{name}^{{}}");
        let listing = git.run(&["ls-remote", "--quiet", "--", url, name, &peeled])?;
        Ok(listing.map(|listing| {
            let known: BTreeMap<_, _> =
                listing.lines().filter_map(|line| line.split_once('\t')).map(|(commit, name)| (name, commit)).collect();
            let wanted = [
                format!("refs/tags/{peeled}"),
                format!("refs/tags/{name}"),
                format!("refs/heads/{name}"),
                peeled,
                name.to_owned(),
            ];
            wanted.iter().find_map(|name| known.get(name.as_str())).map(|commit| (*commit).to_owned())
        }))
    }

    /// Brings a commit of a repository elsewhere into a bare one at `directory`, which is made if it is not there; the
    /// inner error is what `git` complains about.
    pub(crate) fn bring(directory: &Path, url: &str, commit: &str) -> Result<Result<(), String>, Failure> {
        let git = Self { directory: directory.to_owned() };
        if Self::at(directory)?.is_none() {
            std::fs::create_dir_all(directory)
                .map_err(|error| Failure::failed(format!("`{}` cannot be made: {error}", directory.display())))?;
            git.run(&["init", "--quiet", "--bare", "."])?.map_err(|error| broken(&error))?;
        }
        if git.run(&["fetch", "--quiet", "--depth=1", "--no-tags", "--", url, commit])?.is_ok() {
            return Ok(Ok(()));
        }
        // Not every server gives a commit by its own name.
        let all =
            git.run(&["fetch", "--quiet", "--", url, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"])?;
        match all {
            Ok(_) if git.commit(commit)?.is_some() => Ok(Ok(())),
            Ok(_) => Ok(Err(format!("it has no commit `{commit}`"))),
            Err(error) => Ok(Err(error)),
        }
    }

    /// The best common ancestor of two commits.
    pub(super) fn merge_base(&self, one: &str, other: &str) -> Result<Option<String>, Failure> {
        let found = self.run(&["merge-base", "--", one, other])?;
        Ok(found.ok().and_then(|text| text.lines().next().map(ToOwned::to_owned)))
    }

    /// The tags whose commits a commit can reach.
    pub(super) fn tags(&self, commit: &str) -> Result<Vec<Tag>, Failure> {
        let format = "--format=%(refname:strip=2)%00%(objectname)%00%(*objectname)";
        let merged = format!("--merged={commit}");
        let text = self.run(&["for-each-ref", &merged, format, "refs/tags"])?.map_err(|error| broken(&error))?;
        let tag = |line: &str| {
            let mut parts = line.split('\0');
            let (name, object, peeled) = (parts.next()?, parts.next()?, parts.next()?);
            let commit = if peeled.is_empty() { object } else { peeled };
            Some(Tag { name: name.to_owned(), commit: commit.to_owned() })
        };
        Ok(text.lines().filter_map(tag).collect())
    }

    /// Whether any of the folder's contracts differ from what HEAD has.
    pub(super) fn dirty(&self) -> Result<bool, Failure> {
        let arguments = ["status", "--porcelain", "--untracked-files=all", "--"];
        let contracts = ["contracts", "schemas", "linkspan.yaml", "*.asyncapi.*", "*.openapi.*", "*.schema.*"];
        let arguments: Vec<_> = arguments.into_iter().chain(contracts).collect();
        Ok(self.run(&arguments)?.map_err(|error| broken(&error))?.lines().next().is_some())
    }

    /// Whether the history ends early.
    pub(super) fn shallow(&self) -> Result<bool, Failure> {
        Ok(self.run(&["rev-parse", "--is-shallow-repository"])?.is_ok_and(|text| text.trim() == "true"))
    }

    /// The files of the folder, as a commit has them.
    pub(in crate::compat) fn tree(&self, commit: &str) -> Result<Commit, Failure> {
        let below = self.run(&["rev-parse", "--show-prefix"])?.map_err(|error| broken(&error))?;
        let below = below.trim_end_matches(['\n', '\r']).to_owned();
        let listing = self.bytes(&["ls-tree", "-r", "-z", "--full-tree", commit])?.map_err(|error| broken(&error))?;
        Ok(Commit { entries: entries(&listing, &below), reader: Mutex::new(None), git: self.clone() })
    }

    /// What `git` says; the inner error is what it complains about.
    fn run(&self, arguments: &[&str]) -> Result<Result<String, String>, Failure> {
        Ok(self.bytes(arguments)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    fn bytes(&self, arguments: &[&str]) -> Result<Result<Vec<u8>, String>, Failure> {
        let output = self.command(arguments).stdin(Stdio::null()).output().map_err(|error| missing(&error))?;
        if output.status.success() {
            return Ok(Ok(output.stdout));
        }
        let complaint = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Ok(Err(complaint.lines().next().unwrap_or("git failed").trim_start_matches("fatal: ").to_owned()))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.directory).args(arguments);
        // The repository is the folder's, whatever a hook that runs us is about.
        for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
            command.env_remove(variable);
        }
        command.env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0").env("GIT_TERMINAL_PROMPT", "0");
        command
    }
}

fn missing(error: &std::io::Error) -> Failure {
    Failure::input(format!("`git` cannot be run: {error}")).help("install git, or name a folder with `--against`")
}

fn broken(complaint: &str) -> Failure {
    Failure::input(format!("the git repository cannot be read: {complaint}"))
}

/// One file or link of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    object: String,
    link: bool,
}

/// The entries below a folder from what `git ls-tree -z` lists: `mode type object\tpath`.
fn entries(listing: &[u8], below: &str) -> BTreeMap<PathBuf, Entry> {
    let entry = |record: &[u8]| {
        let record = std::str::from_utf8(record).ok()?;
        let (about, path) = record.split_once('\t')?;
        let mut words = about.split(' ');
        let (mode, kind, object) = (words.next()?, words.next()?, words.next()?);
        let path = path.strip_prefix(below)?;
        let entry = Entry { object: object.to_owned(), link: mode == "120000" };
        (kind == "blob").then(|| (PathBuf::from(path), entry))
    };
    listing.split(|byte| *byte == 0).filter_map(entry).collect()
}

/// The files of one commit. Links inside it are followed.
#[derive(Debug)]
pub(in crate::compat) struct Commit {
    entries: BTreeMap<PathBuf, Entry>,
    reader: Mutex<Option<Objects>>,
    git: Git,
}

impl Commit {
    fn object(&self, object: &str, limit: u64) -> Result<Vec<u8>, String> {
        let unreadable = |error: std::io::Error| format!("cannot be read: {error}");
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        if reader.is_none() {
            *reader = Some(Objects::open(&self.git).map_err(unreadable)?);
        }
        let Some(objects) = reader.as_mut() else { return Err("cannot be read".to_owned()) };
        let read = objects.read(object, limit);
        if read.is_err() {
            // What is left of the answer must not be taken for the next one.
            *reader = None;
        }
        read.map_err(unreadable)?.ok_or_else(|| format!("is larger than {limit} bytes"))
    }

    /// A path behind the links on the way to it.
    fn resolve(&self, path: &Path, links: usize) -> Result<PathBuf, String> {
        let path = normal(path).ok_or(OUTSIDE)?;
        let link = path.ancestors().find(|at| self.entries.get(*at).is_some_and(|entry| entry.link));
        let Some(link) = link else {
            let known = self.entries.contains_key(&path);
            return if known { Ok(path) } else { Err("cannot be read: it is not there".to_owned()) };
        };
        let entry = self.entries.get(link).filter(|_| links > 0).ok_or("cannot be read: links go in circles")?;
        let target = String::from_utf8_lossy(&self.object(&entry.object, 4096)?).into_owned();
        if target.starts_with('/') {
            return Err(OUTSIDE.to_owned());
        }
        let rest = path.strip_prefix(link).unwrap_or(Path::new(""));
        let folder = link.parent().unwrap_or(Path::new(""));
        self.resolve(&folder.join(target).join(rest), links - 1)
    }
}

impl Tree for Commit {
    fn locate(&self, path: &Path) -> Result<PathBuf, String> {
        self.resolve(path, MOST_LINKS)
    }

    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, String> {
        let path = self.locate(path)?;
        let entry = self.entries.get(&path).ok_or("cannot be read: it is not there")?;
        within(self.object(&entry.object, limit)?, limit)
    }

    fn list(&self) -> Vec<PathBuf> {
        let files = self.entries.iter().filter(|(path, entry)| !entry.link && listed(path));
        files.map(|(path, _)| path.clone()).collect()
    }
}

/// A `git cat-file --batch` that is asked for one object after the other.
#[derive(Debug)]
struct Objects {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Objects {
    fn open(git: &Git) -> std::io::Result<Self> {
        let mut command = git.command(&["cat-file", "--batch"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let gone = || std::io::Error::other("git has no output");
        let output = BufReader::new(child.stdout.take().ok_or_else(gone)?);
        Ok(Self { input: child.stdin.take(), child, output })
    }

    /// An object's content; `None`, if it is longer than allowed.
    fn read(&mut self, object: &str, limit: u64) -> std::io::Result<Option<Vec<u8>>> {
        let input = self.input.as_mut().ok_or_else(|| std::io::Error::other("git takes no input"))?;
        writeln!(input, "{object}")?;
        input.flush()?;
        let mut header = String::new();
        self.output.read_line(&mut header)?;
        // `<object> blob <size>`, or `<object> missing`.
        let size: Option<u64> = header.trim_end().rsplit(' ').next().and_then(|size| size.parse().ok());
        let size = size.ok_or_else(|| std::io::Error::other("the commit is there, but this file of it is not"))?;
        let kept = size.min(limit.saturating_add(1));
        let mut bytes = Vec::new();
        (&mut self.output).take(kept).read_to_end(&mut bytes)?;
        std::io::copy(&mut (&mut self.output).take(size - kept + 1), &mut std::io::sink())?;
        Ok((size <= limit).then_some(bytes))
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        // Without input it ends by itself.
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
