//! Kinds of Kubernetes itself that have no row: they are ready as soon as they are there.

use super::{Scene, Verdict};

/// Groups of Kubernetes itself. Others that end in `.k8s.io` (`gateway.networking.k8s.io`) are custom resources.
const GROUPS: [&str; 21] = [
    "",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "apps",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "coordination.k8s.io",
    "discovery.k8s.io",
    "events.k8s.io",
    "flowcontrol.apiserver.k8s.io",
    "networking.k8s.io",
    "node.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "resource.k8s.io",
    "scheduling.k8s.io",
    "storage.k8s.io",
];

pub(super) fn is_built_in(group: &str) -> bool {
    GROUPS.contains(&group)
}

pub(super) fn verdict(_scene: &Scene<'_>) -> Verdict {
    Verdict::ready()
}

#[cfg(test)]
mod tests {
    use super::super::tests::told;

    #[test]
    fn what_has_no_state_is_ready() {
        assert_eq!(told("apiVersion: v1\nkind: ConfigMap\n"), "ready");
        assert_eq!(told("apiVersion: networking.k8s.io/v1\nkind: Ingress\nstatus: {loadBalancer: {}}\n"), "ready");
        assert!(told("apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n").starts_with("unknown"));
    }
}
