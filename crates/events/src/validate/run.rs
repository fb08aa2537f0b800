//! One file under check: its documents, on the fast path and, where that does not accept, on the exact one.

use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};

use linkspan_command::Failure;
use linkspan_report::{Finding, Findings, Position, Severity, Span};
use linkspan_source::{DEFAULT_LINE_LIMIT, Dialect as Yaml, Document, Fault, Format, Line, json, text, yaml};

use super::Input;
use super::checker::Checker;
use super::fast::Fast;
use super::stream::{Chunks, Piece, in_order, is_damage};

/// A file that is not NDJSON and larger than this is refused.
const LIMIT: u64 = 1 << 28;

/// A JSON document that is longer than this is tried on the fast path first.
const LONG: usize = 1 << 16;

/// How many documents were checked, and how many are not valid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) documents: usize,
    pub(super) invalid: usize,
}

/// What came of some documents, in their order.
#[derive(Default)]
struct Outcome {
    tally: Tally,
    findings: Vec<Finding>,
    failure: Option<Failure>,
}

impl Outcome {
    /// Counts a document with its faults.
    fn document(&mut self, findings: Vec<Finding>) {
        self.tally.documents += 1;
        self.tally.invalid += usize::from(findings.iter().any(|finding| finding.severity == Severity::Error));
        self.findings.extend(findings);
    }
}

/// Buffers that are no longer needed, to be used again.
#[derive(Default)]
struct Buffers(Mutex<Vec<Vec<u8>>>);

impl Buffers {
    fn take(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Keeps a buffer, unless a long line made it large.
    fn give(&self, buffer: Vec<u8>) {
        if buffer.capacity() <= LARGE {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
        }
    }
}

/// Buffers larger than this are not kept.
const LARGE: usize = 1 << 20;

/// A file with what its documents are held against.
#[derive(Clone, Copy)]
pub(super) struct Run<'a> {
    pub(super) checker: &'a Checker,
    pub(super) input: &'a Input,
    pub(super) jobs: usize,
}

impl Run<'_> {
    /// Checks all documents of the file.
    pub(super) fn all(self, findings: &mut Findings) -> Result<Tally, Failure> {
        let (reader, compressed) = match self.input.open() {
            Ok(opened) => opened,
            Err(error) if is_damage(&error) => {
                findings.push(self.damaged(1, &error));
                return Ok(Tally { documents: 1, invalid: 1 });
            }
            Err(error) => return Err(self.unreadable(&error)),
        };
        if self.input.format == Format::Ndjson {
            return self.lines(reader, compressed, findings);
        }
        let mut outcome = Outcome::default();
        if !compressed && self.input.size().is_some_and(|size| size > LIMIT) {
            findings.push(self.too_large());
            return Ok(Tally { documents: 1, invalid: 1 });
        }
        let mut bytes = Vec::new();
        match reader.take(LIMIT + 1).read_to_end(&mut bytes) {
            Err(error) if compressed && is_damage(&error) => outcome.document(vec![self.damaged(1, &error)]),
            Err(error) => return Err(self.unreadable(&error)),
            Ok(_) if bytes.len() as u64 > LIMIT => outcome.document(vec![self.too_large()]),
            Ok(_) => self.whole(&bytes, &mut outcome),
        }
        findings.extend(outcome.findings);
        Ok(outcome.tally)
    }

    fn whole(self, bytes: &[u8], outcome: &mut Outcome) {
        if let Some(findings) = self.checker.message(bytes, self.input) {
            return outcome.document(findings);
        }
        let long = self.input.format == Format::Json && bytes.len() > LONG;
        if long && text(bytes).is_ok_and(|text| Fast::new(self.checker).accepts(text)) {
            return outcome.document(Vec::new());
        }
        match documents(bytes, self.input.format) {
            Ok(documents) => documents.iter().for_each(|document| outcome.document(self.exact(document))),
            Err(faults) => outcome.document(self.malformed(&faults)),
        }
    }

    fn lines(self, reader: Box<dyn Read + Send>, compressed: bool, findings: &mut Findings) -> Result<Tally, Failure> {
        let mut chunks = Chunks::new(reader, DEFAULT_LINE_LIMIT);
        let first = chunks.next(Vec::new());
        // One thread is enough for what came at once.
        let jobs = if chunks.is_over() { 1 } else { self.jobs };
        let mut first = first.into_iter();
        let buffers = Buffers::default();
        let mut tally = Tally::default();
        let mut failure = None;
        let worker = || {
            let mut fast = Fast::new(self.checker);
            let buffers = &buffers;
            move |piece| self.piece(&mut fast, piece, compressed, buffers)
        };
        let merge = |outcome: Outcome| {
            tally.documents += outcome.tally.documents;
            tally.invalid += outcome.tally.invalid;
            findings.extend(outcome.findings);
            failure = outcome.failure;
            failure.is_none()
        };
        in_order(jobs, || first.next().or_else(|| chunks.next(buffers.take())), worker, merge);
        failure.map_or(Ok(tally), Err)
    }

    fn piece(self, fast: &mut Fast<'_>, piece: Piece, compressed: bool, buffers: &Buffers) -> Outcome {
        let mut outcome = Outcome::default();
        match piece {
            Piece::Lines { first, bytes } => {
                self.each(fast, first, &bytes, &mut outcome);
                buffers.give(bytes);
            }
            Piece::TooLong(number) => self.line(&Line::too_long(number, DEFAULT_LINE_LIMIT), &mut outcome),
            Piece::Broken(number, error) if compressed && is_damage(&error) => {
                outcome.document(vec![self.damaged(number, &error)]);
            }
            Piece::Broken(_, error) => outcome.failure = Some(self.unreadable(&error)),
        }
        outcome
    }

    fn each(self, fast: &mut Fast<'_>, first: usize, bytes: &[u8], outcome: &mut Outcome) {
        let text = std::str::from_utf8(bytes).ok();
        let mut start = 0;
        let mut number = first;
        while start < bytes.len() {
            let rest = bytes.get(start..).unwrap_or_default();
            let end = memchr::memchr(b'\n', rest);
            let line = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            let known = match text {
                Some(text) => text.get(start..start + line.len()),
                None => std::str::from_utf8(line).ok(),
            };
            if line.len() <= DEFAULT_LINE_LIMIT && known.is_some_and(|text| fast.accepts(text)) {
                outcome.tally.documents += 1;
            } else {
                self.line(&Line::new(number, line, end.is_some(), DEFAULT_LINE_LIMIT), outcome);
            }
            start += line.len() + 1;
            number += 1;
        }
    }

    /// A line on the exact path.
    fn line(self, line: &Line, outcome: &mut Outcome) {
        if line.is_blank() {
            return;
        }
        outcome.document(match line.document() {
            Ok(document) => self.exact(&document),
            Err(faults) => self.malformed(&faults),
        });
    }

    fn exact(self, document: &Document) -> Vec<Finding> {
        self.checker.document(document, self.input)
    }

    fn malformed(self, faults: &[Fault]) -> Vec<Finding> {
        self.checker.malformed(faults, self.input.shown())
    }

    fn unreadable(self, error: &io::Error) -> Failure {
        Failure::input(format!("`{}` cannot be read: {error}", self.input.shown()))
    }

    fn damaged(self, line: usize, error: &io::Error) -> Finding {
        let message = match error.kind() {
            io::ErrorKind::UnexpectedEof => "the compressed data ends in the middle".to_owned(),
            _ => format!("the compressed data is damaged: {error}"),
        };
        let finding = Finding::error("input-damaged", message).in_file(self.input.shown());
        let finding = finding.at(Span::at(Position::new(line, 1)));
        finding.help("what comes from this line on was not checked: write or fetch the file again")
    }

    fn too_large(self) -> Finding {
        let finding = Finding::error("input-limit", format!("the document is larger than {LIMIT} bytes"));
        let finding = finding.in_file(self.input.shown()).at(Span::at(Position::START));
        finding.help("write many documents as NDJSON, one a line: it is read in constant memory")
    }
}

fn documents(bytes: &[u8], format: Format) -> Result<Vec<Document>, Vec<Fault>> {
    let text = text(bytes).map_err(|fault| vec![fault])?;
    match format {
        Format::Json | Format::Ndjson => json(text).map(|document| vec![document]),
        Format::Yaml => yaml(text, Yaml::Yaml12),
    }
}
