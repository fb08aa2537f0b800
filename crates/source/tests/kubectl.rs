//! The Kubernetes dialect reads scalars and keys as kubectl does: frozen in tables, and the tables held against
//! the kubectl on this machine, if there is one.

use std::{fs, process::Command};

use linkspan_source::{Dialect, yaml};
use serde_json::Value;

const HEAD: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

/// The rows of a table: YAML, and the JSON that kubectl makes of it, if it takes it.
fn rows(table: &'static str) -> Vec<(&'static str, Option<Value>)> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    let rows: Vec<_> = lines.map(|line| line.split_once('\t').expect("two columns")).collect();
    rows.into_iter().map(|(yaml, json)| (yaml, serde_json::from_str(json).ok())).collect()
}

fn scalars() -> Vec<(&'static str, Option<Value>)> {
    rows(include_str!("kubectl-scalars.tsv"))
}

fn keys() -> Vec<(&'static str, Option<Value>)> {
    rows(include_str!("kubectl-keys.tsv"))
}

/// What this crate makes of the field `x` of an object.
fn ours(text: &str) -> Option<Value> {
    yaml(&format!("{HEAD}{text}"), Dialect::Kubernetes).ok().map(|documents| documents[0].value["x"].clone())
}

/// What kubectl makes of it, without a cluster.
fn kubectl(text: &str) -> Option<Value> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("object.yaml");
    fs::write(&file, format!("{HEAD}{text}")).expect("a file");
    let output = Command::new("kubectl")
        .args(["annotate", "--local", "-o", "json", "a=b", "-f"])
        .arg(&file)
        .output()
        .expect("kubectl runs");
    let object: Option<Value> = serde_json::from_slice(&output.stdout).ok();
    object.filter(|_| output.status.success()).map(|object| object["x"].clone())
}

#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn has_kubectl() -> bool {
    let found = Command::new("kubectl").args(["version", "--client"]).output().is_ok();
    if !found {
        eprintln!("SKIPPED: there is no kubectl on this machine to hold the tables against");
    }
    found
}

/// Equal, but for integers beyond `i64`: kubectl makes them floats, here they keep their digits.
fn same(ours: &Option<Value>, theirs: &Option<Value>) -> bool {
    let beyond =
        |value: &Option<Value>| value.as_ref().and_then(Value::as_u64).is_some_and(|number| number > i64::MAX as u64);
    let float = |value: &Option<Value>| value.as_ref().and_then(Value::as_f64);
    ours == theirs || ((beyond(ours) || beyond(theirs)) && float(ours) == float(theirs))
}

#[test]
fn scalars_are_read_as_in_the_table() {
    for (yaml, expected) in scalars() {
        let found = ours(&format!("x: {yaml}\n"));
        assert!(same(&found, &expected), "{yaml}: {found:?} is not {expected:?}");
    }
}

#[test]
fn keys_are_read_as_in_the_table() {
    for (yaml, expected) in keys() {
        let found = ours(&format!("x:\n  {yaml}: v\n"));
        let found = found.map(|object| object.as_object().expect("an object").keys().next().cloned().into());
        assert_eq!(found, expected, "{yaml}");
    }
}

#[test]
fn the_tables_are_what_kubectl_does() {
    if !has_kubectl() {
        return;
    }
    let (good, bad): (Vec<_>, Vec<_>) = scalars().into_iter().partition(|(_, value)| value.is_some());
    let list: String = good.iter().map(|(yaml, _)| format!("- {yaml}\n")).collect();
    let found = kubectl(&format!("x:\n{list}")).expect("kubectl takes the list");
    for ((yaml, expected), found) in good.into_iter().zip(found.as_array().expect("a list")) {
        assert!(same(&Some(found.clone()), &expected), "{yaml}: {found} is not {expected:?}");
    }
    for (yaml, _) in bad {
        assert_eq!(kubectl(&format!("x: {yaml}\n")), None, "{yaml}");
    }
    for (yaml, expected) in keys() {
        let found = kubectl(&format!("x:\n  {yaml}: v\n"));
        let found = found.map(|object| object.as_object().expect("an object").keys().next().cloned().into());
        assert_eq!(found, expected, "{yaml}");
    }
}

/// Whole objects: merge keys, aliases, block scalars, flow style, JSON.
#[test]
fn objects_are_read_as_kubectl_reads_them() {
    let texts = [
        "b: &b {a: 1, c: 2}\nx:\n  a: 5\n  <<: *b\n",
        "b: &b {a: 1, c: 2}\nx:\n  <<: *b\n  a: 5\n",
        "b: &b {a: 1, c: 2}\nd: &d {a: 7, e: 3}\nx:\n  <<: [*b, *d]\n  <<: {f: 1}\n",
        "a: &a {p: 1}\nb: &b {<<: *a, q: 2}\nx: {<<: *b, r: 3}\n",
        "b: &b {a: 1}\nx:\n  \"<<\": *b\n",
        "x:\n- a\n- - b\n  - c: |\n      text\n\n      more\n    d: >-\n      folded\n      text\n",
        "x: |+\n  a\n\n\ny: 1\n",
        "x: |2\n    a\n   b\n",
        "x: {a:1, b, c: , 'd': [], \"e\":{}}\n",
        "x: {args: [--level=info, -v, \"a: b\", http://x/y#w]}\n",
        "x: plain\n  over\n\n  lines\n",
        "x: \"a\\tb\\u00e9 \\\n  c\"\n",
        "x: 'it''s'\n",
        "x: # comment\n  y: 1 # comment\n",
        "x: &a [1, 2]\ny: *a\n",
        "x: !!map {a: 1}\n",
        "x:\n  ? a\n  : b\n",
    ];
    let present = has_kubectl();
    for text in texts {
        let found = ours(text);
        assert!(found.is_some(), "{text}");
        if present {
            assert_eq!(found, kubectl(text), "{text}");
        }
    }
}
