//! Rules about security.

use serde_json::Value;

use super::shape::Kind;
use super::{Subject, Version, Violation};
use crate::documents::select::Part;

/// A requirement names security schemes that are defined, and scopes that they have (Security Requirement Object).
pub(super) fn requirements(subject: &Subject<'_>) -> Vec<Violation> {
    let schemes = subject.resolved.value.pointer("/components/securitySchemes");
    let named = subject.of(Kind::SecurityRequirement).flat_map(Part::children);
    named.flat_map(|named| scheme(subject, schemes, &named)).collect()
}

fn scheme(subject: &Subject<'_>, schemes: Option<&Value>, named: &Part<'_>) -> Vec<Violation> {
    let name = named.name();
    let Some(scheme) = schemes.and_then(|schemes| schemes.get(&name)) else {
        // Since 3.2 a name may be the address of a scheme in another document.
        if subject.version >= Version::V32 && name.contains(['/', '#', ':', '.']) {
            return Vec::new();
        }
        let message = format!("the security scheme `{name}` is not defined in `components.securitySchemes`");
        return vec![Violation::new(named.at.as_str(), message).at_key()];
    };
    match scheme.get("type").and_then(Value::as_str) {
        Some("oauth2") => scopes(scheme, named),
        Some("openIdConnect") | None => Vec::new(),
        Some(kind) if subject.version == Version::V30 && !named.children().is_empty() => {
            let message = format!("the security scheme `{name}` is of the type `{kind}`, which has no scopes");
            vec![Violation::new(named.at.as_str(), message)]
        }
        Some(_) => Vec::new(),
    }
}

fn scopes(scheme: &Value, named: &Part<'_>) -> Vec<Violation> {
    let flows = scheme.get("flows").and_then(Value::as_object).into_iter().flat_map(|flows| flows.values());
    let known: Vec<&String> =
        flows.filter_map(|flow| flow.get("scopes")?.as_object()).flat_map(|scopes| scopes.keys()).collect();
    let unknown = named.children().into_iter().filter_map(|scope| {
        let text = scope.value.as_str().filter(|text| !known.iter().any(|known| known == text))?;
        let message = format!("the security scheme `{}` has no scope `{text}`", named.name());
        Some(Violation::new(scope.at, message).warning())
    });
    unknown.collect()
}
