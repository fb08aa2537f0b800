//! The text with its positions, and stretches of it that were joined from several lines.

use std::ops::Range;

use linkspan_report::{Position, Span};

/// Bytes per checkpoint: a position costs at most this many steps.
const STEP: usize = 64;

/// A text that knows line and column of each of its bytes.
#[derive(Debug)]
pub(super) struct Text<'a> {
    text: &'a str,
    /// Offsets at which lines begin.
    lines: Vec<usize>,
    /// Characters before every 64th byte.
    checkpoints: Vec<usize>,
}

impl<'a> Text<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut lines = vec![0];
        let mut checkpoints = Vec::with_capacity(text.len() / STEP + 1);
        let mut characters = 0;
        for (offset, byte) in text.bytes().enumerate() {
            if offset % STEP == 0 {
                checkpoints.push(characters);
            }
            characters += usize::from(begins_character(byte));
            if byte == b'\n' {
                lines.push(offset + 1);
            }
        }
        Self { text, lines, checkpoints }
    }

    /// The lines with their ends, and the offsets at which they begin.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &'a str)> {
        let text = self.text;
        text.split_inclusive('\n').scan(0, |offset, line| {
            let start = *offset;
            *offset += line.len();
            Some((start, line))
        })
    }

    pub(super) fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.lines.partition_point(|start| *start <= offset);
        let start = self.lines.get(line.saturating_sub(1)).copied().unwrap_or(0);
        Position::new(line, self.characters(offset) - self.characters(start) + 1)
    }

    pub(super) fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.position(range.start), self.position(range.end.max(range.start)))
    }

    /// Characters that begin before an offset.
    fn characters(&self, offset: usize) -> usize {
        let (index, known) = match self.checkpoints.get(offset / STEP) {
            Some(known) => (offset / STEP * STEP, *known),
            None => match self.checkpoints.last() {
                Some(known) => ((self.checkpoints.len() - 1) * STEP, *known),
                None => return 0,
            },
        };
        known + self.text.as_bytes()[index..offset].iter().filter(|byte| begins_character(**byte)).count()
    }
}

const fn begins_character(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}

/// A stretch of text put together from pieces of the file, so that each byte still knows where it came from.
#[derive(Clone, Debug, Default)]
pub(super) struct Joined {
    /// The text.
    pub(super) text: String,
    /// Where in `text` a piece begins, and where in the file.
    pieces: Vec<(usize, usize)>,
}

impl Joined {
    pub(super) fn push(&mut self, offset: usize, piece: &str) {
        self.pieces.push((self.text.len(), offset));
        self.text.push_str(piece);
    }

    /// The place in the file of a byte of `text`.
    pub(super) fn origin(&self, at: usize) -> usize {
        let piece = self.pieces.partition_point(|(start, _)| *start <= at).saturating_sub(1);
        self.pieces.get(piece).map_or(0, |(start, offset)| offset + at - start)
    }

    /// The place in the file of a range of `text`; its end is just behind its last byte.
    pub(super) fn range(&self, range: Range<usize>) -> Range<usize> {
        let start = self.origin(range.start);
        let end = if range.end > range.start { self.origin(range.end - 1) + 1 } else { start };
        start..end
    }
}
