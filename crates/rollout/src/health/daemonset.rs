//! DaemonSets, after `kubectl rollout status`.

use linkspan_kube::Object;

use super::{Scene, Verdict};

pub(super) fn verdict(scene: &Scene<'_>) -> Verdict {
    let object = scene.object;
    if scene.is_behind() {
        return Verdict::progressing("its controller has not seen the change yet");
    }
    let number = |field: &str| object.integer(&format!("/status/{field}")).unwrap_or_default();
    let wanted = number("desiredNumberScheduled");
    let count = |have: i64, what: &str| Verdict::progressing(format!("{have} of {wanted} nodes have {what}"));
    let replaces = object.text("/spec/updateStrategy/type") != Some("OnDelete");
    if replaces && number("updatedNumberScheduled") < wanted {
        return count(number("updatedNumberScheduled"), "a pod of the new revision");
    }
    if number("numberAvailable") < wanted {
        return count(number("numberAvailable"), "an available pod");
    }
    Verdict::ready()
}

/// The pods of the newest revision: the ControllerRevision with the highest number.
pub(super) fn pods<'a>(scene: &Scene<'a>) -> Vec<&'a Object> {
    if scene.is_behind() {
        return Vec::new();
    }
    let uid = scene.object.uid();
    let newest = scene.owned("ControllerRevision", uid).max_by_key(|revision| revision.integer("/revision"));
    let hash = newest.and_then(|revision| revision.label("controller-revision-hash"));
    scene.owned("Pod", uid).filter(|pod| hash.is_some() && pod.label("controller-revision-hash") == hash).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::told;

    fn set(spec: &str, status: &str) -> String {
        told(&format!(
            "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {{generation: 1}}\nspec: {{{spec}}}\nstatus: {{observedGeneration: 1, desiredNumberScheduled: 2, {status}}}\n"
        ))
    }

    #[test]
    fn nodes_are_counted() {
        assert_eq!(set("", "updatedNumberScheduled: 2, numberAvailable: 2"), "ready");
        assert_eq!(
            set("", "updatedNumberScheduled: 1, numberAvailable: 2"),
            "progressing: 1 of 2 nodes have a pod of the new revision"
        );
        assert_eq!(set("", "updatedNumberScheduled: 2"), "progressing: 0 of 2 nodes have an available pod");
        assert_eq!(set("updateStrategy: {type: OnDelete}", "updatedNumberScheduled: 0, numberAvailable: 2"), "ready");
    }

    #[test]
    fn a_set_without_nodes_is_ready_once_it_was_seen() {
        assert_eq!(
            told("apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {generation: 1}\nstatus: {observedGeneration: 1}\n"),
            "ready"
        );
        assert_eq!(
            told("apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {generation: 1}\n"),
            "progressing: its controller has not seen the change yet"
        );
    }
}
