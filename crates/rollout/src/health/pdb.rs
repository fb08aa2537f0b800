//! Disruption budgets: seen, and with enough healthy pods.

use super::{Scene, Verdict, count};

pub(super) fn verdict(scene: &Scene<'_>) -> Verdict {
    if scene.is_behind() {
        return Verdict::progressing("its controller has not seen the change yet");
    }
    let number = |field: &str| scene.object.integer(&format!("/status/{field}")).unwrap_or_default();
    let (healthy, wanted) = (number("currentHealthy"), number("desiredHealthy"));
    if healthy < wanted { Verdict::progressing(count(healthy, wanted, "healthy")) } else { Verdict::ready() }
}

#[cfg(test)]
mod tests {
    use super::super::tests::told;

    #[test]
    fn a_budget_wants_its_pods_healthy() {
        let budget = |status: &str| {
            told(&format!(
                "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {{generation: 1}}\nstatus: {{{status}}}\n"
            ))
        };
        assert_eq!(budget(""), "progressing: its controller has not seen the change yet");
        assert_eq!(
            budget("observedGeneration: 1, currentHealthy: 1, desiredHealthy: 2"),
            "progressing: 1 of 2 pods are healthy"
        );
        assert_eq!(budget("observedGeneration: 1, currentHealthy: 2, desiredHealthy: 2"), "ready");
    }
}
