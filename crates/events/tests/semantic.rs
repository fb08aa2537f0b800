//! The semantic verdict: pairs with known verdicts, and the schemas of the JSON-Schema-Test-Suite against each other.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod conformance;

use std::path::{Path, PathBuf};

use linkspan_events::compat::semantic::{Budget, Verdict, compare};
use linkspan_events::schema::{Bundle, Dialect};
use serde_json::Value;

const DRAFTS: [(&str, Dialect); 5] = [
    ("draft4", Dialect::Draft4),
    ("draft6", Dialect::Draft6),
    ("draft7", Dialect::Draft7),
    ("draft2019-09", Dialect::Draft201909),
    ("draft2020-12", Dialect::Draft202012),
];

fn dialect(name: &str) -> Dialect {
    DRAFTS.iter().find(|(known, _)| *known == name).unwrap().1
}

/// Each line: the draft, the writer's and the reader's schema, the verdict, and the witness if it matters.
#[test]
fn pairs_with_known_verdicts() {
    let mut wrong = Vec::new();
    for line in include_str!("semantic/pairs.ndjson").lines().filter(|line| !line.is_empty()) {
        let pair: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        let draft = dialect(pair.get("draft").and_then(Value::as_str).unwrap_or("draft2020-12"));
        let reader_draft = pair.get("reader draft").and_then(Value::as_str).map_or(draft, dialect);
        let writer = Bundle::alone(pair["writer"].clone(), draft);
        let reader = Bundle::alone(pair["reader"].clone(), reader_draft);
        let verdict = compare(&writer, &reader, Budget::default());
        let got = match &verdict {
            Verdict::Compatible => "compatible",
            Verdict::Breaking(_) => "breaking",
            Verdict::Unknown(_) => "unknown",
        };
        let other_event = match (&verdict, pair.get("witness")) {
            (Verdict::Breaking(witness), Some(event)) => witness.event != *event,
            (_, witness) => witness.is_some(),
        };
        if got != pair["verdict"] || other_event {
            wrong.push(format!("{line}\n  {verdict:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

struct Case {
    file: String,
    schema: Value,
    valid: Vec<Value>,
    invalid: Vec<Value>,
}

fn cases(folder: &Path) -> Vec<Case> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "json")) {
        let groups: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        for group in groups.as_array().unwrap() {
            let tests = group["tests"].as_array().unwrap();
            let data = |valid: bool| {
                let tests = tests.iter().filter(move |test| test["valid"] == valid);
                tests.map(|test| test["data"].clone()).collect()
            };
            cases.push(Case {
                file: file.file_stem().unwrap().to_string_lossy().into_owned(),
                schema: group["schema"].clone(),
                valid: data(true),
                invalid: data(false),
            });
        }
    }
    cases
}

#[derive(Default)]
struct Tally {
    decided: usize,
    /// Schemas with references to elsewhere: no bundles.
    left_out: usize,
    undecided: Vec<String>,
    wrong: Vec<String>,
}

impl Tally {
    fn count(&mut self, writer: &Case, reader: &Case, draft: Dialect) {
        let one = Bundle::alone(writer.schema.clone(), draft);
        let other = Bundle::alone(reader.schema.clone(), draft);
        let pair = format!("{} -> {}", writer.schema, reader.schema);
        let verdict = compare(&one, &other, Budget::default());
        match verdict {
            Verdict::Unknown(reason)
                if reason.contains("a reference to") || reason.contains("is not in the schema") =>
            {
                self.left_out += 1;
                return;
            }
            Verdict::Unknown(reason) => return self.undecided.push(format!("{}: {pair}: {reason}", writer.file)),
            Verdict::Compatible => {
                // What the suite says of a value under both schemas.
                let refuting = writer.valid.iter().find(|value| reader.invalid.contains(value));
                self.wrong.extend(refuting.map(|value| format!("{pair}: compatible, but {value}")));
            }
            Verdict::Breaking(witness) => {
                let event = &witness.event;
                if writer.invalid.contains(event) || reader.valid.contains(event) || witness.rejected_by.is_empty() {
                    self.wrong.push(format!("{pair}: breaking by {event}, {:?}", witness.rejected_by));
                }
            }
        }
        self.decided += 1;
    }
}

/// Within a file of the suite, each schema against those before and after it.
#[test]
fn the_suite_against_itself() {
    let Some(suite) = conformance::suite() else { return };
    let mut tally = Tally::default();
    for (draft, dialect) in DRAFTS {
        let cases = cases(&suite.join("tests").join(draft));
        for (place, writer) in cases.iter().enumerate() {
            let near = &cases[place.saturating_sub(2)..(place + 3).min(cases.len())];
            for reader in near.iter().filter(|reader| reader.file == writer.file) {
                tally.count(writer, reader, dialect);
            }
        }
    }
    let all = tally.decided + tally.undecided.len();
    println!("{} of {all} decided, {} left out", tally.decided, tally.left_out);
    println!("{}", tally.undecided.join("\n"));
    assert!(tally.wrong.is_empty(), "{:#?}", tally.wrong);
    assert!(tally.decided * 100 >= all * 98, "{} of {all} decided", tally.decided);
}
