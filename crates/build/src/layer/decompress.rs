//! Decompression by content: the first bytes decide, not the name (as moby/go-archive's `compression.Detect`).

use std::io::{self, BufRead, BufReader, Read};

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// How bytes are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// RFC 1952, any number of members.
    Gzip,
    /// bzip2, any number of streams.
    Bzip2,
    /// xz, any number of streams.
    Xz,
    /// Zstandard (RFC 8878), any number of frames.
    Zstd,
}

/// The most memory that a dictionary or window may take: what `xz -9` and `zstd --ultra` need, and some more.
const MEMORY_KIB: u32 = 256 * 1024;

impl Compression {
    /// Decides by the first bytes; six are enough.
    #[must_use]
    pub fn detect(start: &[u8]) -> Self {
        match start {
            [0x1f, 0x8b, 0x08, ..] => Self::Gzip,
            [b'B', b'Z', b'h', ..] => Self::Bzip2,
            [0xfd, b'7', b'z', b'X', b'Z', 0x00, ..] => Self::Xz,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            [first, 0x2a, 0x4d, 0x18, ..] if first & 0xf0 == 0x50 => Self::Zstd,
            _ => Self::None,
        }
    }
}

/// A reader of the plain bytes behind whatever compression `inner` has.
///
/// # Errors
/// If the first bytes cannot be read.
pub fn reader<'a>(inner: impl Read + Send + 'a) -> io::Result<Box<dyn Read + Send + 'a>> {
    let mut inner = BufReader::with_capacity(128 * 1024, inner);
    let compression = Compression::detect(start(&mut inner)?);
    Ok(match compression {
        Compression::None => Box::new(inner),
        Compression::Gzip => Box::new(MultiGzDecoder::new(inner)),
        Compression::Bzip2 => Box::new(MultiBzDecoder::new(inner)),
        Compression::Xz => Box::new(XzReader::new_mem_limit(inner, true, MEMORY_KIB)),
        Compression::Zstd => Box::new(Zstd::new(inner)),
    })
}

fn start(reader: &mut impl BufRead) -> io::Result<&[u8]> {
    loop {
        match reader.fill_buf() {
            Ok(_) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    reader.fill_buf()
}

/// Zstandard frames one after another; skippable frames are skipped.
struct Zstd<R> {
    source: R,
    decoder: FrameDecoder,
    in_frame: bool,
}

impl<R: BufRead> Zstd<R> {
    fn new(source: R) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(u64::from(MEMORY_KIB) * 1024);
        Self { source, decoder, in_frame: false }
    }

    /// Begins the next frame; false at the end.
    fn next_frame(&mut self) -> io::Result<bool> {
        while !start(&mut self.source)?.is_empty() {
            match self.decoder.init(&mut self.source) {
                Ok(()) => {
                    self.in_frame = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    let length = u64::from(length);
                    if io::copy(&mut (&mut self.source).take(length), &mut io::sink())? < length {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(error) => return Err(malformed(&error)),
            }
        }
        Ok(false)
    }
}

fn malformed(error: &FrameDecoderError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error.to_string())
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !buffer.is_empty() && (self.in_frame || self.next_frame()?) {
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                self.decoder
                    .decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1))
                    .map_err(|error| malformed(&error))?;
            }
            let count = self.decoder.read(buffer)?;
            if count > 0 {
                return Ok(count);
            }
            self.in_frame = false;
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn read(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        reader(bytes)?.read_to_end(&mut out)?;
        Ok(out)
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn plain_and_short_bytes_stay_as_they_are() {
        for bytes in [&b""[..], b"B", b"hello", b"\x1f\x8b"] {
            assert_eq!(read(bytes).unwrap(), bytes);
        }
    }

    #[test]
    fn members_follow_each_other() {
        let two = [gzip(b"one "), gzip(b"two")].concat();
        assert_eq!(read(&two).unwrap(), b"one two");
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        encoder.write_all(b"one ").unwrap();
        let one = encoder.finish().unwrap();
        assert_eq!(read(&[one.clone(), one].concat()).unwrap(), b"one one ");
    }

    /// `printf 'one ' | zstd`, a skippable frame of three bytes, the first again.
    #[test]
    fn zstandard_frames_and_skippable_ones() {
        let frame = ruzstd::encoding::compress_to_vec(&b"one "[..], ruzstd::encoding::CompressionLevel::Fastest);
        let skippable = [&[0x51, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
        let all = [frame.clone(), skippable.clone(), frame].concat();
        assert_eq!(read(&all).unwrap(), b"one one ");
        assert!(read(&skippable[..9]).is_err());
    }

    /// Made by `printf hello | xz`.
    #[test]
    fn xz() {
        let hello = "fd377a585a000004e6d6b4460200210116000000742fe5a301000468656c6c6f00000000b137b9dbe5da1e9b00011d05b82d80af1fb6f37d010000000004595a";
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        let bytes: Vec<u8> = hello.as_bytes().chunks(2).map(byte).collect();
        assert_eq!(read(&bytes).unwrap(), b"hello");
        assert!(read(&bytes[..40]).is_err());
    }

    #[test]
    fn cut_streams_are_errors() {
        let whole = gzip(&[7; 10_000]);
        for cut in [4, 12, whole.len() - 1] {
            assert!(read(&whole[..cut]).is_err(), "{cut}");
        }
    }
}
