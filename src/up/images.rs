//! Building the images and bringing them to the cluster.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use linkspan_build::BuildArgs;
use linkspan_command::{Context, Failure};
use linkspan_report::{Outcome, Report};
use serde_json::Value;

use super::delivery::{ARCHIVE, Delivery, tag};
use super::plan::Plan;

/// Images that were built and delivered.
#[derive(Debug, Default)]
pub(super) struct Images {
    /// Image lines, as the cluster reads them.
    pub lines: Vec<String>,
    /// Services whose image was not in the cluster's reach before.
    pub new: Vec<String>,
    /// By service, what was loaded into the cluster: to be remembered, because no cluster can be asked for it.
    pub loaded: BTreeMap<String, String>,
}

/// Builds the images of the plan's services and brings them to the cluster; `loaded` is what it has already. A build
/// that failed comes back as its report.
///
/// # Errors
/// What the build says, or the command that loads images.
pub(super) fn deliver(
    plan: &Plan,
    loaded: &BTreeMap<String, String>,
    context: &Context,
) -> Result<Result<Images, Report>, Failure> {
    let report = linkspan_build::run(&arguments(plan, &plan.services()), context)?;
    if report.outcome != Outcome::Done {
        return Ok(Err(report));
    }
    let mut images = Images { loaded: loaded.clone(), ..Images::default() };
    for built in report.result.get("services").and_then(Value::as_array).into_iter().flatten() {
        let text = |key: &str| built.get(key).and_then(Value::as_str).unwrap_or_default();
        let (name, digest) = (text("name"), text("digest"));
        images.lines.push(plan.delivery.line(&plan.name, name, digest));
        match &plan.delivery {
            Delivery::Registry { .. } => {
                if built.get("unchanged") != Some(&Value::Bool(true)) {
                    images.new.push(name.to_owned());
                }
            }
            Delivery::Load { command } => {
                if loaded.get(name).map(String::as_str) != Some(digest) {
                    load(plan, command, name, digest, context)?;
                    images.new.push(name.to_owned());
                    images.loaded.insert(name.to_owned(), digest.to_owned());
                }
            }
        }
    }
    Ok(Ok(images))
}

/// What the build is told for these services.
pub(super) fn arguments(plan: &Plan, services: &[String]) -> BuildArgs {
    let mut arguments =
        BuildArgs { targets: services.to_vec(), platform: plan.platforms.clone(), ..BuildArgs::default() };
    match &plan.delivery {
        Delivery::Registry { push, .. } => {
            let host = push.split('/').next().unwrap_or(push);
            arguments.registry = Some(format!("{push}/{}", plan.name));
            arguments.insecure_registry = vec![host.to_owned()];
        }
        Delivery::Load { .. } => arguments.output = vec!["store".to_owned()],
    }
    arguments
}

/// Has a tool take one image. It comes out of the build's store, so building it again is reading it.
fn load(plan: &Plan, command: &[String], name: &str, digest: &str, context: &Context) -> Result<(), Failure> {
    let task = context.progress.task(format!("load {name}"));
    let failed = |error: std::io::Error| Failure::failed(format!("cannot write a temporary file: {error}"));
    let folder = tempfile::tempdir().map_err(failed)?;
    let archive = folder.path().join("image.tar");
    let arguments = BuildArgs {
        tag: vec![tag(digest)],
        repository: Some(plan.delivery.repository(&plan.name, name)),
        output: vec![format!("docker={}", archive.display())],
        skip_prepare: true,
        ..arguments(plan, &[name.to_owned()])
    };
    let report = linkspan_build::run(&arguments, context)?;
    if report.outcome != Outcome::Done {
        return Err(Failure::failed(format!("the image of `{name}` cannot be written as an archive")));
    }
    run(command, &archive, context)?;
    task.done("");
    Ok(())
}

fn run(command: &[String], archive: &Path, context: &Context) -> Result<(), Failure> {
    let shown = command.join(" ");
    let words = command.iter().map(|word| if word == ARCHIVE { archive.as_os_str().to_owned() } else { word.into() });
    let mut words = words.collect::<Vec<_>>().into_iter();
    let program = words.next().unwrap_or_default();
    let output = Command::new(&program)
        .args(words)
        .current_dir(&context.directory)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::failed(format!("`{shown}` cannot be started: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing").trim();
    Err(Failure::failed(format!("`{shown}` failed: {}", last.chars().take(500).collect::<String>())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_is_given_the_archive_and_its_complaint_is_passed_on() {
        let context = Context::quiet("up", std::env::temp_dir());
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        run(&words(&["test", ARCHIVE, "=", "/a b.tar"]), Path::new("/a b.tar"), &context).unwrap();
        let failure =
            run(&words(&["sh", "-c", "echo no such cluster >&2; exit 1"]), Path::new("x"), &context).unwrap_err();
        assert!(failure.to_string().ends_with("failed: no such cluster"), "{failure}");
        assert!(run(&words(&["no-such-program-here"]), Path::new("x"), &context).is_err());
    }
}
