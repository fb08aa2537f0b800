//! One edit of a valid document, and what is found then.

use linkspan_command::Context;
use linkspan_events::validate::{Args, run};
use linkspan_report::Severity;
use linkspan_source::Format;

/// What is replaced, by what, and what is found.
pub(crate) type Edit = (&'static str, &'static str, &'static [&'static str]);

/// Validates the document as it is, and after each edit, as YAML with `common.yaml` beside it.
pub(crate) fn check(base: &str, edits: &[Edit], common: &str) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("common.yaml"), common).unwrap();
    let found = |text: &str| {
        std::fs::write(folder.path().join("x.yaml"), text).unwrap();
        let args = Args {
            files: vec!["x.yaml".into()],
            schema: None,
            assert_formats: false,
            jobs: None,
            mask: Vec::new(),
            stdin_format: Format::Json,
        };
        let report = run(args, &Context::quiet("events validate", folder.path())).unwrap();
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
        assert!(base.contains(from), "{from}");
        assert_eq!(found(&base.replacen(from, to, 1)), *expected, "{from} -> {to}");
    }
}
