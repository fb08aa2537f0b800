//! `linkspan init`: a `linkspan.yaml` and a workflow from what is there.
//!
//! [`look`] reads, everything else decides on [`Found`](found::Found) alone.

mod compose;
mod config;
mod found;
mod look;
mod paths;
mod services;
mod workflow;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use linkspan_command::{Context, Failure};
use linkspan_project::FILE_NAME;
use linkspan_report::Report;
use serde_json::json;

use found::Found;
pub(crate) use paths::name;

/// Write a linkspan.yaml and a workflow from what is there
///
/// Looks for Dockerfiles, a compose file, manifests, kustomizations, charts, AsyncAPI documents and JSON Schemas.
/// What convention says already is not written; the comments say what else there is. Files that exist stay as they
/// are.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  linkspan init --dry-run     show what would be written
  linkspan init")]
pub(crate) struct Args {
    /// Show the files, and write nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Overwrite the files if they exist
    #[arg(long)]
    pub force: bool,
}

/// A file to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Draft {
    /// Where, relative to the working directory if it is below.
    path: PathBuf,
    text: String,
}

/// Runs `init`.
///
/// # Errors
/// All files exist and may not be overwritten, or one cannot be written.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Report, Failure> {
    let root = context.directory.as_path();
    let repository = root.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(root);
    let found = look::look(root, repository);
    let (config, workflow) = decide(&found);
    let drafts = [
        Draft { path: root.join(FILE_NAME), text: config },
        Draft { path: repository.join(workflow::PATH), text: workflow },
    ];
    let (there, new): (Vec<_>, Vec<_>) = drafts.into_iter().partition(|draft| draft.path.exists() && !args.force);
    if new.is_empty() {
        let failure =
            Failure::refused(format!("`{FILE_NAME}` and the workflow are there already; nothing was changed"));
        return Err(failure.help("`--dry-run --force` shows what would be written, `--force` overwrites"));
    }
    if !args.dry_run {
        for draft in &new {
            write(draft)?;
        }
    }
    Ok(report(args, &found, &new, &there, root))
}

/// The texts of `linkspan.yaml` and of the workflow.
fn decide(found: &Found) -> (String, String) {
    let (services, conventional) = services::propose(found);
    (config::config(found, &services, conventional), workflow::workflow(found, &services))
}

/// Writes a file as a whole or not at all.
fn write(draft: &Draft) -> Result<(), Failure> {
    let failed =
        |error: std::io::Error| Failure::failed(format!("`{}` cannot be written: {error}", draft.path.display()));
    let folder = draft.path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut builder = tempfile::Builder::new();
    // Files of a repository are for everybody; the user's mask still holds.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder).map_err(failed)?;
    file.write_all(draft.text.as_bytes()).map_err(failed)?;
    file.persist(&draft.path).map(drop).map_err(|error| failed(error.error))
}

fn report(args: &Args, found: &Found, new: &[Draft], there: &[Draft], root: &Path) -> Report {
    let shown = |draft: &Draft| draft.path.strip_prefix(root).unwrap_or(&draft.path).display().to_string();
    let mut lines = vec![format!("found {}", inventory(found))];
    for draft in there {
        lines.push(format!("kept {} (--force overwrites it)", shown(draft)));
    }
    for draft in new {
        if args.dry_run {
            lines.push(format!("\nwould write {}:\n\n{}", shown(draft), draft.text.trim_end()));
        } else {
            lines.push(format!("wrote {}", shown(draft)));
        }
    }
    if !args.dry_run {
        lines.push("next: `linkspan up` runs the project on a local Kubernetes".to_owned());
    }
    let files: Vec<_> = new.iter().map(|draft| json!({ "path": shown(draft), "text": draft.text })).collect();
    let kept: Vec<_> = there.iter().map(shown).collect();
    let result = json!({ "files": files, "kept": kept, "written": !args.dry_run });
    Report::new("init", linkspan_report::Findings::default()).result(result).text(lines.join("\n"))
}

/// What was found, in one line.
fn inventory(found: &Found) -> String {
    let count = |count: usize, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {many}")),
    };
    let parts = [
        count(found.dockerfiles.len(), "Dockerfile", "Dockerfiles"),
        found.compose.as_ref().map(|compose| compose.file.clone()),
        count(found.manifests.len(), "folder with manifests", "folders with manifests"),
        count(found.asyncapi.len(), "AsyncAPI document", "AsyncAPI documents"),
        count(found.schemas.len(), "JSON Schema", "JSON Schemas"),
        count(found.samples.len(), "file of sample events", "files of sample events"),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "nothing that linkspan knows".to_owned() } else { parts.join(", ") }
}

#[cfg(test)]
mod tests;
