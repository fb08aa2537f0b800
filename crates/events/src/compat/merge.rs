//! One change, one finding: what a model and all messages that refer to it have in common is said once.

use std::collections::BTreeMap;

use linkspan_report::{Finding, Related};
use serde_json::Value;

/// Where each subject is written, by its name.
pub(super) type Places = BTreeMap<String, Related>;

/// One finding for each change: what is found at the same place, by the same rule, in the same direction, and counts
/// the same. It names all `subjects`, and the consumers of all. A waiver of one subject leaves the others apart.
pub(super) fn merged(findings: Vec<Finding>, places: &Places) -> Vec<Finding> {
    let mut groups: Vec<Vec<Finding>> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for finding in findings {
        let index = change(&finding).map_or(groups.len(), |key| *known.entry(key).or_insert(groups.len()));
        match groups.get_mut(index) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups.into_iter().filter_map(|group| one(group, places)).map(with_consumers).collect()
}

/// What makes two findings about a pair the same; `None` for what is not about a pair.
fn change(finding: &Finding) -> Option<String> {
    let of = |key: &str| finding.data.get(key).map(Value::to_string);
    // Only a break of which the rule is known is the same whatever the subject's own path to it.
    let message = if of("class").is_some() { "" } else { finding.message.as_str() };
    of("direction").or_else(|| of("semantic"))?;
    let facts = ["direction", "against", "accepted", "released"].map(of);
    Some(format!("{:?}", (&finding.rule, &finding.file, finding.span, finding.severity, facts, message)))
}

/// The finding of the subject that is nearest to the change, a model before what refers to it, with what the others
/// add.
fn one(mut group: Vec<Finding>, places: &Places) -> Option<Finding> {
    let model = |finding: &Finding| text(finding, "subject").starts_with("model ");
    group.sort_by_key(|finding| (text(finding, "at").len(), !model(finding)));
    let mut group = group.into_iter();
    let mut head = group.next()?;
    let first = text(&head, "subject").to_owned();
    for other in group {
        let subject = text(&other, "subject").to_owned();
        if add(&mut head, "subjects", &[first.as_str().into(), subject.as_str().into()]) {
            let place = places.get(&subject);
            head.related.extend(place.filter(|_| subject != first).cloned());
        }
        if let Some(Value::Array(consumers)) = other.data.get("consumers") {
            add(&mut head, "consumers", consumers);
        }
        let more = other.related.into_iter().filter(|related| !head.related.contains(related));
        head.related.extend(more.collect::<Vec<_>>());
    }
    Some(head)
}

/// Adds values to a list among a finding's facts; whether one was not there.
fn add(finding: &mut Finding, key: &str, values: &[Value]) -> bool {
    let list = finding.data.entry(key).or_insert_with(|| Value::Array(Vec::new()));
    let Value::Array(list) = list else { return false };
    let before = list.len();
    for value in values {
        if !list.contains(value) {
            list.push(value.clone());
        }
    }
    list.len() > before
}

/// A break that nobody accepted says whom it hits.
fn with_consumers(mut finding: Finding) -> Finding {
    let named =
        finding.data.get("consumers").and_then(Value::as_array).filter(|_| text(&finding, "accepted").is_empty());
    let named: Vec<_> = named.into_iter().flatten().filter_map(Value::as_str).collect();
    if !named.is_empty() {
        finding.message = format!("{}; it hits {}", finding.message, named.join(", "));
    }
    finding
}

fn text<'f>(finding: &'f Finding, key: &str) -> &'f str {
    finding.data.get(key).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use linkspan_report::{Position, Severity, Span};

    use super::*;

    fn found(subject: &str, at: &str, severity: Severity) -> Finding {
        let finding = Finding::new("compat/enum-narrowed", severity, format!("narrower at `{at}`")).in_file("m.yaml");
        let finding =
            finding.at(Span::at(Position { line: 6, column: 1 })).related("the old version", "v1:m.yaml", None);
        let finding = finding.data("subject", subject).data("direction", "backward").data("class", "breaking");
        finding.data("at", at).data("consumers", vec![format!("{subject}/on")])
    }

    #[test]
    fn one_change_is_one_finding_unless_it_counts_otherwise() {
        let place = |name: &str| {
            (name.to_owned(), Related { message: format!("also `{name}`"), file: "a.yaml".into(), span: None })
        };
        let places = ["a", "b", "c"].map(place).into();
        let waived =
            Finding { severity: Severity::Notice, ..found("c", "/x", Severity::Error) }.data("accepted", "agreed");
        let findings = vec![
            found("b", "/data/x", Severity::Error),
            found("a", "/x", Severity::Error),
            waived,
            Finding::error("other", "of no pair"),
            Finding::error("other", "of no pair"),
        ];
        let line = |finding: &Finding| {
            let related: Vec<_> = finding.related.iter().map(|related| related.message.as_str()).collect();
            let subjects = finding.data.get("subjects").map(Value::to_string).unwrap_or_default();
            format!("{} {} {subjects} {}", finding.severity.name(), finding.message, related.join(", "))
                .trim_end()
                .to_owned()
        };
        insta::assert_snapshot!(merged(findings, &places).iter().map(line).collect::<Vec<_>>().join("\n"), @r#"
        error narrower at `/x`; it hits a/on, b/on ["a","b"] the old version, also `b`
        notice narrower at `/x`  the old version
        error of no pair
        error of no pair
        "#);
    }
}
