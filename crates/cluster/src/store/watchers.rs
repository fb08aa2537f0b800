use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;

use super::change::{Change, Event};
use super::{Prefix, Revision};
use crate::select::Selection;

/// Where the events for one watcher go.
#[derive(Debug)]
pub(super) struct Sink {
    pub(super) prefix: Prefix,
    pub(super) selection: Selection,
    /// It knows of everything up to this one.
    pub(super) since: Revision,
    pub(super) events: mpsc::Sender<Event>,
}

/// Everybody who watches.
#[derive(Debug, Default)]
pub(super) struct Watchers(Mutex<Vec<Sink>>);

impl Watchers {
    fn sinks(&self) -> MutexGuard<'_, Vec<Sink>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, sink: Sink) {
        let mut sinks = self.sinks();
        sinks.retain(|sink| !sink.events.is_closed());
        sinks.push(sink);
    }

    /// Ends all watches, once they have read what waits for them.
    pub(super) fn end(&self) {
        self.sinks().clear();
    }

    /// Tells everybody. Who does not keep up is dropped, as kube-apiserver does: their watch ends.
    pub(super) fn tell(&self, changes: &[Arc<Change>]) {
        let mut sinks = self.sinks();
        for change in changes {
            let Some(key) = change.key() else { continue };
            // Both values stay parsed until everybody has been asked.
            let _values = sinks
                .iter()
                .any(|sink| !sink.selection.is_empty() && sink.prefix.covers(key))
                .then(|| [&change.before, &change.after].map(|stored| stored.as_ref().map(|stored| stored.value())));
            sinks.retain(|sink| change.revision <= sink.since || !sink.prefix.covers(key) || sink.tell(change));
        }
    }
}

impl Sink {
    /// Whether the watcher goes on.
    fn tell(&self, change: &Arc<Change>) -> bool {
        change.seen(&self.selection).is_none_or(|event| self.events.try_send(event).is_ok())
    }
}
