//! On a GitHub runner: annotations, the step's summary and its outputs.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use linkspan_toolkit::{Annotation, Level, Position, Runner, Step};

use super::markdown::markdown;
use crate::{Finding, Report, Severity, Span, printable, printable_line};

/// On a GitHub runner: annotations (to standard error, where the runner reads them, too), step summary and outputs.
/// Elsewhere nothing. `variables` is the environment; `secrets` are hidden first, and kept out of everything.
///
/// # Errors
///
/// A file that the runner reads cannot be written, or an output is not possible.
pub fn github(report: &Report, variables: &BTreeMap<String, String>, secrets: &[&str]) -> io::Result<()> {
    let Some(runner) = Runner::from_env(variables) else { return Ok(()) };
    let directory = std::env::current_dir()?;
    say(report, runner, &directory, secrets, &mut io::stderr().lock())
}

/// [`github`] with everything that it touches.
pub(super) fn say(
    report: &Report,
    runner: Runner,
    directory: &Path,
    secrets: &[&str],
    log: &mut dyn Write,
) -> io::Result<()> {
    let annotations = report.findings.kept().iter().map(|finding| annotation(finding, &runner, directory)).collect();
    let mut step = Step::open(runner, log, secrets).map_err(io::Error::other)?;
    step.annotate(annotations).map_err(io::Error::other)?;
    step.summary(&markdown(report)).map_err(io::Error::other)?;
    for (name, value) in &report.outputs {
        step.output(name, value).map_err(io::Error::other)?;
    }
    Ok(())
}

fn annotation(finding: &Finding, runner: &Runner, directory: &Path) -> Annotation {
    let level = match finding.severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
        Severity::Notice => Level::Notice,
    };
    let annotation = Annotation::new(level, message(finding)).titled(printable_line(&finding.rule));
    match &finding.file {
        Some(file) => {
            let position = finding.span.map(position).unwrap_or_default();
            annotation.at(printable_line(&runner.relative(directory, Path::new(file))), position)
        }
        None => annotation,
    }
}

fn message(finding: &Finding) -> String {
    let related = finding.related.iter().map(|related| match related.span {
        Some(span) => format!("{}: {}:{}:{}", related.message, related.file, span.start.line, span.start.column),
        None => format!("{}: {}", related.message, related.file),
    });
    let help = finding.help.iter().map(|help| format!("help: {help}"));
    let lines: Vec<_> = [finding.message.clone()].into_iter().chain(related).chain(help).collect();
    printable(&lines.join("\n")).into_owned()
}

/// GitHub counts the last line and column as part of the place.
fn position(span: Span) -> Position {
    let whole_lines = span.end.column == 1 && span.end.line > span.start.line;
    let end_line = if whole_lines { span.end.line - 1 } else { span.end.line };
    let one_line = end_line == span.start.line && !whole_lines;
    Position {
        line: Some(span.start.line),
        end_line: Some(end_line),
        column: one_line.then_some(span.start.column),
        end_column: one_line.then(|| span.start.column.max(span.end.column.saturating_sub(1))),
    }
}
