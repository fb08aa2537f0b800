//! SARIF 2.1.0 (OASIS), as code scanning reads it.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::{Finding, Outcome, Report, Severity, Span};

/// The schema's address in the standard.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json";

/// The name of the folder that paths are relative to.
const ROOT: &str = "%SRCROOT%";

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    super::json::write_pretty(&log(report), out)
}

fn log(report: &Report) -> Value {
    let findings = report.findings.kept();
    let (rules, indices) = rules(findings);
    let prints = fingerprints(findings);
    let results = findings.iter().zip(prints).map(|(finding, print)| {
        let index = indices.get(finding.rule.as_ref()).copied().unwrap_or_default();
        result(finding, index, &print)
    });
    let ran = report.outcome != Outcome::Error;
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "linkspan",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules
            }},
            "automationDetails": { "id": format!("linkspan/{}/", report.command.replace(' ', "/")) },
            "invocations": [{
                "executionSuccessful": ran,
                "properties": { "outcome": report.outcome.name() }
            }],
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { ROOT: { "description": { "text": "The folder in which linkspan ran." } } },
            "results": results.collect::<Vec<_>>(),
            "properties": { "counts": report.findings.counts() }
        }]
    })
}

/// The rules that occur, each once, and where each stands.
fn rules(findings: &[Finding]) -> (Vec<Value>, HashMap<&str, usize>) {
    let mut rules = Vec::new();
    let mut indices = HashMap::new();
    for finding in findings {
        if indices.contains_key(finding.rule.as_ref()) {
            continue;
        }
        indices.insert(finding.rule.as_ref(), rules.len());
        let title = finding.rule.replace(['-', '_', '/'], " ");
        let help = finding.help.as_deref().unwrap_or(&finding.message);
        rules.push(json!({
            "id": finding.rule,
            "shortDescription": { "text": title },
            "help": { "text": help },
            "defaultConfiguration": { "level": level(finding.severity) }
        }));
    }
    (rules, indices)
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Notice => "note",
    }
}

fn result(finding: &Finding, index: usize, print: &str) -> Value {
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": level(finding.severity),
        "message": { "text": message(finding) },
        "partialFingerprints": { "linkspanFinding/v1": print }
    });
    let Some(members) = result.as_object_mut() else { return result };
    if let Some(file) = &finding.file {
        members.insert("locations".to_owned(), json!([{ "physicalLocation": location(file, finding.span) }]));
    }
    if !finding.related.is_empty() {
        let related = finding.related.iter().enumerate().map(|(index, related)| {
            json!({
                "id": index + 1,
                "message": { "text": related.message },
                "physicalLocation": location(&related.file, related.span)
            })
        });
        members.insert("relatedLocations".to_owned(), related.collect());
    }
    if !finding.data.is_empty() {
        members.insert("properties".to_owned(), json!({ "data": finding.data }));
    }
    result
}

/// The message and the help.
fn message(finding: &Finding) -> String {
    match &finding.help {
        Some(help) => format!("{}\n{help}", finding.message),
        None => finding.message.clone(),
    }
}

fn location(file: &str, span: Option<Span>) -> Value {
    let mut location = Map::new();
    location.insert("artifactLocation".to_owned(), artifact(file));
    if let Some(Span { start, end }) = span {
        let region = json!({
            "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column
        });
        location.insert("region".to_owned(), region);
    }
    Value::Object(location)
}

/// A file as a URI reference: relative to the root, or absolute.
fn artifact(file: &str) -> Value {
    let path = file.replace(std::path::MAIN_SEPARATOR, "/");
    if Path::new(file).is_absolute() {
        return json!({ "uri": format!("file:///{}", percent_encoded(path.trim_start_matches('/'))) });
    }
    let path = path.strip_prefix("./").unwrap_or(&path);
    json!({ "uri": percent_encoded(path), "uriBaseId": ROOT })
}

/// RFC 3986: all but unreserved characters and `/`.
fn percent_encoded(path: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    path.bytes().map(encode).collect()
}

/// What stays the same while lines are added above: a hash of rule, file and message, and which one of those that
/// have the same it is.
fn fingerprints(findings: &[Finding]) -> Vec<String> {
    let mut seen: HashMap<u64, usize> = HashMap::new();
    let print = |finding: &Finding| {
        let file = finding.file.as_deref().unwrap_or_default();
        let hash = fnv(&[&finding.rule, file, &finding.message]);
        let count = seen.entry(hash).or_default();
        *count += 1;
        format!("{hash:016x}:{count}")
    };
    findings.iter().map(print).collect()
}

/// FNV-1a with 64 bits, each part ended by a byte that is not in UTF-8.
fn fnv(parts: &[&str]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0xFF]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
