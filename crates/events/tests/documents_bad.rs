//! Documents that are broken, odd, or made to take for ever: a clear finding with its place, in JSON and in YAML.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod samples;

use std::fmt::Write as _;

const YAML: &str = "asyncapi: 2.6.0\ninfo: { title: t, version: '1' }\nchannels: {}\n";

/// `line:column rule` of each finding.
fn found(name: &str, text: impl AsRef<[u8]>) -> Vec<String> {
    let report = samples::validate_alone(name, text);
    let line = |finding: &linkspan_report::Finding| {
        let start = finding.span.unwrap().start;
        format!("{}:{} {}", start.line, start.column, finding.rule)
    };
    report.findings.kept().iter().map(line).collect()
}

/// A document with further members, on the third line.
fn json(members: &str) -> String {
    format!(
        "{{\"asyncapi\": \"2.6.0\", \"info\": {{\"title\": \"t\", \"version\": \"1\"}},\n\"channels\": {{}},\n{members}}}"
    )
}

#[test]
fn broken_texts() {
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("a.json", json(r#""x-a": "\ud800""#).into(), "3:9 json-syntax"),
        ("a.yaml", format!("{YAML}x-a: \"\\ud800\"\n").into(), "4:6 yaml-syntax"),
        ("a.json", json(r#""channels": {}"#).into(), "3:1 duplicate-key"),
        ("a.yaml", format!("{YAML}channels: {{}}\n").into(), "4:1 duplicate-key"),
        ("a.json", json("\"x-a\": \"\0\"").into(), "3:9 json-syntax"),
        ("a.yaml", format!("{YAML}x-a: \"\0\"\n").into(), "4:7 yaml-syntax"),
        ("a.json", json(r#""x-a": 1e400"#).into(), "3:8 number-range"),
        ("a.yaml", format!("{YAML}x-a: 1e400\n").into(), "4:6 number-range"),
        ("a.json", json(&format!("\"x-a\": {}{}", "[".repeat(600), "]".repeat(600))).into(), "3:519 input-limit"),
        ("a.yaml", format!("{YAML}x-a: {}{}\n", "[".repeat(600), "]".repeat(600)).into(), "4:518 input-limit"),
        ("a.json", b"{\"asyncapi\": \"2.6.0\", ".to_vec(), "1:23 json-syntax"),
        ("a.yaml", b"\xFF\xFEa\0".to_vec(), "1:1 encoding"),
        ("a.json", b"{\"asyncapi\": null}".to_vec(), "1:14 asyncapi/version"),
        ("a.yaml", b"openapi: 3.1\n".to_vec(), "1:10 openapi/version"),
    ];
    for (name, text, expected) in cases {
        assert_eq!(found(name, &text), [expected], "{}", String::from_utf8_lossy(&text));
    }
}

#[test]
fn marks_and_line_ends_move_no_place() {
    for text in [json("\"y\": 1"), format!("{YAML}y: 1\n")] {
        let (name, line) = if text.starts_with('{') { ("a.json", 3) } else { ("a.yaml", 4) };
        let expected = [format!("{line}:1 asyncapi/structure")];
        assert_eq!(found(name, &text), expected);
        assert_eq!(found(name, format!("\u{feff}{text}")), expected);
        assert_eq!(found(name, text.replace('\n', "\r\n")), expected);
    }
}

#[test]
fn each_document_of_a_stream_is_checked() {
    assert_eq!(
        found("a.yaml", format!("{YAML}y: 1\n---\n{YAML}---\n{YAML}z: 1\n")),
        ["4:1 asyncapi/structure", "13:1 asyncapi/structure",]
    );
}

#[test]
fn numbers_beyond_64_bits() {
    let schema = r#""components": {"schemas": {"s": {"maximum": 123456789012345678901234567890, "default": [1], "type": "integer"}}}"#;
    assert_eq!(found("a.json", json(schema)), ["3:88 asyncapi/schema-example"]);
}

#[test]
fn references_in_circles_and_to_nowhere() {
    let circles = "\
components:
  messages:
    a: { $ref: '#/components/messages/b' }
    b: { $ref: '#/components/messages/a' }
  schemas:
    s: { $ref: '#/components/schemas/s' }
    r: { properties: { r: { $ref: '#/components/schemas/r' }, all: { $ref: '#' } } }
";
    assert_eq!(
        found("a.yaml", format!("{YAML}{circles}")),
        ["6:16 asyncapi/reference", "7:16 asyncapi/reference", "9:16 asyncapi/reference"]
    );
    let nowhere = "components:\n  schemas:\n    a: { $ref: '#/components/schemas/a/b/c' }\n    b: { $ref: 'x.yaml' }\n    c: { $ref: '../../x.yaml' }\n    d: { $ref: '#x' }\n";
    assert_eq!(
        found("a.yaml", format!("{YAML}{nowhere}")),
        ["6:16 asyncapi/reference", "7:16 asyncapi/reference", "8:16 asyncapi/reference", "9:16 asyncapi/reference",]
    );
}

#[test]
fn drafts_mixed_in_one_document() {
    let payload = "components:\n  messages:\n    a:\n      payload:\n        $schema: 'http://json-schema.org/draft-04/schema#'\n        properties: { b: { type: integer, exclusiveMinimum: true, minimum: 1 } }\n      examples: [{ payload: { b: 1 } }]\n";
    // The format of AsyncAPI is draft 7; the example is read as its schema says.
    assert_eq!(
        found("a.yaml", format!("{YAML}{payload}")),
        ["9:61 asyncapi/structure", "10:34 asyncapi/message-example",]
    );
}

#[test]
fn schemas_that_would_take_for_ever() {
    let mut text = format!("{YAML}components:\n  schemas:\n");
    for index in 0..40 {
        let next = format!("{{ $ref: '#/components/schemas/s{}' }}", index + 1);
        writeln!(text, "    s{index}: {{ properties: {{ a: {next}, b: {next} }} }}").unwrap();
    }
    text.push_str("    s40: { type: 7 }\n");
    assert_eq!(found("a.yaml", &text), ["46:18 asyncapi/structure"]);
    let deep = format!(
        r#""components": {{"schemas": {{"s": {}{{"type": 7}}{}}}}}"#,
        r#"{"items": "#.repeat(400),
        "}".repeat(400)
    );
    assert_eq!(found("a.json", json(&deep)), ["1:1 asyncapi/structure"]);
    let pattern = format!(
        "{YAML}components:\n  messages:\n    a:\n      payload: {{ type: string, pattern: '^(a+)+$' }}\n      examples: [{{ payload: '{}!' }}]\n",
        "a".repeat(40)
    );
    assert_eq!(found("a.yaml", pattern), ["8:29 asyncapi/message-example"]);
    assert_eq!(
        found("a.yaml", format!("{YAML}components: {{ messages: {{ a: {{ payload: {{ pattern: '(' }} }} }} }}\n")),
        ["4:52 asyncapi/structure",]
    );
}

#[test]
fn what_came_before_openapi_3_is_named() {
    let swagger = "swagger: '2.0'\ninfo: { title: Pets, version: 1.0.0 }\npaths: {}\n";
    assert_eq!(found("a.yaml", swagger), ["1:1 openapi/version"]);
}
