//! Custom resources: what their conditions say, by the conventions of kstatus and of most operators. Where nothing
//! is said, the answer is unknown, never ready.

use linkspan_kube::Condition;

use super::{Scene, State, Verdict};

/// Conditions that say that it is done, in the order in which they are believed.
const DONE: [&str; 6] = ["Ready", "Available", "Healthy", "Succeeded", "Synced", "Programmed"];
/// Words of `status.phase`, `status.state` and `status.health.status` that say the same.
/// `Running` is not among them: half of those who write it mean that something is still being done.
const DONE_WORDS: [&str; 11] = [
    "ready",
    "active",
    "available",
    "bound",
    "complete",
    "completed",
    "deployed",
    "established",
    "healthy",
    "succeeded",
    "success",
];
const FAILED_WORDS: [&str; 6] = ["failed", "failure", "error", "errored", "degraded", "invalid"];

pub(super) fn verdict(scene: &Scene<'_>) -> Verdict {
    let object = scene.object;
    if let Some(observed) = object.integer("/status/observedGeneration")
        && observed < object.generation()
    {
        return Verdict::progressing("its controller has not seen the change yet");
    }
    let current = |name: &str| object.condition(name).filter(|condition| !is_outdated(condition, object.generation()));
    if let Some(stalled) = current("Stalled").or_else(|| current("Failed")).filter(Condition::is_true) {
        return Verdict::failed(why(&stalled));
    }
    if let Some(busy) = current("Reconciling").filter(Condition::is_true) {
        return Verdict::progressing(why(&busy));
    }
    if object
        .conditions()
        .any(|condition| DONE.contains(&condition.kind) && is_outdated(&condition, object.generation()))
    {
        return Verdict::progressing("its controller has not seen the change yet");
    }
    match DONE.iter().find_map(|name| current(name)) {
        Some(done) if done.is_true() => Verdict::ready(),
        Some(not_done) => Verdict::progressing(why(&not_done)),
        None => by_words(scene),
    }
}

/// Whether a condition speaks of an older desired state.
fn is_outdated(condition: &Condition<'_>, generation: i64) -> bool {
    condition.observed_generation.is_some_and(|observed| observed < generation)
}

fn why(condition: &Condition<'_>) -> String {
    let told = [condition.reason, condition.message]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join(": ");
    let name = format!("`{}` is {}", condition.kind, condition.status);
    if told.is_empty() { name } else { format!("{name} ({told})") }
}

fn by_words(scene: &Scene<'_>) -> Verdict {
    let words = ["/status/phase", "/status/state", "/status/health/status", "/status/health", "/status/status"];
    let Some(word) = words.iter().find_map(|pointer| scene.object.text(pointer)).filter(|word| !word.is_empty()) else {
        return silent(scene);
    };
    let lower = word.to_ascii_lowercase();
    if DONE_WORDS.contains(&lower.as_str()) {
        Verdict::ready()
    } else if FAILED_WORDS.contains(&lower.as_str()) {
        let told = scene.object.text("/status/message").or(scene.object.text("/status/reason")).unwrap_or_default();
        Verdict::failed(format!("it says `{word}` {told}").trim_end())
    } else {
        Verdict::progressing(format!("it says `{word}`"))
    }
}

fn silent(scene: &Scene<'_>) -> Verdict {
    // A kind without a status has nobody who would write one.
    if !scene.has_status && scene.object.at("/status").is_none() {
        return Verdict::ready();
    }
    Verdict::new(State::Unknown, "its status does not say how it is")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{objects, told};
    use super::*;

    fn thing(status: &str) -> String {
        told(&format!("apiVersion: example.com/v1\nkind: Thing\nmetadata: {{generation: 2}}\nstatus: {{{status}}}\n"))
    }

    #[test]
    fn conditions_are_believed_unless_they_are_old() {
        assert_eq!(thing("conditions: [{type: Ready, status: \"True\"}]"), "ready");
        assert_eq!(
            thing("conditions: [{type: Ready, status: \"False\", reason: Building}]"),
            "progressing: `Ready` is False (Building)"
        );
        assert_eq!(
            thing("observedGeneration: 1, conditions: [{type: Ready, status: \"True\"}]"),
            "progressing: its controller has not seen the change yet"
        );
        assert_eq!(
            thing("conditions: [{type: Ready, status: \"True\", observedGeneration: 1}]"),
            "progressing: its controller has not seen the change yet"
        );
        assert_eq!(
            thing("conditions: [{type: Ready, status: \"False\"}, {type: Stalled, status: \"True\", message: stuck}]"),
            "failed: `Stalled` is True (stuck)"
        );
        assert_eq!(
            thing("conditions: [{type: Ready, status: \"True\"}, {type: Reconciling, status: \"True\"}]"),
            "progressing: `Reconciling` is True"
        );
    }

    #[test]
    fn words_are_the_second_best() {
        assert_eq!(thing("phase: Ready"), "ready");
        assert_eq!(thing("phase: Running"), "progressing: it says `Running`");
        assert_eq!(thing("phase: Failed, message: no disk"), "failed: it says `Failed` no disk");
        assert_eq!(thing("state: Creating"), "progressing: it says `Creating`");
    }

    #[test]
    fn silence_is_not_readiness() {
        assert_eq!(thing(""), "unknown: its status does not say how it is");
        let objects = objects("apiVersion: example.com/v1\nkind: Thing\n");
        let scene = Scene { object: &objects[0], children: &[], events: &[], has_status: false, now: 0 };
        assert_eq!(verdict(&scene), Verdict::ready());
    }
}
