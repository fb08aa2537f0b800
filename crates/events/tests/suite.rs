//! JSON-Schema-Test-Suite through the command: schema and instances as files, verdicts as people get them.
//!
//! Cases whose references lead to the suite's own server are left out: nothing is fetched.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use linkspan_command::Context;
use linkspan_events::validate::{Args, run};
use linkspan_source::Format;
use serde_json::Value;

const DRAFTS: [(&str, &str); 5] = [
    ("draft4", "http://json-schema.org/draft-04/schema#"),
    ("draft6", "http://json-schema.org/draft-06/schema#"),
    ("draft7", "http://json-schema.org/draft-07/schema#"),
    ("draft2019-09", "https://json-schema.org/draft/2019-09/schema"),
    ("draft2020-12", "https://json-schema.org/draft/2020-12/schema"),
];

fn suite() -> Option<PathBuf> {
    let home = std::env::var("HOME").unwrap_or_default();
    let tools = std::env::var("LINKSPAN_TOOLS").unwrap_or_else(|_| format!("{home}/.cache/linkspan-tools"));
    let suite = Path::new(&tools).join("json-schema-suite/tests");
    if suite.exists() {
        return Some(suite);
    }
    assert!(
        std::env::var("LINKSPAN_TEST_OFFLINE").is_ok_and(|offline| offline == "1"),
        "the JSON-Schema-Test-Suite is missing: run `tests/parts/install.sh --only json-schema-suite`"
    );
    None
}

#[derive(Default)]
struct Tally {
    right: usize,
    wrong: Vec<String>,
    left_out: usize,
}

#[test]
fn required_cases() {
    let Some(suite) = suite() else { return };
    for (draft, dialect) in DRAFTS {
        let tally = check(&suite.join(draft), dialect, false);
        assert!(tally.wrong.is_empty(), "{draft}: {:#?}", tally.wrong);
        assert!(
            tally.right > 500 && tally.left_out < 150,
            "{draft}: {} right, {} left out",
            tally.right,
            tally.left_out
        );
        println!("{draft}: {} required cases right, {} left out", tally.right, tally.left_out);
    }
}

#[test]
fn format_cases() {
    let Some(suite) = suite() else { return };
    for (draft, dialect) in DRAFTS {
        let tally = check(&suite.join(draft).join("optional/format"), dialect, true);
        assert!(tally.wrong.is_empty(), "{draft}: {:#?}", tally.wrong);
        println!("{draft}: {} format cases right", tally.right);
    }
}

fn check(folder: &Path, dialect: &str, formats: bool) -> Tally {
    let work = tempfile::tempdir().unwrap();
    let mut tally = Tally::default();
    for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        let groups: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        for group in groups.as_array().unwrap() {
            let schema = with_dialect(&group["schema"], dialect);
            for case in group["tests"].as_array().unwrap() {
                let name = format!("{}: {}: {}", file.display(), group["description"], case["description"]);
                judge(work.path(), &schema, case, formats, name, &mut tally);
            }
        }
    }
    tally
}

fn judge(work: &Path, schema: &Value, case: &Value, formats: bool, name: String, tally: &mut Tally) {
    std::fs::write(work.join("schema.json"), schema.to_string()).unwrap();
    std::fs::write(work.join("instance.json"), case["data"].to_string()).unwrap();
    let args = Args {
        files: vec!["instance.json".into()],
        schema: Some("schema.json".into()),
        assert_formats: formats,
        stdin_format: Format::Json,
    };
    match run(args, &Context::quiet("events validate", work)) {
        Ok(report) => {
            let valid = report.result["invalid"] == 0;
            if valid == case["valid"].as_bool().unwrap() && valid == report.findings.kept().is_empty() {
                tally.right += 1;
            } else {
                tally.wrong.push(name);
            }
        }
        Err(failure) if failure.to_string().contains("localhost:1234") => tally.left_out += 1,
        Err(failure) => tally.wrong.push(format!("{name}: {failure}")),
    }
}

/// The cases of the older drafts name none.
fn with_dialect(schema: &Value, dialect: &str) -> Value {
    let mut schema = schema.clone();
    if let Some(object) = schema.as_object_mut().filter(|object| !object.contains_key("$schema")) {
        // Siblings of a reference count for nothing before 2019-09, and so does `$schema` beside one.
        object.insert("$schema".to_owned(), dialect.into());
    }
    schema
}
