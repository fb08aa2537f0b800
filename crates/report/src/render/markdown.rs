//! For a pull request or a step summary: a table of the findings, and the command's own Markdown.

use std::fmt::Write as _;

use linkspan_toolkit::neutralise;

use super::counted;
use crate::{Finding, Outcome, Report, Severity, printable, printable_line};

/// How many findings are shown before the rest is folded.
const UNFOLDED: usize = 20;

/// The whole report.
pub(super) fn markdown(report: &Report) -> String {
    let mut text = format!("### {} `linkspan {}`", mark(report.outcome), report.command);
    if let Some(counts) = counted(report.findings.counts()) {
        let _ = write!(text, ": {counts}");
    } else if report.outcome != Outcome::Done {
        let _ = write!(text, ": {}", report.outcome.name());
    }
    text.push('\n');
    let (first, rest) = report.findings.kept().split_at(report.findings.kept().len().min(UNFOLDED));
    if !first.is_empty() {
        let _ = write!(text, "\n{}", table(first));
    }
    if !rest.is_empty() {
        let _ = write!(text, "\n<details>\n<summary>{} more</summary>\n\n{}\n</details>\n", rest.len(), table(rest));
    }
    if !report.markdown.is_empty() {
        let _ = write!(text, "\n{}\n", report.markdown.trim_end());
    } else if !report.text.is_empty() {
        let _ = write!(text, "\n{}", block(&report.text));
    }
    text
}

fn mark(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "✅",
        Outcome::Changes => "📝",
        Outcome::Undecided => "❔",
        Outcome::Undone => "↩️",
        Outcome::Findings | Outcome::Refused | Outcome::Failed | Outcome::TimedOut | Outcome::Error => "❌",
    }
}

fn table(findings: &[Finding]) -> String {
    let rows: String = findings.iter().map(row).collect();
    format!("| | Where | What |\n| --- | --- | --- |\n{rows}")
}

fn row(finding: &Finding) -> String {
    let severity = match finding.severity {
        Severity::Error => "❌ error",
        Severity::Warning => "⚠️ warning",
        Severity::Notice => "ℹ️ notice",
    };
    let place = finding.file.as_deref().map(|file| code(&place(file, finding.span)));
    let mut what = format!("{} ({})", prose(&finding.message), code(&finding.rule));
    for related in &finding.related {
        let _ = write!(what, "<br>{}: {}", prose(&related.message), code(&self::place(&related.file, related.span)));
    }
    if let Some(help) = &finding.help {
        let _ = write!(what, "<br>{}", prose(help));
    }
    format!("| {severity} | {} | {what} |\n", place.unwrap_or_default())
}

fn place(file: &str, span: Option<crate::Span>) -> String {
    match span {
        Some(span) => format!("{file}:{}:{}", span.start.line, span.start.column),
        None => file.to_owned(),
    }
}

/// A sentence of a finding, for a table's cell: values in backticks stay code, all else is plain text.
fn prose(text: &str) -> String {
    let text = text.trim();
    let parts: Vec<_> = text.split('`').collect();
    // An odd number of backticks pairs nothing: none of them means code.
    if parts.len().is_multiple_of(2) {
        return plain(text);
    }
    let styled = parts.iter().enumerate().map(|(index, part)| match (index % 2, part.is_empty()) {
        (_, true) => String::new(),
        (0, _) => plain(part),
        _ => code(part),
    });
    styled.collect()
}

/// A value as code in a table's cell. What a code span cannot hold there stands in a `<code>` of entities.
fn code(value: &str) -> String {
    let value = printable_line(value);
    let padded = value.starts_with(' ') || value.ends_with(' ');
    if value.is_empty() || padded || value.contains(['|', '\\', '`']) || value.contains("##[") {
        return format!("<code>{}</code>", entities(&value, |character| character.is_ascii_punctuation()));
    }
    format!("`{value}`")
}

/// Text that is to be nothing but text: no markup, no HTML, no end of a cell, no mention, no link of its own.
fn plain(text: &str) -> String {
    let text = printable_line(&text.replace("\r\n", " ").replace('\n', " ")).into_owned();
    let text = entities(&text, |character| "&<>|*_[]\\~`#@!".contains(character));
    // Bare addresses become links, and names behind an `@` mentions, even out of entities.
    text.replace("://", "&#58;//").replace("www.", "www&#46;").replace("&#64;", "&#64;<!-- -->")
}

fn entities(text: &str, significant: impl Fn(char) -> bool) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if significant(character) {
            let _ = write!(safe, "&#{};", u32::from(character));
        } else {
            safe.push(character);
        }
    }
    safe
}

/// A text as a code block, in a fence that it does not contain.
fn block(text: &str) -> String {
    let text = printable(text);
    let text = neutralise(&text);
    let mut fence = String::from("```");
    while text.contains(&fence) {
        fence.push('`');
    }
    format!("{fence}text\n{}\n{fence}\n", text.trim_end())
}
