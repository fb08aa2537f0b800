//! Containers that end again and again. The kubelet rarely says `CrashLoopBackOff` any more: restarts and how the
//! container ended are counted instead.

use serde_json::Value;

use linkspan_kube::time::unix_seconds;

use super::{Class, Container, Evidence, Log, PodScene};
use crate::health::has_readiness_probe;

/// A container that ended this often after the first time, and does not run, is in a loop.
const RESTARTS: i64 = 2;
/// Once more, and it is in a loop even while it runs, if it runs for less than [`YOUNG`].
const RESTARTS_OF_RUNNING: i64 = 3;
/// A container that has run for so long, in seconds, may have recovered.
const YOUNG: i64 = 10;

pub(super) fn find(scene: &PodScene<'_>) -> Option<Evidence> {
    // A job counts its own failures, and a pod that is not restarted ends for good.
    let restarts = scene.pod.text("/spec/restartPolicy").unwrap_or("Always") != "Never";
    scene.containers().filter(|_| restarts).find_map(|container| of_container(scene, &container))
}

fn of_container(scene: &PodScene<'_>, container: &Container<'_>) -> Option<Evidence> {
    let is_ready = container.is_ready() && has_readiness_probe(scene.pod, container.name());
    if is_ready || is_done(container) {
        return None;
    }
    let backing_off = container.waiting().0 == "CrashLoopBackOff";
    let least = if is_young(scene, container) { RESTARTS_OF_RUNNING } else { RESTARTS };
    let looping = container.restarts() >= least && (!container.runs() || is_young(scene, container));
    if !looping && !backing_off {
        return None;
    }
    let (exit_code, message) = how_it_ended(container);
    // The one before is whole, whatever has been started since this was seen.
    let grace = if looping { 0 } else { 20 };
    let evidence = Evidence::new("rollout/crash-loop", Class::Likely, container.name(), message).grace(grace);
    Some(Evidence { exit_code, log: Some(Log::Previous), ..evidence.help("see the last lines of its log") })
}

/// Whether it runs, and was restarted only a moment ago.
fn is_young(scene: &PodScene<'_>, container: &Container<'_>) -> bool {
    let started = unix_seconds(container.text("/state/running/startedAt"));
    container.ended().is_some() && started.is_some_and(|started| scene.now - started < YOUNG)
}

/// An init container that ended well is through.
fn is_done(container: &Container<'_>) -> bool {
    let code = container.status.pointer("/state/terminated/exitCode").and_then(Value::as_i64);
    container.init && code == Some(0)
}

fn how_it_ended(container: &Container<'_>) -> (Option<i64>, String) {
    let ended = container.ended();
    let number = |field: &str| ended.and_then(|ended| ended.get(field)).and_then(Value::as_i64);
    let text = |field: &str| ended.and_then(|ended| ended.get(field)).and_then(Value::as_str).unwrap_or_default();
    let restarts = container.restarts();
    let how = match (text("reason"), number("exitCode"), number("signal")) {
        ("OOMKilled", _, _) => "was killed because it used more memory than its limit".to_owned(),
        (_, Some(0), _) => "ended with exit code 0, but should run on".to_owned(),
        (_, Some(code), Some(signal)) => format!("ended with exit code {code} (signal {signal})"),
        (_, Some(code), None) => format!("ended with exit code {code}"),
        _ => "ended".to_owned(),
    };
    let mut message = format!("the container {how}, and was restarted {restarts} times");
    if !text("message").is_empty() {
        message = format!("{message}: {}", text("message"));
    }
    (number("exitCode"), message)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{found, of_status};

    #[test]
    fn restarts_are_counted_with_and_without_the_word() {
        let ended = "state: {terminated: {reason: Error, exitCode: 3}}";
        assert_eq!(of_status(&format!("{ended}, restartCount: 1")), "nothing");
        assert_eq!(of_status(&format!("{ended}, restartCount: 2")), "rollout/crash-loop Likely");
        assert_eq!(
            of_status("state: {waiting: {reason: CrashLoopBackOff}}, restartCount: 1"),
            "rollout/crash-loop Likely"
        );
        assert_eq!(
            of_status("state: {running: {}}, lastState: {terminated: {exitCode: 1}}, restartCount: 5"),
            "nothing"
        );
    }

    #[test]
    fn the_exit_code_and_its_meaning_are_told() {
        let message = |ended: &str| {
            let evidence = found(&format!(
                "apiVersion: v1\nkind: Pod\nmetadata: {{uid: p}}\nstatus: {{containerStatuses: [{{name: c, restartCount: 3, state: {{waiting: {{reason: CrashLoopBackOff}}}}, lastState: {{terminated: {{{ended}}}}}}}]}}\n"
            ));
            evidence.unwrap().message
        };
        assert_eq!(message("exitCode: 3"), "the container ended with exit code 3, and was restarted 3 times");
        assert_eq!(
            message("exitCode: 0"),
            "the container ended with exit code 0, but should run on, and was restarted 3 times"
        );
        assert_eq!(
            message("exitCode: 137, reason: OOMKilled"),
            "the container was killed because it used more memory than its limit, and was restarted 3 times"
        );
    }

    #[test]
    fn a_finished_init_container_and_a_pod_without_restarts_do_not_loop() {
        let pod = |spec: &str, status: &str| {
            found(&format!("apiVersion: v1\nkind: Pod\nmetadata: {{uid: p}}\nspec: {{{spec}}}\nstatus: {{{status}}}\n"))
        };
        assert_eq!(
            pod("", "initContainerStatuses: [{name: i, restartCount: 4, state: {terminated: {exitCode: 0}}}]"),
            None
        );
        assert_eq!(
            pod(
                "restartPolicy: Never",
                "containerStatuses: [{name: c, restartCount: 4, state: {terminated: {exitCode: 1}}}]"
            ),
            None
        );
    }
}
