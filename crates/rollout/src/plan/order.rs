//! In which order kinds are applied.

use linkspan_kube::GroupVersionKind;

/// Helm's order of installation (`pkg/release/v1/util/kind_sorter.go`), with custom resource definitions first, in
/// waves: what is in one wave does not need each other and is applied at the same time.
const WAVES: [&[(&str, &str)]; 7] = [
    &[
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("scheduling.k8s.io", "PriorityClass"),
        ("", "Namespace"),
        ("storage.k8s.io", "StorageClass"),
        ("node.k8s.io", "RuntimeClass"),
    ],
    &[
        ("networking.k8s.io", "NetworkPolicy"),
        ("", "ResourceQuota"),
        ("", "LimitRange"),
        ("policy", "PodDisruptionBudget"),
        ("", "ServiceAccount"),
        ("", "Secret"),
        ("", "ConfigMap"),
        ("", "PersistentVolume"),
        ("", "PersistentVolumeClaim"),
    ],
    &[("rbac.authorization.k8s.io", "ClusterRole"), ("rbac.authorization.k8s.io", "Role")],
    &[("rbac.authorization.k8s.io", "ClusterRoleBinding"), ("rbac.authorization.k8s.io", "RoleBinding")],
    &[("", "Service")],
    &[
        ("apps", "DaemonSet"),
        ("", "Pod"),
        ("", "ReplicationController"),
        ("apps", "ReplicaSet"),
        ("apps", "Deployment"),
        ("autoscaling", "HorizontalPodAutoscaler"),
        ("apps", "StatefulSet"),
        ("batch", "Job"),
        ("batch", "CronJob"),
    ],
    &[("networking.k8s.io", "IngressClass"), ("networking.k8s.io", "Ingress")],
];

/// Kinds that can stop everything else: when all the rest is there.
const LAST: [(&str, &str); 5] = [
    ("apiregistration.k8s.io", "APIService"),
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
];

/// The wave of kinds that are not listed: custom resources, with the ingresses.
const OTHERS: usize = WAVES.len() - 1;

/// When a kind is applied: its wave, and its place in the wave for people who read the plan.
#[must_use]
pub fn order(gvk: &GroupVersionKind) -> (usize, usize) {
    let place = |kinds: &[(&str, &str)]| kinds.iter().position(|(group, kind)| gvk.is(group, kind));
    let listed = WAVES.iter().enumerate().find_map(|(wave, kinds)| Some((wave, place(kinds)?)));
    let last = || place(&LAST).map(|place| (WAVES.len(), place));
    listed.or_else(last).unwrap_or((OTHERS, usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_need_comes_first() {
        let kinds = [
            ("apiextensions.k8s.io", "CustomResourceDefinition"),
            ("", "Namespace"),
            ("", "Secret"),
            ("", "PersistentVolumeClaim"),
            ("rbac.authorization.k8s.io", "Role"),
            ("rbac.authorization.k8s.io", "RoleBinding"),
            ("", "Service"),
            ("apps", "Deployment"),
            ("batch", "Job"),
            ("networking.k8s.io", "Ingress"),
            ("example.com", "Widget"),
            ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
        ];
        let orders: Vec<_> =
            kinds.iter().map(|(group, kind)| order(&GroupVersionKind::new(*group, "v1", *kind))).collect();
        assert!(orders.is_sorted(), "{orders:?}");
    }

    #[test]
    fn a_kind_of_another_group_is_another_kind() {
        assert_eq!(order(&GroupVersionKind::new("serving.knative.dev", "v1", "Service")).0, OTHERS);
    }
}
