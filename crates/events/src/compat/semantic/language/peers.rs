//! What both validators say, and what the automata say.

use boon::{Compiler, Draft, Schemas};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::Language;
use crate::schema::Dialect;

/// What a validator says of a string; `None` if it does not take the schema.
type Accepts = Box<dyn Fn(&str) -> bool>;

fn jsonschema(schema: &Value) -> Option<Accepts> {
    let validator = jsonschema::options().should_validate_formats(true).build(schema).ok()?;
    Some(Box::new(move |text| validator.is_valid(&json!(text))))
}

fn boon(schema: &Value) -> Option<Accepts> {
    let mut compiler = Compiler::new();
    compiler.set_default_draft(Draft::V2020_12);
    compiler.enable_format_assertions();
    compiler.add_resource("file:///schema.json", schema.clone()).ok()?;
    let mut schemas = Schemas::new();
    let index = compiler.compile("file:///schema.json", &mut schemas).ok()?;
    Some(Box::new(move |text| schemas.validate(&json!(text), index).is_ok()))
}

/// Parts of regular expressions, put together at random; not all of it is valid.
fn patterns() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "a",
        "b",
        "A",
        "1",
        "-",
        "é",
        "😀",
        "ab",
        ".",
        r"\d",
        r"\w",
        r"\D",
        r"\W",
        "[ab]",
        "[^ab]",
        "[a-c1]",
        r"[\w-]",
        r"[^\d-]",
        r"\-",
        r"\.",
        r"\/",
        "^",
        "$",
        r"\b",
        r"\p{Lu}",
        r"\u0061",
        r"\u{1F600}",
        r"\x41",
        r"\cA",
        "[a-c-e]",
        "[^-a]",
        r"[\W]",
        "_",
        "}",
        "]",
        "(?i)",
        "",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(5, 24, 3, |inner| {
        let quantifier = prop::sample::select(vec!["*", "+", "?", "{2}", "{1,2}", "{0,}", "*?", "+?", "{,2}", "{0}"]);
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
            2 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(?:{a}|{b})")),
            2 => (inner.clone(), quantifier).prop_map(|(a, q)| format!("({a}){q}")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("^(?={a}){b}")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(?!{a}){b}")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{b}(?<={a})")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(?<!{a}){b}")),
            1 => inner.clone().prop_map(|a| format!("^{a}$")),
            1 => inner.prop_map(|a| format!("(?i:{a})")),
        ]
    })
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[abcABK1 _é😀.\u{1}ſ/-]{0,6}", 24)
}

/// Whether both validators read all characters of a text as ECMA-262 does: `boon` takes line ends for others, and what
/// looks around the `jsonschema` crate leaves to its engine as it is, whose classes are those of Unicode.
fn undisputed(text: &str, pattern: &str) -> bool {
    let around = ["(?=", "(?!", "(?<"].iter().any(|around| pattern.contains(around));
    !text.contains(['\r', '\u{2028}', '\u{2029}']) && (!around || text.is_ascii())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn patterns_hold_what_validators_accept(pattern in patterns(), texts in texts()) {
        let Some(language) = Language::pattern(&pattern) else { return Ok(()) };
        let schema = json!({ "pattern": pattern });
        let ours = language.samples(8).into_iter().chain(language.not().samples(8));
        let texts: Vec<String> = texts.into_iter().chain(ours).filter(|text| undisputed(text, &pattern)).collect();
        for accepts in [jsonschema(&schema), boon(&schema)].into_iter().flatten() {
            for text in &texts {
                prop_assert_eq!(language.contains(text), accepts(text), "`{}` in `{}`", text, pattern);
            }
        }
    }

    #[test]
    fn the_laws_of_sets_hold(one in patterns(), other in patterns(), texts in texts()) {
        let (Some(a), Some(b)) = (Language::pattern(&one), Language::pattern(&other)) else { return Ok(()) };
        let (Some(and), Some(or), Some(minus)) = (a.and(&b), a.or(&b), a.minus(&b)) else { return Ok(()) };
        for text in &texts {
            let (in_a, in_b) = (a.contains(text), b.contains(text));
            prop_assert_eq!(and.contains(text), in_a && in_b);
            prop_assert_eq!(or.contains(text), in_a || in_b);
            prop_assert_eq!(minus.contains(text), in_a && !in_b);
            prop_assert_eq!(a.not().contains(text), !in_a);
        }
        prop_assert_eq!(&a.not().or(&b.not()).unwrap().not(), &and);
        prop_assert_eq!(a.is_subset(&b), Some(minus.is_empty()));
        prop_assert_eq!(and.is_subset(&a), Some(true));
        prop_assert_eq!(a.is_subset(&or), Some(true));
        prop_assert_eq!(a == b, a.is_subset(&b) == Some(true) && b.is_subset(&a) == Some(true));
    }

    #[test]
    fn the_shortest_is_the_shortest(pattern in patterns(), min in 0_u64..6, more in 0_u64..4) {
        let Some(language) = Language::pattern(&pattern) else { return Ok(()) };
        let length = |text: &str| text.chars().count() as u64;
        let lengths: Vec<u64> = (0..12)
            .filter(|n| !language.and(&Language::lengths(*n, Some(*n)).unwrap()).unwrap().is_empty())
            .collect();
        let shortest = language.shortest();
        prop_assert_eq!(shortest.is_none(), language.is_empty());
        prop_assert!(shortest.iter().all(|text| language.contains(text)));
        if let Some(first) = lengths.first() {
            prop_assert_eq!(shortest.as_deref().map(length), Some(*first));
        }
        let within = language.shortest_within(min, Some(min + more));
        prop_assert!(within.iter().all(|text| language.contains(text)));
        let wanted = lengths.iter().find(|n| (min..=min + more).contains(n)).copied();
        prop_assert_eq!(within.as_deref().map(length), wanted);
        prop_assert_eq!(language.has_length_within(min, Some(min + more)), Some(wanted.is_some()));
        if let Some(words) = language.words(200) {
            prop_assert_eq!(language.len(), Some(words.len() as u64));
            prop_assert!(words.iter().all(|text| language.contains(text)));
            prop_assert_eq!(Language::of(words.iter().map(String::as_str)), Some(language));
        }
    }
}

/// Strings that are nearly of a format.
fn nearly(name: &'static str) -> impl Strategy<Value = String> {
    let seeds = match name {
        "date" => vec!["2024-02-29", "1900-02-29", "2000-02-29", "2023-11-31", "0000-12-31"],
        "time" => vec!["23:59:60Z", "08:30:06.28z", "12:00:60+05:30", "24:00:00Z", "00:29:60-23:30"],
        "date-time" => vec!["2024-02-29T23:59:60Z", "1985-04-12t23:20:50.52-08:00", "1900-02-29T00:00:00Z"],
        "duration" => vec!["P4DT12H30M5S", "P1Y2D", "PT1H2S", "P2W", "P1Y2M3D", "P1WT1H", "PT"],
        "uuid" => vec!["2eb8aa08-aa98-11ea-b4aa-73b441d16380", "2EB8AA08AA9811EAB4AA73B441D16380"],
        "ipv4" => vec!["192.168.0.1", "0.0.0.0", "256.1.2.3", "01.2.3.4"],
        "ipv6" => {
            vec!["::1", "1:2:3:4:5:6:7:8", "1::8", "::ffff:1.2.3.4", "1:2:3:4:5:6:7::", "1:2:3:4:5:6:1.2.3.4", "::"]
        }
        "json-pointer" => vec!["/foo/0", "", "/a~1b~0", "/~2", "a"],
        "relative-json-pointer" => vec!["1", "0/foo", "0#", "01/a", "12/~1"],
        "hostname" => vec!["www.example.com", "a-b.c", "-a", "xn--4gbwdl.xn--wgbh1c", "a..b"],
        "email" => vec!["joe@example.com", "a.b+c@d-e.fg", "\"a b\"@c.d", "a@[127.0.0.1]", "@b", ".a@b.c"],
        "uri" => vec!["http://a.b/c?d#e", "urn:a:b", "http://u:p@h:80/x%20", "http://[::1]/", "//a/b", "a:%4"],
        _ => vec!["../a?b=c", "#f", "//h:8/p", "a:b", ":a", "1:b", "a/b:c", "%zz"],
    };
    let seed = prop::sample::select(seeds);
    let edits =
        prop::collection::vec((any::<prop::sample::Index>(), 0..3_u8, "[0-9a-fA-F:./TZtzP~#%@?YMDWHS+ é-]"), 0..3);
    (seed, edits).prop_map(|(seed, edits)| {
        let mut text: Vec<char> = seed.chars().collect();
        for (at, kind, with) in edits {
            let at = at.index(text.len() + 1);
            match kind {
                0 => text.insert(at, with.chars().next().unwrap_or('0')),
                1 if at < text.len() => text[at] = with.chars().next().unwrap_or('0'),
                _ if at < text.len() => _ = text.remove(at),
                _ => {}
            }
        }
        text.into_iter().collect()
    })
}

const FORMATS: [&str; 13] = [
    "date",
    "time",
    "date-time",
    "duration",
    "uuid",
    "ipv4",
    "ipv6",
    "json-pointer",
    "relative-json-pointer",
    "hostname",
    "email",
    "uri",
    "uri-reference",
];

#[test]
fn formats_hold_what_the_validator_accepts() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for name in FORMATS {
        let bounds = Language::format_bounds(name, Dialect::Draft202012).unwrap();
        let accepts =
            jsonschema(&json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "format": name })).unwrap();
        let check = |text: &str| {
            assert!(!bounds.least.contains(text) || accepts(text), "`{text}` is a {name}, but refused");
            assert!(bounds.most.contains(text) || !accepts(text), "`{text}` is no {name}, but accepted");
        };
        bounds.least.samples(200).iter().for_each(|text| check(text));
        for text in nearly(name).new_tree_values(&mut runner, 1_500) {
            check(&text);
        }
    }
}

trait Values: Strategy {
    /// Values of a strategy, without shrinking.
    fn new_tree_values(&self, runner: &mut proptest::test_runner::TestRunner, n: usize) -> Vec<Self::Value> {
        (0..n).map(|_| proptest::strategy::ValueTree::current(&self.new_tree(runner).unwrap())).collect()
    }
}

impl<S: Strategy> Values for S {}
