//! The end of a log, looked at before fjall does.
//!
//! fjall drops an unfinished batch at the end. But it believes lengths that were never written, and takes damage in the
//! middle for the end; and it refuses a log whose last batch has its end and not its middle, as a power failure may leave
//! it. What was never acknowledged is to be dropped, and nothing else.

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

const START: u8 = 1;
const ITEM: u8 = 2;
const END: u8 = 3;
const CLEAR: u8 = 4;
/// The last bytes of a batch.
const TRAILER: &[u8; 4] = b"FJL\x03";
/// So far behind a broken batch is looked for a whole one.
const AHEAD: u64 = 1 << 20;

/// The newest log of a database, without what is unfinished at its end.
pub(super) struct Log {
    file: File,
    /// Where the last batch begins.
    last: u64,
    /// Where it ends.
    end: u64,
}

/// A last batch that was taken off.
pub(super) struct Cut(Log, Vec<u8>);

impl Log {
    /// Drops what is unfinished; nothing if there is no log.
    ///
    /// # Errors
    ///
    /// `InvalidData` if whole batches follow: then it is not the end that is damaged.
    pub(super) fn mended(folder: &Path) -> io::Result<Option<Self>> {
        let Some(path) = newest(folder)? else { return Ok(None) };
        let file = File::options().read(true).write(true).open(&path)?;
        let length = file.metadata()?.len();
        let mut reader = BufReader::new(&file);
        let (mut last, mut end) = (0, 0);
        while whole(&mut reader)? {
            last = std::mem::replace(&mut end, reader.stream_position()?);
        }
        if end < length {
            if followed(&mut reader, end)? {
                let path = path.display();
                return Err(io::Error::new(
                    ErrorKind::InvalidData,
                    format!(
                        "`{path}` is damaged at byte {end}: put back a copy of the folder, or remove it to begin anew"
                    ),
                ));
            }
            file.set_len(end)?;
            file.sync_all()?;
        }
        Ok(Some(Self { file, last, end }))
    }

    /// Takes the last batch off.
    pub(super) fn cut(mut self) -> io::Result<Cut> {
        let mut batch = Vec::new();
        self.file.seek(SeekFrom::Start(self.last))?;
        (&self.file).take(self.end - self.last).read_to_end(&mut batch)?;
        self.file.set_len(self.last)?;
        self.file.sync_all()?;
        Ok(Cut(self, batch))
    }
}

impl Cut {
    /// Puts the batch back.
    pub(super) fn undo(self) -> io::Result<()> {
        let Self(Log { mut file, last, .. }, batch) = self;
        file.set_len(last)?;
        file.seek(SeekFrom::Start(last))?;
        file.write_all(&batch)?;
        file.sync_all()
    }
}

fn newest(folder: &Path) -> io::Result<Option<PathBuf>> {
    let number = |path: &PathBuf| path.file_stem().and_then(|stem| stem.to_str()?.parse::<u64>().ok());
    let logs = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        entries => entries?.filter_map(|entry| entry.ok().map(|entry| entry.path())),
    };
    let logs = logs.filter(|path| path.extension().is_some_and(|extension| extension == "jnl"));
    Ok(logs.filter(|path| number(path).is_some()).max_by_key(number))
}

/// Whether a batch with its end stands here; the reader is then behind it.
fn whole(log: &mut (impl BufRead + Seek)) -> io::Result<bool> {
    match batch(log) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        outcome => outcome,
    }
}

fn batch(log: &mut (impl BufRead + Seek)) -> io::Result<bool> {
    let [START, count @ .., _, _, _, _, _, _, _, _] = bytes::<13>(log)? else { return Ok(false) };
    for _ in 0..u32::from_le_bytes(count) {
        match bytes(log)? {
            [ITEM] => {
                let [kind, form, _, _, _, _, _, _, _, _, k0, k1, length @ .., s0, s1, s2, s3] = bytes::<20>(log)?;
                // As they are, without compression: both lengths are the same.
                if kind > 2 || form != 0 || length != [s0, s1, s2, s3] {
                    return Ok(false);
                }
                let key = i64::from(u16::from_le_bytes([k0, k1]));
                log.seek_relative(key + i64::from(u32::from_le_bytes(length)))?;
            }
            [CLEAR] => drop(bytes::<8>(log)?),
            _ => return Ok(false),
        }
    }
    let [END, _, _, _, _, _, _, _, _, trailer @ ..] = bytes::<13>(log)? else { return Ok(false) };
    Ok(trailer == *TRAILER)
}

fn bytes<const COUNT: usize>(log: &mut impl Read) -> io::Result<[u8; COUNT]> {
    let mut bytes = [0; COUNT];
    log.read_exact(&mut bytes).map(|()| bytes)
}

/// Whether another whole batch stands behind the end of a batch after `from`.
fn followed(log: &mut (impl BufRead + Seek), from: u64) -> io::Result<bool> {
    let mut ahead = Vec::new();
    log.seek(SeekFrom::Start(from))?;
    log.by_ref().take(AHEAD).read_to_end(&mut ahead)?;
    // Logs are made with room: most of it is zeros.
    ahead.truncate(ahead.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1));
    let ends = ahead.windows(TRAILER.len()).enumerate().filter(|(_, bytes)| bytes == TRAILER);
    for (place, _) in ends {
        log.seek(SeekFrom::Start(from + (place + TRAILER.len()) as u64))?;
        if whole(log)? {
            return Ok(true);
        }
    }
    Ok(false)
}
