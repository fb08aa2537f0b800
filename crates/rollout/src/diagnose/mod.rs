//! Why a pod does not get there: evidence in its status and events, one file and one line per diagnosis. Pure
//! functions; what the evidence of many pods over time amounts to is told by [`crate::diagnose::Judge`].

mod config;
mod crash;
mod image;
mod judge;
mod probe;
mod quota;
mod sandbox;
mod schedule;
mod start;
mod volume;

use linkspan_kube::Object;
use serde_json::Value;

pub use judge::{Judge, Ruling};
pub(crate) use quota::denial;

/// How sure it is that waiting will not help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// It will not, until somebody changes something: confirmed by a second look.
    Certain,
    /// It will hardly: confirmed, and after a grace where one is named.
    Likely,
    /// It may: after a long grace, unless something moves.
    Slow,
    /// It explains why it takes long, and fails nothing.
    Hint,
}

/// One thing wrong with a pod or with the making of pods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The rule, for example `rollout/image-not-found`.
    pub rule: &'static str,
    /// How sure it is.
    pub class: Class,
    /// How long it must last before it counts, in seconds.
    pub grace: i64,
    /// The container; empty where it is about the pod.
    pub container: String,
    /// What is wrong, in the cluster's words. Not to be trusted: see [`crate::redact`].
    pub message: String,
    /// What to do about it.
    pub help: &'static str,
    /// The exit code of the container that ended.
    pub exit_code: Option<i64>,
    /// Whether the log tells more: of the container that runs now, or of the one before.
    pub log: Option<Log>,
}

/// Which log tells more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Log {
    /// That of the container as it is.
    Current,
    /// That of the container before its last restart.
    Previous,
}

impl Evidence {
    pub(crate) fn new(rule: &'static str, class: Class, container: &str, message: impl Into<String>) -> Self {
        let grace = match class {
            Class::Certain | Class::Hint => 0,
            Class::Likely => 20,
            Class::Slow => 60,
        };
        let (container, message) = (container.to_owned(), message.into());
        Self { rule, class, grace, container, message, help: "", exit_code: None, log: None }
    }

    pub(crate) const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    pub(crate) const fn grace(mut self, seconds: i64) -> Self {
        self.grace = seconds;
        self
    }
}

/// A container of a pod, with its status.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Container<'a> {
    status: &'a Value,
    /// Whether the pod must wait for its end.
    init: bool,
}

impl<'a> Container<'a> {
    fn text(&self, pointer: &str) -> &'a str {
        self.status.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    fn name(&self) -> &'a str {
        self.text("/name")
    }

    /// Reason and message of the state it waits in; empty if it does not wait.
    fn waiting(&self) -> (&'a str, &'a str) {
        (self.text("/state/waiting/reason"), self.text("/state/waiting/message"))
    }

    /// How it ended, if it is not running now: this time, or before it was restarted.
    fn ended(&self) -> Option<&'a Value> {
        let of = |pointer: &str| self.status.pointer(pointer).filter(|value| value.is_object());
        of("/state/terminated").or_else(|| of("/lastState/terminated"))
    }

    fn runs(&self) -> bool {
        self.status.pointer("/state/running").is_some_and(Value::is_object)
    }

    fn restarts(&self) -> i64 {
        self.status.get("restartCount").and_then(Value::as_i64).unwrap_or_default()
    }

    fn is_ready(&self) -> bool {
        self.status.get("ready").and_then(Value::as_bool).unwrap_or_default()
    }
}

/// A pod with the events about it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PodScene<'a> {
    pub(crate) pod: &'a Object,
    pub(crate) events: &'a [&'a Object],
    /// The time, in seconds since 1970.
    pub(crate) now: i64,
}

impl<'a> PodScene<'a> {
    fn containers(&self) -> impl Iterator<Item = Container<'a>> + use<'a> {
        let pod = self.pod;
        let of = move |pointer: &str, init| pod.list(pointer).iter().map(move |status| Container { status, init });
        of("/status/initContainerStatuses", true).chain(of("/status/containerStatuses", false))
    }

    /// Events with one of these reasons, the newest last: reason and message.
    fn events(&self, reasons: &'static [&'static str]) -> impl Iterator<Item = &'a Object> + use<'a> {
        let (uid, events) = (self.pod.uid(), self.events);
        events.iter().copied().filter(move |event| {
            event.text("/involvedObject/uid") == Some(uid)
                && reasons.contains(&event.text("/reason").unwrap_or_default())
        })
    }
}

/// How often an event happened.
fn times(event: &Object) -> i64 {
    event.integer("/series/count").or(event.integer("/count")).unwrap_or(1)
}

type Diagnosis = fn(&PodScene<'_>) -> Option<Evidence>;

/// One line per diagnosis; the first that finds something speaks for the pod.
static DIAGNOSES: &[Diagnosis] =
    &[image::find, config::find, start::find, crash::find, schedule::find, volume::find, sandbox::find, probe::find];

/// What is wrong with a pod at a time (seconds since 1970), if anything is.
#[must_use]
pub fn evidence(pod: &Object, events: &[&Object], now: i64) -> Option<Evidence> {
    let scene = PodScene { pod, events, now };
    let is_over = matches!(pod.text("/status/phase"), Some("Succeeded"));
    let ready = pod.condition("Ready").is_some_and(|condition| condition.is_true());
    if is_over {
        return None;
    }
    // Between two ends a container without a probe is ready for a moment.
    if ready {
        return crash::find(&scene);
    }
    DIAGNOSES.iter().find_map(|find| find(&scene))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::health::tests::objects;

    /// What is found in a pod with one container status and, behind `---`, events.
    pub(crate) fn found(yaml: &str) -> Option<Evidence> {
        let objects = objects(yaml);
        let events: Vec<_> = objects.iter().skip(1).collect();
        evidence(&objects[0], &events, 1_000)
    }

    /// `rule class` of a pod with this container status.
    pub(crate) fn of_status(status: &str) -> String {
        told(found(&format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{uid: p}}\nstatus: {{containerStatuses: [{{name: c, {status}}}]}}\n"
        )))
    }

    /// `rule class` of a pod with this event.
    pub(crate) fn of_event(reason: &str, message: &str, count: u8) -> String {
        told(found(&format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{uid: p}}\nstatus: {{phase: Pending}}\n---\napiVersion: v1\nkind: Event\n\
             involvedObject: {{uid: p}}\nreason: {reason}\nmessage: '{message}'\ncount: {count}\n"
        )))
    }

    fn told(evidence: Option<Evidence>) -> String {
        evidence.map_or_else(|| "nothing".to_owned(), |found| format!("{} {:?}", found.rule, found.class))
    }

    #[test]
    fn pods_that_are_well_have_no_evidence() {
        assert_eq!(of_status("state: {running: {}}, ready: true, restartCount: 7"), "nothing");
        assert_eq!(of_status("state: {waiting: {reason: ContainerCreating}}"), "nothing");
        assert_eq!(of_status("state: {waiting: {reason: PodInitializing}}"), "nothing");
    }
}
