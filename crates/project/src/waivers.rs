//! Breaks that were accepted on purpose: a reviewed file with reasons and dates.

use linkspan_report::{Finding, Span};
use linkspan_source::{Dialect, yaml};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Deserialize;
use serde_json::Value;

use crate::{Error, check};

/// The file of accepted breaks, as it was written. The doc comments become the descriptions in its JSON Schema.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Waivers {
    /// Breaks that were accepted.
    waivers: Vec<Waiver>,
}

/// A break that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Waiver {
    /// The subject, as the report names it; `*` stands for any characters.
    pub subject: String,
    /// The rule, as the report names it: `compat/enum-narrowed`.
    pub rule: String,
    /// Only at this JSON Pointer into the new schema's file, or below it.
    pub path: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which it is accepted: `2026-12-31`.
    pub expires: String,
    /// Who accepted it.
    pub by: Option<String>,
}

/// A waiver, and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The waiver.
    pub waiver: Waiver,
    /// The last day on which it holds: year, month, day.
    pub until: (i64, u32, u32),
    /// The file, as the user knows it.
    pub file: String,
    /// Where in the file.
    pub span: Span,
}

/// The waivers in a text; `file` is its name.
///
/// # Errors
/// It is malformed: all faults, each with its place.
pub fn waivers(text: &str, file: &str) -> Result<Vec<Placed>, Error> {
    let faults = |faults: Vec<linkspan_source::Fault>| faults.iter().map(|fault| fault.finding(file)).collect();
    let documents = yaml(text, Dialect::Yaml12).map_err(|found| Error::Malformed(faults(found)))?;
    let Some(document) = documents.first() else { return Ok(Vec::new()) };
    let mut findings = check::check(document, &crate::schema::committed::waivers(), file);
    let read = serde_json::from_value::<Waivers>(document.value.clone());
    let read = match read {
        Ok(read) if findings.is_empty() => read.waivers,
        Ok(_) => return Err(Error::Malformed(findings)),
        Err(error) if findings.is_empty() => {
            return Err(Error::Malformed(vec![Finding::error("project/type", error.to_string()).in_file(file)]));
        }
        Err(_) => return Err(Error::Malformed(findings)),
    };
    let mut placed = Vec::new();
    for (index, waiver) in read.into_iter().enumerate() {
        let at = format!("/waivers/{index}");
        let fault = |key: &str, message: String| {
            let span = document.nearest(&format!("{at}/{key}"));
            Finding::error("project/type", message).in_file(file).at(span)
        };
        if waiver.reason.trim().is_empty() {
            findings.push(fault("reason", "`reason` is empty, but must say why the break is accepted".to_owned()));
        }
        match date(&waiver.expires) {
            Some(until) => placed.push(Placed { waiver, until, file: file.to_owned(), span: document.nearest(&at) }),
            None => {
                let message = format!("`expires` is `{}`, but must be a day like `2026-12-31`", waiver.expires);
                findings.push(fault("expires", message));
            }
        }
    }
    if findings.is_empty() { Ok(placed) } else { Err(Error::Malformed(findings)) }
}

/// A day of the calendar (RFC 3339, full-date).
fn date(text: &str) -> Option<(i64, u32, u32)> {
    let bytes = text.as_bytes();
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let shaped = bytes.len() == 10 && bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-');
    let (year, month, day) = (text.get(..4)?, text.get(5..7)?, text.get(8..)?);
    if !shaped || !digits(year) || !digits(month) || !digits(day) {
        return None;
    }
    let (year, month, day): (i64, u32, u32) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day).then_some((year, month, day))
}

/// The JSON Schema of the file of accepted breaks.
#[must_use]
pub fn waivers_schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<Waivers>();
    schema.insert("$id".to_owned(), "https://linkspan.dev/schemas/waivers.schema.json".into());
    schema.insert("title".to_owned(), "Breaks that were accepted".into());
    schema.to_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waivers_have_places_and_days() {
        let text = "waivers:\n  - subject: model Order\n    rule: compat/enum-narrowed\n    reason: nobody sends it\n    expires: 2028-02-29\n    by: ana\n";
        let waivers = waivers(text, "waivers.yaml").unwrap();
        assert_eq!(waivers.len(), 1);
        assert_eq!((waivers[0].until, waivers[0].span.start.line), ((2028, 2, 29), 2));
    }

    #[test]
    fn every_fault_has_a_place() {
        let faults = |text: &str| match waivers(text, "w.yaml") {
            Err(Error::Malformed(findings)) => findings
                .iter()
                .map(|finding| {
                    let start = finding.span.unwrap().start;
                    format!("{}:{} {}", start.line, start.column, finding.message)
                })
                .collect::<Vec<_>>()
                .join("\n"),
            other => format!("{other:?}"),
        };
        insta::assert_snapshot!(faults("waivers:\n  - subject: a\n    rul: b\n    reason: c\n    expires: soon\n    by: d\n"), @"
        3:5 unknown key `rul`
        2:5 `waivers[0]` lacks the key `rule`
        ");
        insta::assert_snapshot!(faults("waivers:\n  - { subject: a, rule: b, reason: c, by: d, expires: 2027-02-29 }\n"), @"2:55 `expires` is `2027-02-29`, but must be a day like `2026-12-31`");
        insta::assert_snapshot!(faults("waivers:\n  - { subject: a, rule: b, reason: ' ', expires: 2027-02-28 }\n"), @"2:36 `reason` is empty, but must say why the break is accepted");
        insta::assert_snapshot!(faults("waivers: [\n"), @"1:10 the `[` is not closed");
    }
}
