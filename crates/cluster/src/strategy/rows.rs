use super::prepare;
use serde_json::Value;

/// What becomes of the objects that an object owns when it is deleted without a word about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dependents {
    /// They are deleted afterwards.
    Delete,
    /// They stay, without an owner.
    Orphan,
}

/// Which changes count as a new generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Generation {
    /// The kind has none.
    None,
    /// It is 1 for ever.
    Fixed,
    /// Changes of these fields.
    Of(&'static [&'static str]),
    /// All changes but those of metadata that is not a label.
    AllButMetadata,
}

/// How a kind differs from the others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strategy {
    pub(crate) generation: Generation,
    /// Whether an update of what is not there creates it.
    pub(crate) create_on_update: bool,
    /// Whether an update may leave out the version that it is based on.
    pub(crate) unconditional_update: bool,
    pub(crate) dependents: Dependents,
    /// The status that a new object begins with; nothing where the status is kept as it is sent.
    pub(crate) first_status: Option<fn() -> Value>,
    /// The metadata that an update of the status cannot change.
    pub(crate) kept_by_status: &'static [&'static str],
}

const COMMON: Strategy = Strategy {
    generation: Generation::None,
    create_on_update: false,
    unconditional_update: true,
    dependents: Dependents::Delete,
    first_status: None,
    kept_by_status: &[],
};
const SPEC: Strategy =
    Strategy { generation: Generation::Of(&["/spec"]), first_status: Some(prepare::no_status), ..COMMON };
const STATUS: Strategy = Strategy { first_status: Some(prepare::no_status), ..COMMON };
const CREATED_BY_UPDATE: Strategy = Strategy { create_on_update: true, ..COMMON };
const WEBHOOKS: Strategy =
    Strategy { generation: Generation::Of(&["/webhooks"]), unconditional_update: false, ..COMMON };

/// The kinds that are not like most.
const KINDS: &[(&str, &str, Strategy)] = &[
    ("", "Endpoints", CREATED_BY_UPDATE),
    ("", "Event", CREATED_BY_UPDATE),
    ("", "LimitRange", CREATED_BY_UPDATE),
    ("", "Namespace", Strategy { first_status: Some(prepare::active), ..COMMON }),
    ("", "PersistentVolume", STATUS),
    ("", "PersistentVolumeClaim", STATUS),
    ("", "Pod", Strategy { kept_by_status: &["ownerReferences"], ..SPEC }),
    ("", "PodTemplate", Strategy { generation: Generation::Of(&["/template"]), ..COMMON }),
    ("", "ReplicationController", Strategy { dependents: Dependents::Orphan, ..SPEC }),
    ("", "ResourceQuota", STATUS),
    ("", "Service", Strategy { create_on_update: true, ..STATUS }),
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration", WEBHOOKS),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration", WEBHOOKS),
    ("apiextensions.k8s.io", "CustomResourceDefinition", Strategy { unconditional_update: false, ..SPEC }),
    ("apps", "DaemonSet", SPEC),
    (
        "apps",
        "Deployment",
        Strategy {
            generation: Generation::Of(&["/spec", "/metadata/annotations"]),
            kept_by_status: &["labels"],
            ..SPEC
        },
    ),
    ("apps", "ReplicaSet", SPEC),
    ("apps", "StatefulSet", SPEC),
    ("autoscaling", "HorizontalPodAutoscaler", STATUS),
    ("batch", "CronJob", SPEC),
    ("batch", "Job", SPEC),
    ("coordination.k8s.io", "Lease", Strategy { create_on_update: true, unconditional_update: false, ..COMMON }),
    ("discovery.k8s.io", "EndpointSlice", Strategy { generation: Generation::AllButMetadata, ..COMMON }),
    ("events.k8s.io", "Event", CREATED_BY_UPDATE),
    ("networking.k8s.io", "Ingress", SPEC),
    ("networking.k8s.io", "IngressClass", Strategy { first_status: None, ..SPEC }),
    ("networking.k8s.io", "NetworkPolicy", Strategy { first_status: None, ..SPEC }),
    ("policy", "PodDisruptionBudget", Strategy { unconditional_update: false, ..SPEC }),
    ("rbac.authorization.k8s.io", "ClusterRole", CREATED_BY_UPDATE),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding", CREATED_BY_UPDATE),
    ("rbac.authorization.k8s.io", "Role", CREATED_BY_UPDATE),
    ("rbac.authorization.k8s.io", "RoleBinding", CREATED_BY_UPDATE),
    ("scheduling.k8s.io", "PriorityClass", Strategy { generation: Generation::Fixed, ..COMMON }),
];

/// How a kind is treated. Custom kinds have the generation of their specification; their status is theirs only with
/// the subresource.
pub(crate) fn strategy(group: &str, kind: &str) -> Strategy {
    let own = KINDS.iter().find(|(of, called, _)| (*of, *called) == (group, kind));
    own.map_or(COMMON, |(_, _, strategy)| *strategy)
}
