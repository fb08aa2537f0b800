//! ReplicaSets and ReplicationControllers that stand alone.

use linkspan_kube::Object;

use super::{Scene, Verdict, count};

pub(super) fn verdict(scene: &Scene<'_>) -> Verdict {
    let object = scene.object;
    if scene.is_behind() {
        return Verdict::progressing("its controller has not seen the change yet");
    }
    let number = |field: &str| object.integer(&format!("/status/{field}")).unwrap_or_default();
    let wanted = object.integer("/spec/replicas").unwrap_or(1);
    if number("availableReplicas") < wanted {
        return Verdict::progressing(count(number("availableReplicas"), wanted, "available"));
    }
    if number("replicas") > wanted {
        return Verdict::progressing(format!("{} pods too many are still there", number("replicas") - wanted));
    }
    Verdict::ready()
}

pub(super) fn pods<'a>(scene: &Scene<'a>) -> Vec<&'a Object> {
    if scene.is_behind() { Vec::new() } else { scene.owned("Pod", scene.object.uid()).collect() }
}

#[cfg(test)]
mod tests {
    use super::super::tests::told;

    #[test]
    fn pods_are_counted() {
        let set = |status: &str| {
            told(&format!(
                "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {{generation: 1}}\nspec: {{replicas: 2}}\nstatus: {{{status}}}\n"
            ))
        };
        assert_eq!(set(""), "progressing: its controller has not seen the change yet");
        assert_eq!(
            set("observedGeneration: 1, replicas: 2, availableReplicas: 1"),
            "progressing: 1 of 2 pods are available"
        );
        assert_eq!(
            set("observedGeneration: 1, replicas: 3, availableReplicas: 3"),
            "progressing: 1 pods too many are still there"
        );
        assert_eq!(set("observedGeneration: 1, replicas: 2, availableReplicas: 2"), "ready");
    }
}
