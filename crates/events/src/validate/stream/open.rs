//! Compressed files, by name and by their first bytes.

use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::validate) enum Compression {
    /// gzip (RFC 1952), one or more members.
    Gzip,
    /// Zstandard (RFC 8878), one or more frames.
    Zstandard,
}

impl Compression {
    /// What people call it.
    pub(in crate::validate) const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstandard => "Zstandard",
        }
    }

    /// What the first bytes tell; a skippable frame may come before the first of Zstandard.
    fn of(first: &[u8]) -> Option<Self> {
        match first {
            [0x1F, 0x8B, ..] => Some(Self::Gzip),
            [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Some(Self::Zstandard),
            _ => None,
        }
    }
}

/// What a file's name tells about its compression, and the name of what is inside.
pub(in crate::validate) fn compression(path: &Path) -> (Option<Compression>, PathBuf) {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let compression = match extension.to_ascii_lowercase().as_str() {
        "gz" | "gzip" => Compression::Gzip,
        "zst" | "zstd" => Compression::Zstandard,
        _ => return (None, path.to_owned()),
    };
    (Some(compression), path.with_extension(""))
}

/// What is inside `reader`, decompressed if its first bytes say so.
///
/// # Errors
/// It cannot be read, or its name promises a compression that it does not have.
pub(in crate::validate) fn decompressed(
    mut reader: Box<dyn BufRead + Send>,
    named: Option<Compression>,
) -> io::Result<(Box<dyn Read + Send>, Option<Compression>)> {
    let found = Compression::of(reader.fill_buf()?);
    match (found, named) {
        (Some(Compression::Gzip), _) => Ok((Box::new(MultiGzDecoder::new(reader)), found)),
        (Some(Compression::Zstandard), _) => Ok((Box::new(Frames::new(reader)), found)),
        (None, Some(named)) => Err(damage(format!("it is not {}, which its name promises", named.name()))),
        (None, None) => Ok((reader, None)),
    }
}

/// Whether an error is one of the data, not of the device that it comes from.
pub(in crate::validate) fn is_damage(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof)
}

fn damage(what: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// The frames of a Zstandard file, one behind the other; skippable ones are skipped.
struct Frames<R> {
    source: R,
    decoder: FrameDecoder,
    inside: bool,
}

impl<R: BufRead> Frames<R> {
    fn new(source: R) -> Self {
        Self { source, decoder: FrameDecoder::new(), inside: false }
    }

    /// Begins the next frame; whether there is one.
    fn begin(&mut self) -> io::Result<bool> {
        loop {
            if self.source.fill_buf()?.is_empty() {
                return Ok(false);
            }
            match self.decoder.reset(&mut self.source) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    let skipped = io::copy(&mut (&mut self.source).take(u64::from(length)), &mut io::sink())?;
                    if skipped < u64::from(length) {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(error) => return Err(self.broken(error)),
            }
        }
    }

    /// What broke a frame: where all was read, the rest of it is missing.
    fn broken(&mut self, error: FrameDecoderError) -> io::Error {
        match self.source.fill_buf() {
            Ok([]) => io::ErrorKind::UnexpectedEof.into(),
            Ok(_) => damage(error),
            Err(error) => error,
        }
    }

    /// Ends a frame: what came out must be what went in.
    fn end(&mut self) -> io::Result<()> {
        self.inside = false;
        match (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum()) {
            (Some(written), Some(found)) if written != found => Err(damage("the checksum of a frame does not match")),
            _ => Ok(()),
        }
    }
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.inside {
                self.inside = self.begin()?;
                if !self.inside {
                    return Ok(0);
                }
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let decoded = self.decoder.decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1));
                if let Err(error) = decoded {
                    return Err(self.broken(error));
                }
            }
            match self.decoder.read(buffer)? {
                0 if !buffer.is_empty() => self.end()?,
                count => return Ok(count),
            }
        }
    }
}
