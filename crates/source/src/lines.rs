use linkspan_report::{Position, Span};

/// How many bytes lie between two marks of the character count.
const STRIDE: usize = 4096;

/// The way from a byte offset to a line and a column. It is made once per text, when a place is first asked for.
#[derive(Debug, Clone)]
pub(crate) struct LineIndex {
    /// The byte offset at which each line begins.
    starts: Vec<usize>,
    /// Characters before every `STRIDE`th byte.
    marks: Vec<usize>,
}

impl LineIndex {
    pub(crate) fn new(text: &str) -> Self {
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1));
        let mut count = 0;
        let mut marks = vec![0];
        marks.extend(text.as_bytes().chunks(STRIDE).map(|chunk| {
            count += characters(chunk);
            count
        }));
        Self { starts: starts.collect(), marks }
    }

    /// The position of a byte offset; one inside a character is taken for the character's end.
    pub(crate) fn position(&self, text: &str, offset: usize) -> Position {
        let offset = offset.min(text.len());
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        Position::new(line, 1 + self.before(text, offset) - self.before(text, start))
    }

    /// Characters before a byte offset.
    fn before(&self, text: &str, offset: usize) -> usize {
        let mark = offset / STRIDE;
        let rest = text.as_bytes().get(mark * STRIDE..offset).unwrap_or_default();
        self.marks.get(mark).copied().unwrap_or(0) + characters(rest)
    }
}

/// The number of characters that begin in some UTF-8.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0b1100_0000 != 0b1000_0000).count()
}

/// The span of a byte range, without an index that would be used once.
pub(crate) fn span_of(text: &str, start: usize, end: usize) -> Span {
    let index = LineIndex::new(text);
    Span::new(index.position(text, start), index.position(text, end))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Counts as a person would.
    fn counted(text: &str, offset: usize) -> Position {
        text[..offset].chars().fold(Position::START, |at, character| match character {
            '\n' => Position::new(at.line + 1, 1),
            _ => Position::new(at.line, at.column + 1),
        })
    }

    proptest! {
        #[test]
        fn every_offset_is_where_counting_says(text in "[a\u{e4}\u{1f6a2}\n\r]{0,40}", long in 0usize..2) {
            let text = text.repeat(1 + long * 300);
            let index = LineIndex::new(&text);
            for (offset, _) in text.char_indices().step_by(1 + long * 37) {
                prop_assert_eq!(index.position(&text, offset), counted(&text, offset));
            }
            prop_assert_eq!(index.position(&text, text.len()), counted(&text, text.len()));
        }
    }
}
