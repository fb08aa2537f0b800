//! AsyncAPI documents.
//!
//! The specification's own JSON Schema comes first, then the rules that it cannot say. Which of them are errors
//! follows AsyncAPI's own parser (3.6.3): what it lets pass is a warning here, even where the specification says must.

mod channels;
mod examples;
mod identifiers;
mod operations;
mod payloads;
mod security;
mod servers;
mod table;

use std::collections::BTreeSet;

use linkspan_report::{Finding, Severity};
use linkspan_source::pointer;
use serde_json::Value;

use super::resolve::{Resolved, Sources, resolve};
use super::select::{Part, select, whole};
use super::violation::Violation;
use super::{specifications, structure};
use table::{Rule, rules};

/// The versions whose schemas are known.
const VERSIONS: [&str; 9] = ["2.0.0", "2.1.0", "2.2.0", "2.3.0", "2.4.0", "2.5.0", "2.6.0", "3.0.0", "3.1.0"];

/// The document that a rule looks at.
struct Subject<'a> {
    /// With or without references, as the rule asks.
    root: &'a Value,
    /// As it was written.
    written: &'a Value,
    /// The version that it follows.
    version: &'a str,
}

/// All violations of the AsyncAPI specification that the document names.
pub(super) fn check(sources: Sources<'_>) -> Vec<Finding> {
    let written = &sources.document.value;
    let version = match written.get("asyncapi").and_then(Value::as_str) {
        Some(version) if VERSIONS.contains(&version) => version,
        other => return vec![unknown_version(sources, other)],
    };
    let resolved = resolve(sources, "asyncapi/reference", Severity::Warning);
    let checked = Checked { sources, resolved: &resolved };
    let mut findings = resolved.faults.clone();
    findings.extend(checked.structure(version, written));
    for rule in rules().iter().filter(|rule| rule.major.is_none_or(|major| version.starts_with(major))) {
        findings.extend(checked.rule(rule, version));
    }
    let mut seen = BTreeSet::new();
    findings.retain(|finding| seen.insert((finding.file.clone(), finding.span, finding.message.clone())));
    findings
}

fn unknown_version(sources: Sources<'_>, version: Option<&str>) -> Finding {
    let message = match version {
        Some(version) => format!("`{version}` is no known version of AsyncAPI"),
        None => "`asyncapi` must be a text that says the version".to_owned(),
    };
    let finding = Finding::error("asyncapi/version", message).help(format!("known are {}", VERSIONS.join(", ")));
    sources.located(finding, &sources.place("/asyncapi"), false)
}

struct Checked<'a> {
    sources: Sources<'a>,
    resolved: &'a Resolved,
}

impl Checked<'_> {
    /// The specification's schema: for the document without references, and for references where none may stand.
    fn structure(&self, version: &str, written: &Value) -> Vec<Finding> {
        let name = format!("asyncapi {version}");
        let Some(validator) = specifications::validator(&name, None) else { return Vec::new() };
        let mut findings: Vec<_> = structure::faults(&validator, &self.resolved.value)
            .into_iter()
            // What stays a reference was reported where it matters.
            .filter(|fault| !fault.message.contains("`$ref`") && !self.resolved.is_dangling(&fault.pointer))
            .map(|fault| {
                let mut finding = Finding::error("asyncapi/structure", fault.message);
                finding.help = fault.help;
                self.sources.located(finding, &self.resolved.origin(&fault.pointer), fault.name)
            })
            .collect();
        if has_reference(written) {
            let refused = structure::refused(&validator, written, "$ref").into_iter().filter(|at| !must_refer(at));
            findings.extend(refused.map(|at| {
                let finding = Finding::error("asyncapi/reference-place", "a reference is not allowed here");
                self.sources.located(finding, &self.sources.place(&pointer::join(&at, "$ref")), true)
            }));
        }
        findings
    }

    fn rule(&self, rule: &Rule, version: &str) -> Vec<Finding> {
        let written = &self.sources.document.value;
        let root = if rule.resolved { &self.resolved.value } else { written };
        let subject = Subject { root, written, version };
        let parts =
            rule.given.iter().flat_map(|path| if path.is_empty() { vec![whole(root)] } else { select(root, path) });
        let violations = parts.flat_map(|part| (rule.check)(&subject, &part));
        violations
            .map(|violation| {
                let place = match rule.resolved {
                    true => self.resolved.origin(&violation.at),
                    false => self.sources.place(&violation.at),
                };
                violation.finding(rule.id, self.sources, &place)
            })
            .collect()
    }
}

/// Whether only a reference may stand at a pointer into a document of version 3.
fn must_refer(at: &str) -> bool {
    let tokens: Vec<_> = pointer::split(at).collect();
    let tokens: Vec<_> = tokens.iter().map(AsRef::as_ref).skip_while(|token| *token == "components").collect();
    matches!(
        tokens[..],
        ["channels", _, "servers", _]
            | ["operations", _, "channel"]
            | ["operations", _, "messages", _]
            | ["operations", _, "reply", "channel"]
            | ["operations", _, "reply", "messages", _]
            | ["replies", _, "channel"]
            | ["replies", _, "messages", _]
    )
}

fn has_reference(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.contains_key("$ref") || members.values().any(has_reference),
        Value::Array(items) => items.iter().any(has_reference),
        _ => false,
    }
}

/// The names in braces of an address: `orders/{id}` has `id`.
fn variables(address: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = address;
    while let Some(open) = rest.find('{') {
        let inner = &rest[open + 1..];
        // A name has at least one character, so a brace that closes at once belongs to the name.
        let first = inner.chars().next().map_or(0, char::len_utf8);
        let Some(close) = inner.get(first..).and_then(|tail| tail.find('}')) else { break };
        found.push(&inner[..first + close]);
        rest = &inner[first + close + 1..];
    }
    found
}

/// Names that an address has and an object does not describe, and the other way round. The parser looks only where
/// there is something to describe and something is described; `always`: also where there is nothing to describe.
fn undescribed(part: &Part<'_>, member: &str, address: &str, what: &str, always: bool) -> Vec<Violation> {
    let names = variables(address);
    let described = part.member(member);
    if described.as_ref().is_some_and(|described| !described.value.is_object()) {
        return Vec::new();
    }
    let at = described.as_ref().map_or(&part.at, |described| &described.at);
    let known = described.iter().flat_map(Part::children).collect::<Vec<_>>();
    let missing = names.iter().filter(|name| !known.iter().any(|child| child.name() == **name)).map(|name| {
        let message = format!("the {what} `{name}` of `{address}` is not described in `{member}`");
        Violation::new(at.as_str(), message)
    });
    let redundant = known.iter().filter(|child| !names.contains(&child.name().as_str())).map(|child| {
        let message = format!("the {what} `{}` does not occur in `{address}`", child.name());
        Violation::new(child.at.as_str(), message).at_key()
    });
    let passes = described.is_none() || (names.is_empty() && !always);
    missing.chain(redundant).map(|violation| if passes { violation.warning() } else { violation }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_braces() {
        assert_eq!(variables("a/{b}/{c-d}x{e"), ["b", "c-d"]);
        assert_eq!(variables("{}/x}"), ["}/x"]);
        assert_eq!(variables("plain{}"), Vec::<&str>::new());
    }
}
