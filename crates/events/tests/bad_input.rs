//! What is broken, odd, or made to take for ever, through the program itself: its exit code, one finding with its place,
//! and the documents beside it still checked.
//!
//! Sizes are small; `LINKSPAN_BAD_INPUT=large` makes them those that hurt.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Map, Value, json};

/// Each document is an object whose `a` is an integer.
const SCHEMA: &str = r#"{"type":"object","properties":{"a":{"type":"integer"}}}"#;

/// How much larger than in an ordinary run.
fn times(large: usize) -> usize {
    if std::env::var("LINKSPAN_BAD_INPUT").is_ok_and(|size| size == "large") { large } else { 1 }
}

/// The exit code, and `file:line:column rule` of each finding that is more than a notice.
fn run(folder: &Path, arguments: &[&str], input: &[u8]) -> (i32, Vec<String>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linkspan-events"));
    command.args(arguments).args(["--format", "json"]).current_dir(folder);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || drop(pipe.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    let finding = |finding: &Value| {
        let start = &finding["span"]["start"];
        let place = format!("{}:{}:{}", finding["file"].as_str().unwrap_or_default(), start["line"], start["column"]);
        format!("{place} {}", finding["rule"].as_str().unwrap())
    };
    let findings = report["findings"].as_array().unwrap().iter();
    (output.status.code().unwrap(), findings.filter(|finding| finding["severity"] != "notice").map(finding).collect())
}

/// What `validate` says of a bad document between two others, of which the second has a fault of its own.
fn between(name: &str, document: &[u8]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("s.json", SCHEMA.as_bytes());
    write("good.json", br#"{"a":1}"#);
    write(name, document);
    write("other.json", br#"{"a":"x"}"#);
    let (code, mut found) =
        run(folder.path(), &["validate", "--schema", "s.json", "good.json", name, "other.json"], b"");
    assert_eq!(code, 1, "{name}: {found:?}");
    assert_eq!(found.pop().as_deref(), Some("other.json:1:6 schema/type"), "{name}");
    found
}

fn nested(open: &str, close: &str, times: usize) -> Vec<u8> {
    format!("{}1{}", open.repeat(times), close.repeat(times)).into_bytes()
}

#[test]
fn documents() {
    let depth = 1_000 * times(100);
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let aliases = (1..12).fold("a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned(), |text, level| {
        let before = format!("*a{},", level - 1).repeat(9);
        format!("{text}a{level}: &a{level} [{}]\n", before.trim_end_matches(','))
    });
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("d.json", nested("[", "]", depth), "d.json:1:513 input-limit"),
        ("d.yaml", nested("[", "]", depth), "d.yaml:1:513 input-limit"),
        ("d.yaml", [b"- ".repeat(depth), b"1".to_vec()].concat(), "d.yaml:1:1025 input-limit"),
        ("d.json", nested("{\"a\":", "}", depth), "d.json:1:2561 input-limit"),
        ("d.json", b"[".repeat(depth), "d.json:1:513 input-limit"),
        ("d.yaml", aliases.into_bytes(), "d.yaml:1:24 input-limit"),
        ("d.yaml", b"a: &a [*a]\n".to_vec(), "d.yaml:1:8 yaml-not-json"),
        ("d.json", br#"{"a":1e400}"#.to_vec(), "d.json:1:6 number-range"),
        ("d.yaml", b"a: -1e400\n".to_vec(), "d.yaml:1:4 number-range"),
        ("d.json", format!(r#"{{"a":{}}}"#, "9".repeat(1_000 * times(1_000))).into(), "d.json:1:6 number-range"),
        ("d.json", br#"{"a":0.5}"#.to_vec(), "d.json:1:6 schema/type"),
        ("d.json", br#"{"a":"\ud800"}"#.to_vec(), "d.json:1:7 json-syntax"),
        ("d.yaml", br#"a: "\udc00""#.to_vec(), "d.yaml:1:4 yaml-syntax"),
        ("d.json", b"{\"a\":\"\xed\xa0\x80\"}".to_vec(), "d.json:1:7 encoding"),
        ("d.json", br#"{"a":1,"a":2}"#.to_vec(), "d.json:1:8 duplicate-key"),
        ("d.yaml", b"a: 1\na: 2\n".to_vec(), "d.yaml:2:1 duplicate-key"),
        ("d.json", b"{\"a\":\"\0\"}".to_vec(), "d.json:1:7 json-syntax"),
        ("d.json", b"\xef\xbb\xbf{\"a\":\"x\"}".to_vec(), "d.json:1:6 schema/type"),
        ("d.json", b"{\r\n\"a\":\r\n\"x\"}\r\n".to_vec(), "d.json:3:1 schema/type"),
        ("d.json", utf16("\u{feff}{\"a\":1}"), "d.json:1:1 encoding"),
        ("d.json", b"{\"a\":\"\xff\"}".to_vec(), "d.json:1:7 encoding"),
        ("d.json", Vec::new(), "d.json:1:1 json-syntax"),
        ("d.json", br#"{"a":1"#.to_vec(), "d.json:1:7 json-syntax"),
        ("d.ndjson", b"{\"a\":1}\n\xef\xbb\xbf{}\n\0\n".to_vec(), "d.ndjson:3:1 json-syntax"),
    ];
    let mut wrong = Vec::new();
    for (name, document, expected) in cases {
        let found = between(name, &document);
        let one = found.len() == 1 || name.ends_with("ndjson");
        if !one || found.first().map(String::as_str) != Some(expected) {
            let text = String::from_utf8_lossy(&document[..document.len().min(80)]).into_owned();
            wrong.push(format!("{text}: {found:?}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn streams() {
    let lines = |count: usize| (0..count).map(|number| format!("{{\"a\":{number}}}\n")).collect::<String>();
    let gzip = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let zstandard =
        |text: &str| ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
    assert_eq!(
        between("d.ndjson", b"{\"a\":1}\n{\"a\":\"y\"}\n{\"a\":"),
        ["d.ndjson:2:6 schema/type", "d.ndjson:3:6 json-syntax"]
    );
    let long = format!("{{\"a\":1}}\n{{\"a\":\"{}\"}}\n{{\"a\":\"y\"}}\n", "x".repeat(17 << 20));
    assert_eq!(between("d.ndjson", long.as_bytes()), ["d.ndjson:2:1 input-limit", "d.ndjson:3:6 schema/type"]);
    for (name, whole) in [("d.ndjson.gz", gzip(&lines(9_000))), ("d.ndjson.zst", zstandard(&lines(9_000)))] {
        let torn = between(name, &whole[..whole.len() / 2]);
        assert!(matches!(&torn[..], [only] if only.ends_with(" input-damaged")), "{name}: {torn:?}");
        assert!(between(name, &whole).is_empty());
        assert!(between(name, b"").iter().all(|finding| finding.ends_with(" input-damaged")));
    }
    let window = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xF8, 1, 0, 0];
    assert_eq!(between("d.ndjson.zst", &window), ["d.ndjson.zst:1:1 input-damaged"]);
}

#[cfg(unix)]
#[test]
fn what_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("s.json"), SCHEMA).unwrap();
    std::fs::create_dir(path("folder.json")).unwrap();
    std::fs::write(path("folder.json/d.json"), r#"{"a":"x"}"#).unwrap();
    std::os::unix::fs::symlink("loop.json", path("loop.json")).unwrap();
    std::os::unix::fs::symlink("..", path("folder.json/up")).unwrap();
    assert!(Command::new("mkfifo").arg(path("pipe.json")).status().unwrap().success());
    let sparse = std::fs::File::create(path("sparse.json")).unwrap();
    sparse.set_len(3 << 30).unwrap();
    for (arguments, code, expected) in [
        (["validate", "--schema", "s.json", "folder.json"], 1, "folder.json/d.json:1:6 schema/type"),
        (["validate", "--schema", "s.json", "loop.json"], 3, ":null:null input"),
        (["validate", "--schema", "s.json", "none.json"], 3, ":null:null input"),
        (["validate", "--schema", "s.json", "pipe.json"], 3, ":null:null input"),
        (["validate", "--schema", "s.json", "sparse.json"], 1, "sparse.json:1:1 input-limit"),
        (["validate", "--schema", "pipe.json", "s.json"], 3, "pipe.json:null:null input"),
        (["validate", "--schema", "folder.json", "s.json"], 3, "folder.json:null:null input"),
        (["validate", "--schema", "sparse.json", "s.json"], 3, "sparse.json:null:null input"),
        (["compat", "pipe.json", "s.json", "--mode=full"], 3, "pipe.json:null:null input"),
        (["compat", "s.json", "sparse.json", "--mode=full"], 3, "sparse.json:null:null input"),
    ] {
        assert_eq!(run(folder.path(), &arguments, b""), (code, vec![expected.to_owned()]), "{arguments:?}");
    }
}

/// A chain of parts, each twice in the one before it.
fn bomb(link: impl Fn(usize) -> Value, name: impl Fn(usize) -> Option<(&'static str, String)>) -> Value {
    let part = |index: usize| {
        let both = json!({ "allOf": [link(index + 1), link(index + 1)] });
        let mut part = if index == 40 { json!({ "type": "integer" }) } else { both };
        let name = name(index).map(|(keyword, name)| (keyword.to_owned(), name.into()));
        part.as_object_mut().unwrap().extend(name);
        (format!("a{index}"), part)
    };
    json!({ "properties": { "a": link(0) }, "$defs": (0..=40).map(part).collect::<Map<_, _>>() })
}

#[test]
fn schemas() {
    let to = |keyword: &'static str, before: &'static str| move |index: usize| json!({ keyword: format!("{before}a{index}") });
    let named = |keyword: &'static str| move |index: usize| Some((keyword, format!("a{index}")));
    let values: Vec<_> = (0..10_000 * times(70)).map(|number| format!("value-{number:06}")).collect();
    // The exit codes of `validate`, and of `compat` with it as the new schema of one that wants an integer.
    let cases: Vec<(String, i32, i32)> = vec![
        (bomb(to("$ref", "#/$defs/"), |_| None).to_string(), 3, 0),
        (bomb(to("$ref", "#"), named("$anchor")).to_string(), 3, 0),
        (bomb(to("$ref", ""), named("$id")).to_string(), 3, 0),
        (bomb(to("$dynamicRef", "#"), named("$dynamicAnchor")).to_string(), 3, 0),
        (bomb(to("$ref", "new.json#/$defs/"), |_| None).to_string(), 3, 0),
        (r##"{"$ref":"#"}"##.to_owned(), 0, 1),
        (r##"{"properties":{"a":{"$ref":"#/$defs/none"}}}"##.to_owned(), 3, 1),
        (r#"{"properties":{"a":{"$ref":"none.json"}}}"#.to_owned(), 3, 1),
        (r#"{"properties":{"a":{"$ref":"https://a.example/b"}}}"#.to_owned(), 3, 1),
        (r#"{"properties":{"a":{"pattern":"^(a+)+$"}}}"#.to_owned(), 0, 0),
        (r#"{"properties":{"a":{"pattern":"("}}}"#.to_owned(), 3, 1),
        (r#"{"multipleOf":0}"#.to_owned(), 3, 1),
        (r#"{"type":"object","type":"array"}"#.to_owned(), 3, 3),
        (r#"{"$schema":"http://json-schema.org/draft-07/schema#","exclusiveMinimum":true}"#.to_owned(), 3, 1),
        (format!("{}{{}}{}", r#"{"items":"#.repeat(1_000), "}".repeat(1_000)), 3, 3),
        (json!({ "properties": { "a": { "anyOf": [{ "enum": values }, { "type": "integer" }] } } }).to_string(), 0, 0),
        (json!({ "properties": { "a": { "enum": values } } }).to_string(), 1, 1),
    ];
    let mut wrong = Vec::new();
    for (schema, validate, compat) in cases {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("old.json", SCHEMA);
        write("new.json", &schema);
        write("d.json", r#"{"a":1}"#);
        let both = [
            (["validate", "--schema", "new.json", "d.json"], validate),
            (["compat", "old.json", "new.json", "--mode=backward"], compat),
        ];
        for (arguments, code) in both {
            let (found_code, found) = run(folder.path(), &arguments, b"");
            if found_code != code || found.len() != usize::from(code != 0) {
                let schema = &schema[..schema.len().min(160)];
                wrong.push(format!("{} {schema}: {found_code}, not {code}: {found:?}", arguments[0]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
