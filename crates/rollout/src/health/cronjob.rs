//! CronJobs: ready when they are there; what they start is not the rollout's.

use super::{Scene, State, Verdict};

pub(super) fn verdict(scene: &Scene<'_>) -> Verdict {
    if scene.object.flag("/spec/suspend") {
        return Verdict::new(State::Suspended, "it is suspended (`spec.suspend`)");
    }
    Verdict::ready()
}

#[cfg(test)]
mod tests {
    use super::super::tests::told;

    #[test]
    fn a_cron_job_is_ready_when_it_is_there() {
        assert_eq!(told("apiVersion: batch/v1\nkind: CronJob\nspec: {}\n"), "ready");
        assert_eq!(
            told("apiVersion: batch/v1\nkind: CronJob\nspec: {suspend: true}\n"),
            "suspended: it is suspended (`spec.suspend`)"
        );
    }
}
