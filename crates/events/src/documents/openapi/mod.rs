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

use super::describe::Description;
use super::resolve::{Resolved, Sources, resolve};
use super::select::Part;
use super::violation::Violation;
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

/// How a rule finds what violates it.
type Check = fn(&Subject<'_>) -> Vec<Violation>;

/// The rules that a JSON Schema cannot say, one row each.
const RULES: &[(&str, Check)] = &[
    ("openapi/operation-id", operations::identifiers),
    ("openapi/duplicate-path", operations::templates),
    ("openapi/additional-operation", operations::additional),
    ("openapi/path-parameter", parameters::described),
    ("openapi/duplicate-parameter", parameters::twice),
    ("openapi/query-string", parameters::query_string),
    ("openapi/security", security::requirements),
    ("openapi/server-variable", servers::variables),
    ("openapi/tag", tags::unique),
    ("openapi/tag", tags::parents),
    ("openapi/link", links::operations),
    ("openapi/dialect", schemas::dialect),
    ("openapi/schema", schemas::valid),
    ("openapi/discriminator", schemas::discriminators),
    ("openapi/default", examples::defaults),
    ("openapi/example", examples::schemas),
    ("openapi/example", examples::described),
    ("openapi/example", examples::twice),
];

/// All violations of the OpenAPI specification that the document names.
pub(super) fn check(sources: Sources<'_>) -> Vec<Finding> {
    let written = &sources.document.value;
    let named = written.get("openapi").and_then(Value::as_str);
    let Some(version) = named.and_then(Version::of) else { return vec![unknown_version(sources, named)] };
    let resolved = resolve(sources, "openapi/reference", Severity::Error);
    let subject =
        Subject { sources, resolved: &resolved, objects: objects(&resolved.value), version, registry: OnceCell::new() };
    let mut findings = resolved.faults.clone();
    findings.extend(subject.structure(written));
    let violations = RULES.iter().flat_map(|(id, rule)| rule(&subject).into_iter().map(move |found| (*id, found)));
    findings.extend(violations.map(|(id, violation)| {
        let place = resolved.origin(&violation.at);
        violation.finding(id, sources, &place)
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

/// A document of the time before OpenAPI 3.
pub(super) fn too_old(sources: Sources<'_>) -> Finding {
    let finding = Finding::error("openapi/version", "this is a Swagger document (OpenAPI 2), which is not checked");
    sources.located(finding.help("known are OpenAPI 3.0, 3.1 and 3.2: convert it"), &sources.place("/swagger"), true)
}

impl Subject<'_> {
    /// The document as it was written, and what it refers to, where it will stand.
    fn structure(&self, written: &Value) -> Vec<Finding> {
        let Some(validator) = specifications::validator(self.version.name(), None) else { return Vec::new() };
        let own: Vec<_> = structure::faults(&validator, written)
            .into_iter()
            .map(|fault| (self.sources.place(&fault.pointer), fault))
            .collect();
        let known: BTreeSet<_> = own.iter().map(|(place, fault)| (place.clone(), fault.message.clone())).collect();
        let others = structure::faults(&validator, &self.resolved.value)
            .into_iter()
            .filter(|fault| !self.resolved.is_dangling(&fault.pointer))
            .map(|fault| (self.resolved.origin(&fault.pointer), fault))
            .filter(|(place, fault)| !known.contains(&(place.clone(), fault.message.clone())));
        let mut seen = BTreeSet::new();
        let others = others
            .filter_map(|(place, fault)| self.misplaced(place, fault))
            .filter(|(place, _)| place.path != self.sources.path || seen.insert(place.clone()));
        let finding = |(place, fault): (Place, Description)| {
            let mut finding = Finding::error("openapi/structure", fault.message);
            finding.help = fault.help;
            self.sources.located(finding, &place, fault.name)
        };
        own.into_iter().chain(others).map(finding).collect()
    }

    /// A fault that something has only where a reference puts it: it is the reference's, if both are in this file.
    fn misplaced(&self, place: Place, fault: Description) -> Option<(Place, Description)> {
        if place.path != self.sources.path {
            return Some((place, fault));
        }
        let reference = self.resolved.reference(&fault.pointer)?;
        let message = format!("what this reference leads to does not fit here: {}", fault.message);
        Some((reference, Description { message, name: false, ..fault }))
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
