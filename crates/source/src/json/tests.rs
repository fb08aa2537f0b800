use linkspan_report::{Position, Span};
use proptest::prelude::*;
use serde_json::{Value, json as value};

use super::*;
use crate::pointer;

fn span(line: usize, column: usize, end_line: usize, end_column: usize) -> Span {
    Span::new(Position::new(line, column), Position::new(end_line, end_column))
}

/// The one fault of a text: message, place, help.
fn fault(text: &str) -> (String, Span, String) {
    let faults = json(text).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:?}");
    let fault = faults.into_iter().next().unwrap();
    (fault.message, fault.span, fault.help.unwrap_or_default())
}

#[test]
fn values_and_keys_have_places() {
    let document = json("{\n  \"ä\": [1, {\"b\": \"🚢x\"}],\n  \"~/\": null\n}").unwrap();
    assert_eq!(document.value, value!({"ä": [1, {"b": "🚢x"}], "~/": null}));
    assert_eq!(document.span(""), Some(span(1, 1, 4, 2)));
    assert_eq!(document.span("/ä"), Some(span(2, 8, 2, 24)));
    assert_eq!(document.key_span("/ä"), Some(span(2, 3, 2, 6)));
    assert_eq!(document.span("/ä/1/b"), Some(span(2, 18, 2, 22)));
    assert_eq!(document.key_span("/ä/1/b"), Some(span(2, 13, 2, 16)));
    assert_eq!(document.span("/~0~1"), Some(span(3, 9, 3, 13)));
    assert_eq!(document.key_span("/ä/1"), None);
    assert_eq!(document.span("/ä/2"), None);
    assert_eq!(document.nearest("/ä/1/c/d"), span(2, 12, 2, 23));
    assert_eq!(document.nearest("/nothing"), span(1, 1, 4, 2));
}

#[test]
fn all_duplicate_keys_are_reported_with_both_places() {
    let faults = json("{\"a\": 1,\n \"b\": {\"c\": 1, \"\\u0063\": 2},\n \"a\": 3, \"a\": 4}").unwrap_err();
    let places: Vec<_> = faults.iter().map(|f| (f.message.as_str(), f.span.start, f.related[0].1.start)).collect();
    assert_eq!(
        places,
        [
            ("the key `c` occurs twice in this object", Position::new(2, 16), Position::new(2, 8)),
            ("the key `a` occurs twice in this object", Position::new(3, 2), Position::new(1, 2)),
            ("the key `a` occurs twice in this object", Position::new(3, 10), Position::new(1, 2)),
        ]
    );
}

#[test]
fn what_is_not_json_is_explained() {
    let cases: &[(&str, &str, (usize, usize), &str)] = &[
        ("", "the document ends where a value should stand", (1, 1), ""),
        ("[1,]", "`]` where a value should stand", (1, 4), "remove the comma before it"),
        ("{\"a\": 1,\n}", "`}` where a key in double quotes should stand", (2, 1), "remove the comma before it"),
        ("{'a': 1}", "`'` where a key in double quotes should stand", (1, 2), "strings stand in double quotes"),
        ("{a: 1}", "`a` where a key in double quotes should stand", (1, 2), ""),
        ("[1 2]", "`2` where `,` or `]` should stand", (1, 4), ""),
        ("[1 \"x\"]", "`\"` where `,` or `]` should stand", (1, 4), "is there a comma missing before it?"),
        ("[1] // x", "`/` where the end of the document should stand", (1, 5), "JSON has no comments"),
        ("[True]", "`True` where a value should stand", (1, 2), "the words are `true`, `false` and `null`"),
        ("[nul]", "`nul` where a value should stand", (1, 2), ""),
        ("[NaN]", "`NaN` where a value should stand", (1, 2), "JSON has no such value; `null` may do"),
        ("[+1]", "`+` where a value should stand", (1, 2), "a number begins with a digit or `-`"),
        ("[-]", "`]` where a digit should stand", (1, 3), ""),
        ("[1.]", "`]` where a digit behind the decimal point should stand", (1, 4), ""),
        ("[1e]", "`]` where a digit of the exponent should stand", (1, 4), ""),
        ("[01]", "a number begins with a needless zero", (1, 2), "remove the zero, or quote the value if it is a text"),
        ("[1e999]", "the number is too large for 64 bits", (1, 2), ""),
        (
            "[\"a\nb\"]",
            "a string ends with the line, without `\"`",
            (1, 2),
            "close the string, or write `\\n` for a line break in it",
        ),
        ("[\"a\u{1}\"]", "the control character `\\u{1}` in a string", (1, 4), "write it as an escape"),
        (
            "[\"ä\\x\"]",
            "`\\x` is no escape",
            (1, 4),
            "escapes are `\\\"`, `\\\\`, `\\/`, `\\b`, `\\f`, `\\n`, `\\r`, `\\t` and `\\u` with four hex digits",
        ),
        ("[\"\\u12g4\"]", "`\\u` needs four hex digits", (1, 3), ""),
        (
            "[\"\\ud800\"]",
            "half of a surrogate pair is no character",
            (1, 3),
            "a character beyond U+FFFF is written as itself, or as two `\\u` escapes",
        ),
        (
            "[\"\\udc00\\ud800\"]",
            "half of a surrogate pair is no character",
            (1, 3),
            "a character beyond U+FFFF is written as itself, or as two `\\u` escapes",
        ),
        ("[\u{0}]", "`\\u{0}` where a value should stand", (1, 2), ""),
        ("[1]\u{a0}", "`\u{a0}` where the end of the document should stand", (1, 4), ""),
    ];
    for (text, message, (line, column), help) in cases {
        let (found, span, advice) = fault(text);
        assert_eq!(
            (found.as_str(), span.start, advice.as_str()),
            (*message, Position::new(*line, *column), *help),
            "{text}"
        );
    }
}

#[test]
fn what_is_not_closed_is_named() {
    let fault = &json("{\n \"a\": [1,\n  2").unwrap_err()[0];
    assert_eq!(fault.message, "the document ends where `,` or `]` should stand");
    assert_eq!(fault.related, [("this `[` is not closed".to_owned(), span(2, 7, 2, 8))]);
    let fault = &json("[\"abc").unwrap_err()[0];
    assert_eq!(fault.related, [("the string begins here".to_owned(), span(1, 2, 1, 3))]);
}

#[test]
fn depth_is_bounded_and_costs_no_stack() {
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(json(&deep(crate::MAX_DEPTH)).is_ok());
    let (message, span, _) = fault(&deep(crate::MAX_DEPTH + 1));
    assert_eq!(message, "arrays and objects are nested more than 512 deep");
    assert_eq!(span.start, Position::new(1, 513));
    assert!(json(&deep(100_000)).is_err());
    assert!(json(&"{\"a\":".repeat(100_000)).is_err());
}

#[test]
fn numbers_stay_reachable_as_they_were_written() {
    let document = json("{\"a\": [12345678901234567890123, 0.1], \"b\": 1.10, \"c\": \"x\"}").unwrap();
    assert_eq!(document.number_text("/a/0"), Some("12345678901234567890123"));
    assert_eq!(document.number_text("/b"), Some("1.10"));
    assert_eq!(document.number_text("/c"), None);
    let lost: Vec<_> = document.inexact().into_iter().map(|number| (number.pointer, number.text)).collect();
    assert_eq!(lost, [("/a/0".to_owned(), "12345678901234567890123".to_owned())]);
}

#[test]
fn one_byte_order_mark_is_skipped_with_the_encoding() {
    let read = |bytes: &[u8]| json(crate::text(bytes).unwrap());
    assert_eq!(read(b"\xEF\xBB\xBF[1]").unwrap().span("/0"), Some(span(1, 2, 1, 3)));
    assert!(read(b"\xEF\xBB\xBF\xEF\xBB\xBF1").is_err());
}

/// Any JSON value, small.
pub(crate) fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Value::from),
        "[ -~äß🚢\n\t\"\\\\/]{0,8}".prop_map(Value::from),
        prop_oneof!["no", "010", "~", "null", "<<", "1_000", "0x1F", "- a", "a: b", "# c", ""].prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map("[a-c~/ä\"\\\\ ]{0,3}|<<|no|1", inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Every pointer into a value, with what it points to.
pub(crate) fn pointers<'v>(at: &str, value: &'v Value, found: &mut Vec<(String, &'v Value)>) {
    found.push((at.to_owned(), value));
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointers(&pointer::join_index(at, index), item, found);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                pointers(&pointer::join(at, name), member, found);
            }
        }
        _ => {}
    }
}

/// What stands in a text at a span, found by counting.
pub(crate) fn slice(text: &str, span: Span) -> String {
    let mut at = Position::START;
    let mut found = String::new();
    for character in text.chars() {
        if at >= span.start && at < span.end {
            found.push(character);
        }
        at = if character == '\n' { Position::new(at.line + 1, 1) } else { Position::new(at.line, at.column + 1) };
    }
    found
}

/// Equal but for the last bit of a float, which `serde_json` does not always find.
fn alike(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Number(ours), Value::Number(theirs)) => {
            let (Some(ours), Some(theirs)) = (ours.as_f64(), theirs.as_f64()) else { return false };
            (ours - theirs).abs() <= ours.abs() * 1e-15
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| alike(ours, theirs))
        }
        (Value::Object(ours), Value::Object(theirs)) => {
            ours.len() == theirs.len()
                && ours.iter().zip(theirs).all(|((a, ours), (b, theirs))| a == b && alike(ours, theirs))
        }
        _ => ours == theirs,
    }
}

proptest! {
    #[test]
    fn what_is_printed_is_read_again_and_every_span_holds_its_value(value in any_value(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let document = json(&text).unwrap();
        prop_assert_eq!(&document.value, &value);
        let mut all = Vec::new();
        pointers("", &value, &mut all);
        for (pointer, part) in all {
            let written = slice(&text, document.span(&pointer).unwrap());
            prop_assert_eq!(&json(&written).unwrap().value, part);
            if let Some(key) = document.key_span(&pointer) {
                let name = json(&slice(&text, key)).unwrap().value;
                let (_, last) = pointer::parent(&pointer).unwrap();
                prop_assert_eq!(name, Value::from(last.as_ref()));
            }
        }
        prop_assert!(document.inexact().is_empty());
    }

    /// `serde_json` is the judge of what is JSON (it takes the last of duplicate keys).
    #[test]
    fn the_same_is_accepted_as_by_serde_json(
        value in any_value(), at in any::<prop::sample::Index>(), with in "[\\[\\]{},:\"\\\\0-9eE+.tfnul \n\u{1}ä-]{0,2}", cut in 0usize..3,
    ) {
        let mut characters: Vec<char> = serde_json::to_string(&value).unwrap().chars().collect();
        let at = at.index(characters.len());
        characters.splice(at..(at + cut).min(characters.len()), with.chars());
        let text: String = characters.into_iter().collect();
        match (json(&text), serde_json::from_str::<Value>(&text)) {
            (Ok(ours), Ok(theirs)) => prop_assert!(alike(&ours.value, &theirs), "{} {} {}", text, ours.value, theirs),
            (Err(faults), Ok(_)) => prop_assert!(faults.iter().all(|fault| fault.rule == rule::DUPLICATE_KEY), "{} {:?}", text, faults),
            (Ok(_), Err(error)) => prop_assert!(false, "{} {}", text, error),
            (Err(_), Err(_)) => {}
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "[\\[\\]{},:\"\\\\0-9eE+.truefalsn \n\r\t\u{0}-\u{1f}äud8c-]{0,60}") {
        let _ = json(&text);
    }
}
