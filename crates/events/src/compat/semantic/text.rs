//! What a schema asks of strings: patterns, formats, contents.

use std::cell::OnceCell;

use jsonschema::{PatternOptions, Validator};
use serde_json::{Value, json};

use super::language::{Bounds, Language};
use crate::schema::Dialect;

const BACKTRACKS: usize = 100_000;

/// What is tested.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    Pattern(String),
    Format(String, Dialect),
    /// Encoding and media type, in the drafts that assert them.
    Content(Option<String>, Option<String>),
}

/// A test on strings: the strings that pass, where they are a regular set, and else a validator to ask.
#[derive(Debug)]
pub(super) struct Test {
    subject: Subject,
    /// The strings that pass.
    pub(super) language: Option<Language>,
    /// Strings between which those lie, where that is all that is known.
    pub(super) bounds: Option<Bounds>,
    validator: OnceCell<Option<Validator>>,
}

impl Test {
    pub(super) fn pattern(pattern: &str) -> Self {
        Self::new(Subject::Pattern(pattern.to_owned()), Language::pattern(pattern), None)
    }

    /// `None` where the dialect asserts nothing.
    pub(super) fn format(name: &str, dialect: Dialect) -> Option<Self> {
        let since = match name {
            "date" | "date-time" | "email" | "hostname" | "idn-email" | "ipv4" | "ipv6" | "regex" | "time" | "uri" => {
                Dialect::Draft4
            }
            "json-pointer" | "uri-reference" | "uri-template" => Dialect::Draft6,
            "idn-hostname" | "iri" | "iri-reference" | "relative-json-pointer" => Dialect::Draft7,
            _ => return None,
        };
        if dialect < since || dialect > Dialect::Draft7 {
            return None;
        }
        let old_hostname = name == "hostname" && dialect < Dialect::Draft7;
        let dialect = if old_hostname { Dialect::Draft4 } else { Dialect::Draft7 };
        let bounds = Language::format_bounds(name, dialect);
        let exact = bounds.as_ref().filter(|bounds| bounds.least == bounds.most).map(|bounds| bounds.least.clone());
        Some(Self::new(Subject::Format(name.to_owned(), dialect), exact, bounds))
    }

    /// `None` where nothing is asserted.
    pub(super) fn content(encoding: Option<&str>, media_type: Option<&str>) -> Option<Self> {
        let encoding = encoding.filter(|encoding| *encoding == "base64");
        let media_type = media_type.filter(|media_type| *media_type == "application/json");
        (encoding.is_some() || media_type.is_some()).then(|| {
            Self::new(Subject::Content(encoding.map(str::to_owned), media_type.map(str::to_owned)), None, None)
        })
    }

    fn new(subject: Subject, language: Option<Language>, bounds: Option<Bounds>) -> Self {
        Self { subject, language, bounds, validator: OnceCell::new() }
    }

    pub(super) fn same(&self, other: &Self) -> bool {
        self.subject == other.subject
    }

    /// Whether a string passes; `None` if that cannot be told.
    pub(super) fn passes(&self, text: &str) -> Option<bool> {
        if let Some(language) = &self.language {
            return Some(language.contains(text));
        }
        let validator = self.validator.get_or_init(|| self.subject.validator()).as_ref()?;
        Some(validator.is_valid(&Value::from(text)))
    }

    /// Strings that may pass where the set of those that do is not known.
    pub(super) fn examples(&self) -> &'static [&'static str] {
        match &self.subject {
            Subject::Format(name, _) => examples(name),
            Subject::Content(..) => &["", "bnVsbA==", "e30=", "{}", "null", "!", "x"],
            Subject::Pattern(_) => &[
                "",
                "a",
                "A",
                "0",
                "1",
                "ab",
                "aa",
                "abc",
                "a1",
                "A1",
                "aA1!",
                "abcABC123!",
                "-",
                "_",
                " ",
                "foo",
                "bar",
            ],
        }
    }

    /// Whether all that pass this test pass the other: URIs are references, and IRIs (RFC 3986, RFC 3987).
    pub(super) fn implies(&self, other: &Self) -> bool {
        let (Subject::Format(one, _), Subject::Format(other, _)) = (&self.subject, &other.subject) else {
            return false;
        };
        match one.as_str() {
            "uri" => matches!(other.as_str(), "uri-reference" | "iri" | "iri-reference"),
            "uri-reference" | "iri" => other == "iri-reference",
            _ => false,
        }
    }

    pub(super) fn text(&self) -> String {
        match &self.subject {
            Subject::Pattern(pattern) => format!("the pattern `{pattern}`"),
            Subject::Format(name, _) => format!("the format `{name}`"),
            Subject::Content(..) => "encoded content".to_owned(),
        }
    }
}

impl Subject {
    fn validator(&self) -> Option<Validator> {
        let (schema, dialect) = match self {
            Self::Pattern(pattern) => (json!({ "pattern": pattern }), Dialect::Draft202012),
            Self::Format(name, dialect) => (json!({ "format": name }), *dialect),
            Self::Content(encoding, media_type) => (content_schema(encoding, media_type), Dialect::Draft7),
        };
        let patterns = PatternOptions::fancy_regex().backtrack_limit(BACKTRACKS);
        jsonschema::options().with_draft(dialect.into()).with_pattern_options(patterns).build(&schema).ok()
    }
}

fn content_schema(encoding: &Option<String>, media_type: &Option<String>) -> Value {
    let keywords = [("contentEncoding", encoding), ("contentMediaType", media_type)];
    keywords.into_iter().filter_map(|(keyword, value)| Some((keyword, value.as_ref()?.as_str()))).collect()
}

fn examples(format: &str) -> &'static [&'static str] {
    match format {
        "date" => &["2020-01-01", "2020-02-30", ""],
        "date-time" => &["2020-01-01T00:00:00Z", "2020-01-01", ""],
        "time" => &["00:00:00Z", "00:00", ""],
        "email" | "idn-email" => &["a@b.example", "a", ""],
        "hostname" | "idn-hostname" => &["a.example", "a_b", "-", ""],
        "ipv4" => &["127.0.0.1", "1", ""],
        "ipv6" => &["::1", "1", ""],
        "uri" | "iri" => &["urn:a", "http://a.example/", "a", ""],
        "uri-reference" | "iri-reference" => &["", "a", "urn:a", "\\", "a b"],
        "uri-template" => &["", "a", "{a}", "{"],
        "json-pointer" => &["", "/a", "a"],
        "relative-json-pointer" => &["0", "1/a", "", "a"],
        "regex" => &["", "a", "[", "("],
        _ => &[],
    }
}
