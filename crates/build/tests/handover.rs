//! What is handed over to another program, and what comes back.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use linkspan_build::handover::{Ended, Invocation, Processes};
use linkspan_build::{BuildArgs, Builder, run, run_with};
use linkspan_command::{Context, Exit};

/// A machine with `docker`, which "builds" by copying an archive that was made before.
struct Docker {
    archive: PathBuf,
    code: i32,
    seen: Mutex<Vec<Invocation>>,
}

impl Processes for Docker {
    fn find(&self, name: &str) -> Option<PathBuf> {
        (name == "docker" || name == "sh").then(|| PathBuf::from(format!("/usr/bin/{name}")))
    }

    fn run(&self, invocation: &Invocation, line: &(dyn Fn(&str) + Sync)) -> std::io::Result<Ended> {
        self.seen.lock().unwrap().push(invocation.clone());
        line("#1 building");
        let output =
            invocation.arguments.iter().filter_map(|argument| argument.to_str()?.strip_prefix("type=oci,dest="));
        for destination in output {
            std::fs::copy(&self.archive, destination.split(',').next().unwrap())?;
        }
        Ok(Ended { code: Some(self.code), last: vec!["#1 building".into()] })
    }
}

fn args(output: &str) -> BuildArgs {
    BuildArgs {
        targets: vec![".".into()],
        output: vec![output.into()],
        platform: vec!["linux/amd64".into()],
        no_cache: true,
        ..BuildArgs::default()
    }
}

fn docker(folder: &Path, code: i32) -> Docker {
    std::fs::write(folder.join("a"), "a").unwrap();
    std::fs::write(folder.join("Dockerfile"), "FROM scratch\nCOPY a /\n").unwrap();
    run(&args("docker=image.tar"), &Context::quiet("build", folder)).unwrap();
    std::fs::write(folder.join("Dockerfile"), "FROM scratch\nCOPY a /\nRUN --mount=type=cache,target=/x make\n")
        .unwrap();
    Docker { archive: folder.join("image.tar"), code, seen: Mutex::default() }
}

#[test]
fn a_run_goes_to_docker_and_its_image_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let docker = docker(folder.path(), 0);
    let report = run_with(&args("oci=layout"), &Context::quiet("build", folder.path()), &docker).unwrap();
    let service = &report.result["services"][0];
    assert_eq!(service["builder"], "docker buildx");
    assert_eq!(
        service["reasons"][0],
        "Dockerfile, line 3 runs a command with `--mount=type=cache`: `RUN --mount=type=cache,target=/x make`"
    );
    assert!(folder.path().join("layout/index.json").is_file());
    let seen = docker.seen.lock().unwrap();
    let build: Vec<&str> = seen.last().unwrap().arguments.iter().map(|argument| argument.to_str().unwrap()).collect();
    assert_eq!(build[..2], ["buildx", "build"]);
    assert!(build.windows(2).any(|pair| pair == ["--build-arg", "SOURCE_DATE_EPOCH=0"]));
}

#[test]
fn a_dry_run_names_the_builder_and_starts_no_build() {
    let folder = tempfile::tempdir().unwrap();
    let docker = docker(folder.path(), 0);
    let args = BuildArgs { dry_run: true, ..args("oci=layout") };
    let report = run_with(&args, &Context::quiet("build", folder.path()), &docker).unwrap();
    assert!(report.text.contains("would be built by docker buildx"), "{}", report.text);
    assert!(!folder.path().join("layout").exists());
    assert!(docker.seen.lock().unwrap().iter().all(|invocation| invocation.arguments[0] == "version"));
}

#[test]
fn a_builder_that_fails_is_a_failure_with_its_words() {
    let folder = tempfile::tempdir().unwrap();
    let mut docker = docker(folder.path(), 0);
    docker.code = 9;
    let args = BuildArgs { builder: Builder::Docker, ..args("oci=layout") };
    let failure = run_with(&args, &Context::quiet("build", folder.path()), &docker).unwrap_err();
    assert_eq!(failure.exit, Exit::Failed);
    insta::assert_snapshot!(failure, @"`docker buildx` failed with exit code 9: #1 building");
    assert!(!folder.path().join("layout").exists());
}

#[test]
fn native_refuses_what_it_cannot_do() {
    let folder = tempfile::tempdir().unwrap();
    let docker = docker(folder.path(), 0);
    let args = BuildArgs { builder: Builder::Native, ..args("oci=layout") };
    let failure = run_with(&args, &Context::quiet("build", folder.path()), &docker).unwrap_err();
    assert_eq!((failure.exit, failure.finding.span.unwrap().start.line), (Exit::Refused, 3));
}
