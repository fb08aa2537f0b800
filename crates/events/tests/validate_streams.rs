//! `validate` on streams: both paths agree, compressed files are read, one bad line does not hide the others.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write as _;
use std::num::NonZero;
use std::path::{Path, PathBuf};

use linkspan_command::Context;
use linkspan_events::validate::{Args, run};
use linkspan_report::Report;
use linkspan_source::Format;
use proptest::prelude::*;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde_json::{Value, json};

struct Folder(tempfile::TempDir);

impl Folder {
    fn with(schema: &Value) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.write("s.json", schema.to_string().as_bytes());
        folder
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.0.path().join(name), bytes).unwrap();
    }

    fn args(file: &str) -> Args {
        Args {
            files: vec![file.into()],
            schema: Some("s.json".to_owned()),
            assert_formats: false,
            mask: Vec::new(),
            jobs: NonZero::new(2),
            stdin_format: Format::Json,
        }
    }

    fn validate(&self, file: &str) -> Report {
        run(Self::args(file), &Context::quiet("events validate", self.0.path())).unwrap()
    }
}

/// The lines with findings, each once.
fn lines(report: &Report) -> Vec<usize> {
    let mut lines: Vec<_> = report.findings.kept().iter().map(|finding| finding.span.unwrap().start.line).collect();
    lines.dedup();
    lines
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstandard(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

#[test]
fn compressed_files_are_known_by_name_and_by_content() {
    let folder = Folder::with(&json!({"type": "integer"}));
    let skippable = b"\x53\x2A\x4D\x18\x03\x00\x00\x00abc".to_vec();
    let two = |compress: fn(&[u8]) -> Vec<u8>| [compress(b"1\n\"a\"\n"), compress(b"2\n\"b\"\n")].concat();
    folder.write("a.ndjson.gz", &two(gzip));
    folder.write("b.jsonl.zst", &[skippable.clone(), two(zstandard), skippable].concat());
    folder.write("c.ndjson", &two(gzip));
    for file in ["a.ndjson.gz", "b.jsonl.zst", "c.ndjson"] {
        let report = folder.validate(file);
        assert_eq!((lines(&report), &report.result["documents"]), (vec![2, 4], &json!(4)), "{file}");
    }
    folder.write("d.json.gz", &gzip(b"[\n]"));
    folder.write("e.yaml.zst", &zstandard(b"a\n---\n7\n"));
    assert_eq!(lines(&folder.validate("d.json.gz")), [1]);
    assert_eq!(lines(&folder.validate("e.yaml.zst")), [1]);
}

#[test]
fn damage_is_a_finding_and_what_came_before_is_checked() {
    let folder = Folder::with(&json!({"type": "integer"}));
    let text = "1\n\"a\"\n".repeat(50_000);
    let cut = |bytes: Vec<u8>| bytes[..bytes.len() - 30].to_vec();
    folder.write("cut.ndjson.gz", &cut(gzip(text.as_bytes())));
    folder.write("cut.ndjson.zst", &cut(zstandard(text.as_bytes())));
    for file in ["cut.ndjson.gz", "cut.ndjson.zst"] {
        let report = folder.validate(file);
        assert!(lines(&report).starts_with(&[2, 4, 6]), "{file}");
        let damage = report.findings.counts().error * 2;
        assert!(report.result["documents"].as_u64().unwrap() > 1000 && damage > 1000, "{file}");
    }
    folder.write("no.ndjson.gz", b"1\n2\n");
    let report = folder.validate("no.ndjson.gz");
    let finding = &report.findings.kept()[0];
    assert_eq!((&*finding.rule, finding.span.unwrap().start.line), ("input-damaged", 1));
    assert!(finding.message.contains("is not gzip"), "{}", finding.message);
}

#[test]
fn a_gigantic_line_does_not_hide_the_others() {
    let folder = Folder::with(&json!({"type": "integer"}));
    let long = format!("\"{}\"", "x".repeat(17 << 20));
    folder.write("a.ndjson", format!("1\n{long}\n\"a\"\n\n{long}").as_bytes());
    let report = folder.validate("a.ndjson");
    assert_eq!(lines(&report), [2, 3, 5]);
    assert_eq!(report.findings.kept()[0].message, "the line is longer than 16777216 bytes");
    assert_eq!(report.result["documents"], 4);
}

#[test]
fn findings_come_in_the_order_of_lines_whatever_the_number_of_workers() {
    let folder = Folder::with(&json!({"type": "object", "required": ["id"]}));
    let line = |number: usize| if number.is_multiple_of(97) { "{}".to_owned() } else { format!("{{\"id\":{number}}}") };
    let text: String = (1..=120_000).map(|number| line(number) + "\n").collect();
    folder.write("a.ndjson", text.as_bytes());
    let expected: Vec<_> = (1..=120_000).filter(|number: &usize| number.is_multiple_of(97)).collect();
    for jobs in [1, 2, 5] {
        let args = Args { jobs: NonZero::new(jobs), ..Folder::args("a.ndjson") };
        let context = Context { max_findings: 5000, ..Context::quiet("events validate", folder.0.path()) };
        let report = run(args, &context).unwrap();
        assert_eq!(lines(&report), expected);
        assert_eq!(report.result["documents"], 120_000);
    }
}

/// Each line alone, as a document of its own: the exact path.
fn one_by_one(folder: &Folder, lines: &[Vec<u8>]) -> Vec<usize> {
    let wrong = lines.iter().enumerate().filter(|(_, line)| {
        folder.write("one.json", line);
        !line.iter().all(u8::is_ascii_whitespace) && folder.validate("one.json").result["invalid"] == 1
    });
    wrong.map(|(index, _)| index + 1).collect()
}

fn agree(schema: &Value, documents: &[Vec<u8>]) -> Result<(), TestCaseError> {
    let folder = Folder::with(schema);
    folder.write("all.ndjson", &[documents.join(&b'\n'), b"\n".to_vec()].concat());
    prop_assert_eq!(lines(&folder.validate("all.ndjson")), one_by_one(&folder, documents));
    Ok(())
}

#[test]
fn both_paths_agree_on_what_is_odd() {
    let deep = |depth: usize| [b"[".repeat(depth), b"]".repeat(depth)].concat();
    let mut odd: Vec<Vec<u8>> = [
        &b"{\"a\":1,\"a\":1}"[..],
        b"{\"a\":1,\"\\u0061\":1}",
        b"\"\\ud800\"",
        b"\"\\ud83d\\udea2\"",
        b"\"\\u0000\"",
        b"\"\0\"",
        b"\0",
        b"\xEF\xBB\xBF1",
        b"1\r",
        b"\r",
        b" \t ",
        b"\x0c",
        b"\"\xff\"",
        b"\"\xc3\xa4\"",
        b"[1,]",
        b"{\"a\":1,}",
        b"{,}",
        b"[1 2]",
        b"18446744073709551615",
        b"18446744073709551616",
        b"-9223372036854775808",
        b"-9223372036854775809",
        b"9007199254740993",
        b"1e400",
        b"-1e400",
        b"1e-400",
        b"4.9e-324",
        b"1.7976931348623157e308",
        b"1.7976931348623159e308",
        b"-0",
        b"-0.0",
        b"0.1",
        b"1.0",
        b"1.00000000000000000001",
        b"100000000000000000000.5",
        b"1E2",
        b"01",
        b"+1",
        b".5",
        b"1.",
        b"NaN",
        b"tRue",
        b"nul",
        b"\"a\tb\"",
        b"\"\\x\"",
        b"\"a",
        b"{\"a\":{\"b\":[1,2,{\"c\":null}]}}",
        b"'a'",
        b"/**/1",
        b"1 // x",
        b"{}{}",
        b"a\0b",
    ]
    .map(<[u8]>::to_vec)
    .to_vec();
    odd.extend([deep(10), deep(511), deep(512), deep(513), deep(5000)]);
    for schema in [
        json!(true),
        json!({"type": "integer"}),
        json!({"maximum": 9_007_199_254_740_992_u64}),
        json!({"const": 0}),
        json!({"enum": [1, "\u{1f6a2}", 18_446_744_073_709_551_615_u64, 100]}),
        json!({"multipleOf": 0.1}),
        json!({"minLength": 1, "not": {"type": "array"}}),
        json!({"$schema": "http://json-schema.org/draft-04/schema#", "type": "integer"}),
        json!({"$defs": {"a": {"items": {"$ref": "#/$defs/a"}, "unevaluatedProperties": false}}, "$ref": "#/$defs/a"}),
    ] {
        agree(&schema, &odd).unwrap_or_else(|error| panic!("{schema}: {error}"));
    }
}

fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let number = "-?[0-9]{1,20}(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?";
    let text = r#""([a-c\u{e9}\u{1f6a2}]|\\[bnrt"/\\]|\\u[0-9a-f]{4}|\\ud83d\\udea2){0,6}""#;
    let leaf = prop_oneof![
        number.prop_map(String::from),
        text.prop_map(String::from),
        Just("true".to_owned()),
        Just("null".to_owned())
    ];
    let json = leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            proptest::collection::vec(("\"[ab]\"", inner), 0..4).prop_map(|members| {
                let members: Vec<_> = members.into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
                format!("{{{}}}", members.join(" ,"))
            }),
        ]
    });
    let damage = proptest::option::weighted(
        0.3,
        (any::<prop::sample::Index>(), "[\\[\\]{},:\"\\\\0-9eE+\\- \\x00-\\x09\\x7f\u{feff}]{0,2}"),
    );
    (json, damage).prop_map(|(text, damage)| {
        let mut bytes = text.into_bytes();
        if let Some((at, damage)) = damage {
            let at = at.index(bytes.len() + 1);
            bytes.splice(at..(at + 1).min(bytes.len()), damage.into_bytes());
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn both_paths_agree(documents in proptest::collection::vec(damaged(), 25), schema in proptest::sample::select(vec![
        json!({"properties": {"a": {"type": ["integer", "string"]}, "b": {"maxLength": 3}}, "additionalProperties": false, "items": {"not": {"type": "null"}}}),
        json!({"oneOf": [{"type": "object", "required": ["a"]}, {"type": "array", "uniqueItems": true}, {"type": "number", "minimum": 0}, {"pattern": "^[a-c]*$", "type": "string"}]}),
        json!({"anyOf": [{"const": 1}, {"enum": [null, "a"]}, {"type": "object", "unevaluatedProperties": {"type": "string"}}]}),
    ])) {
        agree(&schema, &documents)?;
    }
}

#[test]
fn the_test_suite_on_the_fast_path() {
    let home = std::env::var("HOME").unwrap_or_default();
    let tools = std::env::var("LINKSPAN_TOOLS").unwrap_or_else(|_| format!("{home}/.cache/linkspan-tools"));
    let suite = Path::new(&tools).join("json-schema-suite/tests");
    if !suite.exists() {
        assert!(
            std::env::var("LINKSPAN_TEST_OFFLINE").is_ok_and(|offline| offline == "1"),
            "the JSON-Schema-Test-Suite is missing"
        );
        return;
    }
    let mut groups = 0;
    for (draft, dialect) in [
        ("draft4", "http://json-schema.org/draft-04/schema#"),
        ("draft6", "http://json-schema.org/draft-06/schema#"),
        ("draft7", "http://json-schema.org/draft-07/schema#"),
        ("draft2019-09", "https://json-schema.org/draft/2019-09/schema"),
        ("draft2020-12", "https://json-schema.org/draft/2020-12/schema"),
    ] {
        for (folder, formats) in [(suite.join(draft), false), (suite.join(draft).join("optional/format"), true)] {
            for file in
                std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file())
            {
                // Its meta-schemas are remote, and not locked here.
                if !file.ends_with("vocabulary.json") {
                    groups += file_of_suite(&file, dialect, formats);
                }
            }
        }
    }
    assert!(groups > 1000, "{groups}");
}

/// Checks each group of a file as NDJSON; how many there were.
fn file_of_suite(file: &PathBuf, dialect: &str, formats: bool) -> usize {
    let groups: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    for group in groups.as_array().unwrap() {
        let mut schema = group["schema"].clone();
        if let Some(schema) = schema.as_object_mut() {
            schema.entry("$schema").or_insert_with(|| dialect.into());
        }
        let folder = Folder::with(&schema);
        let cases = group["tests"].as_array().unwrap();
        let text: String = cases.iter().map(|case| format!("{}\n", case["data"])).collect();
        folder.write("all.ndjson", text.as_bytes());
        let args = Args { assert_formats: formats, ..Folder::args("all.ndjson") };
        match run(args, &Context::quiet("events validate", folder.0.path())) {
            Ok(report) => {
                let wrong = cases.iter().enumerate().filter(|(_, case)| case["valid"] == false);
                let expected: Vec<_> = wrong.map(|(index, _)| index + 1).collect();
                assert_eq!(lines(&report), expected, "{}: {}", file.display(), group["description"]);
            }
            Err(failure) => assert!(failure.to_string().contains("localhost:1234"), "{failure}"),
        }
    }
    groups.as_array().unwrap().len()
}
