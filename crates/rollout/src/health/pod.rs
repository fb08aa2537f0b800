//! Pods that stand alone.

use super::{Scene, Verdict};

pub(super) fn verdict(scene: &Scene<'_>) -> Verdict {
    let object = scene.object;
    let ready = object.condition("Ready").is_some_and(|condition| condition.is_true());
    match object.text("/status/phase") {
        Some("Succeeded") => Verdict::ready(),
        Some("Failed") => {
            let why = object.text("/status/message").or(object.text("/status/reason")).unwrap_or("a container failed");
            Verdict::failed(format!("the pod failed ({why})"))
        }
        Some("Running") if ready => Verdict::ready(),
        Some("Running") => Verdict::progressing("it runs, but is not ready"),
        _ => Verdict::progressing("it does not run yet"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::told;

    #[test]
    fn phases_and_readiness() {
        let pod = |status: &str| told(&format!("apiVersion: v1\nkind: Pod\nstatus: {{{status}}}\n"));
        assert_eq!(pod(""), "progressing: it does not run yet");
        assert_eq!(pod("phase: Running"), "progressing: it runs, but is not ready");
        assert_eq!(pod("phase: Running, conditions: [{type: Ready, status: \"True\"}]"), "ready");
        assert_eq!(pod("phase: Succeeded"), "ready");
        assert_eq!(pod("phase: Failed, reason: Evicted"), "failed: the pod failed (Evicted)");
    }
}
