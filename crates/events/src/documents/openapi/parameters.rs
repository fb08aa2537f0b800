//! Rules about parameters.

use std::collections::BTreeSet;

use super::shape::{Kind, METHODS};
use super::{Subject, Version, Violation};
use crate::documents::select::{Part, select};

/// What identifies a parameter.
fn identity<'v>(parameter: &Part<'v>) -> Option<(&'v str, &'v str)> {
    Some((parameter.text("in")?, parameter.text("name")?))
}

fn operations<'v>(item: &Part<'v>) -> Vec<Part<'v>> {
    let fixed = METHODS.iter().filter_map(|method| item.member(method));
    fixed.chain(item.members("additionalOperations")).filter(|operation| operation.value.is_object()).collect()
}

/// Each name in braces of a path is described by a path parameter, and each path parameter occurs (Path Templating).
pub(super) fn described(subject: &Subject<'_>) -> Vec<Violation> {
    select(&subject.resolved.value, "paths/*").iter().flat_map(|item| of_path(item, subject.version)).collect()
}

fn of_path(item: &Part<'_>, version: Version) -> Vec<Violation> {
    let path = item.name();
    let names = braces(&path);
    let shared = item.items("parameters");
    let mut violations = Vec::new();
    for operation in operations(item) {
        let own = operation.items("parameters");
        for name in &names {
            let known = own.iter().chain(&shared).any(|parameter| identity(parameter) == Some(("path", name)));
            if !known {
                let message = format!("the parameter `{name}` of the path `{path}` is not described");
                let help = "add it to `parameters`, with `in: path` and `required: true`";
                violations.push(Violation::new(operation.at.as_str(), message).at_key().help(help));
            }
        }
        violations.extend(own.iter().filter_map(|parameter| unused(parameter, &names, &path)));
    }
    violations.extend(shared.iter().filter_map(|parameter| unused(parameter, &names, &path)));
    let mut seen = BTreeSet::new();
    for name in names.iter().filter(|name| !seen.insert(**name)) {
        let message = format!("the parameter `{name}` occurs twice in the path");
        let violation = Violation::new(item.at.as_str(), message).at_key();
        // Only 3.2 forbids it.
        violations.push(if version < Version::V32 { violation.warning() } else { violation });
    }
    violations
}

fn unused(parameter: &Part<'_>, names: &[&str], path: &str) -> Option<Violation> {
    let (_, name) = identity(parameter).filter(|(place, name)| *place == "path" && !names.contains(name))?;
    let message = format!("the path parameter `{name}` does not occur in the path `{path}`");
    Some(Violation::new(parameter.at.as_str(), message))
}

fn braces(path: &str) -> Vec<&str> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).collect()
}

/// A list has no two parameters of the same name and place (Parameter Object).
pub(super) fn twice(subject: &Subject<'_>) -> Vec<Violation> {
    let owners = subject.of(Kind::PathItem).chain(subject.of(Kind::Operation));
    let list = |owner: &Part<'_>| {
        let mut seen = BTreeSet::new();
        let parameters = owner.items("parameters").into_iter();
        let twice = parameters.filter(|parameter| identity(parameter).is_some_and(|identity| !seen.insert(identity)));
        twice
            .map(|parameter| {
                let (place, name) = identity(&parameter).unwrap_or_default();
                let message = format!("the {place} parameter `{name}` occurs twice in this list");
                Violation::new(parameter.at, message)
            })
            .collect::<Vec<_>>()
    };
    owners.flat_map(list).collect()
}

/// A parameter for the whole query stands alone (Parameter Object, 3.2).
pub(super) fn query_string(subject: &Subject<'_>) -> Vec<Violation> {
    if subject.version < Version::V32 {
        return Vec::new();
    }
    subject
        .of(Kind::PathItem)
        .flat_map(|item| operations(item).iter().flat_map(|one| beside_query_string(item, one)).collect::<Vec<_>>())
        .collect()
}

fn beside_query_string(item: &Part<'_>, operation: &Part<'_>) -> Vec<Violation> {
    let parameters: Vec<_> = operation.items("parameters").into_iter().chain(item.items("parameters")).collect();
    let of = |place: &str| parameters.iter().filter(|parameter| parameter.text("in") == Some(place)).count();
    let message = match (of("querystring"), of("query")) {
        (0, _) | (1, 0) => return Vec::new(),
        (1, _) => "a `querystring` parameter excludes `query` parameters",
        _ => "an operation has at most one `querystring` parameter",
    };
    vec![Violation::new(operation.at.as_str(), message).at_key()]
}
