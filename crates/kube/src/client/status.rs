//! An answer's status to a [`ClientError`]: a pure function.

use serde_json::Value;

use super::{Cause, ClientError, FieldConflict};

/// The longest text of a server that is passed on.
const MAX_MESSAGE: usize = 2_000;

/// What an answer that is not a success means. `body` is a `Status` object, or anything.
pub(super) fn classify(code: u16, body: &[u8]) -> ClientError {
    let status: Value = serde_json::from_slice(body).unwrap_or_default();
    let message = message(code, &status, body);
    let reason = status.get("reason").and_then(Value::as_str).unwrap_or_default();
    match code {
        401 => ClientError::Denied { message },
        403 if is_admission(&message) => ClientError::Rejected { message },
        403 => ClientError::Denied { message },
        404 => ClientError::NotFound { message },
        409 => ClientError::Conflict { fields: conflicts(&status), message },
        410 => ClientError::Gone,
        // A webhook may choose its status.
        400..=499 if is_admission(&message) => ClientError::Rejected { message },
        // Server-side apply answers this to fields that the schema does not have.
        500 if message.contains("failed to create typed patch object") => {
            ClientError::Invalid { message, causes: causes(&status) }
        }
        400 | 422 => ClientError::Invalid { message, causes: causes(&status) },
        _ if reason == "Expired" => ClientError::Gone,
        _ => ClientError::Status { code, message },
    }
}

/// Whether a refusal speaks of the object, not of the user.
fn is_admission(message: &str) -> bool {
    const SIGNS: [&str; 7] = [
        "denied the request",
        "denied request",
        "exceeded quota",
        "failed quota",
        "violates PodSecurity",
        "is being terminated",
        "usage per ",
    ];
    SIGNS.iter().any(|sign| message.contains(sign))
}

fn message(code: u16, status: &Value, body: &[u8]) -> String {
    let said = status.get("message").and_then(Value::as_str).map(str::to_owned);
    let said = said.unwrap_or_else(|| String::from_utf8_lossy(body.get(..MAX_MESSAGE).unwrap_or(body)).into_owned());
    let line = said.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.chars().take(MAX_MESSAGE).collect::<String>() {
        empty if empty.is_empty() => format!("HTTP status {code}"),
        line => line,
    }
}

fn causes(status: &Value) -> Vec<Cause> {
    let cause = |cause: &Value| {
        let text = |field: &str| cause.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        Cause { field: text("field"), reason: text("reason"), message: text("message") }
    };
    let causes = status.pointer("/details/causes").and_then(Value::as_array);
    causes.into_iter().flatten().map(cause).collect()
}

/// The API says `conflict with "kubectl" using apps/v1` and names the field beside it.
fn conflicts(status: &Value) -> Vec<FieldConflict> {
    let conflict = |cause: Cause| {
        let manager = cause.message.split('"').nth(1).unwrap_or(&cause.message).to_owned();
        FieldConflict { field: cause.field, manager }
    };
    causes(status).into_iter().filter(|cause| cause.reason == "FieldManagerConflict").map(conflict).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(code: u16, body: &Value) -> ClientError {
        classify(code, body.to_string().as_bytes())
    }

    #[test]
    fn conflicts_name_field_and_manager() {
        let error = of(
            409,
            &json!({"message": "Apply failed with 1 conflict", "details": {"causes": [
            {"reason": "FieldManagerConflict", "message": "conflict with \"kubectl-edit\" using apps/v1", "field": ".spec.replicas"}]}}),
        );
        let ClientError::Conflict { fields, .. } = error else { panic!("{error:?}") };
        assert_eq!(fields, [FieldConflict { field: ".spec.replicas".to_owned(), manager: "kubectl-edit".to_owned() }]);
    }

    #[test]
    fn a_forbidden_user_is_not_a_forbidden_object() {
        let rbac = json!({"message": "deployments.apps \"a\" is forbidden: User \"u\" cannot patch resource"});
        assert!(matches!(of(403, &rbac), ClientError::Denied { .. }));
        for message in [
            "pods \"a\" is forbidden: exceeded quota: q",
            "admission webhook \"w\" denied the request: no",
            "pods \"a\" is forbidden: violates PodSecurity \"restricted\"",
            "unable to create new content in namespace x because it is being terminated",
        ] {
            assert!(matches!(of(403, &json!({ "message": message })), ClientError::Rejected { .. }), "{message}");
        }
        assert!(matches!(
            of(400, &json!({"message": "admission webhook \"w\" denied the request"})),
            ClientError::Rejected { .. }
        ));
    }

    #[test]
    fn answers_that_are_no_status_are_cut_not_trusted() {
        let error = classify(418, &vec![b'x'; 100_000]);
        let ClientError::Status { code: 418, message } = error else { panic!("{error:?}") };
        assert_eq!(message.len(), MAX_MESSAGE);
        assert_eq!(classify(500, b"").to_string(), "the server answered 500: HTTP status 500");
    }
}
