use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Instant;

use serde_json::Value;
use tokio::sync::oneshot;

use super::handle::Shared;
use super::log::{Doubts, Entry, Fault, Log};
use super::stage::{Batch, Decided};
use super::ttl::Expiry;
use super::{StoreError, Stored, Write};

/// At most so many writes share one sync.
const SHARED: usize = 256;
/// So many values of what was written last stay parsed: what has changed is often looked at.
const RECENT: usize = 128;

/// A write, and whom to tell.
pub(super) struct Job {
    pub(super) write: Write,
    pub(super) reply: oneshot::Sender<Answer>,
}

pub(super) type Answer = Result<Arc<Stored>, StoreError>;

/// The one that writes.
pub(super) struct Writer {
    shared: Arc<Shared>,
    log: Box<dyn Log>,
    doubts: Doubts,
    expiry: Expiry,
    recent: VecDeque<Arc<Value>>,
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>, log: Box<dyn Log>) -> Self {
        let mut expiry = Expiry::default();
        let now = Instant::now();
        shared.state().all().for_each(|stored| expiry.watch(stored, now));
        Self { shared, log, doubts: Doubts::default(), expiry, recent: VecDeque::new() }
    }

    /// Writes until nobody is left who could ask for it.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        self.log.prepare();
        loop {
            let first = match self.expiry.wait(Instant::now()) {
                Some(wait) => jobs.recv_timeout(wait),
                None => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match first {
                Ok(first) => self.write(std::iter::once(first).chain(jobs.try_iter()).take(SHARED).collect()),
                Err(RecvTimeoutError::Timeout) => self.sweep(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn sweep(&mut self) {
        let due = self.expiry.due(Instant::now());
        self.write(due.into_iter().map(|write| Job { write, reply: oneshot::channel().0 }).collect());
    }

    fn write(&mut self, jobs: Vec<Job>) {
        let state = self.shared.state();
        let mut batch = Batch::new(&state);
        let staged = jobs.into_iter().map(|job| (job.reply, batch.stage(job.write)));
        let mut answers: Vec<(_, Answer)> = staged.collect();
        let (decided, mut entries) = batch.finish();
        let present = |key: &_| state.get(key).map(|stored| stored.row().clone());
        entries.extend(self.doubts.entries(&entries, present));
        drop(state);
        match self.keep(&entries, &decided) {
            Ok(()) => self.apply(decided),
            Err(fault) => answers.iter_mut().for_each(|(_, answer)| *answer = Err(fault.error.clone())),
        }
        for (reply, answer) in answers {
            // Who asked may have gone meanwhile.
            let _ = reply.send(answer);
        }
    }

    fn keep(&mut self, entries: &[Entry], decided: &Decided) -> Result<(), Fault> {
        let Some(last) = decided.changes.last() else { return Ok(()) };
        let outcome = self.log.write(entries, last.revision);
        self.doubts.settle(entries, &outcome);
        outcome
    }

    fn apply(&mut self, decided: Decided) {
        let Some(last) = decided.changes.last().map(|change| change.revision) else { return };
        let now = Instant::now();
        decided
            .changes
            .iter()
            .filter_map(|change| change.after.as_ref())
            .for_each(|stored| self.expiry.watch(stored, now));
        self.shared.apply(&decided.changes, last);
        self.recent.extend(decided.values);
        let old = self.recent.len().saturating_sub(RECENT);
        self.recent.drain(..old);
    }
}
