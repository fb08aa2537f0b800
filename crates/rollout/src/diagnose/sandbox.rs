//! Pods whose sandbox (network, namespaces) cannot be made: a node's trouble.

use super::{Class, Evidence, PodScene};

pub(super) fn find(scene: &PodScene<'_>) -> Option<Evidence> {
    if scene.containers().any(|container| container.runs() || container.ended().is_some()) {
        return None;
    }
    let event = scene.events(&["FailedCreatePodSandBox"]).last()?;
    let message = event.text("/message").unwrap_or_default();
    Some(
        Evidence::new("rollout/sandbox", Class::Slow, "", message)
            .help("this is the node's trouble: ask who runs the cluster"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::tests::of_event;

    #[test]
    fn a_sandbox_gets_time() {
        assert_eq!(of_event("FailedCreatePodSandBox", "network is not ready", 3), "rollout/sandbox Slow");
    }
}
