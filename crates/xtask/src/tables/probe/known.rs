use linkspan_cluster::types::{Field, Types};
use serde_json::Value;

/// What of a field cannot be asked for.
enum Known {
    /// It is a pointer in Go.
    Pointer,
    /// It is written as `null` when it is empty.
    Null,
    /// Both.
    NullPointer,
    /// It is left out when it is empty, though the document says what it is then.
    LeftOut,
    /// The Go type.
    Go(&'static str),
    /// What it becomes when it is missing.
    Default(u32),
}

use Known::{Default, Go, LeftOut, Null, NullPointer, Pointer};

/// What is only sent to subresources or to delete; what webhooks do not see and validation refuses; what is taken away
/// before anybody sees it. From the Go types of k8s.io/api, k8s.io/apimachinery and k8s.io/apiextensions-apiserver.
const KNOWN: [(&str, &str, Known); 40] = [
    ("BoundObjectReference", "uid", Go("types.UID")),
    ("ClientIPConfig", "timeoutSeconds", Pointer),
    ("CustomResourceConversion", "webhook", Pointer),
    ("DeleteOptions", "gracePeriodSeconds", Pointer),
    ("DeleteOptions", "ignoreStoreReadErrorWithClusterBreakingPotential", Pointer),
    ("DeleteOptions", "orphanDependents", Pointer),
    ("DeleteOptions", "preconditions", Pointer),
    ("DeleteOptions", "propagationPolicy", Go("v1.DeletionPropagation")),
    ("DeleteOptions", "propagationPolicy", Pointer),
    ("Eviction", "deleteOptions", Pointer),
    ("MutatingWebhook", "admissionReviewVersions", Null),
    ("MutatingWebhook", "failurePolicy", Pointer),
    ("MutatingWebhook", "matchPolicy", Pointer),
    ("MutatingWebhook", "reinvocationPolicy", Pointer),
    ("MutatingWebhook", "sideEffects", NullPointer),
    ("MutatingWebhook", "timeoutSeconds", Pointer),
    ("Preconditions", "resourceVersion", Pointer),
    ("Preconditions", "uid", Go("types.UID")),
    ("Preconditions", "uid", Pointer),
    ("RuleWithOperations", "scope", Pointer),
    ("ScaleSpec", "replicas", LeftOut),
    ("ServiceReference", "path", Pointer),
    ("ServiceReference", "port", Pointer),
    ("ServiceSpec", "sessionAffinityConfig", Pointer),
    ("SessionAffinityConfig", "clientIP", Pointer),
    ("TokenRequestSpec", "audiences", Null),
    ("TokenRequestSpec", "boundObjectRef", NullPointer),
    ("TokenRequestSpec", "expirationSeconds", Default(3600)),
    ("TokenRequestSpec", "expirationSeconds", Pointer),
    ("TokenRequestStatus", "expirationTimestamp", Null),
    ("ValidatingWebhook", "admissionReviewVersions", Null),
    ("ValidatingWebhook", "failurePolicy", Pointer),
    ("ValidatingWebhook", "matchPolicy", Pointer),
    ("ValidatingWebhook", "sideEffects", NullPointer),
    ("ValidatingWebhook", "timeoutSeconds", Pointer),
    ("WebhookClientConfig", "service", Pointer),
    ("WebhookClientConfig", "url", Pointer),
    ("WebhookConversion", "clientConfig", Pointer),
    ("WebhookConversion", "conversionReviewVersions", Null),
    ("CustomResourceValidation", "openAPIV3Schema", Pointer),
];

/// Completes what could not be asked for.
pub(super) fn apply(types: &mut Types) {
    for one in types.all_mut() {
        let holder = one.go_name().to_owned();
        for (_, name, known) in KNOWN.iter().filter(|(one, _, _)| *one == holder) {
            one.fields.get_mut(*name).into_iter().for_each(|field| apply_one(field, known));
        }
    }
}

fn apply_one(field: &mut Field, known: &Known) {
    match known {
        Pointer => field.pointer = true,
        Null => field.empty = Some(Value::Null),
        NullPointer => (field.empty, field.pointer) = (Some(Value::Null), true),
        LeftOut => field.empty = None,
        Go(name) => field.go_type = (*name).to_owned(),
        Default(value) => field.default = Some((*value).into()),
    }
}
