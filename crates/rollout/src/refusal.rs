//! What the cluster says against an object, to findings at the manifest's lines.

use linkspan_kube::client::{Cause, ClientError, Discovery, FieldConflict};
use linkspan_kube::manifest::Manifest;
use linkspan_report::Finding;

use crate::plan::Step;

/// What an error of one object means for the plan.
pub(crate) enum Refusal {
    /// The cluster does not want it.
    Refused(Vec<Finding>),
    /// The manifest is malformed.
    Malformed(Vec<Finding>),
    /// It is not about the object.
    Other,
}

/// Who client-side apply is called among the managers of fields.
pub(crate) fn is_client_side(manager: &str) -> bool {
    matches!(manager, "kubectl-client-side-apply" | "before-first-apply")
}

/// Tells what an error says about a step's object.
pub(crate) fn of(step: &Step, error: &ClientError) -> Refusal {
    let key = step.object.key();
    match error {
        ClientError::Conflict { fields, message } if fields.is_empty() => {
            Refusal::Refused(vec![at(step, "rollout/conflict", "", format!("{key}: {message}"))])
        }
        ClientError::Conflict { fields, .. } => {
            Refusal::Refused(fields.iter().map(|field| conflict(step, field)).collect())
        }
        ClientError::Invalid { message, causes } if is_immutable(message) => Refusal::Refused(vec![
            at(
                step,
                "rollout/immutable",
                &first_pointer(causes),
                format!("{key} cannot be changed in place: {message}"),
            )
            .help("delete the object first, or give it another name"),
        ]),
        ClientError::Invalid { message, causes } => Refusal::Malformed(invalid(step, message, causes)),
        ClientError::Rejected { message } => {
            Refusal::Refused(vec![at(step, "rollout/rejected", "", format!("{key} is not admitted: {message}"))])
        }
        ClientError::NotFound { message } if message.contains("namespaces") => {
            let namespace = step.object.namespace().unwrap_or_default();
            Refusal::Refused(vec![
                at(
                    step,
                    "rollout/no-namespace",
                    "/metadata/namespace",
                    format!("the namespace `{namespace}` does not exist"),
                )
                .help("create it, add it to the manifests, or use `--create-namespace`"),
            ])
        }
        ClientError::NotFound { message } | ClientError::Status { message, .. } => {
            Refusal::Refused(vec![at(step, "rollout/rejected", "", format!("{key}: {message}"))])
        }
        ClientError::UnknownKind { .. }
        | ClientError::Gone
        | ClientError::Unreachable { .. }
        | ClientError::Credentials { .. }
        | ClientError::ExecNotAllowed { .. }
        | ClientError::Denied { .. }
        | ClientError::Malformed { .. } => Refusal::Other,
    }
}

/// A kind that the cluster does not serve.
pub(crate) fn unknown_kind(manifest: &Manifest, discovery: &Discovery) -> Finding {
    let gvk = manifest.object.gvk();
    let message = format!("the cluster has no kind `{gvk}`");
    let finding = manifest.fault("rollout/unknown-kind", "/kind", message);
    match discovery.preferred(&gvk.group_kind()) {
        Some(other) => finding.help(format!("it has `{}`", other.gvk)),
        None => finding.help("install what defines it first, or add its definition to the manifests"),
    }
}

fn conflict(step: &Step, field: &FieldConflict) -> Finding {
    let message = format!("`{}` of {} is managed by `{}`", field.field, step.object.key(), field.manager);
    at(step, "rollout/conflict", &pointer(&field.field), message)
        .help("leave the field out of the manifest, or take it with `--force-conflicts`")
        .data("field", field.field.clone())
        .data("manager", field.manager.clone())
}

fn is_immutable(message: &str) -> bool {
    message.contains("immutable")
        || message.contains("updates to statefulset spec")
        || message.contains("may not be changed")
}

fn invalid(step: &Step, message: &str, causes: &[Cause]) -> Vec<Finding> {
    let key = step.object.key();
    if causes.is_empty() {
        return vec![at(step, "rollout/invalid", &pointer(undeclared(message)), format!("{key}: {message}"))];
    }
    let secret = step.object.gvk().is("", "Secret");
    let finding = |cause: &Cause| {
        // The API repeats the wrong value, which in a Secret is secret.
        let told = if secret { "is invalid" } else { cause.message.as_str() };
        at(step, "rollout/invalid", &pointer(&cause.field), format!("`{}` of {key}: {told}", cause.field))
    };
    causes.iter().map(finding).collect()
}

/// The path in `….: .spec.replicaz: field not declared in schema`.
fn undeclared(message: &str) -> &str {
    let before = message.split(": field not declared").next().filter(|before| before.len() < message.len());
    before.and_then(|before| before.rsplit(' ').next()).unwrap_or_default()
}

fn first_pointer(causes: &[Cause]) -> String {
    causes.first().map(|cause| pointer(&cause.field)).unwrap_or_default()
}

fn at(step: &Step, rule: &'static str, pointer: &str, message: String) -> Finding {
    let finding = Finding::error(rule, message);
    match &step.origin {
        Some(origin) => finding.in_file(origin.file.clone()).at(origin.span(pointer)),
        None => finding,
    }
}

/// A field path of the API (`spec.containers[0].image`, `.spec.containers[name="c"].image`, `metadata.labels[a/b]`)
/// to a JSON Pointer, as far as it can be followed without the object.
fn pointer(field: &str) -> String {
    let mut pointer = String::new();
    let mut rest = field.trim_start_matches('.');
    while !rest.is_empty() {
        let (part, next) = match rest.strip_prefix('[') {
            Some(inside) => inside.split_once(']').unwrap_or((inside, "")),
            None => rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len())),
        };
        // Items that are found by a key of theirs: the list is near enough.
        if part.contains('=') {
            break;
        }
        pointer = linkspan_source::pointer::join(&pointer, part);
        rest = next.trim_start_matches('.');
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_paths_become_pointers() {
        let cases = [
            ("spec.containers[0].image", "/spec/containers/0/image"),
            (".spec.replicas", "/spec/replicas"),
            ("metadata.labels[a.b/c]", "/metadata/labels/a.b~1c"),
            (".spec.template.spec.containers[name=\"c\"].image", "/spec/template/spec/containers"),
            ("", ""),
        ];
        for (field, expected) in cases {
            assert_eq!(pointer(field), expected, "{field}");
        }
        assert_eq!(
            undeclared(
                "failed to create typed patch object (n/a; apps/v1, Kind=D): .spec.x: field not declared in schema"
            ),
            ".spec.x"
        );
        assert_eq!(undeclared("something else"), "");
    }
}
