//! JSON-Schema-Test-Suite through the command: schemas and instances as files in JSON and in YAML, verdicts as people
//! get them. The suite's remote documents come through `linkspan.lock`, as a project's would.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod conformance;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use linkspan_command::Context;
use linkspan_events::{lock, validate};
use linkspan_source::{Document, Format, json, pointer};
use serde_json::Value;

const DRAFTS: [(&str, &str); 5] = [
    ("draft4", "http://json-schema.org/draft-04/schema#"),
    ("draft6", "http://json-schema.org/draft-06/schema#"),
    ("draft7", "http://json-schema.org/draft-07/schema#"),
    ("draft2019-09", "https://json-schema.org/draft/2019-09/schema"),
    ("draft2020-12", "https://json-schema.org/draft/2020-12/schema"),
];

/// Where the suite's references say that its remote documents are.
const SERVER: &str = "http://localhost:1234/";

/// A project that has the suite's remote documents locked.
struct Work {
    folder: tempfile::TempDir,
    extension: &'static str,
}

#[derive(Default)]
struct Tally {
    right: usize,
    wrong: Vec<String>,
}

impl Work {
    fn new(suite: &Path, extension: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let remotes = suite.join("remotes");
        let from = files(&remotes)
            .into_iter()
            .map(|file| format!("{SERVER}{}={}", file.strip_prefix(&remotes).unwrap().display(), file.display()));
        let args = lock::Args { from: from.collect(), ..lock::Args::default() };
        let report = lock::run(args, &Context::quiet("events lock", folder.path())).unwrap();
        assert!(report.result["remotes"].as_object().unwrap().len() > 50);
        Self { folder, extension }
    }

    /// All cases of the files in a folder (not below it).
    fn check(&self, folder: &Path, dialect: &str, formats: bool) -> Tally {
        let mut tally = Tally::default();
        for file in files(folder).into_iter().filter(|file| file.parent() == Some(folder)) {
            let text = std::fs::read_to_string(&file).unwrap();
            let groups = json(&text).unwrap();
            for index in 0..groups.value.as_array().unwrap().len() {
                let name = file.strip_prefix(folder).unwrap().display().to_string();
                self.group(&groups, &format!("/{index}"), dialect, formats, &name, &mut tally);
            }
        }
        tally
    }

    /// One run of the command for a schema and all its instances.
    fn group(&self, groups: &Document, at: &str, dialect: &str, formats: bool, file: &str, tally: &mut Tally) {
        let value = |path: &str| pointer::get(&groups.value, &format!("{at}{path}")).unwrap();
        let cases = value("/tests").as_array().unwrap();
        self.write("schema", &with_dialect(&self.text(groups, &format!("{at}/schema")), value("/schema"), dialect));
        let named = |index: usize| format!("instance-{index}.{}", self.extension);
        for index in 0..cases.len() {
            self.write(&format!("instance-{index}"), &self.text(groups, &format!("{at}/tests/{index}/data")));
        }
        let args = validate::Args {
            files: (0..cases.len()).map(|index| named(index).into()).collect(),
            schema: Some(format!("schema.{}", self.extension)),
            assert_formats: formats,
            jobs: None,
            mask: Vec::new(),
            stdin_format: Format::Json,
        };
        let group = format!("{file}: {}", value("/description").as_str().unwrap());
        match validate::run(args, &Context::quiet("events validate", self.folder.path())) {
            Ok(report) => {
                let judged = report.result["files"].as_array().unwrap();
                for (index, case) in cases.iter().enumerate() {
                    let of = judged.iter().find(|judged| judged["file"] == named(index).as_str()).unwrap();
                    if (of["invalid"] == 0) == case["valid"].as_bool().unwrap() {
                        tally.right += 1;
                    } else {
                        tally.wrong.push(format!("{group}: {}", case["description"]));
                    }
                }
            }
            Err(failure) => {
                tally.wrong.extend(cases.iter().map(|case| format!("{group}: {}: {failure}", case["description"])));
            }
        }
    }

    fn write(&self, stem: &str, text: &str) {
        std::fs::write(self.folder.path().join(format!("{stem}.{}", self.extension)), text).unwrap();
    }

    /// A part of the suite, with its numbers as they were written.
    fn text(&self, groups: &Document, at: &str) -> String {
        match self.extension {
            "json" => groups.source_text(at).unwrap().to_owned(),
            _ => {
                let mut text = String::new();
                block(groups, at, 0, &mut text);
                text
            }
        }
    }
}

/// YAML in its block style.
fn block(groups: &Document, at: &str, depth: usize, text: &mut String) {
    match pointer::get(&groups.value, at).unwrap() {
        Value::Object(members) if !members.is_empty() => {
            for name in members.keys() {
                write!(text, "\n{}{}:", "  ".repeat(depth), Value::from(name.as_str())).unwrap();
                block(groups, &pointer::join(at, name), depth + 1, text);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for index in 0..items.len() {
                write!(text, "\n{}-", "  ".repeat(depth)).unwrap();
                block(groups, &pointer::join_index(at, index), depth + 1, text);
            }
        }
        Value::Number(_) => write!(text, " {}", groups.number_text(at).unwrap()).unwrap(),
        other => write!(text, " {other}").unwrap(),
    }
    if depth == 0 {
        text.push('\n');
    }
}

/// The cases of the older drafts name none. Siblings of a reference count for nothing before 2019-09, and so does
/// `$schema` beside one.
fn with_dialect(text: &str, schema: &Value, dialect: &str) -> String {
    match schema.as_object() {
        Some(members) if !members.contains_key("$schema") => match text.trim_start().strip_prefix('{') {
            Some(rest) if members.is_empty() => format!("{{\"$schema\": \"{dialect}\"{rest}"),
            Some(rest) => format!("{{\"$schema\": \"{dialect}\",{rest}"),
            None => format!("\"$schema\": \"{dialect}\"\n{}", text.trim_start()),
        },
        _ => text.to_owned(),
    }
}

/// The files below a folder, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Runs one tier of all drafts in one format; prints the counts, and gives them with what is wrong.
#[expect(clippy::print_stdout, reason = "the counts are for people")]
fn tier(name: &str, extension: &'static str, below: &str, formats: bool) -> Option<Tally> {
    let suite = conformance::suite()?;
    let work = Work::new(&suite, extension);
    let mut all = Tally::default();
    for (draft, dialect) in DRAFTS {
        let tally = work.check(&suite.join("tests").join(draft).join(below), dialect, formats);
        println!("{draft}: {name} as {extension}: {} of {} right", tally.right, tally.right + tally.wrong.len());
        all.right += tally.right;
        all.wrong.extend(tally.wrong.into_iter().map(|wrong| format!("{draft}: {wrong}")));
    }
    println!("all: {name} as {extension}: {} of {} right", all.right, all.right + all.wrong.len());
    Some(all)
}

fn all_right(tally: Option<Tally>, at_least: usize) {
    let Some(tally) = tally else { return };
    assert!(tally.wrong.is_empty(), "{:#?}", tally.wrong);
    assert!(tally.right >= at_least, "only {} cases", tally.right);
}

#[test]
fn required_cases_in_json() {
    all_right(tier("required", "json", "", false), 4_800);
}

#[test]
fn required_cases_in_yaml() {
    all_right(tier("required", "yaml", "", false), 4_800);
}

#[test]
fn format_cases_in_json() {
    all_right(tier("format", "json", "optional/format", true), 1_700);
}

#[test]
fn format_cases_in_yaml() {
    all_right(tier("format", "yaml", "optional/format", true), 1_700);
}

#[test]
fn optional_cases() {
    for extension in ["json", "yaml"] {
        all_right(tier("optional", extension, "optional", false), 600);
    }
}
