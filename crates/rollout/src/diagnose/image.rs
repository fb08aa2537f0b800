//! Images that cannot be had. `ErrImagePull` and `ImagePullBackOff` alternate and mean the same; what the registry
//! said tells whether trying again can help.

use super::{Class, Container, Evidence, PodScene};

const PULLING: [&str; 4] = ["ErrImagePull", "ImagePullBackOff", "RegistryUnavailable", "ImageInspectError"];
/// What registries and runtimes say of an image that is not there.
const NOT_FOUND: [&str; 7] = [
    "not found",
    "manifest unknown",
    "manifest_unknown",
    "name unknown",
    "name_unknown",
    "no such manifest",
    "no match for platform",
];
const DENIED: [&str; 6] =
    ["access denied", "denied:", "unauthorized", "authentication required", "403 forbidden", "401 unauthorized"];
/// Signs that the registry was not reached, or had no time: the words above then mean something else.
const NOT_REACHED: [&str; 12] = [
    "dial tcp",
    "lookup ",
    "i/o timeout",
    "connection refused",
    "connection reset",
    "toomanyrequests",
    "too many requests",
    "429",
    "503 service",
    "500 internal",
    "tls:",
    "eof",
];
/// Two further tries of the kubelet (10 s, 20 s) with room for their duration.
const PULL_GRACE: i64 = 45;

pub(super) fn find(scene: &PodScene<'_>) -> Option<Evidence> {
    scene.containers().find_map(|container| of_container(scene, &container))
}

fn of_container(scene: &PodScene<'_>, container: &Container<'_>) -> Option<Evidence> {
    let (reason, message) = container.waiting();
    let make = |rule, class, message: &str| Evidence::new(rule, class, container.name(), message);
    match reason {
        "InvalidImageName" => Some(
            make("rollout/image-malformed", Class::Certain, &with_image(container, message))
                .help("correct the image reference in the manifest"),
        ),
        "ErrImageNeverPull" => Some(
            make("rollout/image-not-on-node", Class::Certain, &with_image(container, message))
                .help("load the image into the node, or change `imagePullPolicy`"),
        ),
        reason if PULLING.contains(&reason) => {
            let said = what_was_said(scene, container, message);
            let (rule, class, help) = classify(&said);
            let found = make(rule, class, &with_image(container, &said)).help(help);
            Some(if class == Class::Likely { found.grace(PULL_GRACE) } else { found })
        }
        _ => None,
    }
}

/// The back-off's message may not repeat what the registry said; the event of the failed try does.
fn what_was_said(scene: &PodScene<'_>, container: &Container<'_>, message: &str) -> String {
    let own = format!("{{{}}}", container.name());
    let of_container = |event: &&linkspan_kube::Object| {
        event.text("/involvedObject/fieldPath").is_none_or(|path| path.ends_with(&own))
    };
    let tried = scene.events(&["Failed"]).filter(of_container).filter_map(|event| event.text("/message"));
    let tried = tried.filter(|said| said.contains("pull")).last();
    match (classify(message).1, tried) {
        (Class::Likely, Some(said)) => said.to_owned(),
        _ => message.to_owned(),
    }
}

fn classify(said: &str) -> (&'static str, Class, &'static str) {
    let said = said.to_ascii_lowercase();
    let any = |signs: &[&str]| signs.iter().any(|sign| said.contains(sign));
    if any(&NOT_REACHED) {
        return ("rollout/image-pull", Class::Likely, "check that the nodes reach the registry");
    }
    if any(&DENIED) {
        return (
            "rollout/image-denied",
            Class::Certain,
            "check the image's name, and the `imagePullSecrets` of the pod",
        );
    }
    if any(&NOT_FOUND) {
        return ("rollout/image-not-found", Class::Certain, "push the image first, or correct its name");
    }
    ("rollout/image-pull", Class::Likely, "check the image's name and the registry")
}

/// Whether it is a back-off that does not repeat what the registry said: older kubelets alternate with it.
pub(super) fn is_silent(evidence: &Evidence) -> bool {
    evidence.rule == "rollout/image-pull" && evidence.message.contains("Back-off") && !evidence.message.contains("Err")
}

fn with_image(container: &Container<'_>, message: &str) -> String {
    let image = container.text("/image");
    if image.is_empty() || message.contains(image) { message.to_owned() } else { format!("`{image}`: {message}") }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{found, of_status};

    fn waiting(reason: &str, message: &str) -> String {
        of_status(&format!("state: {{waiting: {{reason: {reason}, message: '{message}'}}}}"))
    }

    #[test]
    fn what_the_registry_said_decides() {
        let cases = [
            ("InvalidImageName", "couldn''t parse image name", "rollout/image-malformed Certain"),
            ("ErrImageNeverPull", "not present", "rollout/image-not-on-node Certain"),
            ("ErrImagePull", "failed to resolve reference r/a:1: r/a:1: not found", "rollout/image-not-found Certain"),
            (
                "ImagePullBackOff",
                "Back-off pulling image \"a\": ErrImagePull: manifest unknown",
                "rollout/image-not-found Certain",
            ),
            ("ErrImagePull", "pull access denied, repository does not exist", "rollout/image-denied Certain"),
            ("ErrImagePull", "failed to authorize: 401 Unauthorized", "rollout/image-denied Certain"),
            ("ErrImagePull", "dial tcp: lookup r on 10.0.0.1:53: host not found", "rollout/image-pull Likely"),
            ("ErrImagePull", "toomanyrequests: rate limit for unauthorized pulls", "rollout/image-pull Likely"),
            ("ImagePullBackOff", "Back-off pulling image \"a\"", "rollout/image-pull Likely"),
        ];
        for (reason, message, expected) in cases {
            assert_eq!(waiting(reason, message), expected, "{message}");
        }
    }

    #[test]
    fn a_silent_back_off_is_explained_by_the_event_of_the_try() {
        let evidence = found(
            "apiVersion: v1\nkind: Pod\nmetadata: {uid: p}\nstatus: {containerStatuses: [{name: c, image: a:1, state: {waiting: {reason: ImagePullBackOff, message: back-off}}}]}\n\
             ---\napiVersion: v1\nkind: Event\ninvolvedObject: {uid: p, fieldPath: 'spec.containers{c}'}\nreason: Failed\nmessage: 'Failed to pull image: not found'\n",
        )
        .unwrap();
        assert_eq!(
            (evidence.rule, evidence.message.as_str()),
            ("rollout/image-not-found", "`a:1`: Failed to pull image: not found")
        );
    }
}
