//! Pods that the cluster does not even let be made: quotas, policies, missing service accounts.

use linkspan_kube::Object;

use super::{Class, Evidence};
use crate::health::Scene;

/// Why a workload gets no pods: its `ReplicaFailure` condition, or events about it or what it owns.
#[must_use]
pub(crate) fn denial(scene: &Scene<'_>) -> Option<Evidence> {
    let condition = scene.object.condition("ReplicaFailure").filter(linkspan_kube::Condition::is_true);
    let message = condition.map(|condition| condition.message).or_else(|| from_events(scene))?;
    // A rolling update may free what is missing, and a service account may be made a moment later.
    let may_pass = scene.object.integer("/status/replicas").unwrap_or_default() > 0 || message.contains("not found");
    let class = if may_pass { Class::Likely } else { Class::Certain };
    let help = "raise the quota or lower the requests, or correct what the policy names";
    Some(Evidence::new("rollout/pods-denied", class, "", message).help(help))
}

/// Workloads without such a condition (StatefulSet, DaemonSet, Job) tell it by events.
fn from_events<'a>(scene: &Scene<'a>) -> Option<&'a str> {
    let owners: Vec<&str> = [scene.object]
        .into_iter()
        .chain(scene.children.iter().copied().filter(|child| child.kind() == "ReplicaSet"))
        .map(Object::uid)
        .collect();
    let about = |event: &&&Object| event.text("/involvedObject/uid").is_some_and(|uid| owners.contains(&uid));
    // Pods that were made since then are proof that it passed.
    if scene.children.iter().any(|child| child.kind() == "Pod") {
        return None;
    }
    let mut failed = scene.events.iter().filter(about).filter(|event| event.text("/reason") == Some("FailedCreate"));
    failed.next_back().and_then(|event| event.text("/message"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::tests::objects;

    fn found(yaml: &str) -> Option<(Class, String)> {
        let objects = objects(yaml);
        let (events, children): (Vec<_>, Vec<_>) = objects.iter().skip(1).partition(|object| object.kind() == "Event");
        let scene = Scene { object: &objects[0], children: &children, events: &events, has_status: true, now: 0 };
        denial(&scene).map(|evidence| (evidence.class, evidence.message))
    }

    #[test]
    fn conditions_and_events_tell_of_quotas() {
        let deployment = |replicas: u8| {
            format!(
                "apiVersion: apps/v1\nkind: Deployment\nstatus: {{replicas: {replicas}, conditions: [{{type: ReplicaFailure, status: \"True\", message: exceeded quota}}]}}\n"
            )
        };
        assert_eq!(found(&deployment(0)), Some((Class::Certain, "exceeded quota".to_owned())));
        assert_eq!(found(&deployment(2)), Some((Class::Likely, "exceeded quota".to_owned())));
        let set = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {uid: s}\n---\napiVersion: v1\nkind: Event\ninvolvedObject: {uid: s}\nreason: FailedCreate\nmessage: denied by policy\n";
        assert_eq!(found(set), Some((Class::Certain, "denied by policy".to_owned())));
        let pod = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\n";
        assert_eq!(found(&format!("{set}{pod}")), None);
    }
}
