//! Sample documents, and what `validate` finds in them.
#![allow(dead_code, reason = "each test takes a part of it")]

use std::path::Path;

use linkspan_command::Context;
use linkspan_events::validate::{Args, run};
use linkspan_report::{Report, Severity};
use linkspan_source::Format;

/// What is replaced, by what, and what is found.
pub(crate) type Edit = (&'static str, &'static str, &'static [&'static str]);

/// A text with parts of it replaced, each where it first stands.
pub(crate) fn edited(text: &str, edits: &[(&str, &str)]) -> String {
    edits.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

/// Validates one file of a folder.
pub(crate) fn validate(folder: &Path, name: &str) -> Report {
    let args = Args {
        files: vec![name.into()],
        schema: None,
        assert_formats: false,
        jobs: None,
        mask: Vec::new(),
        stdin_format: Format::Json,
    };
    run(args, &Context::quiet("events validate", folder)).unwrap()
}

/// Validates one file that has a folder for itself.
pub(crate) fn validate_alone(name: &str, text: impl AsRef<[u8]>) -> Report {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), text).unwrap();
    validate(folder.path(), name)
}

/// Validates the document as it is, and after each edit, as YAML with `common.yaml` beside it.
pub(crate) fn check(base: &str, edits: &[Edit], common: &str) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("common.yaml"), common).unwrap();
    let found = |text: &str| {
        std::fs::write(folder.path().join("x.yaml"), text).unwrap();
        let report = validate(folder.path(), "x.yaml");
        let line = |finding: &linkspan_report::Finding| {
            let start = finding.span.unwrap().start;
            let file = finding.file.as_deref().filter(|file| *file != "x.yaml").map(|file| format!("{file}:"));
            let severity = Some(finding.severity).filter(|severity| *severity != Severity::Error);
            let severity = severity.map(|severity| format!("{} ", severity.name())).unwrap_or_default();
            format!("{severity}{}{}:{} {}", file.unwrap_or_default(), start.line, start.column, finding.rule)
        };
        report.findings.kept().iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(found(base), Vec::<String>::new());
    for (from, to, expected) in edits {
        assert_eq!(found(&edited(base, &[(from, to)])), *expected, "{from} -> {to}");
    }
}
