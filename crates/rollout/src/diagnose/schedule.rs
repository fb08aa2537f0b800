//! Pods that no node takes. An autoscaler may bring one.

use super::{Class, Evidence, PodScene};

pub(super) fn find(scene: &PodScene<'_>) -> Option<Evidence> {
    let scheduled = scene
        .pod
        .condition("PodScheduled")
        .filter(|condition| condition.is_false() && condition.reason == "Unschedulable")?;
    let scaling_up = scene.events(&["TriggeredScaleUp"]).next().is_some();
    let class = if scaling_up { Class::Hint } else { Class::Slow };
    let help = if scaling_up {
        "an autoscaler is bringing a node"
    } else {
        "check the pod's resource requests, node selectors and tolerations"
    };
    Some(Evidence::new("rollout/unschedulable", class, "", scheduled.message).help(help))
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;

    #[test]
    fn an_autoscaler_buys_time() {
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {uid: p}\nstatus: {conditions: [{type: PodScheduled, status: \"False\", reason: Unschedulable, message: 0/1 nodes}]}\n";
        assert_eq!(found(pod).unwrap().class, super::Class::Slow);
        let event = "---\napiVersion: v1\nkind: Event\ninvolvedObject: {uid: p}\nreason: TriggeredScaleUp\n";
        assert_eq!(found(&format!("{pod}{event}")).unwrap().class, super::Class::Hint);
    }
}
