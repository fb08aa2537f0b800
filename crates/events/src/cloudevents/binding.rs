//! The HTTP protocol binding: which mode a message has, and the rules of each.

use std::collections::BTreeSet;

use linkspan_report::{Finding, Position, Span};
use linkspan_source::{Document, json};
use serde_json::Value;

use super::attributes::{self, Violation};
use super::event::Event;
use super::http::{Recorded, read};
use super::{header, syntax};

/// What a recorded message holds.
pub(crate) enum Content {
    /// One event, or a batch, in the body; its places are to be moved down by a number of lines.
    Structured {
        /// The body.
        document: Document,
        /// The lines before it.
        lines: usize,
        /// What is wrong with the headers beside it.
        findings: Vec<Finding>,
    },
    /// An event whose attributes are headers.
    Binary {
        /// The event in the structured form, without places of its own.
        document: Document,
        /// What is wrong with it.
        findings: Vec<Finding>,
        /// Where its parts are.
        places: Places,
    },
    /// Nothing that can be checked further.
    Faults(Vec<Finding>),
}

/// The places of an event's parts in a message.
pub(crate) struct Places {
    headers: Vec<(String, Span)>,
    body: Option<Document>,
    lines: usize,
    start: Span,
}

impl Places {
    /// The place of a part of the structured form.
    pub(crate) fn of(&self, pointer: &str) -> Span {
        if let (Some(rest), Some(body)) = (pointer.strip_prefix("/data"), &self.body) {
            return moved(body.nearest(rest), self.lines);
        }
        let name = pointer.trim_start_matches('/');
        self.headers.iter().find(|(own, _)| own == name).map_or(self.start, |(_, span)| *span)
    }
}

/// A place, some lines further down.
pub(crate) fn moved(span: Span, lines: usize) -> Span {
    let down = |position: Position| Position::new(position.line + lines, position.column);
    Span::new(down(span.start), down(span.end))
}

/// A message's mode (http-protocol-binding.md §3), and its event or events.
pub(crate) fn content(bytes: &[u8], file: &str) -> Content {
    let (recorded, faults) = read(bytes, file);
    if !faults.is_empty() {
        return Content::Faults(faults);
    }
    let kind = recorded.header("content-type").map(|(value, span)| (value.to_ascii_lowercase(), span));
    match kind {
        Some((kind, span)) if kind.starts_with("application/cloudevents") => structured(&recorded, &kind, span, file),
        _ => binary(&recorded, file),
    }
}

fn finding(violation: &Violation, span: Span, file: &str) -> Finding {
    let finding = Finding::error(violation.rule, violation.message.as_str()).in_file(file).at(span);
    finding.help(format!("CloudEvents 1.0, {}", violation.section)).data("section", violation.section)
}

fn structured(recorded: &Recorded, kind: &str, span: Span, file: &str) -> Content {
    let media = kind.split(';').next().unwrap_or_default().trim();
    let batch = media.starts_with("application/cloudevents-batch");
    if !matches!(media, "application/cloudevents+json" | "application/cloudevents-batch+json") {
        let message = format!("`{media}` is not the media type of an event format that is known here");
        let section = if batch { "http-protocol-binding.md §3.3.1" } else { "http-protocol-binding.md §3.2.1" };
        return Content::Faults(vec![finding(&Violation::new("cloudevents/format", message, section), span, file)]);
    }
    let lines = recorded.body_line - 1;
    let text = linkspan_source::text(&recorded.message.body).map_err(|fault| vec![fault]);
    let document = match text.and_then(json) {
        Ok(document) => document,
        Err(faults) => {
            let placed = faults.iter().map(|fault| {
                let finding = fault.finding(file);
                let span = finding.span.map(|span| moved(span, lines));
                Finding { span, ..finding }
            });
            return Content::Faults(placed.collect());
        }
    };
    if batch != document.value.is_array() {
        let message =
            if batch { "a batch is a list of events" } else { "the structured mode has one event, not a list" };
        let section = if batch { "json-format.md §4.1" } else { "http-protocol-binding.md §3.2" };
        let violation = Violation::new("cloudevents/format", message, section);
        return Content::Faults(vec![finding(&violation, moved(document.nearest(""), lines), file)]);
    }
    let findings = if batch { Vec::new() } else { repeated(recorded, &document.value, file) };
    Content::Structured { document, lines, findings }
}

/// Attributes that are also headers (http-protocol-binding.md §3.2.3): each is in the event, too, with the same value.
fn repeated(recorded: &Recorded, event: &Value, file: &str) -> Vec<Finding> {
    let headers = recorded.message.headers.iter().zip(&recorded.places);
    let fault = |((name, value), (name_span, value_span)): (&(String, String), &(Span, Span))| {
        let name = name.to_ascii_lowercase();
        let own = match event.get(name.strip_prefix("ce-")?) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(other) => Some(other.to_string()),
        };
        let (what, span) = match (own, header::decode(value)) {
            (None, _) => ("is an attribute that the event itself does not have", *name_span),
            (Some(_), Err(fault)) => (fault.message(), *value_span),
            (Some(own), Ok(text)) if own != text => ("has another value than the event itself", *value_span),
            (Some(_), Ok(_)) => return None,
        };
        let message = format!("the header `{name}` {what}");
        Some(finding(&Violation::new("cloudevents/header", message, "http-protocol-binding.md §3.2.3"), span, file))
    };
    headers.filter_map(fault).collect()
}

fn binary(recorded: &Recorded, file: &str) -> Content {
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    let mut headers = Vec::new();
    for ((name, value), (name_span, value_span)) in recorded.message.headers.iter().zip(&recorded.places) {
        let lower = name.to_ascii_lowercase();
        let (attribute, violations) = match lower.strip_prefix("ce-") {
            Some(attribute) => (attribute, of_header(attribute, value)),
            None if lower == "content-type" => ("datacontenttype", attributes::text("datacontenttype", value)),
            None => continue,
        };
        let place = |violation: &Violation| if violation.name { *name_span } else { *value_span };
        findings.extend(violations.iter().map(|violation| finding(violation, place(violation), file)));
        if !seen.insert(attribute.to_owned()) {
            let message = format!("the header `{name}` occurs twice");
            let violation = Violation::new("cloudevents/name", message, "http-protocol-binding.md §3.1.3");
            findings.push(finding(&violation, *name_span, file));
        }
        headers.push((attribute.to_owned(), *value_span));
    }
    let start = recorded.places.first().map_or(Span::at(Position::START), |(name, _)| *name);
    let missing = attributes::missing(|name| seen.contains(name));
    findings.extend(missing.iter().map(|violation| finding(violation, start, file)));
    let body = body(recorded, file, &mut findings);
    let places = Places { headers, body, lines: recorded.body_line - 1, start };
    let event = Event::from_binary(&recorded.message).map(|event| event.to_structured().to_string());
    match event.ok().and_then(|text| json(&text).ok()) {
        Some(document) => Content::Binary { document, findings, places },
        None => Content::Faults(findings),
    }
}

fn of_header(attribute: &str, value: &str) -> Vec<Violation> {
    if attribute == "datacontenttype" {
        let message = "`ce-datacontenttype` must not be there: `Content-Type` has the type of the data";
        let violation = Violation::new("cloudevents/name", message, "http-protocol-binding.md §3.1.1");
        return vec![Violation { name: true, ..violation }];
    }
    let mut found: Vec<_> = attributes::name(attribute).into_iter().collect();
    match header::decode(value) {
        Ok(text) => found.extend(attributes::text(attribute, &text)),
        Err(fault) => {
            let message = format!("the header `ce-{attribute}` {}", fault.message());
            found.push(Violation::new("cloudevents/header", message, "http-protocol-binding.md §3.1.3.2"));
        }
    }
    found
}

/// The body as JSON, if its type says that it is.
fn body(recorded: &Recorded, file: &str, findings: &mut Vec<Finding>) -> Option<Document> {
    let (kind, _) = recorded.header("content-type")?;
    if recorded.message.body.is_empty() || !syntax::is_media_type(kind) || !syntax::is_json_media_type(kind) {
        return None;
    }
    let lines = recorded.body_line - 1;
    match linkspan_source::text(&recorded.message.body).map_err(|fault| vec![fault]).and_then(json) {
        Ok(document) => Some(document),
        Err(faults) => {
            findings.extend(faults.iter().map(|fault| {
                let finding = fault.finding(file);
                let section = "http-protocol-binding.md §2.2";
                let message = format!("the data is not of the type `{kind}`: {}", finding.message);
                let span = finding.span.map(|span| moved(span, lines));
                Finding { rule: "cloudevents/data".into(), message, span, ..finding }.data("section", section)
            }));
            None
        }
    }
}
