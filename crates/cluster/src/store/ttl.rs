use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::{Key, Revision, Stored, Write};

/// After a removal failed it is tried again so much later.
const LATER: Duration = Duration::from_secs(30);

/// When objects are to be removed.
///
/// By a clock that never jumps; after a restart each object has its whole time again, as etcd's leases have after a
/// change of leader.
#[derive(Debug, Default)]
pub(super) struct Expiry(BTreeSet<(Instant, Key, Revision)>);

impl Expiry {
    pub(super) fn watch(&mut self, stored: &Stored, now: Instant) {
        if let Some(at) = stored.ttl().and_then(|ttl| now.checked_add(ttl)) {
            self.0.insert((at, stored.key().clone(), stored.revision()));
        }
    }

    /// How long until the next one is due.
    pub(super) fn wait(&self, now: Instant) -> Option<Duration> {
        self.0.first().map(|(at, ..)| at.saturating_duration_since(now))
    }

    /// What is due. It is due again later, in case that removing it fails; the revision makes that harmless.
    pub(super) fn due(&mut self, now: Instant) -> Vec<Write> {
        let mut due = Vec::new();
        while self.0.first().is_some_and(|(at, ..)| *at <= now) {
            let Some((_, key, revision)) = self.0.pop_first() else { break };
            due.push((key, revision));
        }
        self.0.extend(due.iter().cloned().map(|(key, revision)| (now + LATER, key, revision)));
        due.into_iter().map(|(key, revision)| Write::Delete { key, expected: Some(revision) }).collect()
    }
}
