use serde_json::Value;

use super::{Row, cluster, events, network, pod, storage, workload};

/// The cells of one object, in the order of its kind's columns.
type Cells = fn(&Row<'_>) -> Vec<Value>;

/// Which kinds have cells of their own; all others show their name and when they were created.
const KINDS: &[(&str, &str, Cells)] = &[
    ("", "ConfigMap", cluster::config_map),
    ("", "Endpoints", network::endpoints),
    ("", "Event", events::event),
    ("", "Namespace", cluster::namespace),
    ("", "Node", cluster::node),
    ("", "PersistentVolume", storage::volume),
    ("", "PersistentVolumeClaim", storage::claim),
    ("", "Pod", pod::pod),
    ("", "PodTemplate", workload::pod_template),
    ("", "ReplicationController", workload::replication_controller),
    ("", "ResourceQuota", cluster::quota),
    ("", "Secret", cluster::secret),
    ("", "Service", network::service),
    ("", "ServiceAccount", cluster::with_age),
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration", cluster::webhooks),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration", cluster::webhooks),
    ("apps", "ControllerRevision", workload::revision),
    ("apps", "DaemonSet", workload::daemon_set),
    ("apps", "Deployment", workload::deployment),
    ("apps", "ReplicaSet", workload::replica_set),
    ("apps", "StatefulSet", workload::stateful_set),
    ("autoscaling", "HorizontalPodAutoscaler", workload::autoscaler),
    ("autoscaling", "Scale", workload::scale),
    ("batch", "CronJob", workload::cron_job),
    ("batch", "Job", workload::job),
    ("coordination.k8s.io", "Lease", cluster::lease),
    ("discovery.k8s.io", "EndpointSlice", network::endpoint_slice),
    ("events.k8s.io", "Event", events::event),
    ("networking.k8s.io", "Ingress", network::ingress),
    ("networking.k8s.io", "IngressClass", network::ingress_class),
    ("networking.k8s.io", "NetworkPolicy", network::policy),
    ("policy", "PodDisruptionBudget", workload::disruption_budget),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding", cluster::binding),
    ("rbac.authorization.k8s.io", "RoleBinding", cluster::binding),
    ("scheduling.k8s.io", "PriorityClass", cluster::priority_class),
    ("storage.k8s.io", "StorageClass", storage::class),
];

/// The cells of a built-in kind's object.
pub(crate) fn cells(group: &str, kind: &str, row: &Row<'_>) -> Vec<Value> {
    let own = KINDS.iter().find(|(of, called, _)| (*of, *called) == (group, kind));
    own.map_or_else(|| vec![row.name(), row.text("/metadata/creationTimestamp").into()], |(_, _, cells)| cells(row))
}
