//! Aggregated API services.

use super::{Scene, Verdict};

pub(super) fn verdict(scene: &Scene<'_>) -> Verdict {
    match scene.object.condition("Available") {
        Some(available) if available.is_true() => Verdict::ready(),
        Some(available) => Verdict::progressing(format!("it is not available ({})", available.message)),
        None => Verdict::progressing("it is not available yet"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::told;

    #[test]
    fn an_api_service_must_be_available() {
        let service = |conditions: &str| {
            told(&format!(
                "apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nstatus: {{conditions: [{conditions}]}}\n"
            ))
        };
        assert_eq!(service(""), "progressing: it is not available yet");
        assert_eq!(
            service("{type: Available, status: \"False\", message: no endpoints}"),
            "progressing: it is not available (no endpoints)"
        );
        assert_eq!(service("{type: Available, status: \"True\"}"), "ready");
    }
}
