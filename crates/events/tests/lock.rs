//! `lock`, and what the other commands make of it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use linkspan_command::{Context, Exit, Failure};
use linkspan_events::{lock, validate};
use linkspan_report::{Outcome, Report};
use linkspan_source::Format;
use serde_json::json;

const ASYNCAPI: &str = "\
asyncapi: 2.6.0
info: { title: t, version: '1' }
channels: {}
components:
  messages:
    placed:
      payload: { $ref: 'https://example.com/models/order.json#/$defs/order' }
";

const ORDER: &str = r#"{"$defs": {"order": {"type": "object", "properties": {"line": {"$ref": "line.yaml"}}}}}"#;

const LINE: &str = "type: object\nrequired: [sku]\n";

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("contracts")).unwrap();
        let files = [
            ("linkspan.yaml", "project: shop\n"),
            ("contracts/shop.asyncapi.yaml", ASYNCAPI),
            ("order.txt", ORDER),
            ("line.txt", LINE),
            ("event.json", r#"{"specversion":"1.0","id":"1","source":"/","type":"placed","data":{"line":{}}}"#),
        ];
        for (path, text) in files {
            std::fs::write(folder.path().join(path), text).unwrap();
        }
        Self(folder)
    }

    fn lock(&self, args: lock::Args) -> Result<Report, Failure> {
        lock::run(args, &Context::quiet("events lock", self.0.path()))
    }

    fn from(&self, from: &[&str]) -> Report {
        self.lock(lock::Args { from: from.iter().map(ToString::to_string).collect(), ..lock::Args::default() }).unwrap()
    }

    fn validate(&self, file: &str) -> Result<Report, Failure> {
        let args = validate::Args {
            files: vec![file.into()],
            schema: None,
            assert_formats: false,
            jobs: None,
            mask: Vec::new(),
            stdin_format: Format::Json,
        };
        validate::run(args, &Context::quiet("events validate", self.0.path()))
    }

    fn exists(&self, path: &str) -> bool {
        self.0.path().join(path).exists()
    }
}

fn found(report: &Report) -> Vec<String> {
    let line = |finding: &linkspan_report::Finding| {
        let start = finding.span.unwrap().start;
        let file = finding.file.clone().unwrap();
        format!("{file}:{}:{} {} {}", start.line, start.column, finding.rule, finding.help.clone().unwrap_or_default())
    };
    report.findings.kept().iter().map(line).collect()
}

const ORDER_FROM: &str = "https://example.com/models/order.json=order.txt";
const LINE_FROM: &str = "https://example.com/models/line.yaml=line.txt";

#[test]
fn what_is_missing_is_named_with_the_command_to_run() {
    let folder = Folder::new();
    let report = folder.from(&[]);
    assert_eq!(report.outcome, Outcome::Findings);
    let run = "run `linkspan-events lock --from https://example.com/models/order.json=FILE`";
    assert_eq!(found(&report), [format!("contracts/shop.asyncapi.yaml:7:24 lock/missing {run}")]);
    assert!(!folder.exists("linkspan.lock"));
    let report = folder.validate("contracts/shop.asyncapi.yaml").unwrap();
    println!("{:?}", report.findings);
    let run = format!("{run}, or keep the document in the project");
    assert_eq!(found(&report), [format!("contracts/shop.asyncapi.yaml:7:24 asyncapi/reference {run}")]);
    // What a document refers to in turn is missing, too.
    let report = folder.from(&[ORDER_FROM]);
    let run = "run `linkspan-events lock --from https://example.com/models/line.yaml=FILE`";
    assert_eq!(found(&report), [format!("https://example.com/models/order.json:1:72 lock/missing {run}")]);
}

#[test]
fn locked_documents_are_used() {
    let folder = Folder::new();
    let report = folder.from(&[ORDER_FROM, LINE_FROM]);
    assert_eq!(report.outcome, Outcome::Done, "{:?}", found(&report));
    assert_eq!(report.text, "2 remote documents locked, 2 of them new or changed");
    assert_eq!(found(&folder.validate("contracts/shop.asyncapi.yaml").unwrap()), Vec::<String>::new());
    println!("{:?}", folder.validate("event.json").unwrap().findings);
    assert_eq!(found(&folder.validate("event.json").unwrap()), ["event.json:1:75 schema/required "]);
    // Nothing changes a second time, and nothing is needed for it.
    let before = std::fs::read_to_string(folder.0.path().join("linkspan.lock")).unwrap();
    assert_eq!(folder.from(&[]).text, "2 remote documents locked");
    assert_eq!(std::fs::read_to_string(folder.0.path().join("linkspan.lock")).unwrap(), before);
}

#[test]
fn a_copy_that_is_not_what_was_locked_is_refused() {
    let folder = Folder::new();
    folder.from(&[ORDER_FROM, LINE_FROM]);
    let copies = std::fs::read_dir(folder.0.path().join(".linkspan/remotes")).unwrap();
    let copy = copies.map(|copy| copy.unwrap().path()).find(|path| path.extension().unwrap() == "yaml").unwrap();
    std::fs::write(&copy, "type: string\n").unwrap();
    for failure in [folder.validate("event.json").unwrap_err(), folder.lock(lock::Args::default()).unwrap_err()] {
        assert_eq!(failure.exit, Exit::Input);
        assert!(
            failure.to_string().contains("is not what was locked as `https://example.com/models/line.yaml`"),
            "{failure}"
        );
    }
    std::fs::remove_file(&copy).unwrap();
    assert!(folder.validate("event.json").unwrap_err().to_string().contains("cannot be read"));
    // Given again, it is right again.
    folder.from(&[LINE_FROM]);
    folder.validate("event.json").unwrap();
}

#[test]
fn what_nothing_refers_to_is_dropped_when_asked() {
    let folder = Folder::new();
    folder.from(&[ORDER_FROM, LINE_FROM]);
    std::fs::write(
        folder.0.path().join("contracts/shop.asyncapi.yaml"),
        ASYNCAPI.replace("https://example.com/models", "models"),
    )
    .unwrap();
    std::fs::create_dir(folder.0.path().join("contracts/models")).unwrap();
    std::fs::write(folder.0.path().join("contracts/models/order.json"), "{\"$defs\": {\"order\": {}}}").unwrap();
    let prune = |dry_run| folder.lock(lock::Args { prune: true, dry_run, ..lock::Args::default() }).unwrap();
    assert_eq!(prune(true).text, "would be: 0 remote documents locked, 2 dropped");
    assert!(std::fs::read_to_string(folder.0.path().join("linkspan.lock")).unwrap().contains("order.json"));
    assert_eq!(prune(false).result["remotes"], json!({}));
    assert_eq!(std::fs::read_dir(folder.0.path().join(".linkspan/remotes")).unwrap().count(), 0);
}

#[test]
fn what_cannot_be_used_is_a_failure() {
    let folder = Folder::new();
    let failed =
        |from: &str| folder.lock(lock::Args { from: vec![from.to_owned()], ..lock::Args::default() }).unwrap_err();
    assert_eq!(failed("order.txt").exit, Exit::Usage);
    assert_eq!(failed("relative=order.txt").exit, Exit::Usage);
    assert_eq!(failed("https://example.com/x=none.txt").exit, Exit::Input);
    std::fs::write(folder.0.path().join("broken.txt"), "{\"a\": ").unwrap();
    let failure = failed("https://example.com/x.json=broken.txt");
    assert_eq!((failure.exit, failure.finding.span.unwrap().start.column), (Exit::Input, 7));
    std::fs::write(folder.0.path().join("linkspan.lock"), "{\"version\": 1, \"remote\": {}}").unwrap();
    assert_eq!(folder.validate("event.json").unwrap_err().exit, Exit::Input);
    assert!(!folder.exists(".linkspan"));
}
