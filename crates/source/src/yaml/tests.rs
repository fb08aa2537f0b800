use linkspan_report::{Position, Span};
use proptest::prelude::*;
use serde_json::{Value, json as value};

use super::{
    Dialect::{Kubernetes, Yaml12},
    *,
};
use crate::json::tests::{any_value, pointers, slice};

fn one(text: &str) -> Document {
    let documents = yaml(text, Yaml12).unwrap();
    assert_eq!(documents.len(), 1);
    documents.into_iter().next().unwrap()
}

fn read(text: &str, dialect: Dialect) -> Value {
    yaml(text, dialect).unwrap().remove(0).value
}

fn span(line: usize, column: usize, end_line: usize, end_column: usize) -> Span {
    Span::new(Position::new(line, column), Position::new(end_line, end_column))
}

/// Message and start of each fault.
fn faults(text: &str, dialect: Dialect) -> Vec<(String, Position)> {
    yaml(text, dialect).unwrap_err().into_iter().map(|fault| (fault.message, fault.span.start)).collect()
}

#[test]
fn block_and_flow_have_places() {
    let text = "# ä\na:\n  - 🚢: x  # c\n    y: {z: [1, 'two']}\n  - |\n    text\n    more\n\nb:\nc: >-\n  folded\n";
    let document = one(text);
    assert_eq!(
        document.value,
        value!({"a": [{"🚢": "x", "y": {"z": [1, "two"]}}, "text\nmore\n"], "b": null, "c": "folded"})
    );
    assert_eq!(document.span(""), Some(span(2, 1, 11, 9)));
    assert_eq!(document.key_span("/a"), Some(span(2, 1, 2, 2)));
    assert_eq!(document.span("/a"), Some(span(3, 3, 7, 9)));
    assert_eq!(document.span("/a/0"), Some(span(3, 5, 4, 23)));
    assert_eq!(document.span("/a/0/🚢"), Some(span(3, 8, 3, 9)));
    assert_eq!(document.span("/a/0/y"), Some(span(4, 8, 4, 23)));
    assert_eq!(document.span("/a/0/y/z/1"), Some(span(4, 16, 4, 21)));
    assert_eq!(document.span("/a/1"), Some(span(5, 5, 7, 9)));
    assert_eq!(document.span("/b").unwrap().start.line, 9);
    assert_eq!(document.key_span("/b"), Some(span(9, 1, 9, 2)));
    assert_eq!(document.span("/c"), Some(span(10, 4, 11, 9)));
    let document = one("a: &x |2- # | c\n\n    | b\nb: >\n\nc: |\n");
    assert_eq!(document.value, value!({"a": "\n  | b", "b": "", "c": ""}));
    assert_eq!(document.span("/a"), Some(span(1, 7, 3, 8)));
    assert_eq!(document.span("/b").unwrap().start, Position::new(4, 4));
    assert_eq!(document.span("/c").unwrap().start, Position::new(6, 4));
}

#[test]
fn a_stream_has_lines_of_the_file() {
    let stream = yaml_stream("# one\n---\na: 1\n---\n# nothing\n---\nb: 2\n...\n--- null\n", Yaml12).unwrap();
    assert_eq!(stream.empty, 1);
    let documents = stream.documents;
    assert_eq!(documents.len(), 3);
    assert_eq!(documents[0].position(), Position::new(2, 1));
    assert_eq!(documents[1].position(), Position::new(6, 1));
    assert_eq!(documents[1].span("/b"), Some(span(7, 4, 7, 5)));
    assert_eq!(documents[2].value, Value::Null);
    let stream = yaml_stream("a: 1\n--- null\n---\n~\n", Kubernetes).unwrap();
    assert_eq!((stream.documents.len(), stream.empty), (1, 2));
    assert_eq!(yaml_stream("", Yaml12).unwrap().empty, 0);
    assert_eq!(yaml("# only\n", Yaml12).unwrap().len(), 0);
}

#[test]
fn aliases_stand_where_they_are_and_lead_to_where_they_were_written() {
    let document = one("base: &b\n  x: [1, 2]\ncopy: *b\nkey: &k name\n*k : v\n");
    assert_eq!(document.value, value!({"base": {"x": [1, 2]}, "copy": {"x": [1, 2]}, "key": "name", "name": "v"}));
    assert_eq!(document.span("/copy"), Some(span(3, 7, 3, 9)));
    assert_eq!(document.span("/copy/x/1"), Some(span(2, 10, 2, 11)));
    assert_eq!(document.key_span("/name"), Some(span(5, 1, 5, 3)));
}

#[test]
fn an_anchor_may_be_defined_again() {
    assert_eq!(one("a: &x 1\nb: *x\nc: &x 2\nd: *x\n").value, value!({"a": 1, "b": 1, "c": 2, "d": 2}));
}

#[test]
fn merge_keys_never_overwrite_in_yaml() {
    let text = "b: &b {a: 1, c: 2}\nd: &d {a: 7, e: 3}\nx:\n  a: 5\n  <<: [*b, *d]\ny:\n  <<: *d\n  a: 6\n";
    let document = one(text);
    assert_eq!(document.value["x"], value!({"a": 5, "c": 2, "e": 3}));
    assert_eq!(document.value["y"], value!({"a": 6, "e": 3}));
    assert_eq!(document.span("/x/a"), Some(span(4, 6, 4, 7)));
    assert_eq!(document.span("/x/c"), Some(span(1, 17, 1, 18)));
    assert_eq!(document.key_span("/x/e"), Some(span(2, 14, 2, 15)));
    assert_eq!(document.span("/y/a"), Some(span(8, 6, 8, 7)));
}

#[test]
fn nested_and_inline_merges() {
    let text = "a: &a {p: 1}\nb: &b {<<: *a, q: 2}\nx: {<<: *b, r: 3}\ny: {<<: {s: 4}, t: 5}\nz: {\"<<\": 1}\n";
    let value = one(text).value;
    assert_eq!(value["x"], value!({"p": 1, "q": 2, "r": 3}));
    assert_eq!(value["y"], value!({"s": 4, "t": 5}));
    assert_eq!(value["z"], value!({"<<": 1}));
    assert_eq!(
        faults("<<: 1\n", Yaml12),
        [("`<<` merges a mapping or a list of mappings".to_owned(), Position::new(1, 5))]
    );
    assert_eq!(faults("a: &a [1]\n<<: [*a]\n", Yaml12).len(), 1);
}

/// What `kubectl` 1.32 does: what comes later wins, even over what is written out.
#[test]
fn merge_keys_take_effect_in_order_for_kubectl() {
    let base = "b: &b {a: 1, c: 2}\nd: &d {a: 7, e: 3}\n";
    for (text, expected) in [
        ("x:\n  <<: *b\n  a: 5\n", value!({"a": 5, "c": 2})),
        ("x:\n  a: 5\n  <<: *b\n", value!({"a": 1, "c": 2})),
        ("x:\n  <<: [*b, *d]\n", value!({"a": 1, "c": 2, "e": 3})),
        ("x:\n  <<: *b\n  <<: *d\n", value!({"a": 7, "c": 2, "e": 3})),
    ] {
        let document = yaml(&format!("{base}{text}"), Kubernetes).unwrap().remove(0);
        assert_eq!(document.value["x"], expected, "{text}");
        let a = document.source_text("/x/a").unwrap();
        assert_eq!(a, expected["a"].to_string(), "{text}");
    }
}

#[test]
fn duplicate_keys_are_reported_once_with_both_places() {
    let text = "a: &a\n  x: 1\n  x: 2\nb: *a\nc: {1: a, \"1\": b}\n";
    let found = yaml(text, Yaml12).unwrap_err();
    let places: Vec<_> = found.iter().map(|f| (f.span.start, f.related[0].1.start)).collect();
    assert_eq!(places, [(Position::new(3, 3), Position::new(2, 3)), (Position::new(5, 11), Position::new(5, 5))]);
    assert_eq!(faults("x: {yes: 1, true: 2}\n", Kubernetes)[0].0, "the key `true` occurs twice in this object");
    assert!(yaml("x: {yes: 1, true: 2}\n", Yaml12).is_ok());
    assert_eq!(faults("<<: {a: 1, a: 2}\n", Yaml12).len(), 1);
}

#[test]
fn what_json_does_not_have_is_refused_with_its_place() {
    for (text, message, line, column) in [
        ("a: .inf\n", "`.inf` has no counterpart in JSON", 1, 4),
        ("a: 1e999\n", "the number `1e999` is too large for 64 bits", 1, 4),
        ("a:\n  [x]: 1\n", "a key is a sequence or a mapping, which JSON does not have", 2, 3),
        ("? {a: 1}\n: 2\n", "a key is a sequence or a mapping, which JSON does not have", 1, 3),
        ("a: {{ x }}\n", "a key is a sequence or a mapping, which JSON does not have", 1, 5),
        ("a: !foo bar\n", "the tag `!foo` means nothing here", 1, 4),
        ("a: !!set {x}\n", "the tag `!!set` means nothing here", 1, 4),
        ("a: !!int x\n", "`x` is tagged `!!int`, but is no integer", 1, 10),
        ("a: !!binary '*'\n", "`*` is tagged `!!binary`, but is no base64 text", 1, 13),
        (": 1\n", "a key is missing before `:`", 1, 1),
        ("a: &a [*a]\n", "the alias stands inside the value that it stands for", 1, 8),
    ] {
        assert_eq!(faults(text, Yaml12), [(message.to_owned(), Position::new(line, column))], "{text}");
    }
}

#[test]
fn what_is_not_yaml_has_a_place_and_advice() {
    let cases = [
        "a:\n\tb: 1\n",
        "a: [1\nb: 2\n",
        "a: [1, 2\n",
        "a: {x: 1]\n",
        "a: b: c\n",
        "a: *x\n",
        "a: \"x\n",
        "a: 'x\nb: 1\n",
        "a: 1\n b: 2\n",
        "a: 1\nb\nc: 2\n",
        "  a: 1\nb: 2\n",
        "a:\n  - 1\n  b: 2\n",
        "a: @x\n",
        "a: - x\n",
        "a: \"\\d\"\n",
        "a: 1\n---\nb: ]\n",
        "a: \u{1}\n",
    ];
    let mut told = String::new();
    for text in cases {
        let found = yaml(text, Yaml12).unwrap_err();
        assert_eq!(found.len(), 1, "{text}");
        let Position { line, column } = found[0].span.start;
        let help = found[0].help.as_deref().unwrap_or("nothing to say");
        told.push_str(&format!("{text:?} {line}:{column}: {}: {help}\n", found[0].message));
    }
    insta::assert_snapshot!(told, @r#"
    "a:\n\tb: 1\n" 2:1: a tab in the indentation: indent with spaces
    "a: [1\nb: 2\n" 2:2: a `:` may not stand here: is a bracket or a quote before it not closed?
    "a: [1, 2\n" 1:4: the `[` is not closed: close it, or indent what belongs to it
    "a: {x: 1]\n" 1:4: `{` is closed by `]`: close what was opened last
    "a: b: c\n" 1:5: a second `: ` on this line, or a line that is indented too far: quote the value if the `: ` belongs to it
    "a: *x\n" 1:4: the alias has no anchor before it: quote the value if it is to begin with `*`
    "a: \"x\n" 1:4: the quotes that open here are not closed: close them
    "a: 'x\nb: 1\n" 1:4: the quotes that open here are not closed: close them
    "a: 1\n b: 2\n" 2:3: a second `: ` on this line, or a line that is indented too far: quote the value if the `: ` belongs to it
    "a: 1\nb\nc: 2\n" 2:1: a key without its `:`: add `:`, or check the indentation
    "  a: 1\nb: 2\n" 2:1: the document has ended before this: is this line indented as the ones it belongs to, and are all quotes closed before it?
    "a:\n  - 1\n  b: 2\n" 3:3: a `-` should stand here: is this line indented as the other items of its list?
    "a: @x\n" 1:4: a value may not begin with `@`: quote the value
    "a: - x\n" 1:4: a list may not begin here: put its first `-` on a line of its own, or quote the value
    "a: \"\\d\"\n" 1:4: this is no escape in double quotes: double the backslash, or use single quotes
    "a: 1\n---\nb: ]\n" 3:4: a bracket is closed that was not opened: quote the value if it belongs to it
    "a: \u{1}\n" 1:4: a value may not begin with `\u{1}`: quote the value
    "#);
}

#[test]
fn tags_decide() {
    let text = "a: !!str 1\nb: !!int \"3\"\nc: !!float 1.5\nd: !!bool \"true\"\ne: !!null ''\nf: !!binary |\n  aGVs\n  bG8=\ng: ! 12\nh: !!map {}\ni: !!seq []\n!!str 1: k\n";
    assert_eq!(
        one(text).value,
        value!({"a": "1", "b": 3, "c": 1.5, "d": true, "e": null, "f": "aGVsbG8=", "g": "12", "h": {}, "i": [], "1": "k"})
    );
    assert_eq!(read("f: !!binary aGVsbG8=\n", Kubernetes), value!({"f": "hello"}));
}

/// YAML 1.2.2, section 10.3.2.
#[test]
fn the_core_schema() {
    for (text, expected) in [
        ("~", value!(null)),
        ("NULL", value!(null)),
        ("True", value!(true)),
        ("no", value!("no")),
        ("yes", value!("yes")),
        ("Off", value!("Off")),
        ("y", value!("y")),
        ("nULL", value!("nULL")),
        ("0", value!(0)),
        ("010", value!(10)),
        ("+12", value!(12)),
        ("-12", value!(-12)),
        ("0o10", value!(8)),
        ("0o18", value!("0o18")),
        ("0x1F", value!(31)),
        ("-0x1F", value!("-0x1F")),
        ("0b1", value!("0b1")),
        ("1_000", value!("1_000")),
        ("1.10", value!(1.1)),
        ("1.", value!(1.0)),
        (".5", value!(0.5)),
        ("-.5e2", value!(-50.0)),
        ("1e3", value!(1000.0)),
        (".", value!(".")),
        ("+", value!("+")),
        ("1e", value!("1e")),
        ("12:30", value!("12:30")),
        ("2024-01-01", value!("2024-01-01")),
        ("0x", value!("0x")),
        ("+-1", value!("+-1")),
        ("18446744073709551615", value!(u64::MAX)),
        ("'1'", value!("1")),
    ] {
        assert_eq!(read(&format!("x: {text}\n"), Yaml12), value!({ "x": expected }), "{text}");
    }
    let keys = read("{yes: 1, 010: 2, ~: 3, 1.0: 4, 2024-01-01: 5}\n", Yaml12);
    assert_eq!(keys, value!({"yes": 1, "010": 2, "~": 3, "1.0": 4, "2024-01-01": 5}));
}

#[test]
fn numbers_beyond_64_bits_are_listed() {
    let document = one("a: 123456789012345678901234567890\nb: &b 0.12345678901234567890\nc: *b\nd: 1e3\n");
    let lost: Vec<_> = document.inexact().into_iter().map(|number| number.pointer).collect();
    assert_eq!(lost, ["/a", "/b"]);
    assert_eq!(document.number_text("/d"), Some("1e3"));
}

#[test]
fn hostile_input_is_refused() {
    let deep = faults(&"[".repeat(100_000), Yaml12);
    assert!(deep[0].0.contains("nested more than 512 deep"), "{deep:?}");
    let mut block = String::new();
    for depth in 0..2000 {
        block.push_str(&" ".repeat(depth));
        block.push_str("a:\n");
    }
    assert!(faults(&block, Yaml12)[0].0.contains("nested more than 512 deep"));
    assert!(faults(&"- ".repeat(100_000), Yaml12)[0].0.contains("nested more than 512 deep"));
    // Nine aliases of nine aliases of …
    let mut bomb = String::from("a0: &a0 [x]\n");
    for level in 1..12 {
        let items = vec![format!("*a{}", level - 1); 9].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    assert!(faults(&bomb, Yaml12)[0].0.starts_with("aliases repeat more than"));
    assert!(faults(&bomb, Kubernetes)[0].0.starts_with("aliases repeat more than"));
    let fat = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), vec!["*a"; 200].join(", "));
    assert!(faults(&fat, Yaml12)[0].0.starts_with("aliases repeat more than"));
    let mut merges = String::from("a0: &a0 {x: 1}\n");
    for level in 1..40 {
        merges.push_str(&format!("a{level}: &a{level} {{<<: [*a{}, *a{}]}}\n", level - 1, level - 1));
    }
    assert!(faults(&merges, Yaml12)[0].0.starts_with("aliases repeat more than"));
    let mut chain = String::from("a0: &a0 [x]\n");
    for level in 1..2000 {
        chain.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    assert!(faults(&chain, Yaml12)[0].0.contains("nested more than 512 deep"));
}

#[test]
fn json_in_a_yaml_file_is_read_as_json() {
    let document = one("\n{\n\t\"a\": [1,\n\t2]}\n");
    assert_eq!(document.span("/a/1"), Some(span(4, 2, 4, 3)));
}

/// As YAML people write, what is JSON in flow style: forced through the YAML reader by a comment.
fn as_flow(text: &str) -> String {
    format!("# flow\n{text}\n")
}

proptest! {
    #[test]
    fn json_is_yaml_and_every_span_holds_its_value(value in any_value(), pretty in any::<bool>()) {
        let json = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let text = as_flow(&json);
        let document = one(&text);
        prop_assert_eq!(&document.value, &value);
        let mut all = Vec::new();
        pointers("", &value, &mut all);
        for (pointer, part) in all {
            let written = slice(&text, document.span(&pointer).unwrap());
            prop_assert_eq!(&crate::json(&written).unwrap().value, part, "{}", pointer);
        }
    }

    #[test]
    fn ordinary_block_style_reads_as_with_another_reader(value in any_value()) {
        let text = serde_yaml::to_string(&value).unwrap();
        // That writer does not quote the merge key.
        prop_assume!(!text.contains("<<:"));
        let theirs: Value = serde_yaml::from_str(&text).unwrap();
        let ours = yaml(&text, Yaml12).unwrap().pop().map_or(Value::Null, |document| document.value);
        prop_assert_eq!(ours, theirs, "{}", text);
    }

    #[test]
    fn no_text_makes_it_panic(text in "[\\[\\]{},:\"'&*a-c!|>?%@#~<. \n\r\t0-9ä-]{0,60}", kubernetes in any::<bool>()) {
        let dialect = if kubernetes { Kubernetes } else { Yaml12 };
        if let Ok(documents) = yaml(&text, dialect) {
            for document in documents {
                let mut all = Vec::new();
                pointers("", &document.value, &mut all);
                for (pointer, _) in all {
                    prop_assert!(document.span(&pointer).is_some(), "{} {}", text, pointer);
                }
            }
        }
    }
}
