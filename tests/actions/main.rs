//! The actions, for real, under act: inputs, outputs, annotations, summary, and how they fail.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../support/mod.rs"]
mod support;

mod build;
mod compat;
mod drift;
mod pipeline;
mod rollout;
mod scripts;
mod validate;

use std::path::Path;

/// A copy of a project, with a workflow of one job that checks it out and goes on with these steps.
fn project(from: &str, steps: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    support::copy(&support::repository().join(from), folder.path(), &["target"]);
    let head = "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v6\n";
    write(folder.path(), ".github/workflows/ci.yml", &format!("{head}{steps}"));
    folder
}

/// Writes a file and the folders that it is in.
fn write(folder: &Path, file: &str, text: &str) {
    let path = folder.join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// Replaces a text in a file, which must have it.
fn edit(folder: &Path, file: &str, from: &str, to: &str) {
    let text = std::fs::read_to_string(folder.join(file)).unwrap();
    assert!(text.contains(from), "{file} has no `{from}`");
    write(folder, file, &text.replace(from, to));
}

/// `file:line` of the first line that has a text.
fn place(folder: &Path, file: &str, text: &str) -> String {
    let lines = std::fs::read_to_string(folder.join(file)).unwrap();
    let line = lines.lines().position(|line| line.contains(text)).unwrap();
    format!("{file}:{}", line + 1)
}

/// Fails the test unless all of it was said.
fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
}
