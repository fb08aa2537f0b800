//! Rules about security.

use serde_json::Value;

use super::{Subject, Violation};
use crate::documents::select::Part;

const FLOWS: [&str; 4] = ["implicit", "password", "clientCredentials", "authorizationCode"];

/// A requirement names security schemes that are defined, and scopes that they have.
pub(super) fn requirement(subject: &Subject<'_>, requirement: &Part<'_>) -> Vec<Violation> {
    let texts = |value: &Value| value.as_array().is_some_and(|scopes| scopes.iter().all(Value::is_string));
    if !requirement.value.as_object().is_some_and(|members| members.values().all(texts)) {
        return Vec::new();
    }
    let schemes = subject.written.pointer("/components/securitySchemes");
    requirement.children().iter().flat_map(|named| scheme(schemes, named)).collect()
}

fn scheme(schemes: Option<&Value>, named: &Part<'_>) -> Vec<Violation> {
    let name = named.name();
    let Some(scheme) = schemes.and_then(|schemes| schemes.get(&name)) else {
        let message = format!("the security scheme `{name}` is not defined in `components.securitySchemes`");
        return vec![Violation::new(named.at.as_str(), message).at_key()];
    };
    if scheme.get("type").and_then(Value::as_str) != Some("oauth2") {
        return Vec::new();
    }
    let flows = FLOWS.iter().filter_map(|flow| scheme.get("flows")?.get(flow)?.get("scopes")?.as_object());
    let known: Vec<_> = flows.flat_map(|scopes| scopes.keys()).map(String::as_str).collect();
    let unknown = named.children().into_iter().filter_map(|scope| {
        let text = scope.value.as_str().filter(|text| !known.contains(text))?;
        let message = format!("the security scheme `{name}` has no scope `{text}`");
        Some(Violation::new(scope.at, message).help(format!("it has {}", known.join(", "))))
    });
    unknown.collect()
}
