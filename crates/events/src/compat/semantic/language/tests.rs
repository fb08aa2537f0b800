use std::sync::Arc;

use serde_json::json;

use super::Language;
use super::dfa::Dfa;

impl Language {
    /// No string.
    pub(crate) fn empty() -> Self {
        Self::constant(false)
    }

    /// The strings whose length is at least `min` and at most `max`; `None` if these are too large.
    pub(crate) fn lengths(min: u64, max: Option<u64>) -> Option<Self> {
        let (min, max) = (u32::try_from(min).ok()?, max.map(u32::try_from).transpose().ok()?);
        let top = max.map_or(min, |max| max.saturating_add(1));
        let state = |length: &u32| {
            let next = length.saturating_add(1).min(top);
            Some((*length >= min && max.is_none_or(|max| *length <= max), vec![(0, next)]))
        };
        Dfa::explore(0, state).map(Self::new)
    }

    /// What either holds.
    pub(crate) fn or(&self, other: &Self) -> Option<Self> {
        self.combined(other, |one, other| one || other)
    }

    /// What this does not hold.
    pub(crate) fn not(&self) -> Self {
        Self { dfa: Arc::new(self.dfa.complement()) }
    }

    /// Whether the other holds all that this holds. Pairs of states are made only until one refutes it.
    pub(crate) fn is_subset(&self, other: &Self) -> Option<bool> {
        let mut refuted = false;
        let explored = self.product(other, |one, other| {
            refuted |= one && !other;
            (!refuted).then_some(one && !other)
        });
        if refuted { Some(false) } else { explored.map(|_| true) }
    }

    /// How many strings it holds; `None` if they are infinitely many, or `u64::MAX` or more.
    pub(crate) fn len(&self) -> Option<u64> {
        self.counted().filter(|count| *count < u64::MAX)
    }
}

#[test]
fn sets_of_words() {
    let fruit = Language::of(["apple", "pear", "plum"]).unwrap();
    let stone = Language::of(["plum", "peach"]).unwrap();
    assert_eq!(fruit.and(&stone), Language::literal("plum"));
    assert_eq!(fruit.minus(&stone), Language::of(["pear", "apple"]));
    assert_eq!(fruit.or(&stone).unwrap().len(), Some(4));
    assert_eq!(fruit.is_subset(&stone), Some(false));
    assert_eq!(fruit.and(&stone).unwrap().is_subset(&stone), Some(true));
    assert_eq!(fruit.words(3).unwrap(), ["pear", "plum", "apple"]);
    assert!(fruit.not().contains("") && !fruit.not().contains("pear"));
}

#[test]
fn lengths() {
    let some = Language::lengths(3, Some(5)).unwrap();
    assert_eq!(some.shortest().as_deref(), Some("aaa"));
    assert_eq!(some.shortest_within(5, None).as_deref(), Some("aaaaa"));
    assert_eq!(some.has_length_within(6, None), Some(false));
    assert_eq!(Language::all().shortest_within(1_000, None).map(|text| text.len()), Some(1_000));
    assert_eq!(Language::all().has_length_within(u64::MAX, None), Some(true));
    assert_eq!(Language::all().shortest_within(u64::MAX, None), None);
    let triples = Language::pattern("^(?:abc)*$").unwrap();
    assert_eq!(triples.has_length_within(1_000_000, Some(1_000_001)), Some(false));
    assert_eq!(triples.shortest_within(1_000_000, Some(1_000_002)).map(|text| text.len()), Some(1_000_002));
    assert_eq!(Language::lengths(0, Some(1_000_000)), None);
}

/// Which of the texts contain a match.
fn matched<'t>(pattern: &str, texts: &[&'t str]) -> Vec<&'t str> {
    let language = Language::pattern(pattern).unwrap_or_else(|| panic!("`{pattern}` is not read"));
    texts.iter().filter(|text| language.contains(text)).copied().collect()
}

#[test]
fn patterns() {
    assert_eq!(matched("b", &["abc", "ac", ""]), ["abc"]);
    assert_eq!(matched("^ab?$", &["a", "ab", "abb", "ba"]), ["a", "ab"]);
    assert_eq!(matched("a|^b$", &["xa", "b", "bb"]), ["xa", "b"]);
    assert_eq!(matched(r"^\d{2,3}$", &["1", "12", "123", "1234", "\u{661}\u{662}"]), ["12", "123"]);
    assert_eq!(matched("^(?!x)", &["", "x", "a"]), ["", "a"]);
    assert_eq!(matched(r"^(?=.*[A-Z])(?=.*\d).{3,}$", &["aA1", "A1", "abc", "ABCD5"]), ["aA1", "ABCD5"]);
    assert_eq!(matched("^((?!foo).)*$", &["fo", "foo", "xfoox", "bar"]), ["fo", "bar"]);
    assert_eq!(matched("(?<=a)b", &["ab", "b", "xab"]), ["ab", "xab"]);
    assert_eq!(matched("(?<!a)b$", &["ab", "b", "aab", "cb"]), ["b", "cb"]);
    assert_eq!(matched("^(?i)straSSe$", &["STRASSE", "strasse", "strasze"]), ["STRASSE", "strasse"]);
    assert_eq!(matched(r"^\bfoo\b$", &["foo", "foo "]), ["foo"]);
    assert_eq!(matched(r"^[\w.-]+\u{1F600}\cJ?$", &["a-b.c😀", "😀", "a😀\n"]), ["a-b.c😀", "a😀\n"]);
    assert_eq!(matched("^.$", &["é", "😀", "\n", "\u{2028}", "ab"]), ["é", "😀"]);
    assert_eq!(matched(r"^\p{Lu}\P{Lu}$", &["Aa", "Éx", "aA"]), ["Aa", "Éx"]);
}

#[test]
fn what_is_read_differently_is_not_read() {
    for pattern in
        [r"(a)\1", "[]a]", "[^]", r"\bfoo", "a++", "a{,3}", r"\<a", "(?s).", "(", "a)", r"\k<a>", "a{1000000}"]
    {
        assert_eq!(Language::pattern(pattern), None, "{pattern}");
    }
    let deep = "(".repeat(100_000);
    assert_eq!(Language::pattern(&deep), None);
    let nested = format!("{}a{}", "(?=".repeat(50), ")".repeat(50));
    assert!(Language::pattern(&nested).is_none_or(|language| language.contains("a")));
}

#[test]
fn an_expression_says_the_same_without_looking_around() {
    for pattern in
        ["^(?!TEST)[A-Z0-9]{4,12}$", "^((?!foo).)*$", "(?<=a)b", "^(?!x-)", "a|^b$", r"^(?=.*[A-Z])(?=.*\d).{3,6}$"]
    {
        let language = Language::pattern(pattern).unwrap();
        assert_eq!(language.expression().as_deref().and_then(Language::pattern), Some(language), "{pattern}");
    }
    assert_eq!(Language::empty().expression(), None);
    let schema = json!({
        "properties": { "pattern": { "type": "string", "pattern": "^(?=.*[A-Z])(?!a|b).{2}$" } },
        "patternProperties": { "^(?!a)[ab]$": { "enum": [{ "pattern": "(?=a)" }] } },
    });
    insta::assert_snapshot!(format!("{:#}", super::without_lookaround(&schema)), @r#"
    {
      "patternProperties": {
        "^(?:[\\u{62}-\\u{62}])$": {
          "enum": [
            {
              "pattern": "(?=a)"
            }
          ]
        }
      },
      "properties": {
        "pattern": {
          "allOf": [
            {
              "pattern": "^(?:.*[A-Z])"
            },
            {
              "not": {
                "pattern": "^(?:a|b)",
                "type": "string"
              }
            },
            {
              "pattern": "^(?:.{2}$)"
            }
          ],
          "type": "string"
        }
      }
    }
    "#);
}

#[test]
fn expressions_that_people_write_are_read() {
    let expressions = [
        r"^[\w.%+-]+@[\w.-]+\.[A-Za-z]{2,}$",
        r"^(?:[0-9]{1,3}\.){3}[0-9]{1,3}$",
        r"^\+?[1-9]\d{1,14}$",
        r"^#(?:[0-9a-fA-F]{3}){1,2}$",
        r"^(?!0000)[0-9]{4}$",
        r"^https?:\/\/[^\s/$.?#].[^\s]*$",
        r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$",
        r"^[^\x00-\x1F]*$",
        r"^\p{L}[\p{L}\p{N}_-]*$",
        r"^(.|\n)*$",
        r"^[\s\S]{0,10000}$",
        r"^arn:aws[a-zA-Z-]*:[a-z0-9-]+:[a-z0-9-]*:\d{12}:.+$",
        r"^P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$",
        r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
        r"(?i)^(yes|no)$",
        r"^\/(?:[^/]+\/)*$",
        r"^(?=.{1,253}$)(?!-)[A-Za-z0-9-]{1,63}(?<!-)$",
        r"^(?:(?!\s{2,}).)*$",
        r"^(?<year>\d{4})-(?<month>0[1-9]|1[0-2])$",
        r"^[^-\s][\w\s-]+[^-\s]$",
        r"^\$\{[^}]+\}$",
        r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
        r"^(([^<>()[\]\\.,;:\s@]+(\.[^<>()[\]\\.,;:\s@]+)*)|(.+))@([a-z]+\.)+[a-z]{2,}$",
    ];
    for expression in expressions {
        let language = Language::pattern(expression);
        assert!(language.is_some_and(|language| !language.is_empty()), "{expression}");
    }
}
