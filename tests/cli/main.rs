//! The whole visible surface, as snapshots: help, results, errors, exit codes.
//!
//! `TRYCMD=overwrite cargo test --test cli` writes them anew.

#[path = "../support/mod.rs"]
mod support;

use std::path::PathBuf;
use std::process::Command;

const PROGRAMS: [&str; 4] = ["linkspan", "linkspan-build", "linkspan-events", "linkspan-rollout"];

#[test]
fn snapshots() {
    let cases = trycmd::TestCases::new();
    for name in PROGRAMS {
        cases.register_bin(name, support::program(name));
    }
    for (name, _) in std::env::vars().filter(|(name, _)| support::is_foreign(name)) {
        cases.env(name, "");
    }
    cases.case("tests/cli/*.trycmd");
}

#[test]
fn results_are_valid_against_their_schemas() {
    let folder = tempfile::tempdir().expect("a folder");
    let schemas = tools().join("schemas/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
    let envelope = support::repository().join("docs/reference/report.schema.json");
    for (format, schema) in [("sarif", schemas), ("json", envelope)] {
        let file = folder.path().join(format!("{format}.json"));
        let output = Command::new(support::program("linkspan-events"))
            .args(["validate", "bad.ndjson", "--format", format])
            .current_dir(support::repository().join("tests/cli/events.in"))
            .env_remove("GITHUB_ACTIONS")
            .output()
            .expect("the program runs");
        std::fs::write(&file, output.stdout).expect("a file");
        let validate = support::repository().join("tests/parts/validate.js");
        let judged = Command::new("node").arg(validate).arg(schema).arg(&file).output().expect("node runs");
        assert!(judged.status.success(), "{format}: {}", String::from_utf8_lossy(&judged.stdout));
    }
}

fn tools() -> PathBuf {
    let home = std::env::var("HOME").unwrap_or_default();
    std::env::var("LINKSPAN_TOOLS").map_or_else(|_| PathBuf::from(home).join(".cache/linkspan-tools"), PathBuf::from)
}
