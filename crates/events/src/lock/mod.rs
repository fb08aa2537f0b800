//! `lock`: pins the remote documents that a project's contracts refer to.
//!
//! `linkspan.lock` ([`linkspan_project::Lock`]) has an address and a digest for each, and the copies are kept below
//! `.linkspan/remotes/`; both are to be committed. All commands read the copies, and nothing else.

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

use crate::schema::{Files, unescaped};
pub(crate) use references::referred;
pub(crate) use stored::digest;
pub use stored::documents;

/// Pin the remote documents that the project's contracts refer to
///
/// Writes `linkspan.lock`, which has the digest of each, and copies below `.linkspan/remotes/`; commit both. Documents
/// come from files given with `--from`, or from the copies that are there. What they refer to in turn is locked, too.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(after_help = "Examples:
  linkspan-events lock                                          what is missing?
  linkspan-events lock --from https://example.com/order.json=vendor/order.json
  linkspan-events lock --prune")]
pub struct Args {
    /// Further documents whose references are locked, beside the project's contracts
    #[arg(value_name = "FILES")]
    pub files: Vec<PathBuf>,

    /// Take the document with this address from a file; again with another file, to change what is locked
    #[arg(long, value_name = "URI=FILE")]
    pub from: Vec<String>,

    /// Fetch what is missing over HTTP
    #[cfg(feature = "registry")]
    #[arg(long)]
    pub fetch: bool,

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
    let before = stored::lock(&project.root)?;
    let files = Files::new(&project.root, directory);
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
        match source::bytes(args, &uri, &mut given, &before, &project.root)? {
            Some(bytes) => {
                let file = plan.add(&uri, bytes.as_slice(), &project.root);
                let document =
                    stored::parse(&bytes, Path::new(&file)).map_err(|findings| source::malformed(&uri, findings))?;
                open.push((document, uri.clone(), uri));
            }
            None => plan.missing.extend(mention),
        }
    }
    if args.prune {
        plan.dropped = before.remotes.keys().filter(|uri| !needed.contains(*uri)).cloned().collect();
        plan.lock.remotes.retain(|uri, _| needed.contains(uri));
    }
    Ok(plan)
}

impl Plan {
    /// Adds a document, and says where its copy will be.
    fn add(&mut self, uri: &str, bytes: &[u8], root: &Path) -> String {
        let digest = digest(bytes);
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
    if plan.changed.is_empty() && plan.dropped.is_empty() && plan.copies.is_empty() {
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
    let missing = plan.missing.len();
    findings.extend(plan.missing);
    let text = format!(
        "{} locked{}{}{}",
        match plan.lock.remotes.len() {
            1 => "1 remote document".to_owned(),
            count => format!("{count} remote documents"),
        },
        if plan.changed.is_empty() {
            String::new()
        } else {
            format!(", {} of them new or changed", plan.changed.len())
        },
        if plan.dropped.is_empty() { String::new() } else { format!(", {} dropped", plan.dropped.len()) },
        if missing == 0 { String::new() } else { format!(", {missing} missing") },
    );
    let text = if dry_run { format!("would be: {text}") } else { text };
    Report::new("events lock", findings)
        .result(json!({
            "remotes": plan.lock.remotes, "changed": plan.changed, "dropped": plan.dropped, "missing": missing,
        }))
        .text(text)
}
