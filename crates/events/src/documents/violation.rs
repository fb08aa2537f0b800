use linkspan_report::{Finding, Severity};

use super::describe::Description;
use super::resolve::Sources;
use crate::schema::Place;

/// What a rule of a specification found.
pub(super) struct Violation {
    /// A JSON Pointer into what the rule looked at.
    pub(super) at: String,
    /// Whether the name there is at fault, not the value.
    key: bool,
    severity: Severity,
    message: String,
    help: Option<String>,
}

impl Violation {
    pub(super) fn new(at: impl Into<String>, message: impl Into<String>) -> Self {
        Self { at: at.into(), key: false, severity: Severity::Error, message: message.into(), help: None }
    }

    /// What a schema says of the value at a pointer.
    pub(super) fn of(at: &str, fault: Description) -> Self {
        let Description { pointer, name, message, help, .. } = fault;
        Self { key: name, help, ..Self::new(format!("{at}{pointer}"), message) }
    }

    pub(super) fn at_key(mut self) -> Self {
        self.key = true;
        self
    }

    pub(super) fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The finding, at the place where `at` was written.
    pub(super) fn finding(self, rule: &'static str, sources: Sources<'_>, place: &Place) -> Finding {
        let mut finding = Finding::new(rule, self.severity, self.message);
        finding.help = self.help;
        sources.located(finding, place, self.key)
    }
}
