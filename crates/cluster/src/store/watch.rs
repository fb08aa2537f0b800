use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::mpsc::{self, Receiver};
use tokio::time::{Instant, sleep_until};

use super::change::{Event, Seen};
use super::handle::Shared;
use super::state::State;
use super::watchers::Sink;
use super::{Prefix, Revision, Store, StoreError};
use crate::select::Selection;

/// The last bookmark comes so long before the end.
const BEFORE_END: Duration = Duration::from_secs(2);

/// Where a watch begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// With what is there, as added; the state must be no older than a revision.
    Objects {
        /// That revision.
        not_older_than: Revision,
        /// Whether a bookmark says where they end.
        mark: bool,
    },
    /// With the next change.
    Now,
    /// With the first change after a revision; it may be one of the future.
    After(Revision),
}

/// What is to be watched.
#[derive(Clone, Debug)]
pub struct WatchRequest {
    /// Where.
    pub prefix: Prefix,
    /// Which of these.
    pub selection: Selection,
    /// From when on.
    pub from: From,
    /// Whether there are to be bookmarks.
    pub bookmarks: bool,
    /// For how long.
    pub timeout: Option<Duration>,
}

/// A stream of events. It ends when its time is over, when the store is closed, and when whoever reads it is too slow.
pub struct Watcher {
    shared: Arc<Shared>,
    /// What was known when it began.
    backlog: VecDeque<Event>,
    events: Receiver<Event>,
    bookmarks: Option<Instant>,
    end: Option<Instant>,
    /// What a bookmark must not fall behind.
    since: Revision,
}

impl Store {
    /// Watches objects.
    ///
    /// # Errors
    ///
    /// [`StoreError::WatchExpired`] and [`StoreError::Future`]; a client is told of them by an event (`ERROR`).
    pub async fn watch(&self, request: WatchRequest) -> Result<Watcher, StoreError> {
        if let From::Objects { not_older_than, .. } = request.from {
            self.reach(not_older_than).await?;
        }
        let (sender, events) = mpsc::channel(self.shared.limits.queue.max(1));
        let now = Instant::now();
        let end = request.timeout.map(|timeout| now + timeout);
        let bookmarks = request.bookmarks.then(|| next_bookmark(now, self.shared.limits.bookmarks, end));
        // The writer waits while the state is read: nothing falls between the backlog and the queue.
        let state = self.shared.state();
        let (backlog, since) = backlog(&state, &request)?;
        let WatchRequest { prefix, selection, .. } = request;
        self.shared.watchers.add(Sink { prefix, selection, since, events: sender });
        drop(state);
        Ok(Watcher { shared: self.shared.clone(), backlog, events, bookmarks, end, since })
    }
}

/// What a watch begins with, and the revision after which the queue goes on.
fn backlog(state: &State, request: &WatchRequest) -> Result<(VecDeque<Event>, Revision), StoreError> {
    let current = state.revision;
    match request.from {
        From::Now => Ok((VecDeque::new(), current)),
        From::Objects { mark, .. } => {
            let selection = &request.selection;
            let all = state.range(&request.prefix, "");
            let selected = all.filter(|stored| selection.is_empty() || selection.matches(&stored.value()));
            let objects = selected.map(|stored| Event::Object(Seen::added(stored.clone())));
            let mark = (mark && request.bookmarks).then_some(Event::Bookmark { revision: current, initial: true });
            Ok((objects.chain(mark).collect(), current))
        }
        From::After(revision) if revision < state.history.floor() => {
            Err(StoreError::WatchExpired { requested: revision, oldest: state.history.floor() })
        }
        From::After(revision) => {
            let changes = state.history.after(revision);
            let own = changes.filter(|change| change.key().is_some_and(|key| request.prefix.covers(key)));
            Ok((own.filter_map(|change| change.seen(&request.selection)).collect(), revision.max(current)))
        }
    }
}

/// About every minute, and shortly before the end (kube-apiserver's `nextBookmarkTime`).
fn next_bookmark(now: Instant, period: Duration, end: Option<Instant>) -> Instant {
    let next = now + period;
    let last = end.and_then(|end| end.checked_sub(BEFORE_END)).filter(|last| *last > now);
    last.map_or(next, |last| last.min(next))
}

impl Watcher {
    /// The next event; nothing when the watch is over. It can be called anew after it was cancelled.
    pub async fn next(&mut self) -> Option<Event> {
        if let Some(event) = self.backlog.pop_front() {
            return Some(event);
        }
        loop {
            let wake = [self.bookmarks, self.end].into_iter().flatten().min();
            tokio::select! {
                biased;
                event = self.events.recv() => return event,
                () = sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => {}
            }
            let now = Instant::now();
            if self.end.is_some_and(|end| end <= now) {
                return None;
            }
            match self.bookmark(now) {
                Ok(event) => return Some(event),
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => return None,
            }
        }
    }

    /// An event that waits, else a bookmark. The revision is read first: events up to it are then in the queue.
    fn bookmark(&mut self, now: Instant) -> Result<Event, TryRecvError> {
        let revision = *self.shared.told.borrow();
        match self.events.try_recv() {
            Err(TryRecvError::Empty) if self.bookmarks.is_some_and(|at| at <= now) => {
                self.bookmarks = Some(next_bookmark(now, self.shared.limits.bookmarks, self.end));
                Ok(Event::Bookmark { revision: revision.max(self.since), initial: false })
            }
            other => other,
        }
    }

    /// The next event if there is one already.
    #[must_use]
    pub fn ready(&mut self) -> Option<Event> {
        self.backlog.pop_front().or_else(|| self.events.try_recv().ok())
    }
}
