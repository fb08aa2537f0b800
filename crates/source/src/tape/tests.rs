use proptest::prelude::*;

use super::Tape;

/// What the tape takes, and as what value.
fn taken(tape: &mut Tape, text: &str) -> Option<serde_json::Value> {
    tape.read(text).map(|view| view.root().built())
}

/// Where the tape takes a text, the exact reader takes it, with the same value.
fn agrees(tape: &mut Tape, text: &str) -> bool {
    let exact = crate::json(text);
    match taken(tape, text) {
        Some(value) => exact.is_ok_and(|exact| {
            // `-0.0` equals `0.0`, but is written otherwise.
            let (exact_text, text) = (exact.value.to_string(), value.to_string());
            exact.value == value && exact_text == text
        }),
        None => true,
    }
}

#[test]
fn ordinary_documents_are_taken() {
    let mut tape = Tape::default();
    for text in [
        "0",
        "-0",
        " [ ] ",
        "{}\r",
        r#"{"a": [1, -2.50, true, false, null, "x\u00e9\ud83d\udea2\n"], "a\u0062": {"c": {}}}"#,
        "\"a string that is longer than eight bytes, \\\"quoted\\\"\"",
        "[123456789012345678, 0.1, 99.99]",
    ] {
        assert!(taken(&mut tape, text).is_some(), "{text}");
        assert!(agrees(&mut tape, text), "{text}");
    }
    let many: Vec<_> = (0..100).map(|index| format!("\"member number {index}\": {index}")).collect();
    assert!(taken(&mut tape, &format!("{{{}}}", many.join(","))).is_some());
}

#[test]
fn the_rest_is_left_to_the_exact_reader() {
    let mut tape = Tape::default();
    let deep = "[".repeat(513) + &"]".repeat(513);
    let mut many: Vec<_> = (0..100).map(|index| format!("\"member number {index}\": {index}")).collect();
    many.push("\"member number \\u0037\": 1".to_owned());
    for text in [
        "",
        " ",
        "[1,]",
        "{\"a\":1,}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1,\"\\u0061\":2}",
        "01",
        "1e400",
        "1.",
        "-",
        "\"\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"\\x\"",
        "\"a\tb\"",
        "\"a",
        "\u{feff}1",
        "1 2",
        "tru",
        "truex",
        "\0",
        "12345678901234567890",
        deep.as_str(),
        &format!("{{{}}}", many.join(",")),
    ] {
        assert_eq!(taken(&mut tape, text), None, "{text}");
    }
    assert!(taken(&mut tape, &("[".repeat(512) + &"]".repeat(512))).is_some());
}

fn json() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        "-?(0|[1-9][0-9]{0,20})",
        "-?(0|[1-9][0-9]{0,9})\\.[0-9]{1,12}",
        "-?[0-9]{1,3}(\\.[0-9]{1,3})?[eE][+-]?[0-9]{1,3}",
        "-?0{1,3}",
    ];
    let string = prop_oneof![
        "\"[ab\u{e4}\u{1f6a2} ]{0,20}\"",
        r#""([a-c]|\\[bnrt"/\\]|\\u00[0-9a-f]{2}|\\ud83d\\udea2){0,9}""#,
        r#""(\\ud8[0-9]{2}|\\x|\t|[a-z]{8}){0,3}""#,
    ];
    let word = prop_oneof![Just("true".to_owned()), Just("false".to_owned()), Just("null".to_owned())];
    prop_oneof![4 => number, 4 => string, 2 => word].prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(|items| format!("[{}]", items.join(", "))),
            proptest::collection::vec(("\"[ab]{0,2}\"", inner), 0..6).prop_map(|members| {
                let members: Vec<_> = members.into_iter().map(|(name, value)| format!("{name}:{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn on_json_both_readers_agree(text in json()) {
        prop_assert!(agrees(&mut Tape::default(), &text));
    }

    #[test]
    fn on_damaged_json_both_readers_agree(text in json(), at in 0_usize..60, damage in "[\\[\\]{},:\"\\\\0-9eE+\\-. \\x00-\\x1ftfn\u{feff}]{0,2}") {
        let at = text.char_indices().map(|(at, _)| at).nth(at).unwrap_or(text.len());
        let damaged = format!("{}{damage}{}", &text[..at], &text[at..]);
        prop_assert!(agrees(&mut Tape::default(), &damaged), "{damaged}");
        let cut = format!("{}{damage}", &text[..at]);
        prop_assert!(agrees(&mut Tape::default(), &cut), "{cut}");
    }

    #[test]
    fn what_the_exact_reader_takes_is_mostly_taken(items in proptest::collection::vec("[ -~\u{e4}]{0,40}", 0..9)) {
        let text = serde_json::to_string(&items).unwrap();
        prop_assert_eq!(taken(&mut Tape::default(), &text), Some(serde_json::to_value(&items).unwrap()));
    }
}
