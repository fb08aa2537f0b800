//! JUnit's XML, as CI systems read it: the command is one test case, every finding another.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::counted;
use crate::{Finding, Outcome, Report, Severity, printable_line};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let counts = report.findings.counts();
    let own = own_failure(report);
    let failures = report.findings.kept().iter().filter(|finding| finding.severity == Severity::Error).count();
    let failures = failures + usize::from(own.is_some());
    let tests = report.findings.kept().len() + 1;
    let name = attribute(&format!("linkspan {}", report.command));
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">")?;
    writeln!(
        out,
        "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\">"
    )?;
    match own {
        None => writeln!(out, "    <testcase classname=\"linkspan\" name=\"{}\"/>", attribute(&report.command))?,
        Some(message) => writeln!(
            out,
            "    <testcase classname=\"linkspan\" name=\"{}\">\n      <failure message=\"{}\" type=\"outcome\"/>\n    </testcase>",
            attribute(&report.command),
            attribute(&message)
        )?,
    }
    for finding in report.findings.kept() {
        out.write_all(case(finding).as_bytes())?;
    }
    if counts.not_shown > 0 {
        writeln!(out, "    <system-out>{}</system-out>", text(&counted(counts).unwrap_or_default()))?;
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

/// How the command itself failed, where no finding listed here says it.
fn own_failure(report: &Report) -> Option<String> {
    let told = report.findings.kept().iter().any(|finding| finding.severity == Severity::Error);
    match report.outcome {
        Outcome::Done | Outcome::Changes => None,
        _ if told => None,
        outcome => Some(format!("the outcome is {}", outcome.name())),
    }
}

fn case(finding: &Finding) -> String {
    let mut case =
        format!("    <testcase classname=\"{}\" name=\"{}\"", attribute(&finding.rule), attribute(&name(finding)));
    if let Some(file) = &finding.file {
        let _ = write!(case, " file=\"{}\"", attribute(file));
    }
    if let Some(span) = finding.span {
        let _ = write!(case, " line=\"{}\"", span.start.line);
    }
    let body = text(&body(finding));
    let _ = match finding.severity {
        Severity::Error => writeln!(
            case,
            ">\n      <failure message=\"{}\" type=\"{}\">{body}</failure>\n    </testcase>",
            attribute(&finding.message),
            attribute(&finding.rule)
        ),
        Severity::Warning | Severity::Notice => {
            writeln!(case, ">\n      <system-out>{}: {body}</system-out>\n    </testcase>", finding.severity.name())
        }
    };
    case
}

/// A name that is the same in the next run as long as the finding is.
fn name(finding: &Finding) -> String {
    match &finding.file {
        Some(file) => format!("{file}: {}", finding.message),
        None => finding.message.clone(),
    }
}

fn body(finding: &Finding) -> String {
    let mut body = finding.message.clone();
    if let Some(file) = &finding.file {
        let _ = match finding.span {
            Some(span) => write!(body, "\n  at {file}:{}:{}", span.start.line, span.start.column),
            None => write!(body, "\n  in {file}"),
        };
    }
    for related in &finding.related {
        let _ = match related.span {
            Some(span) => {
                write!(body, "\n  {}: {}:{}:{}", related.message, related.file, span.start.line, span.start.column)
            }
            None => write!(body, "\n  {}: {}", related.message, related.file),
        };
    }
    if let Some(help) = &finding.help {
        let _ = write!(body, "\n  help: {help}");
    }
    body
}

/// Text of an element. What XML 1.0 cannot say even as a reference appears as an escape.
fn text(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(|line| unobeyed(&escaped(&printable_line(line)))).collect();
    lines.join("\n")
}

/// A GitHub runner obeys `::` at the start of a line of a log.
fn unobeyed(line: &str) -> String {
    let text = line.trim_start();
    match text.strip_prefix("::") {
        Some(rest) => format!("{}&#58;:{rest}", line.get(..line.len() - text.len()).unwrap_or_default()),
        None => line.to_owned(),
    }
}

/// An attribute's value, on one line.
fn attribute(text: &str) -> String {
    escaped(&printable_line(text))
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\u{FFFE}' | '\u{FFFF}' => {
                let _ = write!(safe, "{}", character.escape_default());
            }
            _ => safe.push(character),
        }
    }
    // A GitHub runner obeys this anywhere in a line.
    safe.replace("##[", "#&#35;[")
}
