//! Jobs: done when they are complete, not when they have begun.

use linkspan_kube::Object;

use super::{Scene, State, Verdict};

pub(super) fn verdict(scene: &Scene<'_>) -> Verdict {
    let object = scene.object;
    if let Some(failed) = object.condition("Failed").filter(linkspan_kube::Condition::is_true) {
        let why =
            [failed.reason, failed.message].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(": ");
        return Verdict::failed(format!("the job failed ({why})"));
    }
    if object.condition("Complete").is_some_and(|condition| condition.is_true()) {
        return Verdict::ready();
    }
    if object.flag("/spec/suspend") {
        return Verdict::new(State::Suspended, "it is suspended (`spec.suspend`)");
    }
    let number = |field: &str| object.integer(&format!("/status/{field}")).unwrap_or_default();
    let wanted = object.integer("/spec/completions").unwrap_or(1);
    let failed = match number("failed") {
        0 => String::new(),
        failed => format!(", {failed} failed"),
    };
    Verdict::progressing(format!(
        "{} of {wanted} pods have succeeded, {} are active{failed}",
        number("succeeded"),
        number("active")
    ))
}

/// The pods that still run: those that failed were counted by the job.
pub(super) fn pods<'a>(scene: &Scene<'a>) -> Vec<&'a Object> {
    let is_over = |pod: &Object| matches!(pod.text("/status/phase"), Some("Succeeded" | "Failed"));
    scene.owned("Pod", scene.object.uid()).filter(|pod| !is_over(pod)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::told;

    fn job(spec: &str, status: &str) -> String {
        told(&format!("apiVersion: batch/v1\nkind: Job\nspec: {{{spec}}}\nstatus: {{{status}}}\n"))
    }

    #[test]
    fn a_job_that_runs_is_not_ready() {
        assert_eq!(
            job("", "active: 1, startTime: \"2026-01-01T00:00:00Z\""),
            "progressing: 0 of 1 pods have succeeded, 1 are active"
        );
        assert_eq!(
            job("completions: 3", "succeeded: 2, failed: 1"),
            "progressing: 2 of 3 pods have succeeded, 0 are active, 1 failed"
        );
        assert_eq!(job("", "conditions: [{type: Complete, status: \"True\"}]"), "ready");
        assert_eq!(job("suspend: true", ""), "suspended: it is suspended (`spec.suspend`)");
    }

    #[test]
    fn a_failed_job_says_why() {
        let status = "conditions: [{type: Failed, status: \"True\", reason: BackoffLimitExceeded, message: Job has reached the specified backoff limit}]";
        assert_eq!(
            job("", status),
            "failed: the job failed (BackoffLimitExceeded: Job has reached the specified backoff limit)"
        );
    }
}
