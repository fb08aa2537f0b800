use std::process::Command;

use crate::support::act::act;
use crate::support::have;
use crate::{edit, place, project, says};

const PROJECT: &str = "tests/cli/events.in";
const SCHEMA: &str = "contracts/models/order.schema.yaml";

const STEPS: &str = "      - id: compat
        uses: linkspan-dev/linkspan/actions/compat@v1
        with:
          against: v1.0.0
          html: report
      - if: always()
        run: echo \"report $(grep -c witness report/index.html)\"
";

/// The folder's files become a release.
fn release(folder: &std::path::Path, tag: &str) {
    for arguments in
        [&["init", "--quiet"][..], &["add", "--all"], &["commit", "--quiet", "-m", "release"], &["tag", tag]]
    {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=test", "-c", "user.email=test@example.com"]).args(arguments).current_dir(folder);
        let output = git.env("GIT_CONFIG_GLOBAL", "/dev/null").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn a_break_is_annotated_with_the_event_that_breaks() {
    if !have(&["act"]) {
        return;
    }
    let folder = project(PROJECT, STEPS);
    release(folder.path(), "v1.0.0");
    edit(folder.path(), SCHEMA, "minLength: 3", "minLength: 5");
    let run = act(folder.path(), &[]);
    assert!(!run.success, "{}", run.log);
    let places: Vec<_> = run.errors().map(|error| (error.place(), error.get("title"))).collect();
    assert!(places.contains(&(place(folder.path(), SCHEMA, "minLength: 5"), "compat/min-length-raised")), "{places:?}");
    says(&run.summary, &["<details>", "breaking", "model order"]);
    assert_eq!(run.output("compat.breaking"), run.output("compat.breaking").trim());
    assert_ne!(run.output("compat.breaking"), "0");
    says(&run.log, &["exit status 1", "report "]);
}

#[test]
fn what_stays_compatible_passes() {
    if !have(&["act"]) {
        return;
    }
    let folder = project(PROJECT, STEPS);
    release(folder.path(), "v1.0.0");
    edit(folder.path(), SCHEMA, "minLength: 3", "minLength: 1");
    let run = act(folder.path(), &[]);
    assert!(run.success, "{}", run.log);
    assert_eq!(run.output("compat.breaking"), "0");
    assert_eq!(run.errors().count(), 0);
}
