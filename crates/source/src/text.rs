use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use linkspan_report::{Position, Span};
use thiserror::Error;

use crate::{Fault, fault::rule, lines};

/// The UTF-8 text of some bytes, without a byte order mark (which no position counts).
///
/// # Errors
///
/// A [`Fault`] at the first byte that is not UTF-8, naming UTF-16 and UTF-32 where the bytes look like it.
pub fn text(bytes: &[u8]) -> Result<&str, Fault> {
    if let Some(name) = wide_encoding(bytes) {
        return Err(Fault::new(rule::ENCODING, format!("the text is {name}, not UTF-8"), Span::at(Position::START))
            .help("save the file as UTF-8"));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| broken(bytes, error.valid_up_to()))
}

/// What the first bytes give away, after RFC 4627 section 3 and YAML 1.2.2 section 5.2: JSON and YAML begin with
/// an ASCII character, so zero bytes beside it tell the width.
fn wide_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [1..=0xFF, 0, 0, 0, ..] => Some("UTF-32LE"),
        [0, 0, 0xFE, 0xFF, ..] | [0, 0, 0, 1..=0xFF, ..] => Some("UTF-32BE"),
        [0xFF, 0xFE, ..] | [1..=0xFF, 0, 1..=0xFF, 0, ..] | [1..=0xFF, 0] => Some("UTF-16LE"),
        [0xFE, 0xFF, ..] | [0, 1..=0xFF, 0, 1..=0xFF, ..] | [0, 1..=0xFF] => Some("UTF-16BE"),
        _ => None,
    }
}

fn broken(bytes: &[u8], at: usize) -> Fault {
    let valid = bytes.get(..at).and_then(|valid| std::str::from_utf8(valid).ok()).unwrap_or_default();
    let byte = bytes.get(at).copied().unwrap_or_default();
    let start = lines::span_of(valid, at, at).start;
    let span = Span::new(start, Position::new(start.line, start.column + 1));
    Fault::new(rule::ENCODING, format!("the byte `0x{byte:02X}` is not UTF-8 here"), span)
        .help("save the file as UTF-8")
}

/// Why a file could not be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The operating system refused.
    #[error("cannot read `{}`", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// It is larger than what was allowed.
    #[error("`{}` is larger than {limit} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most bytes that were allowed.
        limit: u64,
    },
    /// It is not UTF-8.
    #[error("`{}` is not UTF-8: line {}, column {}: {}", path.display(), fault.span.start.line, fault.span.start.column, fault.message)]
    NotText {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and where.
        fault: Box<Fault>,
    },
}

/// The text of a file of at most `limit` bytes, as [`text`] gives it.
///
/// # Errors
///
/// When the file cannot be read, is larger, or is not UTF-8.
pub fn read(path: impl AsRef<Path>, limit: u64) -> Result<String, ReadError> {
    let path = path.as_ref();
    let bytes = bytes_of(path, limit)
        .map_err(|source| ReadError::Io { path: path.to_owned(), source })?
        .ok_or_else(|| ReadError::TooLarge { path: path.to_owned(), limit })?;
    match text(&bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(fault) => Err(ReadError::NotText { path: path.to_owned(), fault: Box::new(fault) }),
    }
}

/// The bytes of a file, or `None` where there are more than `limit`.
fn bytes_of(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    let fits = u64::try_from(bytes.len()).is_ok_and(|length| length <= limit);
    Ok(fits.then_some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bad_byte_has_a_place() {
        let fault = text("a\nb\u{e4}\u{1f6a2}\u{0}".as_bytes()).map(|_| ());
        assert_eq!(fault, Ok(()));
        let fault = text(b"a\nb\xC3\xA4\xFF!").unwrap_err();
        assert_eq!(fault.span.start, Position::new(2, 3));
        assert_eq!(fault.message, "the byte `0xFF` is not UTF-8 here");
        assert_eq!(text(b"\xC3").unwrap_err().span.start, Position::START);
    }

    #[test]
    fn a_byte_order_mark_counts_for_nothing() {
        assert_eq!(text(b"\xEF\xBB\xBFa"), Ok("a"));
        assert_eq!(text(b"\xEF\xBB\xBF\xFF").unwrap_err().span.start, Position::START);
    }

    #[test]
    fn wide_encodings_are_named() {
        for (bytes, name) in [
            (&b"\xFF\xFEa\0"[..], "UTF-16LE"),
            (b"\xFE\xFF\0a", "UTF-16BE"),
            (b"{\0}\0", "UTF-16LE"),
            (b"\0{\0}", "UTF-16BE"),
            (b"\xFF\xFE\0\0a\0\0\0", "UTF-32LE"),
            (b"\0\0\0{", "UTF-32BE"),
        ] {
            assert_eq!(text(bytes).unwrap_err().message, format!("the text is {name}, not UTF-8"));
        }
    }

    #[test]
    fn a_large_file_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "12345").unwrap();
        assert_eq!(read(file.path(), 5).unwrap(), "12345");
        assert!(matches!(read(file.path(), 4), Err(ReadError::TooLarge { limit: 4, .. })));
        assert!(matches!(read("no/such/file", 4), Err(ReadError::Io { .. })));
    }
}
