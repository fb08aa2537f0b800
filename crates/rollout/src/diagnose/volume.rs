//! Volumes that are not mounted: only events tell.

use super::{Class, Evidence, PodScene, times};

pub(super) fn find(scene: &PodScene<'_>) -> Option<Evidence> {
    // Once a container runs, the mounts are done, and old events are history.
    if scene.containers().any(|container| container.runs() || container.ended().is_some()) {
        return None;
    }
    let event = scene.events(&["FailedMount", "FailedAttachVolume", "FailedMapVolume"]).last()?;
    let message = event.text("/message").unwrap_or_default();
    let names_missing = message.contains("not found") || message.contains("non-existent config key");
    if names_missing && times(event) >= 2 {
        let help = "create what is missing, or mark the volume `optional`";
        return Some(Evidence::new("rollout/config-missing", Class::Certain, "", message).help(help));
    }
    Some(Evidence::new("rollout/volume", Class::Slow, "", message))
}

#[cfg(test)]
mod tests {
    use super::super::tests::of_event;

    #[test]
    fn a_missing_object_is_certain_when_it_was_missed_twice() {
        let missing = "MountVolume.SetUp failed for volume \"v\" : configmap \"c\" not found";
        assert_eq!(of_event("FailedMount", missing, 2), "rollout/config-missing Certain");
        assert_eq!(of_event("FailedMount", missing, 1), "rollout/volume Slow");
        assert_eq!(of_event("FailedAttachVolume", "timed out", 9), "rollout/volume Slow");
        assert_eq!(of_event("Pulled", "not found", 9), "nothing");
    }
}
