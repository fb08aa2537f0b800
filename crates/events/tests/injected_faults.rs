//! One fault in a valid document, of every kind, anywhere, in JSON and in YAML: the report has that fault, nothing else,
//! and its exact place.
//!
//! Schemas, documents and faults are made from a seed; `LINKSPAN_FAULTS` says how many faults, `LINKSPAN_FAULTS_SEED`
//! makes others.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "injected_faults/model.rs"]
mod model;
#[path = "compat_corpus/random.rs"]
mod random;
#[path = "injected_faults/writer.rs"]
mod writer;

use std::collections::BTreeMap;

use linkspan_command::Context;
use linkspan_events::validate::{Args, run};
use linkspan_report::{Report, Span};
use linkspan_source::Format;
use serde_json::Value;

use model::{Fault, Model};
use random::Random;
use writer::{Style, written};

/// Documents of one schema, each with one fault and in one style; fewer than a report keeps findings.
const DOCUMENTS: usize = 200;

/// What is expected of one document.
struct Case {
    fault: Fault,
    text: String,
    span: Span,
}

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |number| number.parse().unwrap())
}

#[test]
fn every_fault_is_reported_once_where_it_is() {
    let (wanted, mut random) = (number("LINKSPAN_FAULTS", 1_000), Random::new(number("LINKSPAN_FAULTS_SEED", 1)));
    let mut counts: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let mut missed = Vec::new();
    let mut total = 0;
    while total < wanted {
        let model = Model::new(&mut random);
        let cases = cases(&model, &mut random);
        for (case, found) in cases.iter().zip(reported(&model.schema, &cases)) {
            total += 1;
            let expected = (format!("schema/{}", case.fault.keyword), Some(case.span));
            let count = counts.entry(case.fault.keyword.to_owned()).or_default();
            count.0 += 1;
            // Where the rest of a value fits one alternative, its constant is what does not hold.
            let constant = ("schema/const".to_owned(), Some(case.span));
            if found == [expected.clone()] || (case.fault.keyword.ends_with("Of") && found == [constant]) {
                count.1 += 1;
            } else if missed.len() < 12 {
                missed.push(format!("{}\n{}\n  expected {expected:?}\n  found {found:?}", model.schema, case.text));
            }
        }
    }
    let exact: u64 = counts.values().map(|(_, exact)| exact).sum();
    for (kind, (count, exact)) in &counts {
        println!("{kind}: {exact} of {count}");
    }
    println!("{exact} of {total} faults were reported once, at their exact place");
    assert!(exact * 100 >= total * 99, "{exact} of {total}:\n{}", missed.join("\n"));
    assert!(missed.is_empty(), "{exact} of {total}, but:\n{}", missed.join("\n"));
}

fn cases(model: &Model, random: &mut Random) -> Vec<Case> {
    let case = |fault: &Fault, random: &mut Random| {
        let style = *random.pick(&Style::ALL);
        let text = written(&fault.applied(&model.value), style, random);
        let spans = if fault.name { &text.names } else { &text.values };
        Case { fault: fault.clone(), span: spans[&fault.at], text: text.text }
    };
    let mut faults = model.faults.clone();
    while faults.len() > DOCUMENTS {
        faults.swap_remove(random.below(faults.len()));
    }
    faults.iter().map(|fault| case(fault, random)).collect()
}

/// The rule and the place of each finding, by case; none of the documents without a fault.
fn reported(schema: &Value, cases: &[Case]) -> Vec<Vec<(String, Option<Span>)>> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("s.json"), schema.to_string()).unwrap();
    std::fs::create_dir(folder.path().join("d")).unwrap();
    let name = |(index, case): (usize, &Case)| {
        let end = if case.text.trim_start().starts_with(['{', '[']) { "json" } else { "yaml" };
        format!("d/{index:03}.{end}")
    };
    let names: Vec<_> = cases.iter().enumerate().map(name).collect();
    for (name, case) in names.iter().zip(cases) {
        std::fs::write(folder.path().join(name), &case.text).unwrap();
    }
    let report = validated(folder.path());
    let of = |name: &String| {
        let own = report.findings.kept().iter().filter(|finding| finding.file.as_ref() == Some(name));
        own.map(|finding| (finding.rule.to_string(), finding.span)).collect()
    };
    names.iter().map(of).collect()
}

fn validated(folder: &std::path::Path) -> Report {
    let args = Args {
        files: vec!["d".into()],
        schema: Some("s.json".to_owned()),
        assert_formats: true,
        mask: Vec::new(),
        jobs: None,
        stdin_format: Format::Json,
    };
    run(args, &Context::quiet("events validate", folder)).unwrap()
}

#[test]
fn documents_without_a_fault_have_none() {
    let mut random = Random::new(number("LINKSPAN_FAULTS_SEED", 1));
    for _ in 0..20 {
        let model = Model::new(&mut random);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("s.json"), model.schema.to_string()).unwrap();
        std::fs::create_dir(folder.path().join("d")).unwrap();
        for (index, style) in Style::ALL.into_iter().enumerate() {
            let end = if style.is_json() { "json" } else { "yaml" };
            let text = written(&model.value, style, &mut random).text;
            std::fs::write(folder.path().join(format!("d/{index}.{end}")), text).unwrap();
        }
        let report = validated(folder.path());
        let found: Vec<_> = report.findings.kept().iter().map(|finding| &finding.message).collect();
        assert!(found.is_empty(), "{found:?}\n{}\n{}", model.schema, model.value);
    }
}
