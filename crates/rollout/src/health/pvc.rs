//! Volume claims. One that is bound only when a pod uses it is as ready as it can be.

use super::{Scene, Verdict};

pub(super) fn verdict(scene: &Scene<'_>) -> Verdict {
    match scene.object.text("/status/phase") {
        Some("Bound") => Verdict::ready(),
        Some("Lost") => Verdict::failed("its volume is lost"),
        _ if scene.events.iter().any(|event| event.text("/reason") == Some("WaitForFirstConsumer")) => Verdict::ready(),
        _ => Verdict::progressing("it is not bound to a volume yet"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::told;

    #[test]
    fn claims_wait_for_a_volume_or_a_consumer() {
        let claim = |status: &str, event: &str| {
            told(&format!(
                "apiVersion: v1\nkind: PersistentVolumeClaim\nstatus: {{{status}}}\n---\napiVersion: v1\nkind: Event\nreason: {event}\n"
            ))
        };
        assert_eq!(claim("phase: Bound", "x"), "ready");
        assert_eq!(claim("phase: Pending", "x"), "progressing: it is not bound to a volume yet");
        assert_eq!(claim("phase: Pending", "WaitForFirstConsumer"), "ready");
        assert_eq!(claim("phase: Lost", "x"), "failed: its volume is lost");
    }
}
