//! Who may know whom. Cargo enforces what each `Cargo.toml` says; this holds it against the rules.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

const BASE: [&str; 10] =
    ["command", "github", "kube", "oci", "project", "report", "source", "toolkit", "evidence", "verdict"];
const AREAS: [&str; 6] = ["build", "cluster", "drill", "events", "lambda", "rollout"];

/// What the small programs must not pull in: the package, and what is outside its fence.
const OUTSIDE: [(&str, &[&str]); 2] = [
    (
        "linkspan-events",
        &["tokio", "rustls", "ring", "octocrab", "kube-client", "kube", "openssl-sys", "ureq", "hyper"],
    ),
    ("linkspan-build", &["kube-client", "kube", "jsonschema", "octocrab", "linkspan-kube"]),
];

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The packages of the workspace, and those that each knows outside its tests.
fn known() -> BTreeMap<String, BTreeSet<String>> {
    let metadata: serde_json::Value =
        serde_json::from_str(&cargo(&["metadata", "--locked", "--no-deps", "--format-version=1"])).unwrap();
    let package = |package: &serde_json::Value| {
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        let own = dependencies.filter(|dependency| dependency["kind"].is_null());
        let names = own.map(|dependency| dependency["name"].as_str().unwrap().to_owned()).collect();
        (package["name"].as_str().unwrap().to_owned(), names)
    };
    metadata["packages"].as_array().unwrap().iter().map(package).collect()
}

fn named(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| format!("linkspan-{name}")).collect()
}

#[test]
fn every_crate_has_its_place() {
    let places: BTreeSet<_> = named(&BASE).into_iter().chain(named(&AREAS)).collect();
    let others = ["linkspan", "linkspan-xtask"];
    for name in known().keys() {
        assert!(places.contains(name) || others.contains(&name.as_str()), "`{name}` is neither base nor area");
    }
}

#[test]
fn base_crates_know_no_area_and_areas_not_each_other() {
    let (base, areas) = (named(&BASE), named(&AREAS));
    for (name, dependencies) in known().iter().filter(|(name, _)| base.contains(*name) || areas.contains(*name)) {
        let wrong: Vec<_> = dependencies.intersection(&areas).collect();
        assert!(wrong.is_empty(), "`{name}` knows {wrong:?}");
        assert!(!dependencies.contains("linkspan"), "`{name}` knows the whole");
    }
}

#[test]
fn small_programs_stay_small() {
    for (package, outside) in OUTSIDE {
        let tree =
            cargo(&["tree", "--locked", "--package", package, "--edges=normal", "--prefix=none", "--format={p}"]);
        let names: BTreeSet<_> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
        assert!(names.contains(package));
        let wrong: Vec<_> = outside.iter().filter(|name| names.contains(**name)).collect();
        assert!(wrong.is_empty(), "`{package}` pulls in {wrong:?}");
    }
}
