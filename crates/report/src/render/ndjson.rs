//! One finding a line, then a last line that sums up: it has `schema`, findings have `rule`.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::json::harmless;
use crate::{Counts, Outcome, Report, SCHEMA};

#[derive(Serialize)]
struct Last<'a> {
    schema: &'static str,
    command: &'a str,
    outcome: Outcome,
    counts: Counts,
    result: &'a Value,
}

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for finding in report.findings.kept() {
        writeln!(out, "{}", harmless(&serde_json::to_string(finding)?))?;
    }
    let last = Last {
        schema: SCHEMA,
        command: &report.command,
        outcome: report.outcome,
        counts: report.findings.counts(),
        result: &report.result,
    };
    writeln!(out, "{}", harmless(&serde_json::to_string(&last)?))
}
