//! Edits on which the two verdicts differ: breaks that a comparison of keywords misses, and harmless edits that it
//! forbids. The page about them is made from the same table: `LINKSPAN_WRITE_DOCS=1` writes it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write;
use std::path::Path;

use linkspan_events::compat::registry::{self, Policy, Registered};
use linkspan_events::compat::semantic::{self, Budget, Verdict};
use linkspan_events::schema::{Bundle, Dialect};
use serde_json::Value;

const PAGE: &str = "docs/explanation/what-a-registry-misses.md";

const FEWEST: usize = 20;

/// An edit, and what both verdicts say.
struct Row {
    title: String,
    old: Value,
    new: Value,
    registry: registry::Answer,
    semantic: Verdict,
}

fn rows(table: &str) -> Vec<Row> {
    let rows: Vec<Value> = serde_json::from_str(table).unwrap();
    let row = |row: &Value| {
        let (old, new) = (row["old"].clone(), row["new"].clone());
        let registered = |schema: &Value| Registered { schema: schema.clone(), ..Registered::default() };
        let bundle = |schema: &Value| Bundle::alone(schema.clone(), Dialect::Draft202012);
        Row {
            title: row["title"].as_str().unwrap().to_owned(),
            registry: registry::compare(&registered(&old), &registered(&new), Policy::Strict),
            semantic: semantic::compare(&bundle(&old), &bundle(&new), Budget::default()),
            old,
            new,
        }
    };
    rows.iter().map(row).collect()
}

fn missed() -> Vec<Row> {
    rows(include_str!("misses/missed.json"))
}

fn forbidden() -> Vec<Row> {
    rows(include_str!("misses/forbidden.json"))
}

#[test]
fn breaks_that_keywords_do_not_show_have_witnesses() {
    let rows = missed();
    assert!(rows.len() >= FEWEST);
    let wrong = rows
        .iter()
        .filter(|row| row.registry.compatible != Some(true) || !matches!(row.semantic, Verdict::Breaking(_)));
    assert_none(wrong);
}

#[test]
fn harmless_edits_that_keywords_forbid_are_compatible() {
    let rows = forbidden();
    assert!(rows.len() >= FEWEST);
    let wrong = rows.iter().filter(|row| row.registry.compatible != Some(false) || row.semantic != Verdict::Compatible);
    assert_none(wrong);
}

fn assert_none<'r>(rows: impl Iterator<Item = &'r Row>) {
    let told: Vec<String> = rows.map(|row| format!("{}: {:?}, {:?}", row.title, row.registry, row.semantic)).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[test]
fn the_page_says_what_the_table_says() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(PAGE);
    let page = page();
    if std::env::var_os("LINKSPAN_WRITE_DOCS").is_some() {
        std::fs::write(&file, &page).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(written == page, "{PAGE} is out of date: run this test with LINKSPAN_WRITE_DOCS=1");
}

const INTRODUCTION: &str = "\
# What a registry misses, and what it forbids

A schema registry compares two schemas keyword by keyword. `linkspan-events compat` gives that verdict, and a second one
that asks what the schemas mean: is there an event that the old schema accepts and the new one rejects? If there is,
it is shown. On the edits below the two differ. The registry is one with Confluent's rules and its default policy,
`STRICT`, in the mode `BACKWARD`.

This page is made from a table that is also a test.
";

const MISSED: &str = "
## Breaking, and missed

The registry accepts each of these edits. The event under it was valid before and is not any more.
";

const FORBIDDEN: &str = "
## Harmless, and forbidden

The registry refuses each of these edits. No event that was valid before is not valid any more.
";

fn page() -> String {
    let mut page = format!("{INTRODUCTION}{MISSED}");
    for row in missed() {
        row.write(&mut page);
        if let Verdict::Breaking(witness) = &row.semantic {
            writeln!(page, "\nBreaks with: `{}`", witness.event).unwrap();
        }
    }
    page.push_str(FORBIDDEN);
    for row in forbidden() {
        row.write(&mut page);
        let mut kinds: Vec<String> = row.registry.changes.iter().map(|change| format!("`{}`", change.kind)).collect();
        kinds.sort();
        kinds.dedup();
        writeln!(page, "\nThe registry says: {}", kinds.join(", ")).unwrap();
    }
    page
}

impl Row {
    /// The edit as a diff of lines.
    fn write(&self, page: &mut String) {
        let text = |schema: &Value| {
            let mut schema = schema.clone();
            schema.as_object_mut().unwrap().remove("$schema");
            serde_json::to_string_pretty(&schema).unwrap()
        };
        let (old, new) = (text(&self.old), text(&self.new));
        let dialect = self.old["$schema"].as_str().unwrap().trim_end_matches("/schema#").trim_end_matches("/schema");
        let draft = dialect.rsplit('/').next().unwrap().trim_start_matches("draft-0");
        write!(page, "\n### {}\n\nIn draft {draft}:\n\n```diff\n", self.title).unwrap();
        for change in similar::TextDiff::from_lines(&old, &new).iter_all_changes() {
            writeln!(page, "{}{}", change.tag(), change.value().trim_end()).unwrap();
        }
        page.push_str("```\n");
    }
}
