//! The last lines of failing containers.

use linkspan_kube::client::{Client, LogQuery};

use crate::diagnose::{Evidence, Log};
use crate::redact::Redactor;

/// So many lines are shown.
const LINES: usize = 20;
/// And so much is read for them.
const BYTES: u32 = 64 << 10;

/// The last lines of the container that a finding is about; empty if there are none, or they cannot be read.
pub(crate) async fn last_lines(
    client: &Client,
    namespace: &str,
    pod: &str,
    evidence: &Evidence,
    redactor: &Redactor,
) -> Vec<String> {
    let Some(log) = evidence.log.filter(|_| !pod.is_empty()) else { return Vec::new() };
    let order = match log {
        Log::Previous => [true, false],
        Log::Current => [false, true],
    };
    for previous in order {
        let query = LogQuery { namespace, pod, container: &evidence.container, previous, lines: 200, bytes: BYTES };
        let text = client.log(query).await.unwrap_or_default();
        let lines = redactor.last_lines(&text, LINES);
        // The kubelet says so in the log itself when the container was cleaned up.
        if !lines.is_empty() && !text.starts_with("unable to retrieve container logs") {
            return lines;
        }
    }
    Vec::new()
}
