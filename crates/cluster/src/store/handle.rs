use std::path::Path;
use std::pin::Pin;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::task::{Context, Poll};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::{oneshot, watch};

use super::change::Change;
use super::disk::Disk;
use super::history::History;
use super::log::Log;
use super::state::State;
use super::watchers::Watchers;
use super::writer::{Answer, Job, Writer};
use super::{Key, Revision, StoreError, Stored, Write};

/// A list that asks for a revision that is not there yet waits so long for it, as kube-apiserver does.
const WAIT: Duration = Duration::from_secs(3);
/// The first write to a new store is revision 2, as with etcd: 0 and 1 have meanings of their own.
const FIRST: Revision = 1;

/// How much is kept in memory.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many of the recent changes.
    pub changes: usize,
    /// How many bytes of what they have replaced.
    pub bytes: usize,
    /// How many events may wait for one watcher before it is dropped.
    pub queue: usize,
    /// How often a watcher gets a bookmark.
    pub bookmarks: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { changes: 32_768, bytes: 8 << 20, queue: 1024, bookmarks: Duration::from_secs(60) }
    }
}

/// What all who use the store share.
pub(super) struct Shared {
    state: RwLock<State>,
    pub(super) watchers: Watchers,
    /// All watchers have been told of everything up to this one.
    pub(super) told: watch::Sender<Revision>,
    pub(super) limits: Limits,
}

/// The objects of a cluster.
pub struct Store {
    pub(super) shared: Arc<Shared>,
    jobs: Option<Sender<Job>>,
    writer: Option<JoinHandle<()>>,
}

/// A write on its way. It is done when this says so: on the disk, and told to watchers.
#[derive(Debug)]
pub struct Acknowledgement(oneshot::Receiver<Answer>);

impl Shared {
    pub(super) fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn apply(&self, changes: &[Arc<Change>], last: Revision) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        changes.iter().for_each(|change| state.apply(change.clone()));
        drop(state);
        self.watchers.tell(changes);
        self.told.send_replace(last);
    }
}

impl Store {
    /// Opens the store in a folder, or makes it. One process at a time.
    ///
    /// # Errors
    ///
    /// [`StoreError::Locked`] and [`StoreError::Open`].
    pub fn open(folder: &Path, limits: Limits) -> Result<Self, StoreError> {
        let (disk, loaded) = Disk::open(folder)?;
        let newest = loaded.objects.iter().map(Stored::revision).max().unwrap_or(FIRST);
        let revision = loaded.revision.unwrap_or(FIRST).max(newest);
        let history = History::new(revision, limits.changes, limits.bytes);
        let state = State::new(loaded.objects, revision, history);
        let thread = |error: std::io::Error| StoreError::Open { path: folder.to_owned(), cause: error.to_string() };
        Self::start(state, Box::new(disk), limits).map_err(thread)
    }

    pub(super) fn start(state: State, log: Box<dyn Log>, limits: Limits) -> std::io::Result<Self> {
        let told = watch::Sender::new(state.revision);
        let shared = Arc::new(Shared { state: RwLock::new(state), watchers: Watchers::default(), told, limits });
        let (jobs, waiting) = channel();
        let writer = Writer::new(shared.clone(), log);
        let thread = thread::Builder::new().name("store".to_owned()).stack_size(512 << 10);
        let writer = thread.spawn(move || writer.run(&waiting))?;
        Ok(Self { shared, jobs: Some(jobs), writer: Some(writer) })
    }

    /// Asks for a change. The answer is the object after it; of a removal, its last state with the removal's revision.
    ///
    /// # Errors
    ///
    /// The answer may be [`StoreError::Exists`], [`Missing`](StoreError::Missing), [`Conflict`](StoreError::Conflict),
    /// [`LongKey`](StoreError::LongKey), [`Full`](StoreError::Full), [`Disk`](StoreError::Disk) or
    /// [`Closed`](StoreError::Closed).
    pub fn write(&self, write: Write) -> Acknowledgement {
        let (reply, answer) = oneshot::channel();
        if let Some(jobs) = &self.jobs {
            // A writer that is gone drops the job, and with it the reply.
            let _ = jobs.send(Job { write, reply });
        }
        Acknowledgement(answer)
    }

    /// An object as it is.
    #[must_use]
    pub fn get(&self, key: &Key) -> Option<Arc<Stored>> {
        self.shared.state().get(key).cloned()
    }

    /// The last change's revision.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.shared.state().revision
    }

    /// Waits until a revision is there.
    ///
    /// # Errors
    ///
    /// [`StoreError::Future`] after three seconds.
    pub async fn reach(&self, revision: Revision) -> Result<(), StoreError> {
        let mut told = self.shared.told.subscribe();
        let there = told.wait_for(|told| *told >= revision);
        match tokio::time::timeout(WAIT, there).await {
            Ok(Ok(_)) => Ok(()),
            _ => Err(StoreError::Future { requested: revision, current: self.revision(), retry: true }),
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(writer) = self.writer.take() {
            // It ends when it has written what waits.
            let _ = writer.join();
        }
        self.shared.watchers.end();
    }
}

impl Acknowledgement {
    /// Waits for it where there is no asynchronous runtime.
    ///
    /// # Errors
    ///
    /// As [`Store::write`] says.
    pub fn wait(self) -> Result<Arc<Stored>, StoreError> {
        self.0.blocking_recv().unwrap_or(Err(StoreError::Closed))
    }
}

impl Future for Acknowledgement {
    type Output = Result<Arc<Stored>, StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|answer| answer.unwrap_or(Err(StoreError::Closed)))
    }
}
