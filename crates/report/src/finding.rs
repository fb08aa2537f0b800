use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Span;

/// How much a finding matters. The order is the rank: errors first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// What is checked does not hold.
    Error,
    /// It holds, but will hurt.
    Warning,
    /// Worth knowing.
    Notice,
}

impl Severity {
    /// The word that machines read.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// A second place that explains a finding: the schema's rule, the old version, the first definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Related {
    /// What there is to see there.
    pub message: String,
    /// The file, relative to the working directory.
    pub file: String,
    /// Where in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
}

/// One thing wrong or notable.
///
/// `message` is one lower-case line without a full stop, values in backticks; `help` says what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The stable name of the rule; also its anchor in the documentation.
    pub rule: Cow<'static, str>,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The file, as the user named it or relative to the working directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Where in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
    /// Other places that explain it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub related: Vec<Related>,
    /// Facts for machines, per rule.
    #[serde(skip_serializing_if = "Map::is_empty", default)]
    pub data: Map<String, Value>,
    /// Whether the lines of its own file must not be shown: they hold what is to stay hidden.
    #[serde(skip)]
    pub hidden: bool,
}

impl Finding {
    /// A finding without a place.
    #[must_use]
    pub fn new(rule: impl Into<Cow<'static, str>>, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            rule: rule.into(),
            severity,
            message: message.into(),
            help: None,
            file: None,
            span: None,
            related: Vec::new(),
            data: Map::new(),
            hidden: false,
        }
    }

    /// [`Finding::new`] with [`Severity::Error`].
    #[must_use]
    pub fn error(rule: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(rule, Severity::Error, message)
    }

    /// [`Finding::new`] with [`Severity::Warning`].
    #[must_use]
    pub fn warning(rule: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(rule, Severity::Warning, message)
    }

    /// [`Finding::new`] with [`Severity::Notice`].
    #[must_use]
    pub fn notice(rule: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(rule, Severity::Notice, message)
    }

    /// Names the file.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Names the place in the file.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// Keeps the lines of its own file out of all renderings.
    #[must_use]
    pub const fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn related(mut self, message: impl Into<String>, file: impl Into<String>, span: Option<Span>) -> Self {
        self.related.push(Related { message: message.into(), file: file.into(), span });
        self
    }

    /// Adds a fact for machines.
    #[must_use]
    pub fn data(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.data.insert(key.into(), value.into());
        self
    }
}
