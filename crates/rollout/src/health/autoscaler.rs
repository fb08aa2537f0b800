//! Autoscalers: ready when they are there, unless they cannot find what they scale. Missing metrics are told, but a
//! rollout does not wait for a metrics server.

use super::{Scene, Verdict};

pub(super) fn verdict(scene: &Scene<'_>) -> Verdict {
    let object = scene.object;
    match (object.condition("AbleToScale"), object.condition("ScalingActive")) {
        (Some(able), _) if able.is_false() && able.reason == "FailedGetScale" => {
            Verdict::progressing(format!("it cannot find what it scales ({})", able.message))
        }
        (_, Some(active)) if active.is_false() => {
            Verdict::new(super::State::Ready, format!("it does not scale ({}: {})", active.reason, active.message))
        }
        _ => Verdict::ready(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::told;

    #[test]
    fn an_autoscaler_needs_its_target_but_not_its_metrics() {
        let scaler = |conditions: &str| {
            told(&format!(
                "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nstatus: {{conditions: [{conditions}]}}\n"
            ))
        };
        assert_eq!(scaler(""), "ready");
        assert_eq!(
            scaler("{type: AbleToScale, status: \"False\", reason: FailedGetScale, message: not found}"),
            "progressing: it cannot find what it scales (not found)"
        );
        assert_eq!(
            scaler("{type: ScalingActive, status: \"False\", reason: FailedGetResourceMetric, message: no metrics}"),
            "ready: it does not scale (FailedGetResourceMetric: no metrics)"
        );
    }
}
