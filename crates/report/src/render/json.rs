//! One JSON document, and its schema.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use crate::{Counts, Finding, Outcome, Report, SCHEMA};

/// The document, in the order in which it is written.
#[derive(Serialize)]
struct Envelope<'a> {
    schema: &'static str,
    command: &'a str,
    outcome: Outcome,
    counts: Counts,
    findings: &'a [Finding],
    result: &'a Value,
}

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let envelope = Envelope {
        schema: SCHEMA,
        command: &report.command,
        outcome: report.outcome,
        counts: report.findings.counts(),
        findings: report.findings.kept(),
        result: &report.result,
    };
    write_pretty(&envelope, out)
}

/// A document, indented, with a line end.
pub(super) fn write_pretty(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(document)?;
    writeln!(out, "{}", harmless(&text))
}

/// The same JSON without `##[`, which a GitHub runner obeys anywhere in a line of a log.
pub(super) fn harmless(json: &str) -> Cow<'_, str> {
    if json.contains("##[") { Cow::Owned(json.replace("##[", "#\\u0023[")) } else { Cow::Borrowed(json) }
}

/// The JSON Schema (draft 2020-12) of the document that `--format json` writes.
#[must_use]
pub fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("https://{SCHEMA}.schema.json"),
        "title": "What a linkspan command found and did",
        "type": "object",
        "required": ["schema", "command", "outcome", "counts", "findings", "result"],
        "additionalProperties": false,
        "properties": {
            "schema": { "description": "The name and version of this schema.", "const": SCHEMA },
            "command": { "description": "The command's path without the program.", "type": "string" },
            "outcome": {
                "description": "How the command ended.",
                "enum": ["done", "findings", "undecided", "changes", "refused", "failed", "undone", "timed-out", "error"]
            },
            "counts": { "$ref": "#/$defs/counts" },
            "findings": { "type": "array", "items": { "$ref": "#/$defs/finding" } },
            "result": { "description": "What the command did; its members differ per command.", "type": "object" }
        },
        "$defs": {
            "counts": {
                "description": "Exact counts, whatever is listed under findings.",
                "type": "object",
                "required": ["error", "warning", "notice", "not shown"],
                "additionalProperties": false,
                "properties": {
                    "error": { "$ref": "#/$defs/count" },
                    "warning": { "$ref": "#/$defs/count" },
                    "notice": { "$ref": "#/$defs/count" },
                    "not shown": { "description": "Counted above, but not listed.", "$ref": "#/$defs/count" }
                }
            },
            "count": { "type": "integer", "minimum": 0 },
            "finding": finding_schema(),
            "related": {
                "description": "A second place that explains a finding.",
                "type": "object",
                "required": ["message", "file"],
                "additionalProperties": false,
                "properties": {
                    "message": { "type": "string" },
                    "file": { "type": "string" },
                    "span": { "$ref": "#/$defs/span" }
                }
            },
            "span": {
                "description": "From the first character up to, but not including, the end.",
                "type": "object",
                "required": ["start", "end"],
                "additionalProperties": false,
                "properties": { "start": { "$ref": "#/$defs/position" }, "end": { "$ref": "#/$defs/position" } }
            },
            "position": {
                "type": "object",
                "required": ["line", "column"],
                "additionalProperties": false,
                "properties": {
                    "line": { "type": "integer", "minimum": 1 },
                    "column": { "description": "In Unicode characters.", "type": "integer", "minimum": 1 }
                }
            }
        }
    })
}

fn finding_schema() -> Value {
    json!({
        "description": "One thing wrong or notable.",
        "type": "object",
        "required": ["rule", "severity", "message"],
        "additionalProperties": false,
        "properties": {
            "rule": { "description": "The rule's stable name.", "type": "string" },
            "severity": { "enum": ["error", "warning", "notice"] },
            "message": { "type": "string" },
            "help": { "description": "What to do about it.", "type": "string" },
            "file": { "type": "string" },
            "span": { "$ref": "#/$defs/span" },
            "related": { "type": "array", "items": { "$ref": "#/$defs/related" } },
            "data": { "description": "Facts for machines; they differ per rule.", "type": "object" }
        }
    })
}
