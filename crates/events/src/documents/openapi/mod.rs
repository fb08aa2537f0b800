//! OpenAPI documents.
//!
//! The OpenAPI Initiative's JSON Schema comes first, then the schemas in the document in their own dialect, then the
//! rules that no schema can say. What the specification says must be is an error, what it says should be a warning.

mod examples;
mod links;
mod operations;
mod parameters;
mod schemas;
mod security;
mod servers;
mod shape;
mod tags;

use std::cell::OnceCell;
use std::collections::BTreeSet;

use jsonschema::Registry;
use linkspan_report::{Finding, Severity};
use serde_json::Value;

use super::resolve::{Resolved, Sources, resolve};
use super::select::Part;
use super::{specifications, structure};
use crate::schema::Place;
use shape::{Kind, Object, objects};

/// A version of OpenAPI; a patch has no meaning for documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Version {
    V30,
    V31,
    V32,
}

impl Version {
    fn of(text: &str) -> Option<Self> {
        let (minor, patch) = text.strip_prefix("3.")?.split_once('.')?;
        let digits = patch.split('-').next().unwrap_or_default();
        let numbered = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        match minor {
            _ if !numbered => None,
            "0" => Some(Self::V30),
            "1" => Some(Self::V31),
            "2" => Some(Self::V32),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::V30 => "openapi 3.0",
            Self::V31 => "openapi 3.1",
            Self::V32 => "openapi 3.2",
        }
    }
}

/// What rules look at.
struct Subject<'a> {
    sources: Sources<'a>,
    resolved: &'a Resolved,
    objects: Vec<Object<'a>>,
    version: Version,
    /// Made when an example is first held against a schema.
    registry: OnceCell<Option<Registry<'static>>>,
}

impl<'a> Subject<'a> {
    /// The objects of a kind.
    fn of(&self, kind: Kind) -> impl Iterator<Item = &Part<'a>> {
        self.objects.iter().filter(move |(other, _)| *other == kind).map(|(_, part)| part)
    }

    /// Where a part was written.
    fn origin(&self, part: &Part<'_>) -> Place {
        self.resolved.origin(&part.at)
    }
}

/// What a rule found.
struct Violation {
    rule: &'static str,
    /// A JSON Pointer into the document without references.
    at: String,
    key: bool,
    severity: Severity,
    message: String,
    help: Option<String>,
}

impl Violation {
    fn new(rule: &'static str, at: impl Into<String>, message: impl Into<String>) -> Self {
        Self { rule, at: at.into(), key: false, severity: Severity::Error, message: message.into(), help: None }
    }

    fn at_key(mut self) -> Self {
        self.key = true;
        self
    }

    fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The rules that a JSON Schema cannot say, one row each.
const RULES: &[fn(&Subject<'_>) -> Vec<Violation>] = &[
    operations::identifiers,
    operations::templates,
    operations::additional,
    parameters::described,
    parameters::twice,
    parameters::query_string,
    security::requirements,
    servers::variables,
    tags::unique,
    tags::parents,
    links::operations,
    schemas::dialect,
    schemas::discriminators,
    examples::schemas,
    examples::described,
];

/// All violations of the OpenAPI specification that the document names.
pub(super) fn check(sources: Sources<'_>) -> Vec<Finding> {
    let written = &sources.document.value;
    let named = written.get("openapi").and_then(Value::as_str);
    let Some(version) = named.and_then(Version::of) else { return vec![unknown_version(sources, named)] };
    let resolved = resolve(sources, "openapi/reference");
    let subject =
        Subject { sources, resolved: &resolved, objects: objects(&resolved.value), version, registry: OnceCell::new() };
    let mut findings = resolved.faults.clone();
    findings.extend(subject.structure(written));
    let violations = RULES.iter().flat_map(|rule| rule(&subject));
    findings.extend(violations.map(|violation| {
        let mut finding = Finding::new(violation.rule, violation.severity, violation.message);
        finding.help = violation.help;
        sources.located(finding, &resolved.origin(&violation.at), violation.key)
    }));
    let mut seen = BTreeSet::new();
    findings.retain(|finding| seen.insert((finding.file.clone(), finding.span, finding.message.clone())));
    findings
}

fn unknown_version(sources: Sources<'_>, version: Option<&str>) -> Finding {
    let message = match version {
        Some(version) => format!("`{version}` is no known version of OpenAPI"),
        None => "`openapi` must be a text that says the version".to_owned(),
    };
    let finding = Finding::error("openapi/version", message).help("known are 3.0, 3.1 and 3.2, each with any patch");
    sources.located(finding, &sources.place("/openapi"), false)
}

impl Subject<'_> {
    /// The document as it was written, and what it refers to in other files, where it will stand.
    fn structure(&self, written: &Value) -> Vec<Finding> {
        let Some(validator) = specifications::validator(self.version.name(), None) else { return Vec::new() };
        let own = structure::faults(&validator, written).into_iter().map(|fault| {
            let place = self.sources.place(&fault.pointer);
            (fault, place)
        });
        let others = structure::faults(&validator, &self.resolved.value).into_iter().filter_map(|fault| {
            let place = self.resolved.origin(&fault.pointer);
            (place.path != self.sources.path).then_some((fault, place))
        });
        let finding = |(fault, place): (crate::documents::describe::Description, Place)| {
            let mut finding = Finding::error("openapi/structure", fault.message);
            finding.help = fault.help;
            self.sources.located(finding, &place, fault.name)
        };
        own.chain(others).map(finding).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_have_no_meaning() {
        assert_eq!(Version::of("3.0.4"), Some(Version::V30));
        assert_eq!(Version::of("3.1.10-rc1"), Some(Version::V31));
        assert_eq!(Version::of("3.2.0"), Some(Version::V32));
        for other in ["3.0", "2.0", "3.3.0", "3.1.", "4.0.0"] {
            assert_eq!(Version::of(other), None, "{other}");
        }
    }
}
