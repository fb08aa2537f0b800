//! Namespaces.

use super::{Scene, Verdict};

pub(super) fn verdict(scene: &Scene<'_>) -> Verdict {
    match scene.object.text("/status/phase") {
        Some("Active") => Verdict::ready(),
        Some(other) => Verdict::progressing(format!("it is `{other}`")),
        None => Verdict::progressing("it has no phase yet"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::told;

    #[test]
    fn a_namespace_must_be_active() {
        assert_eq!(told("apiVersion: v1\nkind: Namespace\nstatus: {phase: Active}\n"), "ready");
        assert_eq!(told("apiVersion: v1\nkind: Namespace\n"), "progressing: it has no phase yet");
    }
}
