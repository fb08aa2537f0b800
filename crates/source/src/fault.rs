use linkspan_report::{Finding, Severity, Span, printable_line};

use crate::map::{Range, Source};

/// Something wrong with a text: what, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The stable name of the rule.
    pub rule: &'static str,
    /// One lower-case line without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Where it is.
    pub span: Span,
    /// Other places in the same text that explain it.
    pub related: Vec<(String, Span)>,
}

/// The rules of this crate, as [`Fault::rule`] names them.
pub(crate) mod rule {
    /// The bytes are not UTF-8.
    pub(crate) const ENCODING: &str = "encoding";
    /// A key occurs twice in one object.
    pub(crate) const DUPLICATE_KEY: &str = "duplicate-key";
    /// Not JSON after RFC 8259.
    pub(crate) const JSON: &str = "json-syntax";
    /// Not YAML.
    pub(crate) const YAML: &str = "yaml-syntax";
    /// YAML that has no counterpart in JSON: complex keys, unknown tags, infinities.
    pub(crate) const YAML_TO_JSON: &str = "yaml-not-json";
    /// A number that no 64-bit type can hold even approximately.
    pub(crate) const NUMBER_RANGE: &str = "number-range";
    /// Too deep, too long, or too large once expanded.
    pub(crate) const LIMIT: &str = "input-limit";
}

impl Fault {
    /// A fault at a place.
    #[must_use]
    pub fn new(rule: &'static str, message: impl Into<String>, span: Span) -> Self {
        Self { rule, message: message.into(), help: None, span, related: Vec::new() }
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a second place in the same text.
    #[must_use]
    pub fn related(mut self, message: impl Into<String>, span: Span) -> Self {
        self.related.push((message.into(), span));
        self
    }

    /// The fault as an error in a file.
    #[must_use]
    pub fn finding(&self, file: &str) -> Finding {
        let mut finding = Finding::new(self.rule, Severity::Error, self.message.as_str()).in_file(file).at(self.span);
        finding.help.clone_from(&self.help);
        self.related.iter().fold(finding, |finding, (message, span)| finding.related(message, file, Some(*span)))
    }
}

/// A [`Fault`] whose places are still byte ranges.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) rule: &'static str,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) range: Range,
    pub(crate) related: Vec<(String, Range)>,
}

impl Problem {
    pub(crate) fn new(rule: &'static str, message: impl Into<String>, range: Range) -> Box<Self> {
        Box::new(Self { rule, message: message.into(), help: None, range, related: Vec::new() })
    }

    pub(crate) fn help(mut self: Box<Self>, help: impl Into<String>) -> Box<Self> {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn related(mut self: Box<Self>, message: impl Into<String>, range: Range) -> Box<Self> {
        self.related.push((message.into(), range));
        self
    }

    /// A key that occurs twice: `range` is the second one, `first` the first.
    pub(crate) fn duplicate(name: &str, range: Range, first: Range) -> Box<Self> {
        Self::new(rule::DUPLICATE_KEY, format!("the key `{}` occurs twice in this object", printable_line(name)), range)
            .help("keep one of them")
            .related("first here", first)
    }

    pub(crate) fn fault(self, source: &Source) -> Fault {
        let related = self.related.into_iter().map(|(message, range)| (message, source.span(range))).collect();
        Fault { rule: self.rule, message: self.message, help: self.help, span: source.span(self.range), related }
    }
}
