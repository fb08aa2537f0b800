//! References of a container that lead nowhere (`CreateContainerConfigError`).

use super::{Class, Evidence, PodScene};

/// What the kubelet says while its own caches are not filled yet.
const TRANSIENT: [&str; 3] = ["failed to sync", "timed out", "context deadline"];

pub(super) fn find(scene: &PodScene<'_>) -> Option<Evidence> {
    let waiting = scene.containers().find(|container| container.waiting().0 == "CreateContainerConfigError")?;
    let message = waiting.waiting().1;
    let has = |sign: &str| message.contains(sign);
    let (rule, class, help) = if TRANSIENT.iter().any(|sign| has(sign)) {
        ("rollout/config", Class::Likely, "")
    } else if has("not found") || has("couldn't find key") || has("non-existent") {
        ("rollout/config-missing", Class::Certain, "create what is missing, or mark the reference `optional`")
    } else if has("runAsNonRoot") || has("run as root") || has("non-numeric user") {
        (
            "rollout/config-user",
            Class::Certain,
            "set a numeric `runAsUser` other than 0, or a numeric `USER` in the image",
        )
    } else {
        ("rollout/config", Class::Likely, "")
    };
    Some(Evidence::new(rule, class, waiting.name(), message).help(help))
}

#[cfg(test)]
mod tests {
    use super::super::tests::of_status;

    #[test]
    fn a_missing_object_is_certain_and_a_slow_cache_is_not() {
        let of = |message: &str| {
            of_status(&format!("state: {{waiting: {{reason: CreateContainerConfigError, message: \"{message}\"}}}}"))
        };
        assert_eq!(of("configmap \\\"a\\\" not found"), "rollout/config-missing Certain");
        assert_eq!(of("couldn't find key k in Secret n/s"), "rollout/config-missing Certain");
        assert_eq!(of("container has runAsNonRoot and image will run as root"), "rollout/config-user Certain");
        assert_eq!(of("failed to sync configmap cache: timed out waiting for the condition"), "rollout/config Likely");
    }
}
