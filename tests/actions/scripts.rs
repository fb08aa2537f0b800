//! The launcher, the templates and the linters: scripts, since what they test are scripts.

use std::path::Path;
use std::process::Command;

/// Runs one of the scripts beside this file, and shows what it said where it fails.
fn passes(script: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/actions").join(script);
    let output = Command::new("bash").arg(path).output().expect("bash runs");
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{script}:\n{}{}", said(&output.stdout), said(&output.stderr));
}

#[test]
fn launcher() {
    passes("launcher.sh");
}

#[test]
fn templates() {
    passes("templates.sh");
}
