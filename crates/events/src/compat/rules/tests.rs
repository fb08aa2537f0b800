//! Each rule has a file in `tests/compat_rules/`: two schemas, an event, and the lines
//! `file line column rule <- file line column: message` that are expected.

use std::collections::BTreeSet;
use std::path::Path;

use linkspan_report::Span;

use super::{Break, all, explained};
use crate::compat::load;
use crate::compat::mode::{Mode, Way};

fn cases() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat_rules");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let mut cases: Vec<_> = entries.map(|path| (name(&path), std::fs::read_to_string(&path).unwrap())).collect();
    cases.sort();
    cases
}

fn section<'t>(text: &'t str, name: &str) -> &'t str {
    let (_, after) = text.split_once(&format!("--- {name}\n")).unwrap();
    after.split_once("\n--- ").map_or(after, |(section, _)| section).trim_end()
}

fn breaks(text: &str, way: Way) -> Vec<Break> {
    let folder = tempfile::tempdir().unwrap();
    let (written, read) = (section(text, "old.yaml"), section(text, "new.yaml"));
    let (old, new) = match way {
        Way::Backward => (written, read),
        Way::Forward => (read, written),
    };
    std::fs::write(folder.path().join("old.yaml"), old).unwrap();
    std::fs::write(folder.path().join("new.yaml"), new).unwrap();
    let pair = load::pair(["old.yaml", "new.yaml"], Mode::Backward, None, folder.path()).unwrap();
    let (_, reader) = way.order(&pair.old, &pair.new);
    let event = serde_json::from_str(section(text, "event")).unwrap();
    explained(&pair, way, reader.bundle.as_ref().unwrap(), &event, &[])
}

fn place((file, span): &(String, Option<Span>)) -> String {
    let start = span.unwrap().start;
    format!("{file} {} {}", start.line, start.column)
}

fn line(each: &Break) -> String {
    format!("{} {} <- {}: {}", place(&each.new), each.rule.id, place(&each.old), each.message)
}

#[test]
fn every_rule_recognises_its_change() {
    let mut wrong = Vec::new();
    for (name, text) in cases() {
        let lines: Vec<_> = breaks(&text, Way::Backward).iter().map(line).collect();
        let expected = section(&text, "expected");
        let named = lines.iter().all(|line| line.contains(&format!(" compat/{name} ")));
        if lines.join("\n") != expected || !named {
            wrong.push(format!("{name}.txt\n{}", lines.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn forward_the_same_rule_speaks_of_the_other_version() {
    for (name, text) in cases() {
        let breaks = breaks(&text, Way::Forward);
        assert!(!breaks.is_empty(), "{name}");
        for each in breaks {
            assert_eq!(each.rule.id, format!("compat/{name}"));
            assert_eq!((each.new.0.as_str(), each.old.0.as_str()), ("new.yaml", "old.yaml"));
        }
    }
}

#[test]
fn every_rule_has_a_case_and_every_case_a_rule() {
    let cases: BTreeSet<_> = cases().into_iter().map(|(name, _)| format!("compat/{name}")).collect();
    let rules: BTreeSet<_> = all().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(cases, rules);
    assert!(all().all(|rule| !rule.explanation.is_empty() && rule.help.iter().all(|help| !help.is_empty())));
}
