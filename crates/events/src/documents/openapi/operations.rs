//! Rules about paths and operations.

use std::collections::BTreeMap;

use linkspan_source::pointer;

use super::shape::{Kind, METHODS};
use super::{Subject, Violation};
use crate::documents::select::select;

/// Each operation's `operationId` is its own (Operation Object).
pub(super) fn identifiers(subject: &Subject<'_>) -> Vec<Violation> {
    let mut seen = BTreeMap::new();
    let mut violations = Vec::new();
    for operation in subject.of(Kind::Operation) {
        let Some(id) = operation.text("operationId") else { continue };
        let origin = subject.origin(operation);
        // A shared path item is one, wherever it is referred to.
        if *seen.entry(id).or_insert_with(|| origin.clone()) != origin {
            let message = format!("`operationId` must be unique, but `{id}` names several operations");
            violations.push(Violation::new(pointer::join(&operation.at, "operationId"), message));
        }
    }
    violations
}

/// Paths that differ in the names of their parameters only are one path (Paths Object).
pub(super) fn templates(subject: &Subject<'_>) -> Vec<Violation> {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut violations = Vec::new();
    for path in select(&subject.resolved.value, "paths/*") {
        let name = path.name();
        match seen.get(&shape(&name)) {
            Some(first) => {
                let message = format!("the path `{name}` is the same as `{first}`: only the parameters' names differ");
                violations.push(Violation::new(path.at, message).at_key());
            }
            None => {
                seen.insert(shape(&name), name);
            }
        }
    }
    violations
}

/// A path without the names of its parameters.
fn shape(path: &str) -> String {
    let mut shape = String::new();
    let mut inside = false;
    for character in path.chars() {
        match character {
            '{' => inside = true,
            '}' => inside = false,
            _ if inside => continue,
            _ => {}
        }
        shape.push(character);
    }
    shape
}

/// `additionalOperations` has no method that is a field of its own (Path Item Object, 3.2).
pub(super) fn additional(subject: &Subject<'_>) -> Vec<Violation> {
    let operations = subject.of(Kind::PathItem).flat_map(|item| item.members("additionalOperations"));
    let fixed = operations.filter(|operation| METHODS.contains(&operation.name().to_ascii_lowercase().as_str()));
    fixed
        .map(|operation| {
            let name = operation.name();
            let message = format!("the method `{name}` is a field of its own");
            let help = format!("move the operation to `{}`", name.to_ascii_lowercase());
            Violation::new(operation.at, message).at_key().help(help)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::shape;

    #[test]
    fn names_do_not_count() {
        assert_eq!(shape("/a/{b}/c{d}"), shape("/a/{x}/c{y}"));
        assert_ne!(shape("/a/{b}"), shape("/a/b"));
    }
}
