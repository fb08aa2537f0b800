use serde_json::{Value, json};

use crate::{Findings, Outcome};

/// The name and version of the JSON document that a report becomes.
pub const SCHEMA: &str = "linkspan.dev/report/v1";

/// What a command found and did.
///
/// `result` is for machines, `text` and `markdown` say the same to people; `outputs` are what a workflow step
/// passes on.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The command's path without the program: `events validate`.
    pub command: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What it found.
    pub findings: Findings,
    /// What it did, per command; a JSON object.
    pub result: Value,
    /// The result for a terminal: short plain lines, no colours, ends without a newline. May be empty.
    pub text: String,
    /// The result for a pull request or a step summary. May be empty.
    pub markdown: String,
    /// Names and values for the steps that follow.
    pub outputs: Vec<(String, String)>,
}

impl Report {
    /// A report with findings and no result yet; the outcome follows from the findings.
    #[must_use]
    pub fn new(command: impl Into<String>, findings: Findings) -> Self {
        let outcome = if findings.has_errors() { Outcome::Findings } else { Outcome::Done };
        Self {
            command: command.into(),
            outcome,
            findings,
            result: json!({}),
            text: String::new(),
            markdown: String::new(),
            outputs: Vec::new(),
        }
    }

    /// Sets the outcome.
    #[must_use]
    pub const fn outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self
    }

    /// Sets the result for machines.
    #[must_use]
    pub fn result(mut self, result: Value) -> Self {
        self.result = result;
        self
    }

    /// Sets the result for a terminal.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    /// Sets the result for a pull request or a step summary.
    #[must_use]
    pub fn markdown(mut self, markdown: impl Into<String>) -> Self {
        self.markdown = markdown.into();
        self
    }

    /// Adds a value for the steps that follow.
    #[must_use]
    pub fn output(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.outputs.push((name.into(), value.into()));
        self
    }
}
