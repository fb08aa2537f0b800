use crate::support::act::act;
use crate::support::have;
use crate::{edit, place, project, says};

const SQL: &str = "schema.sql";

const STEPS: &str = "      - id: drift
        uses: linkspan-dev/linkspan/actions/drift@v1
";

/// A project whose model has a table.
fn with_table() -> tempfile::TempDir {
    let folder = project("tests/cli/events.in", STEPS);
    let manifest = "project: x\ncontracts:\n  models:\n    Order:\n      schema: contracts/models/order.schema.yaml\n      \
                    projections:\n        - table: schema.sql#orders\n";
    crate::write(folder.path(), "linkspan.yaml", manifest);
    let table = "CREATE TABLE orders (\n  id TEXT NOT NULL,\n  qty NUMERIC NOT NULL,\n  kind TEXT\n);\n";
    crate::write(folder.path(), SQL, table);
    folder
}

#[test]
fn a_column_that_is_too_short_is_annotated() {
    if !have(&["act"]) {
        return;
    }
    let folder = with_table();
    edit(folder.path(), SQL, "id TEXT NOT NULL", "id VARCHAR(8) NOT NULL");
    let run = act(folder.path(), &[]);
    assert!(!run.success, "{}", run.log);
    let places: Vec<_> = run.errors().map(|error| (error.place(), error.get("title"))).collect();
    assert_eq!(places, [(place(folder.path(), SQL, "VARCHAR(8)"), "drift/too-short")]);
    assert_eq!(run.output("drift.drift"), "1");
    says(&run.summary, &["schema.sql", "drift/too-short"]);
}

#[test]
fn columns_that_hold_the_model_pass() {
    if !have(&["act"]) {
        return;
    }
    let run = act(with_table().path(), &[]);
    assert!(run.success, "{}", run.log);
    assert_eq!((run.output("drift.drift"), run.errors().count()), ("0", 0));
}
