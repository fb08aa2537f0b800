//! NDJSON in pieces of whole lines.

use std::io::{self, Read};

/// How much is read at a time: what a core's cache holds beside the tapes.
const PIECE: usize = 1 << 18;

/// A part of a stream.
#[derive(Debug)]
pub(in crate::validate) enum Piece {
    /// Whole lines.
    Lines {
        /// The number of the first, from 1.
        first: usize,
        /// Their bytes, with line breaks; only the stream's last line may have none.
        bytes: Vec<u8>,
    },
    /// A line that is longer than the limit; its number, from 1.
    TooLong(usize),
    /// The stream broke before the line of this number was complete.
    Broken(usize, io::Error),
}

/// The pieces of a stream; never more in memory than one piece and one line of the longest allowed length.
pub(in crate::validate) struct Chunks<R> {
    reader: R,
    limit: usize,
    /// The beginning of a line whose end is not read yet.
    rest: Vec<u8>,
    /// The number of that line.
    line: usize,
    over: bool,
    error: Option<io::Error>,
}

impl<R: Read> Chunks<R> {
    /// The lines of `reader`, each of at most `limit` bytes.
    pub(in crate::validate) const fn new(reader: R, limit: usize) -> Self {
        Self { reader, limit, rest: Vec::new(), line: 1, over: false, error: None }
    }

    /// Whether all was read.
    pub(in crate::validate) const fn is_over(&self) -> bool {
        self.over
    }

    /// The next piece, in a buffer that is no longer needed; `None` at the end.
    pub(in crate::validate) fn next(&mut self, mut buffer: Vec<u8>) -> Option<Piece> {
        if let Some(error) = self.error.take() {
            return Some(Piece::Broken(self.line, error));
        }
        if self.over {
            return None;
        }
        buffer.clear();
        buffer.append(&mut self.rest);
        let mut searched = 0;
        loop {
            match self.read(&mut buffer) {
                Err(error) => {
                    self.fail(error);
                    return self.whole(buffer);
                }
                Ok(false) => return self.last(buffer),
                Ok(true) => {}
            }
            if let Some(end) = memchr::memrchr(b'\n', buffer.get(searched..).unwrap_or_default()) {
                self.rest = buffer.split_off(searched + end + 1);
                return Some(self.lines(buffer));
            }
            searched = buffer.len();
            if searched > self.limit {
                return Some(self.skip(buffer));
            }
        }
    }

    fn fail(&mut self, error: io::Error) {
        self.over = true;
        self.error = Some(error);
    }

    /// Whether there was more to read.
    fn read(&mut self, buffer: &mut Vec<u8>) -> io::Result<bool> {
        buffer.reserve(PIECE);
        Ok((&mut self.reader).take(PIECE as u64).read_to_end(buffer)? > 0)
    }

    fn lines(&mut self, bytes: Vec<u8>) -> Piece {
        let first = self.line;
        self.line += memchr::memchr_iter(b'\n', &bytes).count();
        Piece::Lines { first, bytes }
    }

    fn last(&mut self, bytes: Vec<u8>) -> Option<Piece> {
        self.over = true;
        (!bytes.is_empty()).then(|| self.lines(bytes))
    }

    /// What was whole before the stream broke; what broke it comes next.
    fn whole(&mut self, mut bytes: Vec<u8>) -> Option<Piece> {
        let whole = memchr::memrchr(b'\n', &bytes).map_or(0, |end| end + 1);
        bytes.truncate(whole);
        if bytes.is_empty() { self.next(bytes) } else { Some(self.lines(bytes)) }
    }

    /// Reads on to the end of a line that is too long.
    fn skip(&mut self, mut buffer: Vec<u8>) -> Piece {
        let number = self.line;
        loop {
            buffer.clear();
            match self.read(&mut buffer) {
                Err(error) => self.fail(error),
                Ok(false) => self.over = true,
                Ok(true) => {}
            }
            if let Some(end) = memchr::memchr(b'\n', &buffer) {
                self.rest = buffer.split_off(end + 1);
                self.line += 1;
            } else if !self.over {
                continue;
            }
            return Piece::TooLong(number);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The lines that come out, with their numbers; a line that is too long is `None`.
    fn lines(reader: impl Read, limit: usize) -> Vec<(usize, Option<String>)> {
        let mut chunks = Chunks::new(reader, limit);
        let mut found = Vec::new();
        while let Some(piece) = chunks.next(Vec::new()) {
            match piece {
                Piece::Lines { first, bytes } => {
                    let text = String::from_utf8(bytes).unwrap();
                    let lines = text.lines().enumerate().map(|(index, line)| (first + index, Some(line.to_owned())));
                    found.extend(lines.filter(|(_, line)| line.as_ref().is_some_and(|line| line.len() <= limit)));
                }
                Piece::TooLong(number) => found.push((number, None)),
                Piece::Broken(number, error) => found.push((number, Some(error.to_string()))),
            }
        }
        found
    }

    /// Gives a few bytes at a time, then fails.
    struct Slow<'a>(&'a [u8], bool);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() && self.1 {
                return Err(io::Error::other("gone"));
            }
            let count = self.0.len().min(buffer.len()).min(7);
            let (now, later) = self.0.split_at(count);
            buffer[..count].copy_from_slice(now);
            self.0 = later;
            Ok(count)
        }
    }

    #[test]
    fn a_long_line_is_skipped_and_the_next_ones_come() {
        let text = format!("a\n{}\nb\n\nc", "x".repeat(3 * PIECE));
        let found = lines(text.as_bytes(), 100);
        let expected = [(1, "a"), (3, "b"), (4, ""), (5, "c")].map(|(number, text)| (number, Some(text.to_owned())));
        assert_eq!(found.iter().filter(|(_, line)| line.is_some()).cloned().collect::<Vec<_>>(), expected);
        let endless = lines(io::repeat(b'x').take(5 * PIECE as u64), 100);
        assert_eq!(endless, [(1, None)]);
    }

    #[test]
    fn whole_lines_before_a_break_come_first() {
        let found = lines(Slow(b"one\ntwo\nthr", true), 100);
        let expected = [(1, "one"), (2, "two"), (3, "gone")].map(|(number, text)| (number, Some(text.to_owned())));
        assert_eq!(found, expected);
    }

    proptest! {
        #[test]
        fn every_line_comes_out_once(parts in proptest::collection::vec("[a-c]{0,9}", 0..9), long in 0_usize..9) {
            let mut parts = parts;
            if let Some(part) = parts.get_mut(long) {
                *part = "y".repeat(PIECE + 17);
            }
            let text = parts.join("\n");
            let expected: Vec<_> = text.lines().enumerate().map(|(at, line)| (at + 1, Some(line.to_owned()))).collect();
            prop_assert_eq!(&lines(text.as_bytes(), 2 * PIECE), &expected);
            prop_assert_eq!(&lines(Slow(text.as_bytes(), false), 2 * PIECE), &expected);
        }
    }
}
