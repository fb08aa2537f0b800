//! Evidence over time to a ruling: fail now, or wait on.

use std::collections::BTreeMap;

use linkspan_kube::Object;

use super::{Class, Evidence, denial, evidence};
use crate::health::{Scene, newest_pods};

/// One look is no proof: the same must be seen again, or last this long, in milliseconds.
const CONFIRMATION: i64 = 2_000;

/// What the evidence about a workload amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// Whether it will not get there.
    pub failed: bool,
    /// What was found, each once, the surest first: pod (empty: the workload itself) and evidence.
    pub found: Vec<(String, Evidence)>,
    /// When to look again though nothing changes, in milliseconds from now.
    pub look_again: Option<i64>,
}

/// How long all of a workload's newest pods show the same.
#[derive(Debug, Clone, Default)]
struct Sighting {
    since: i64,
    /// Per pod, the versions in which it was seen.
    seen: BTreeMap<String, Vec<String>>,
}

/// Remembers what was seen of one workload. All times are given by the caller: no clock inside.
#[derive(Debug, Clone, Default)]
pub struct Judge {
    sightings: BTreeMap<&'static str, Sighting>,
    /// By pod and container, what the registry said last.
    pulls: BTreeMap<(String, String), Evidence>,
}

impl Judge {
    /// Rules on what is seen `now` (milliseconds from any fixed point).
    ///
    /// It fails when *all* pods of the newest revision show the same, or the workload itself does, and that is
    /// confirmed: certain evidence by a second look or two seconds, other evidence by its grace as well. Whatever
    /// is no longer shown by all is forgotten, so that a pull that recovers never counts.
    pub fn rule(&mut self, scene: &Scene<'_>, now: i64) -> Ruling {
        let pods = newest_pods(scene);
        let mut found: Vec<(String, Evidence)> = Vec::new();
        for pod in &pods {
            if let Some(evidence) = evidence(pod, scene.events, scene.now) {
                found.push((pod.name().to_owned(), self.explained(pod, evidence)));
            }
        }
        let shown = shared_by_all(&pods, &found);
        let of_workload = denial(scene);
        let mut standing = Vec::new();
        if let Some(evidence) = shown {
            self.see(evidence.rule, &pods, now);
            standing.push(evidence.clone());
        }
        if let Some(evidence) = of_workload {
            self.see(evidence.rule, &[scene.object], now);
            found.push((String::new(), evidence.clone()));
            standing.push(evidence);
        }
        self.sightings.retain(|rule, _| standing.iter().any(|evidence| evidence.rule == *rule));
        let waits: Vec<Option<i64>> = standing.iter().map(|evidence| self.wait(evidence, now)).collect();
        found.sort_by_key(|(_, evidence)| evidence.class);
        Ruling {
            failed: waits.contains(&Some(0)),
            found,
            look_again: waits.into_iter().flatten().filter(|wait| *wait > 0).min(),
        }
    }

    /// A back-off that says nothing means what the try before it said.
    fn explained(&mut self, pod: &Object, evidence: Evidence) -> Evidence {
        let key = (pod.uid().to_owned(), evidence.container.clone());
        if super::image::is_silent(&evidence) {
            return self.pulls.get(&key).cloned().unwrap_or(evidence);
        }
        if evidence.rule.starts_with("rollout/image") {
            self.pulls.insert(key, evidence.clone());
        }
        evidence
    }

    fn see(&mut self, rule: &'static str, objects: &[&Object], now: i64) {
        let sighting = self.sightings.entry(rule).or_insert_with(|| Sighting { since: now, seen: BTreeMap::new() });
        sighting.seen.retain(|uid, _| objects.iter().any(|object| object.uid() == uid));
        for object in objects {
            let versions = sighting.seen.entry(object.uid().to_owned()).or_default();
            if versions.last().map(String::as_str) != Some(object.resource_version()) && versions.len() < 2 {
                versions.push(object.resource_version().to_owned());
            }
        }
    }

    /// How long it still has to last, in milliseconds; 0 when it counts, `None` when it never will.
    fn wait(&self, evidence: &Evidence, now: i64) -> Option<i64> {
        if evidence.class == Class::Hint {
            return None;
        }
        let sighting = self.sightings.get(evidence.rule)?;
        let lasted = now - sighting.since;
        let seen_twice = sighting.seen.values().all(|versions| versions.len() >= 2);
        let confirmation = if seen_twice { 0 } else { (CONFIRMATION - lasted).max(0) };
        let grace = (evidence.grace * 1_000 - lasted).max(0);
        Some(confirmation.max(grace))
    }
}

/// The evidence that every pod shows; of several kinds of evidence the first pod's counts.
fn shared_by_all<'a>(pods: &[&Object], found: &'a [(String, Evidence)]) -> Option<&'a Evidence> {
    let (_, first) = found.first()?;
    let same = found.iter().filter(|(_, evidence)| evidence.rule == first.rule).count();
    (same == pods.len()).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::tests::objects;

    const NOT_FOUND: &str = "state: {waiting: {reason: ErrImagePull, message: not found}}";
    const UNCLEAR: &str = "state: {waiting: {reason: ErrImagePull, message: strange}}";
    const FINE: &str = "ready: true, state: {running: {}}";

    /// Rules on a StatefulSet with these pods, as (name, version, container status).
    fn rule(judge: &mut Judge, now: i64, pods: &[(&str, u8, &str)]) -> Ruling {
        let mut yaml =
            "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {uid: s}\nstatus: {updateRevision: r}\n".to_owned();
        for (name, version, status) in pods {
            yaml.push_str(&format!(
                "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, uid: {name}, resourceVersion: \"{version}\", labels: {{controller-revision-hash: r}}, \
                 ownerReferences: [{{uid: s, controller: true}}]}}\nstatus: {{containerStatuses: [{{name: c, {status}}}]}}\n"
            ));
        }
        let objects = objects(&yaml);
        let children: Vec<_> = objects.iter().skip(1).collect();
        judge.rule(&Scene { object: &objects[0], children: &children, events: &[], has_status: true, now: 0 }, now)
    }

    #[test]
    fn certain_evidence_counts_when_seen_twice_or_for_two_seconds() {
        let mut judge = Judge::default();
        let first = rule(&mut judge, 0, &[("a", 1, NOT_FOUND)]);
        assert_eq!((first.failed, first.look_again), (false, Some(2_000)));
        assert!(!rule(&mut judge, 1_000, &[("a", 1, NOT_FOUND)]).failed, "the same version is the same look");
        assert!(rule(&mut judge, 1_000, &[("a", 2, NOT_FOUND)]).failed);
        let mut judge = Judge::default();
        rule(&mut judge, 0, &[("a", 1, NOT_FOUND)]);
        assert!(rule(&mut judge, 2_000, &[("a", 1, NOT_FOUND)]).failed);
    }

    #[test]
    fn all_pods_must_show_it() {
        let mut judge = Judge::default();
        for now in [0, 5_000, 90_000] {
            assert!(!rule(&mut judge, now, &[("a", 1, NOT_FOUND), ("b", 1, FINE)]).failed);
        }
        rule(&mut judge, 90_000, &[("a", 1, NOT_FOUND), ("b", 1, NOT_FOUND)]);
        assert!(rule(&mut judge, 90_001, &[("a", 2, NOT_FOUND), ("b", 2, NOT_FOUND)]).failed);
    }

    #[test]
    fn a_pull_that_recovers_is_no_failure() {
        let mut judge = Judge::default();
        for (now, version, status) in [(0, 1, UNCLEAR), (1_000, 2, UNCLEAR), (12_000, 3, UNCLEAR), (30_000, 4, FINE)] {
            assert!(!rule(&mut judge, now, &[("a", version, status)]).failed, "{now}");
        }
        assert!(!rule(&mut judge, 31_000, &[("a", 5, UNCLEAR)]).failed, "what was before is forgotten");
        assert!(rule(&mut judge, 80_000, &[("a", 6, UNCLEAR)]).failed);
    }

    #[test]
    fn without_pods_there_is_nothing_to_rule_on() {
        assert_eq!(rule(&mut Judge::default(), 0, &[]), Ruling { failed: false, found: vec![], look_again: None });
    }
}
