/// What the embedded cluster serves: group, version and the resources there, of all that the real one has.
const SERVED: [(&str, &str, &[&str]); 17] = [
    (
        "",
        "v1",
        &[
            "bindings",
            "configmaps",
            "endpoints",
            "events",
            "limitranges",
            "namespaces",
            "nodes",
            "persistentvolumeclaims",
            "persistentvolumes",
            "pods",
            "resourcequotas",
            "secrets",
            "serviceaccounts",
            "services",
        ],
    ),
    ("apps", "v1", &["controllerrevisions", "daemonsets", "deployments", "replicasets", "statefulsets"]),
    ("events.k8s.io", "v1", &["events"]),
    ("authentication.k8s.io", "v1", &["selfsubjectreviews", "tokenreviews"]),
    (
        "authorization.k8s.io",
        "v1",
        &["localsubjectaccessreviews", "selfsubjectaccessreviews", "selfsubjectrulesreviews", "subjectaccessreviews"],
    ),
    ("autoscaling", "v2", &["horizontalpodautoscalers"]),
    ("autoscaling", "v1", &["horizontalpodautoscalers"]),
    ("batch", "v1", &["cronjobs", "jobs"]),
    ("networking.k8s.io", "v1", &["ingresses", "networkpolicies"]),
    ("policy", "v1", &["poddisruptionbudgets"]),
    ("rbac.authorization.k8s.io", "v1", &["clusterrolebindings", "clusterroles", "rolebindings", "roles"]),
    ("storage.k8s.io", "v1", &["storageclasses"]),
    ("admissionregistration.k8s.io", "v1", &["mutatingwebhookconfigurations", "validatingwebhookconfigurations"]),
    ("apiextensions.k8s.io", "v1", &["customresourcedefinitions"]),
    ("scheduling.k8s.io", "v1", &["priorityclasses"]),
    ("coordination.k8s.io", "v1", &["leases"]),
    ("discovery.k8s.io", "v1", &["endpointslices"]),
];

/// The versions of groups that are served.
pub(crate) fn versions() -> impl Iterator<Item = (&'static str, &'static str)> {
    SERVED.iter().map(|(group, version, _)| (*group, *version))
}

/// Whether a resource is served.
pub(crate) fn resource(group: &str, version: &str, plural: &str) -> bool {
    SERVED.iter().any(|(g, v, plurals)| *g == group && *v == version && plurals.contains(&plural))
}

/// The address of a version of a group, without the slash before it: `api/v1`, `apis/apps/v1`.
pub(crate) fn address(group: &str, version: &str) -> String {
    if group.is_empty() { format!("api/{version}") } else { format!("apis/{group}/{version}") }
}
