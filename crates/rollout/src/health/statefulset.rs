//! StatefulSets, after `kubectl rollout status`, and with availability where `minReadySeconds` asks for it.

use linkspan_kube::Object;

use super::{Scene, Verdict, count};

pub(super) fn verdict(scene: &Scene<'_>) -> Verdict {
    let object = scene.object;
    if scene.is_behind() {
        return Verdict::progressing("its controller has not seen the change yet");
    }
    let number = |field: &str| object.integer(&format!("/status/{field}")).unwrap_or_default();
    let wanted = object.integer("/spec/replicas").unwrap_or(1);
    if number("readyReplicas") < wanted {
        return Verdict::progressing(count(number("readyReplicas"), wanted, "ready"));
    }
    if object.integer("/spec/minReadySeconds").unwrap_or_default() > 0 && number("availableReplicas") < wanted {
        return Verdict::progressing(count(number("availableReplicas"), wanted, "available"));
    }
    if object.text("/spec/updateStrategy/type") == Some("OnDelete") {
        return Verdict::ready();
    }
    let partition = object.integer("/spec/updateStrategy/rollingUpdate/partition").unwrap_or_default();
    if partition > 0 {
        let wanted = (wanted - partition).max(0);
        let updated = number("updatedReplicas");
        return if updated < wanted {
            Verdict::progressing(count(updated, wanted, "of the new revision"))
        } else {
            Verdict::ready()
        };
    }
    if object.text("/status/updateRevision") != object.text("/status/currentRevision") {
        return Verdict::progressing(count(number("updatedReplicas"), wanted, "of the new revision"));
    }
    if number("replicas") > wanted {
        return Verdict::progressing(format!("{} pods too many are still there", number("replicas") - wanted));
    }
    Verdict::ready()
}

/// The pods with the label of the revision that is being rolled out.
pub(super) fn pods<'a>(scene: &Scene<'a>) -> Vec<&'a Object> {
    if scene.is_behind() {
        return Vec::new();
    }
    let revision = scene.object.text("/status/updateRevision");
    let pods = scene.owned("Pod", scene.object.uid());
    pods.filter(|pod| revision.is_some() && pod.label("controller-revision-hash") == revision).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::told;

    fn set(spec: &str, status: &str) -> String {
        told(&format!(
            "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {{generation: 2}}\nspec: {{{spec}}}\nstatus: {{observedGeneration: 2, {status}}}\n"
        ))
    }

    #[test]
    fn the_status_is_read_in_kubectls_order() {
        let cases = [
            ("replicas: 2", "replicas: 2, readyReplicas: 2, currentRevision: b, updateRevision: b", "ready"),
            (
                "replicas: 2",
                "readyReplicas: 1, currentRevision: b, updateRevision: b",
                "progressing: 1 of 2 pods are ready",
            ),
            (
                "replicas: 2",
                "readyReplicas: 2, updatedReplicas: 1, currentRevision: a, updateRevision: b",
                "progressing: 1 of 2 pods are of the new revision",
            ),
            (
                "replicas: 3, updateStrategy: {rollingUpdate: {partition: 2}}",
                "readyReplicas: 3, updatedReplicas: 1, currentRevision: a, updateRevision: b",
                "ready",
            ),
            (
                "replicas: 3, updateStrategy: {rollingUpdate: {partition: 1}}",
                "readyReplicas: 3, updatedReplicas: 1, currentRevision: a, updateRevision: b",
                "progressing: 1 of 2 pods are of the new revision",
            ),
            (
                "replicas: 1, updateStrategy: {type: OnDelete}",
                "readyReplicas: 1, currentRevision: a, updateRevision: b",
                "ready",
            ),
            (
                "replicas: 1, minReadySeconds: 5",
                "readyReplicas: 1, availableReplicas: 0",
                "progressing: 0 of 1 pods are available",
            ),
        ];
        for (spec, status, expected) in cases {
            assert_eq!(set(spec, status), expected, "{spec} {status}");
        }
    }

    #[test]
    fn a_status_of_the_past_counts_for_nothing() {
        let text = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {generation: 2}\nstatus: {observedGeneration: 1, readyReplicas: 1}\n";
        assert_eq!(told(text), "progressing: its controller has not seen the change yet");
    }
}
