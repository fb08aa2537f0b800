//! Deployments, in the order of `kubectl rollout status` (`polymorphichelpers/rollout_status.go`).

use linkspan_kube::Object;

use super::{Scene, State, Verdict, count};

const REVISION: &str = "deployment.kubernetes.io/revision";

pub(super) fn verdict(scene: &Scene<'_>) -> Verdict {
    let object = scene.object;
    if scene.is_behind() {
        return Verdict::progressing("its controller has not seen the change yet");
    }
    if let Some(condition) = object.condition("Progressing")
        && condition.reason == "ProgressDeadlineExceeded"
    {
        let limit = object.integer("/spec/progressDeadlineSeconds").unwrap_or(600);
        return Verdict::failed(format!("no progress for {limit} s (its `progressDeadlineSeconds`)"));
    }
    if object.flag("/spec/paused") {
        return Verdict::new(State::Suspended, "it is paused (`spec.paused`)");
    }
    let number = |field: &str| object.integer(&format!("/status/{field}")).unwrap_or_default();
    let wanted = object.integer("/spec/replicas").unwrap_or(1);
    let (updated, available) = (number("updatedReplicas"), number("availableReplicas"));
    if updated < wanted {
        return Verdict::progressing(count(updated, wanted, "of the new revision"));
    }
    if number("replicas") > updated {
        return Verdict::progressing(format!("{} old pods are still there", number("replicas") - updated));
    }
    if available < updated {
        return Verdict::progressing(count(available, updated, "available"));
    }
    Verdict::ready()
}

/// The pods of the replica set with the deployment's own revision number: the template hash alone would also find
/// pods that another owner left behind.
pub(super) fn pods<'a>(scene: &Scene<'a>) -> Vec<&'a Object> {
    newest(scene).map(|set| scene.owned("Pod", set.uid()).collect()).unwrap_or_default()
}

/// The replica set of the newest revision.
pub(super) fn newest<'a>(scene: &Scene<'a>) -> Option<&'a Object> {
    if scene.is_behind() {
        return None;
    }
    let revision = scene.object.annotation(REVISION)?;
    scene.owned("ReplicaSet", scene.object.uid()).find(|set| set.annotation(REVISION) == Some(revision))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{objects, told};
    use super::*;

    fn deployment(generation: u8, spec: &str, status: &str) -> String {
        told(&format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{generation: {generation}}}\nspec: {{{spec}}}\nstatus: {{{status}}}\n"
        ))
    }

    #[test]
    fn the_status_is_read_in_kubectls_order() {
        let done = "observedGeneration: 2, replicas: 3, updatedReplicas: 3, availableReplicas: 3";
        assert_eq!(deployment(2, "replicas: 3", done), "ready");
        assert_eq!(deployment(3, "replicas: 3", done), "progressing: its controller has not seen the change yet");
        assert_eq!(deployment(1, "replicas: 3", ""), "progressing: its controller has not seen the change yet");
        let cases = [
            (
                "replicas: 3, updatedReplicas: 1, availableReplicas: 3",
                "progressing: 1 of 3 pods are of the new revision",
            ),
            ("replicas: 4, updatedReplicas: 3, availableReplicas: 4", "progressing: 1 old pods are still there"),
            ("replicas: 3, updatedReplicas: 3, availableReplicas: 2", "progressing: 2 of 3 pods are available"),
        ];
        for (status, expected) in cases {
            assert_eq!(deployment(2, "replicas: 3", &format!("observedGeneration: 2, {status}")), expected);
        }
    }

    #[test]
    fn an_old_rollouts_success_counts_for_nothing() {
        let status = "observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1, \
                      conditions: [{type: Progressing, status: \"True\", reason: NewReplicaSetAvailable}]";
        assert_eq!(deployment(2, "", status), "progressing: its controller has not seen the change yet");
    }

    #[test]
    fn the_deadline_is_a_failure_and_a_pause_is_not() {
        let late = "observedGeneration: 1, conditions: [{type: Progressing, status: \"False\", reason: ProgressDeadlineExceeded}]";
        assert_eq!(
            deployment(1, "progressDeadlineSeconds: 7", late),
            "failed: no progress for 7 s (its `progressDeadlineSeconds`)"
        );
        assert_eq!(deployment(1, "paused: true", "observedGeneration: 1"), "suspended: it is paused (`spec.paused`)");
        assert_eq!(deployment(1, "replicas: 0", "observedGeneration: 1"), "ready");
    }

    #[test]
    fn only_pods_of_the_newest_replica_set_count() {
        let set = |name: &str, revision: u8, owner: &str| {
            format!(
                "---\napiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {{name: {name}, uid: {name}, annotations: {{{REVISION}: \"{revision}\"}}, ownerReferences: [{{uid: {owner}, controller: true}}]}}\n"
            )
        };
        let pod = |name: &str, owner: &str| {
            format!(
                "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, ownerReferences: [{{uid: {owner}, controller: true}}]}}\n"
            )
        };
        let text = format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{uid: d, generation: 2, annotations: {{{REVISION}: \"2\"}}}}\nstatus: {{observedGeneration: 2}}\n{}{}{}{}{}{}",
            set("old", 1, "d"),
            set("new", 2, "d"),
            set("foreign", 2, "x"),
            pod("a", "old"),
            pod("b", "new"),
            pod("c", "foreign")
        );
        let objects = objects(&text);
        let children: Vec<_> = objects.iter().skip(1).collect();
        let scene = Scene { object: &objects[0], children: &children, events: &[], has_status: true, now: 0 };
        let names: Vec<_> = pods(&scene).iter().map(|pod| pod.name().to_owned()).collect();
        assert_eq!(names, ["b"]);
    }
}
