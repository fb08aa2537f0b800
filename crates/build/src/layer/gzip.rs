//! Compresses a layer while it is put together: chunks of one size become gzip members of their own
//! (RFC 1952, 2.2: a file is a series of members), so that the bytes do not depend on the number of threads.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use libdeflater::{CompressionLvl, Compressor};
use linkspan_oci::digest::{Algorithm, Digest, Digester};

use super::node::Entries;
use super::tar::{self, Sink, TarError};

/// Uncompressed size of a member. Changing it changes every digest.
const CHUNK: usize = 1 << 20;
/// The fastest level that still compresses; libdeflate's level 1 is smaller than zlib's.
const LEVEL: i32 = 1;

/// The digest of the tar archive alone, and its size.
///
/// # Errors
/// [`TarError`] if a file cannot be read.
pub fn hash(entries: &Entries, mtime: u64) -> Result<(Digest, u64), TarError> {
    thread::scope(|scope| {
        let (chunks, received) = sync_channel::<Arc<Vec<u8>>>(4);
        let hashing = scope.spawn(move || digest(&received));
        let mut sink = Chunks::new(|chunk| chunks.send(chunk).map_err(|_| gone()));
        tar::write(entries, mtime, &mut sink)?;
        sink.finish().map_err(TarError::Write)?;
        drop(sink);
        drop(chunks);
        hashing.join().map_err(|_| TarError::Write(gone()))
    })
}

/// Writes `entries` as a compressed tar archive to `output`, with `workers` threads that compress. Returns the
/// digest of the tar archive (the layer's diff ID), and its size.
///
/// # Errors
/// [`TarError`] if a file cannot be read, or the output cannot be written.
pub fn compress(
    entries: &Entries,
    mtime: u64,
    workers: usize,
    output: &mut (dyn Write + Send),
) -> Result<(Digest, u64), TarError> {
    let workers = workers.max(1);
    thread::scope(|scope| {
        let (hashed, to_hash) = sync_channel(workers + 2);
        let (jobs, to_do) = sync_channel::<Job>(workers + 2);
        let (ordered, in_order) = sync_channel::<Receiver<io::Result<Vec<u8>>>>(workers + 2);
        let to_do = Arc::new(Mutex::new(to_do));
        for _ in 0..workers {
            let to_do = Arc::clone(&to_do);
            scope.spawn(move || work(&to_do));
        }
        drop(to_do);
        let hashing = scope.spawn(move || digest(&to_hash));
        let collecting = scope.spawn(move || collect(&in_order, output));
        let mut sink = Chunks::new(|chunk| {
            let (reply, member) = sync_channel(1);
            hashed.send(Arc::clone(&chunk)).map_err(|_| gone())?;
            jobs.send(Job { chunk, reply }).map_err(|_| gone())?;
            ordered.send(member).map_err(|_| gone())
        });
        let written = tar::write(entries, mtime, &mut sink).and_then(|()| sink.finish().map_err(TarError::Write));
        drop(sink);
        drop((hashed, jobs, ordered));
        let collected = collecting.join().map_err(|_| TarError::Write(gone()))?;
        let hashed = hashing.join().map_err(|_| TarError::Write(gone()))?;
        // Where the output failed, what the reader saw is only that nobody takes its chunks.
        collected.map_err(TarError::Write)?;
        written.map(|()| hashed)
    })
}

struct Job {
    chunk: Arc<Vec<u8>>,
    reply: SyncSender<io::Result<Vec<u8>>>,
}

fn gone() -> io::Error {
    io::Error::other("the layer's writer stopped")
}

fn digest(chunks: &Receiver<Arc<Vec<u8>>>) -> (Digest, u64) {
    let mut digester = Digester::new(Algorithm::Sha256);
    let mut size = 0;
    for chunk in chunks {
        digester.update(&chunk);
        size += chunk.len() as u64;
    }
    (digester.finish(), size)
}

fn work(jobs: &Mutex<Receiver<Job>>) {
    let mut compressor = level().map(Compressor::new);
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        let member = match &mut compressor {
            Ok(compressor) => member(compressor, &job.chunk),
            Err(error) => Err(io::Error::other(error.to_string())),
        };
        // Nobody waits for it any more: the output failed, and says so.
        let _ = job.reply.send(member);
    }
}

fn level() -> Result<CompressionLvl, io::Error> {
    CompressionLvl::new(LEVEL).map_err(|error| io::Error::other(format!("{error:?}")))
}

fn member(compressor: &mut Compressor, chunk: &[u8]) -> io::Result<Vec<u8>> {
    let mut member = vec![0; compressor.gzip_compress_bound(chunk.len())];
    let size = compressor.gzip_compress(chunk, &mut member).map_err(|error| io::Error::other(error.to_string()))?;
    member.truncate(size);
    Ok(member)
}

fn collect(members: &Receiver<Receiver<io::Result<Vec<u8>>>>, output: &mut dyn Write) -> io::Result<()> {
    for member in members {
        output.write_all(&member.recv().map_err(|_| gone())??)?;
    }
    output.flush()
}

/// Cuts the archive into chunks of [`CHUNK`] bytes; the last one is shorter.
struct Chunks<F> {
    chunk: Vec<u8>,
    used: usize,
    send: F,
}

impl<F: FnMut(Arc<Vec<u8>>) -> io::Result<()>> Chunks<F> {
    fn new(send: F) -> Self {
        Self { chunk: vec![0; CHUNK], used: 0, send }
    }

    fn advance(&mut self, count: usize) -> io::Result<()> {
        self.used += count;
        if self.used == CHUNK {
            let full = std::mem::replace(&mut self.chunk, vec![0; CHUNK]);
            self.used = 0;
            (self.send)(Arc::new(full))?;
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let mut last = std::mem::take(&mut self.chunk);
        last.truncate(std::mem::take(&mut self.used));
        if last.is_empty() { Ok(()) } else { (self.send)(Arc::new(last)) }
    }
}

impl<F: FnMut(Arc<Vec<u8>>) -> io::Result<()>> Sink for Chunks<F> {
    fn put(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let count = bytes.len().min(CHUNK - self.used);
            self.chunk[self.used..self.used + count].copy_from_slice(&bytes[..count]);
            bytes = &bytes[count..];
            self.advance(count)?;
        }
        Ok(())
    }

    fn fill(&mut self, most: usize, fill: &mut dyn FnMut(&mut [u8]) -> io::Result<usize>) -> io::Result<usize> {
        let most = most.min(CHUNK - self.used);
        let count = fill(&mut self.chunk[self.used..self.used + most])?;
        self.advance(count)?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::{ImagePath, Node};

    fn sample() -> Entries {
        let noise: Vec<u8> = (0..2_500_000_u32)
            .map(|i| u8::try_from((i.wrapping_mul(2_654_435_761) >> 13) & 0x3f).unwrap_or(0))
            .collect();
        [("a", Node::bytes(noise, 0o644)), ("b", Node::bytes(*b"small", 0o755)), ("c", Node::folder(0o755))]
            .map(|(path, node)| (ImagePath::clean(path), node))
            .into()
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let run = |workers| {
            let mut out = Vec::new();
            let hashed = compress(&sample(), 0, workers, &mut out).unwrap();
            (hashed, out)
        };
        let one = run(1);
        assert_eq!(one, run(2));
        assert_eq!(one, run(8));
        assert_eq!(hash(&sample(), 0).unwrap(), one.0);
        let mut plain = Vec::new();
        io::Read::read_to_end(&mut crate::layer::decompress::reader(&one.1[..]).unwrap(), &mut plain).unwrap();
        assert_eq!(Digest::sha256(&plain), one.0.0);
    }

    #[test]
    fn an_empty_layer_is_the_one_that_everybody_knows() {
        let mut out = Vec::new();
        let (diff_id, _) = compress(&Entries::new(), 0, 2, &mut out).unwrap();
        insta::assert_snapshot!(diff_id, @"sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef");
    }

    #[test]
    fn an_output_that_fails_is_reported() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::Error::other("disk full"))
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        insta::assert_snapshot!(compress(&sample(), 0, 2, &mut Full).unwrap_err(), @"cannot write the layer: disk full");
    }
}
