//! CloudEvents 1.0 in the JSON event format: the envelope's rules, each named by the section of the specification.

mod syntax;

use linkspan_report::Finding;
use linkspan_source::{Document, pointer};
use serde_json::{Map, Value};

/// Whether a document looks like a CloudEvent: an object with the attribute that all of them have.
#[must_use]
pub fn is_event(value: &Value) -> bool {
    value.get("specversion").is_some()
}

/// All violations of the envelope's rules of the event at `at` (a JSON Pointer), in the event's order.
#[must_use]
pub fn check(document: &Document, at: &str, file: &str) -> Vec<Finding> {
    let mut envelope = Envelope { document, at, file, findings: Vec::new() };
    match pointer::get(&document.value, at) {
        Some(Value::Object(event)) => envelope.object(event),
        _ => envelope.report("cloudevents/object", "", "a CloudEvent is an object", "json-format §3"),
    }
    envelope.findings
}

struct Envelope<'a> {
    document: &'a Document,
    at: &'a str,
    file: &'a str,
    findings: Vec<Finding>,
}

const REQUIRED: [&str; 4] = ["specversion", "id", "source", "type"];

impl Envelope<'_> {
    fn object(&mut self, event: &Map<String, Value>) {
        for name in REQUIRED {
            if event.get(name).is_none_or(Value::is_null) {
                self.report("cloudevents/required", "", &format!("the event lacks `{name}`"), "spec §3.1");
            }
        }
        for (name, value) in event {
            match name.as_str() {
                "data" => {}
                "data_base64" => self.binary(value),
                _ if value.is_null() => {}
                _ => self.attribute(name, value),
            }
        }
        if event.contains_key("data") && event.contains_key("data_base64") {
            self.report(
                "cloudevents/data",
                "data_base64",
                "`data` and `data_base64` exclude each other",
                "json-format §3.1.1",
            );
        }
    }

    fn attribute(&mut self, name: &str, value: &Value) {
        let known = match name {
            "specversion" | "id" | "source" | "type" | "datacontenttype" | "dataschema" | "subject" | "time" => true,
            _ => {
                self.extension(name, value);
                false
            }
        };
        let Some(text) = value.as_str() else {
            if known {
                self.report("cloudevents/type", name, &format!("`{name}` must be a text"), "json-format §2.2");
            }
            return;
        };
        let fault = match name {
            "specversion" if text != "1.0" => Some(("must be `1.0`", "spec §3.1")),
            "id" | "type" | "subject" if text.is_empty() => Some(("must not be empty", "spec §3.1")),
            "source" if text.is_empty() || !syntax::is_uri_reference(text) => {
                Some(("must be a URI-reference that is not empty", "spec §3.1"))
            }
            "dataschema" if !syntax::is_absolute_uri(text) => Some(("must be an absolute URI", "spec §3.2")),
            "datacontenttype" if !syntax::is_media_type(text) => Some(("must be a media type (RFC 2046)", "spec §3.2")),
            "time" if !syntax::is_timestamp(text) => Some(("must be a timestamp (RFC 3339)", "spec §3.2")),
            _ => None,
        };
        if let Some((rule, section)) = fault {
            self.report("cloudevents/value", name, &format!("`{name}` {rule}"), section);
        }
        if text.chars().any(syntax::is_forbidden) {
            self.report(
                "cloudevents/characters",
                name,
                &format!("`{name}` has a character that attributes may not have"),
                "spec §2.4",
            );
        }
    }

    fn extension(&mut self, name: &str, value: &Value) {
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
            let message = format!("the attribute's name `{name}` may only have the letters a to z and digits");
            self.report_key("cloudevents/name", name, &message, "spec §2.2");
        }
        let fits = match value {
            Value::Bool(_) | Value::String(_) => true,
            Value::Number(number) => number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
            _ => false,
        };
        if !fits {
            let message = format!("the extension `{name}` must be a text, a boolean or a 32-bit integer");
            self.report("cloudevents/type", name, &message, "json-format §2.2");
        }
    }

    fn binary(&mut self, value: &Value) {
        if !value.as_str().is_some_and(syntax::is_base64) {
            self.report(
                "cloudevents/data",
                "data_base64",
                "`data_base64` must be text in Base64 (RFC 4648)",
                "json-format §3.1.1",
            );
        }
    }

    fn report(&mut self, rule: &'static str, name: &str, message: &str, section: &str) {
        let at = if name.is_empty() { self.at.to_owned() } else { pointer::join(self.at, name) };
        let finding = Finding::error(rule, message).in_file(self.file).at(self.document.nearest(&at));
        self.findings.push(finding.help(format!("CloudEvents 1.0, {section}")).data("pointer", at));
    }

    fn report_key(&mut self, rule: &'static str, name: &str, message: &str, section: &str) {
        self.report(rule, name, message, section);
        let span = self.document.key_span(&pointer::join(self.at, name));
        if let (Some(finding), Some(span)) = (self.findings.last_mut(), span) {
            finding.span = Some(span);
        }
    }
}
