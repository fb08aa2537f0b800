use std::error::Error;
use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};

use super::log::{Entry, Fault, Log};
use super::{Key, Revision, StoreError, Stored, repair};

/// The key of the last revision; it comes before those of all objects.
const REVISION: &[u8] = b"\0revision";
/// A database that could not be written to is opened anew at most so often.
const RETRY: Duration = Duration::from_millis(200);

/// A folder with a fjall database, held by this process alone.
pub(super) struct Disk {
    folder: PathBuf,
    open: Option<Opened>,
    failed: Option<(Instant, StoreError)>,
    _lock: File,
}

struct Opened {
    // Dropped in this order: a keyspace keeps its database from being closed.
    objects: Keyspace,
    database: Database,
}

/// What a folder has.
pub(super) struct Loaded {
    pub(super) objects: Vec<Stored>,
    /// The last one; nothing if the folder is new.
    pub(super) revision: Option<Revision>,
}

impl Disk {
    /// Opens a folder, or makes it. What a crash has left half written at the end of the log is dropped.
    pub(super) fn open(folder: &Path) -> Result<(Self, Loaded), StoreError> {
        let failed = |cause: &(dyn Error + 'static)| open_error(folder, cause);
        std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
        let lock = lock(folder)?;
        let disk = |open| Self { folder: folder.to_owned(), open, failed: None, _lock: lock };
        // Making a database waits for the disk many times, and there is nothing to read from it.
        if is_new(&folder.join("data")).map_err(|error| failed(&error))? {
            return Ok((disk(None), Loaded { objects: Vec::new(), revision: None }));
        }
        let opened = Opened::new(folder).map_err(|error| failed(&error))?;
        let loaded = opened.load().map_err(|error| failed(&*error))?;
        Ok((disk(Some(opened)), loaded))
    }

    /// The database, opened anew if a write to it failed: fjall takes no more writes then.
    fn opened(&mut self) -> Result<&Opened, StoreError> {
        if self.open.is_none() {
            if let Some((_, error)) = self.failed.as_ref().filter(|(at, _)| at.elapsed() < RETRY) {
                return Err(error.clone());
            }
            let opened = Opened::new(&self.folder).map_err(|error| self.fail(&error))?;
            self.open = Some(opened);
        }
        self.open.as_ref().ok_or(StoreError::Closed)
    }

    fn fail(&mut self, error: &fjall::Error) -> StoreError {
        self.open = None;
        let error = write_error(&self.folder, error);
        self.failed = Some((Instant::now(), error.clone()));
        error
    }
}

impl Log for Disk {
    fn prepare(&mut self) {
        // It is kept, and the first write says it.
        let _ = self.opened();
    }

    fn write(&mut self, entries: &[Entry], revision: Revision) -> Result<(), Fault> {
        let write = |opened: &Opened| opened.write(entries, revision);
        let mut outcome = self.opened().map(write).map_err(|error| Fault { error, doubtful: false })?;
        // A thread in the background failed earlier: this write has not begun yet.
        if matches!(outcome, Err(fjall::Error::Poisoned)) {
            self.open = None;
            outcome = self.opened().map(write).map_err(|error| Fault { error, doubtful: false })?;
        }
        outcome.map_err(|error| Fault { error: self.fail(&error), doubtful: true })
    }
}

impl Opened {
    fn new(folder: &Path) -> fjall::Result<Self> {
        // What an earlier try has left, such as one on a full disk.
        is_new(&folder.join("data"))?;
        let log = repair::Log::mended(&folder.join("data"))?;
        match (Self::as_it_is(folder), log) {
            (Err(damaged @ fjall::Error::JournalRecovery(_)), Some(log)) => {
                let cut = log.cut()?;
                // If that does not help, it is not the last batch that is damaged.
                Self::as_it_is(folder).map_err(|_| cut.undo().map_or_else(fjall::Error::Io, |()| damaged))
            }
            (outcome, _) => outcome,
        }
    }

    fn as_it_is(folder: &Path) -> fjall::Result<Self> {
        // Everything is in memory: the database reads when it is opened, and hardly then.
        let builder = Database::builder(folder.join("data")).worker_threads(1).cache_size(64 << 10);
        let database = builder.max_cached_files(Some(16)).max_journaling_size(64 << 20).open()?;
        let options = || KeyspaceCreateOptions::default().max_memtable_size(4 << 20);
        let objects = database.keyspace("objects", options)?;
        Ok(Self { objects, database })
    }

    fn write(&self, entries: &[Entry], revision: Revision) -> fjall::Result<()> {
        let mut batch = self.database.batch().durability(Some(PersistMode::SyncData));
        for Entry { key, row } in entries {
            match row {
                Some(row) => batch.insert(&self.objects, key.as_str(), row.clone()),
                None => batch.remove(&self.objects, key.as_str()),
            }
        }
        batch.insert(&self.objects, REVISION, revision.to_be_bytes());
        batch.commit()
    }

    fn load(&self) -> Result<Loaded, Box<dyn Error>> {
        let (mut objects, mut revision) = (Vec::new(), None);
        for row in self.objects.iter() {
            let (key, value) = row.into_inner()?;
            if &*key == REVISION {
                revision = Some(Revision::from_be_bytes((&*value).try_into()?));
                continue;
            }
            let key = Key::of(std::str::from_utf8(&key)?);
            let unknown = || format!("`{key}` is stored in a form that this version does not know");
            objects.push(Stored::read(key.clone(), &value).ok_or_else(unknown)?);
        }
        Ok(Loaded { objects, revision })
    }
}

/// How long a lock is waited for: a process that is ending holds it for a moment, and so does a child of the last owner
/// until it has become another program.
const PATIENCE: Duration = Duration::from_secs(1);

fn lock(folder: &Path) -> Result<File, StoreError> {
    let file = File::options().create(true).append(true).open(folder.join("lock"));
    let file = file.map_err(|error| open_error(folder, &error))?;
    let last = Instant::now() + PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < last => std::thread::sleep(Duration::from_millis(10)),
            Err(TryLockError::WouldBlock) => return Err(StoreError::Locked(folder.to_owned())),
            Err(TryLockError::Error(error)) => return Err(open_error(folder, &error)),
        }
    }
}

/// Whether there is no database. What was left by a process that ended while it made one is removed: nothing was ever
/// acknowledged by it, and fjall would neither open nor make it.
fn is_new(data: &Path) -> io::Result<bool> {
    let marked = std::fs::metadata(data.join("version")).is_ok_and(|marker| marker.len() > 0);
    // Objects without the mark are somebody's mishap: fjall says so, and nothing is removed.
    let finished = marked || data.join("keyspaces/1").try_exists()?;
    if !finished && data.try_exists()? {
        std::fs::remove_dir_all(data)?;
    }
    Ok(!finished)
}

fn open_error(folder: &Path, cause: &(dyn Error + 'static)) -> StoreError {
    let cause = io_cause(cause).map_or_else(|| cause.to_string(), ToString::to_string);
    StoreError::Open { path: folder.to_owned(), cause }
}

fn write_error(folder: &Path, error: &fjall::Error) -> StoreError {
    let cause = io_cause(error);
    match cause.map(io::Error::kind) {
        Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => StoreError::Full(folder.to_owned()),
        _ => {
            let cause = cause.map_or_else(|| error.to_string(), ToString::to_string);
            StoreError::Disk { path: folder.to_owned(), cause }
        }
    }
}

/// What the system said, below what fjall says of it.
fn io_cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a io::Error> {
    std::iter::successors(Some(error), |error| (*error).source()).filter_map(|error| error.downcast_ref()).last()
}
