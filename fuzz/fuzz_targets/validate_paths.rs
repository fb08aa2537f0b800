//! A schema, as a JSON text on the first line, and any bytes as a document: the fast path, which lines of NDJSON take, and
//! the exact path, which a small file of JSON takes, give the same verdict, and say the same of what is wrong.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use linkspan_command::Context;
use linkspan_events::validate::{Args, run};
use linkspan_report::{Report, Span};
use linkspan_source::Format;

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("linkspan-fuzz-validate-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the documents");
    folder
});

fuzz_target!(|bytes: &[u8]| {
    let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else { return };
    let (schema, document) = (&bytes[..end], &bytes[end + 1..]);
    if document.contains(&b'\n') || document.trim_ascii().is_empty() || document == b"\xEF\xBB\xBF" {
        return;
    }
    std::fs::write(FOLDER.join("s.json"), schema).expect("the schema is written");
    let [Some(lines), Some(whole)] = ["d.ndjson", "d.json"].map(|name| {
        std::fs::write(FOLDER.join(name), document).expect("the document is written");
        checked(name)
    }) else {
        return;
    };
    assert_eq!(lines.result["invalid"], whole.result["invalid"]);
    assert_eq!(rules(&lines), rules(&whole));
});

/// `None` if the schema is none.
fn checked(name: &str) -> Option<Report> {
    let args = Args {
        files: vec![name.into()],
        schema: Some("s.json".to_owned()),
        assert_formats: false,
        mask: Vec::new(),
        jobs: None,
        stdin_format: Format::Json,
    };
    run(args, &Context::quiet("events validate", FOLDER.as_path())).ok()
}

fn rules(report: &Report) -> Vec<(&str, Option<Span>)> {
    report.findings.kept().iter().map(|finding| (finding.rule.as_ref(), finding.span)).collect()
}
