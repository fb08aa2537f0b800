//! Custom resource definitions: established, with their names accepted.

use super::{Scene, Verdict};

pub(super) fn verdict(scene: &Scene<'_>) -> Verdict {
    let object = scene.object;
    if let Some(names) = object.condition("NamesAccepted").filter(linkspan_kube::Condition::is_false) {
        return Verdict::failed(format!("its names are taken ({})", names.message));
    }
    if object.condition("Established").is_some_and(|condition| condition.is_true()) {
        return Verdict::ready();
    }
    Verdict::progressing("it is not established yet")
}

#[cfg(test)]
mod tests {
    use super::super::tests::told;

    #[test]
    fn a_definition_must_be_established() {
        let definition = |conditions: &str| {
            told(&format!(
                "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nstatus: {{conditions: [{conditions}]}}\n"
            ))
        };
        assert_eq!(definition(""), "progressing: it is not established yet");
        assert_eq!(
            definition("{type: NamesAccepted, status: \"True\"}, {type: Established, status: \"True\"}"),
            "ready"
        );
        assert_eq!(
            definition("{type: NamesAccepted, status: \"False\", message: in use}"),
            "failed: its names are taken (in use)"
        );
    }
}
