use std::io::{self, BufRead};

use linkspan_report::{Position, Span};

use crate::{Document, Fault, fault::rule, json, text};

/// How long a line may be unless the caller says otherwise: 16 MiB.
pub const DEFAULT_LINE_LIMIT: usize = 16 << 20;

/// One line of NDJSON that is not blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    number: usize,
    bytes: Vec<u8>,
    too_long: Option<usize>,
    terminated: bool,
}

impl Line {
    /// A line that was cut out of a text elsewhere, by the same rules as [`ndjson`]: `bytes` is what stands before
    /// its line break, if it is `terminated` by one; `limit` is the most bytes that it may have.
    #[must_use]
    pub fn new(number: usize, bytes: &[u8], terminated: bool, limit: usize) -> Self {
        let mut line = Self { number, bytes: Vec::new(), too_long: None, terminated };
        line.take(bytes, limit);
        line.trim();
        line
    }

    /// A line that is longer than `limit` bytes.
    #[must_use]
    pub const fn too_long(number: usize, limit: usize) -> Self {
        Self { number, bytes: Vec::new(), too_long: Some(limit), terminated: true }
    }

    /// The line's number in the file, from 1; blank lines count.
    #[must_use]
    pub const fn number(&self) -> usize {
        self.number
    }

    /// What stands in the line, without its line break. Of a line that is too long, only its beginning.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether a line break ends it. The last line of a file that was cut off in the middle has none; such a line
    /// may still be complete JSON by chance.
    #[must_use]
    pub const fn is_terminated(&self) -> bool {
        self.terminated
    }

    /// The line as text.
    ///
    /// # Errors
    ///
    /// When it is too long or not UTF-8, with the place in the file.
    pub fn text(&self) -> Result<&str, Fault> {
        if let Some(limit) = self.too_long {
            let message = format!("the line is longer than {limit} bytes");
            return Err(Fault::new(rule::LIMIT, message, Span::at(Position::new(self.number, 1)))
                .help("NDJSON has one document per line; is this a file of another format?"));
        }
        text(&self.bytes).map_err(|mut fault| {
            fault.span.start.line += self.number - 1;
            fault.span.end.line += self.number - 1;
            fault
        })
    }

    /// The line as a document, with places in the file.
    ///
    /// # Errors
    ///
    /// As [`Line::text`] and [`json`](crate::json()).
    pub fn document(&self) -> Result<Document, Vec<Fault>> {
        let text = self.text().map_err(|fault| vec![fault])?;
        json::json_at_line(text, self.number).map_err(|faults| faults.into_iter().map(|f| self.torn(f)).collect())
    }

    /// A last line without a line break that ends too early was probably cut off.
    fn torn(&self, fault: Fault) -> Fault {
        if self.terminated || !fault.message.starts_with("the document ends") {
            return fault;
        }
        fault.help("the last line has no line break: the file may have been cut off while it was written")
    }
}

/// The lines of NDJSON: one in memory at a time.
#[derive(Debug)]
pub struct Lines<R> {
    reader: R,
    number: usize,
    limit: usize,
}

/// The lines of NDJSON that are not blank, each of at most [`DEFAULT_LINE_LIMIT`] bytes.
///
/// A line ends with LF or CR LF. A byte order mark before the first is skipped. Of a line that is too long only
/// the beginning is kept; it comes out as a [`Line`] whose [`Line::text`] is a fault.
pub fn ndjson<R: BufRead>(reader: R) -> Lines<R> {
    ndjson_with_limit(reader, DEFAULT_LINE_LIMIT)
}

/// [`ndjson`] with another limit for a line's length in bytes.
pub const fn ndjson_with_limit<R: BufRead>(reader: R, limit: usize) -> Lines<R> {
    Lines { reader, number: 0, limit }
}

/// What is kept of a line that is too long: enough to recognise it.
const KEPT_OF_TOO_LONG: usize = 1024;

impl<R: BufRead> Lines<R> {
    /// The next line, blank or not; `None` at the end.
    fn read_line(&mut self) -> io::Result<Option<Line>> {
        let mut line = Line { number: self.number + 1, bytes: Vec::new(), too_long: None, terminated: false };
        let mut any = false;
        while !line.terminated {
            let buffer = match self.reader.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if buffer.is_empty() {
                break;
            }
            any = true;
            let (chunk, used) = match memchr::memchr(b'\n', buffer) {
                Some(at) => (&buffer[..at], at + 1),
                None => (buffer, buffer.len()),
            };
            line.terminated = used > chunk.len();
            line.take(chunk, self.limit);
            self.reader.consume(used);
        }
        self.number += 1;
        line.trim();
        Ok(any.then_some(line))
    }
}

impl Line {
    /// Adds bytes, as far as the limit allows.
    fn take(&mut self, chunk: &[u8], limit: usize) {
        if self.too_long.is_some() {
            return;
        }
        if self.bytes.len() + chunk.len() > limit {
            self.too_long = Some(limit);
            self.bytes.truncate(KEPT_OF_TOO_LONG);
            self.bytes.shrink_to_fit();
        } else {
            self.bytes.extend_from_slice(chunk);
        }
    }

    /// Drops what does not belong to the content.
    fn trim(&mut self) {
        if self.terminated && self.bytes.last() == Some(&b'\r') {
            self.bytes.pop();
        }
        if self.number == 1 && self.bytes.starts_with(b"\xEF\xBB\xBF") {
            self.bytes.drain(..3);
        }
    }

    /// Whether there is nothing in it but white space; such lines count, but are no documents.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.too_long.is_none() && self.bytes.iter().all(u8::is_ascii_whitespace)
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.read_line() {
                Ok(Some(line)) if line.is_blank() => {}
                other => return other.transpose(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(bytes: &[u8]) -> Vec<Line> {
        ndjson(bytes).map(Result::unwrap).collect()
    }

    #[test]
    fn blank_lines_count_and_line_breaks_are_dropped() {
        let found = lines(b"\xEF\xBB\xBF{\"a\":1}\r\n\n \t\r\n[2]\n\"x\"");
        let seen: Vec<_> = found.iter().map(|line| (line.number(), line.bytes(), line.is_terminated())).collect();
        assert_eq!(seen, [(1, &b"{\"a\":1}"[..], true), (4, b"[2]", true), (5, b"\"x\"", false)]);
        assert_eq!(found[1].document().unwrap().span("/0").unwrap().start, Position::new(4, 2));
        assert!(lines(b"").is_empty());
        assert!(lines(b"\n\n").is_empty());
    }

    #[test]
    fn faults_have_their_place_in_the_file() {
        let found = lines(b"1\n{\"a\": \xFF}\n[1,,2]\n{\"a\": 1");
        assert_eq!(found[1].document().unwrap_err()[0].span.start, Position::new(2, 7));
        assert_eq!(found[2].document().unwrap_err()[0].span.start, Position::new(3, 4));
        let torn = &found[3].document().unwrap_err()[0];
        assert_eq!(torn.span.start, Position::new(4, 8));
        assert!(torn.help.as_deref().unwrap().contains("cut off"));
    }

    #[test]
    fn a_long_line_is_not_kept() {
        let text = format!("1\n{}\n2\n", "x".repeat(100_000));
        let found: Vec<_> = ndjson_with_limit(text.as_bytes(), 5000).map(Result::unwrap).collect();
        assert_eq!(found.len(), 3);
        assert!(found[1].bytes().len() <= 5000);
        assert_eq!(found[1].document().unwrap_err()[0].message, "the line is longer than 5000 bytes");
        assert_eq!((found[2].number(), found[2].bytes()), (3, &b"2"[..]));
    }

    #[test]
    fn a_reader_that_fails_ends_with_its_error() {
        struct Broken;
        impl io::Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("gone"))
            }
        }
        let mut lines = ndjson(io::BufReader::new(Broken));
        assert_eq!(lines.next().unwrap().unwrap_err().to_string(), "gone");
    }

    proptest! {
        #[test]
        fn whatever_the_buffer_every_line_comes_out(parts in proptest::collection::vec("[a-c ]{0,9}", 0..9), size in 1usize..9) {
            let text = parts.join("\n");
            let found: Vec<_> = ndjson(io::BufReader::with_capacity(size, text.as_bytes())).map(Result::unwrap).collect();
            let expected: Vec<_> = text.split('\n').enumerate().filter(|(_, line)| !line.trim().is_empty()).collect();
            let found: Vec<_> = found.iter().map(|line| (line.number() - 1, line.text().unwrap())).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
