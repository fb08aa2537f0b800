//! `lock`: pins the remote documents that a project's contracts refer to, and the repositories that it includes.
//!
//! `linkspan.lock` ([`linkspan_project::Lock`]) has an address and a digest for each document, and the copies are kept
//! below `.linkspan/remotes/`; both are to be committed. All commands read the copies, and nothing else. Of a
//! repository it has the commit; a clone, where it is no path, is below `.linkspan/repositories/`.

mod include;
mod references;
mod source;
mod stored;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use linkspan_command::{Context, Failure};
use linkspan_project::{LOCK_NAME, Lock, Project, REMOTES, Remote};
use linkspan_report::{Finding, Report};
use linkspan_source::{Document, Format, format_of};
use serde_json::json;

use crate::compat::subject::include::shown;
use crate::schema::{Files, parse, unescaped};
pub(crate) use references::referred;
pub(crate) use stored::lock;

/// Pin the remote documents that the project's contracts refer to, and the repositories that it includes
///
/// Writes `linkspan.lock`, which has the digest of each, and copies below `.linkspan/remotes/`; commit both. Documents
/// come from files given with `--from`, or from the copies that are there. What they refer to in turn is locked, too.
/// A repository of `include:` is pinned to the commit that its `ref` names: one at a path at once, others with `--fetch`.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(after_help = "Examples:
  linkspan-events lock                                          what is missing?
  linkspan-events lock --from https://example.com/order.json=vendor/order.json
  linkspan-events lock --fetch --update                         included repositories as they are now
  linkspan-events lock --prune")]
pub struct Args {
    /// Further documents whose references are locked, beside the project's contracts
    #[arg(value_name = "FILES")]
    pub files: Vec<PathBuf>,

    /// Take the document with this address from a file; again with another file, to change what is locked
    #[arg(long, value_name = "URI=FILE")]
    pub from: Vec<String>,

    /// Fetch what is missing: repositories with git, documents over HTTP in programs with registries
    #[arg(long)]
    pub fetch: bool,

    /// Pin included repositories anew, to what their `ref` names now
    #[arg(long)]
    pub update: bool,

    /// Drop what nothing refers to
    #[arg(long)]
    pub prune: bool,

    /// Print what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What will be written.
#[derive(Debug, Default)]
struct Plan {
    lock: Lock,
    /// Copies that are not there yet, by their files.
    copies: BTreeMap<String, Vec<u8>>,
    /// Addresses that are new, and such whose documents are others.
    changed: Vec<String>,
    /// Addresses that nothing refers to any more.
    dropped: Vec<String>,
    /// References that are not locked.
    missing: Vec<Finding>,
    /// Included repositories.
    pins: include::Pins,
}

/// Runs `lock`.
///
/// # Errors
/// A contract or a file is missing or malformed, a copy is not what was locked, or nothing can be written.
pub fn run(args: Args, context: &Context) -> Result<Report, Failure> {
    let project = Project::discover(&context.directory).map_err(crate::validate::project_failure)?;
    let plan = plan(&args, &project, &context.directory)?;
    if !args.dry_run {
        write(&plan, &project.root)?;
    }
    Ok(report(plan, args.dry_run, context))
}

fn plan(args: &Args, project: &Project, directory: &Path) -> Result<Plan, Failure> {
    let mut given = source::given(&args.from, directory)?;
    let files = Files::new(&project.root, directory);
    let before = lock(&files)?;
    let mut plan = Plan { lock: before.clone(), ..Plan::default() };
    let mut needed = BTreeSet::new();
    let mut open = contracts(args, project, directory, &files)?;
    let named: BTreeSet<_> = given.keys().cloned().collect();
    // What is given is locked, whether or not a contract refers to it.
    let mut waiting: Vec<(String, Option<Finding>)> = named.iter().map(|uri| (uri.clone(), None)).collect();
    loop {
        while let Some((document, address, shown)) = open.pop() {
            let found = references::of(&document.value, &address);
            let unknown =
                found.to.difference(&found.own).filter(|uri| files.path(uri).is_none() || named.contains(*uri));
            waiting.extend(unknown.map(|uri| (uri.clone(), Some(source::mention(&document, uri, &shown)))));
        }
        let Some((uri, mention)) = waiting.pop() else { break };
        if !needed.insert(uri.clone()) {
            continue;
        }
        match source::bytes(args, &uri, &mut given, &before, &files)? {
            Some(bytes) => {
                let file = plan.add(&uri, bytes.as_slice(), &project.root);
                let document = parse(&bytes, Path::new(&file), &uri).map_err(|error| source::malformed(&uri, error))?;
                open.push((document, uri.clone(), uri));
            }
            None => plan.missing.extend(mention),
        }
    }
    if args.prune {
        plan.dropped = before.remotes.keys().filter(|uri| !needed.contains(*uri)).cloned().collect();
        plan.lock.remotes.retain(|uri, _| needed.contains(uri));
    }
    plan.pins = include::pin(args, project, &files, &mut plan.lock)?;
    Ok(plan)
}

impl Plan {
    /// Whether everything is there already.
    fn is_done(&self) -> bool {
        let same = [&self.changed, &self.dropped, &self.pins.changed, &self.pins.dropped];
        same.iter().all(|list| list.is_empty()) && self.copies.is_empty()
    }

    /// Adds a document, and says where its copy will be.
    fn add(&mut self, uri: &str, bytes: &[u8], root: &Path) -> String {
        let digest = stored::digest(bytes);
        let extension = match format_of(uri.split(['?', '#']).next().unwrap_or_default()) {
            Some(Format::Yaml) => "yaml",
            _ if bytes.trim_ascii_start().starts_with(b"{") || bytes.trim_ascii_start().starts_with(b"[") => "json",
            _ if matches!(bytes.trim_ascii(), b"true" | b"false") => "json",
            _ => "yaml",
        };
        let file = format!("{REMOTES}/{}.{extension}", digest.trim_start_matches("sha256:"));
        let remote = Remote { digest, file: file.clone() };
        if !std::fs::read(root.join(&file)).is_ok_and(|copy| copy == bytes) {
            self.copies.insert(file.clone(), bytes.to_vec());
        }
        if self.lock.remotes.get(uri) != Some(&remote) {
            self.changed.push(uri.to_owned());
            self.lock.remotes.insert(uri.to_owned(), remote);
        }
        file
    }
}

/// A document, the address against which its references stand, and its name for people.
type Open = (std::sync::Arc<Document>, String, String);

/// The project's contracts, further documents, and the files that they refer to.
fn contracts(
    args: &Args,
    project: &Project,
    directory: &Path,
    files: &Files,
) -> Result<Vec<(Document, String, String)>, Failure> {
    let contracts = &project.manifest.contracts;
    let models = contracts.models.values().map(|model| PathBuf::from(&model.schema));
    let mut paths: Vec<_> = project.asyncapi.iter().cloned().chain(models).collect();
    for file in &args.files {
        paths.push(files.locate(&directory.join(file))?);
    }
    let mut seen = BTreeSet::new();
    let mut found: Vec<Open> = Vec::new();
    while let Some(path) = paths.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let document = files.document(&path)?;
        paths.extend(local(&document.value, &path).into_iter().filter(|path| files.locate(path).is_ok()));
        found.push((document, Files::uri(&path), files.shown(&path)));
    }
    Ok(found.into_iter().map(|(document, address, shown)| ((*document).clone(), address, shown)).collect())
}

/// The files that a document refers to by paths.
fn local(value: &serde_json::Value, path: &Path) -> Vec<PathBuf> {
    let found = references::files(value, &Files::uri(path));
    found.iter().filter_map(|uri| uri.strip_prefix("file:///").map(|path| PathBuf::from(unescaped(path)))).collect()
}

fn write(plan: &Plan, root: &Path) -> Result<(), Failure> {
    plan.pins.fetch(root)?;
    if plan.is_done() {
        return Ok(());
    }
    let failed = |error: std::io::Error| Failure::failed(format!("`{LOCK_NAME}` cannot be written: {error}"));
    // Copies first: a lock never names one that is not there.
    if !plan.copies.is_empty() {
        std::fs::create_dir_all(root.join(REMOTES)).map_err(failed)?;
    }
    for (file, bytes) in &plan.copies {
        std::fs::write(root.join(file), bytes).map_err(failed)?;
    }
    plan.lock.write(root).map_err(failed)?;
    let kept: BTreeSet<_> = plan.lock.remotes.values().map(|remote| root.join(&remote.file)).collect();
    let stale = std::fs::read_dir(root.join(REMOTES)).into_iter().flatten().flatten().map(|entry| entry.path());
    for copy in stale.filter(|copy| copy.is_file() && !kept.contains(copy)) {
        std::fs::remove_file(copy).map_err(failed)?;
    }
    Ok(())
}

fn report(plan: Plan, dry_run: bool, context: &Context) -> Report {
    let mut findings = context.findings();
    let remotes =
        summary(plan.lock.remotes.len(), "remote document", "locked", &plan.changed, &plan.dropped, &plan.missing);
    let include = &plan.pins;
    let pinned =
        summary(plan.lock.include.len(), "repository", "pinned", &include.changed, &include.dropped, &include.missing);
    let is_included = !plan.lock.include.is_empty() || !include.missing.is_empty() || !include.dropped.is_empty();
    let text = if is_included { format!("{remotes}; {pinned}") } else { remotes };
    let text = if dry_run { format!("would be: {text}") } else { text };
    let missing = plan.missing.len() + include.missing.len();
    let both = |ours: &[String], theirs: &[String]| [ours, theirs].concat();
    let (changed, dropped) = (both(&plan.changed, &include.changed), both(&plan.dropped, &include.dropped));
    let commits: BTreeMap<_, _> = plan.lock.include.iter().map(|(repository, pin)| (shown(repository), pin)).collect();
    let result = json!({
        "remotes": plan.lock.remotes, "include": commits, "changed": changed, "dropped": dropped, "missing": missing,
    });
    findings.extend(plan.missing);
    findings.extend(plan.pins.missing);
    Report::new("events lock", findings).result(result).text(text)
}

/// `2 remote documents locked, 1 of them new or changed, 1 missing`.
fn summary(count: usize, one: &str, done: &str, changed: &[String], dropped: &[String], missing: &[Finding]) -> String {
    let many = one.strip_suffix('y').map_or_else(|| format!("{one}s"), |stem| format!("{stem}ies"));
    let parts = [(changed.len(), "of them new or changed"), (dropped.len(), "dropped"), (missing.len(), "missing")];
    let parts = parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!(", {count} {what}"));
    format!("{count} {} {done}{}", if count == 1 { one } else { &many }, parts.collect::<String>())
}
