//! Containers that run, but whose probes fail: it may still come, so this only explains.

use super::{Class, Evidence, Log, PodScene};

pub(super) fn find(scene: &PodScene<'_>) -> Option<Evidence> {
    let unready = scene.containers().find(|container| !container.init && container.runs() && !container.is_ready())?;
    let event = scene.events(&["Unhealthy", "ProbeError"]).last()?;
    let message = event.text("/message").unwrap_or("its probe fails");
    let evidence = Evidence::new("rollout/probe", Class::Hint, unready.name(), message);
    Some(Evidence {
        log: Some(Log::Current),
        ..evidence.help("see the last lines of its log, and check the probe's path and port")
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;

    #[test]
    fn a_failing_probe_explains_and_fails_nothing() {
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {uid: p}\nstatus: {containerStatuses: [{name: c, state: {running: {}}}]}\n";
        let event = "---\napiVersion: v1\nkind: Event\ninvolvedObject: {uid: p}\nreason: Unhealthy\nmessage: 'Readiness probe failed: HTTP 503'\n";
        assert_eq!(found(&format!("{pod}{event}")).unwrap().class, super::Class::Hint);
        assert_eq!(found(pod), None);
    }
}
