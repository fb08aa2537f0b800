//! Containers that the runtime cannot start.

use serde_json::Value;

use super::{Class, Container, Evidence, PodScene};

/// Reasons of a container that was never started.
const REASONS: [&str; 4] = ["RunContainerError", "CreateContainerError", "StartError", "ContainerCannotRun"];
/// What the runtime says of a program that is not there or cannot be executed.
const NO_PROGRAM: [&str; 6] = [
    "executable file not found",
    "no such file or directory",
    "exec format error",
    "permission denied",
    "is a directory",
    "no command specified",
];
/// Words around those that mean the program, not a mount or a device.
const OF_PROGRAM: [&str; 3] = ["exec", "starting container process", "no command specified"];

pub(super) fn find(scene: &PodScene<'_>) -> Option<Evidence> {
    scene.containers().find_map(|container| {
        let (reason, message) = reason(&container)?;
        let any = |signs: &[&str]| signs.iter().any(|sign| message.contains(sign));
        let (rule, class, help) = if any(&NO_PROGRAM) && any(&OF_PROGRAM) && !message.contains("mount") {
            (
                "rollout/exec-not-found",
                Class::Certain,
                "correct `command` in the manifest, or the entrypoint and platform of the image",
            )
        } else {
            ("rollout/start-failed", Class::Likely, "")
        };
        let message = if message.is_empty() { reason } else { message };
        let exit_code = container.ended().and_then(|ended| ended.get("exitCode")).and_then(Value::as_i64);
        Some(Evidence { exit_code, ..Evidence::new(rule, class, container.name(), message).help(help) })
    })
}

fn reason<'a>(container: &Container<'a>) -> Option<(&'a str, &'a str)> {
    let (reason, message) = container.waiting();
    if REASONS.contains(&reason) {
        return Some((reason, message));
    }
    if container.runs() {
        return None;
    }
    let ended = container.ended()?;
    let text = |field: &str| ended.get(field).and_then(Value::as_str).unwrap_or_default();
    REASONS.contains(&text("reason")).then(|| (text("reason"), text("message")))
}

#[cfg(test)]
mod tests {
    use super::super::tests::of_status;

    const MISSING: &str = "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: \
                           unable to start container process: exec: /nope: stat /nope: no such file or directory";

    #[test]
    fn a_program_that_is_not_there_is_certain() {
        let cases = [
            format!("state: {{waiting: {{reason: RunContainerError, message: '{MISSING}'}}}}"),
            format!("state: {{terminated: {{reason: StartError, exitCode: 128, message: '{MISSING}'}}}}"),
            format!(
                "state: {{waiting: {{reason: CrashLoopBackOff}}}}, lastState: {{terminated: {{reason: StartError, exitCode: 128, message: '{MISSING}'}}}}"
            ),
            "state: {terminated: {reason: ContainerCannotRun, exitCode: 127, message: 'exec: \"a\": executable file not found in $PATH'}}".to_owned(),
        ];
        for case in cases {
            assert_eq!(of_status(&case), "rollout/exec-not-found Certain", "{case}");
        }
    }

    #[test]
    fn other_trouble_may_pass() {
        let mount = "state: {waiting: {reason: RunContainerError, message: 'error mounting /a to rootfs: no such file or directory: exec'}}";
        assert_eq!(of_status(mount), "rollout/start-failed Likely");
        assert_eq!(
            of_status("state: {waiting: {reason: CreateContainerError, message: 'context deadline exceeded'}}"),
            "rollout/start-failed Likely"
        );
    }
}
