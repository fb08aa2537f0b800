//! What a change of a contract looks like to people, in a real browser.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../support/mod.rs"]
mod support;

use std::path::Path;
use std::process::Command;

use support::browser::Browser;

const OLD: &str = "\
type: object
required: [id, total]
properties:
  id: {type: string}
  total: {type: integer, minimum: 0}
  note: {type: string}
";

/// Runs the program in a folder: its exit code, and what it said.
fn compat(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(support::program("linkspan-events"));
    command.arg("compat").args(arguments).current_dir(folder);
    for (name, _) in std::env::vars().filter(|(name, _)| support::is_foreign(name)) {
        command.env_remove(name);
    }
    let output = command.output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_report_shows_the_event_that_breaks_beside_both_schemas() {
    let folder = tempfile::tempdir().unwrap();
    let new = OLD.replace("note: {type: string}", "note: {type: string, maxLength: 3, title: <b>Note</b>}");
    std::fs::write(folder.path().join("old.yaml"), OLD).unwrap();
    std::fs::write(folder.path().join("new.yaml"), new).unwrap();
    let (exit, said) = compat(folder.path(), &["old.yaml", "new.yaml", "--html", "report"]);
    assert_eq!(exit, 1, "{said}");

    let browser = Browser::open();
    browser.visit(&format!("file://{}", folder.path().join("report/index.html").display()));
    let text = browser.wait_for("Compatibility", 10);
    for part in ["new.yaml", "breaking", "maxLength", "\"note\"", "<b>Note</b>", "total: {type: integer, minimum: 0}"] {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
    // Old and new stand side by side, and only what changed is marked.
    assert_eq!(browser.count("table.diff del, table.diff ins"), browser.count("table.diff td.changed > *"));
    assert_eq!(browser.count("td.rejecting"), 1);
    // From the value in the event to the keyword that rejects it.
    browser.click("pre.witness a.rejected");
    let address = browser.address();
    let target = address.split_once('#').expect("a place in the page").1;
    assert_eq!(browser.count(&format!("td.rejecting#{target}")), 1, "{address}");
    // Nothing but the page itself is loaded.
    assert_eq!(browser.count("script, img, link, iframe"), 0);
}
