use serde::{Deserialize, Serialize};

/// A place in a text. Lines and columns count from 1, columns in Unicode characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in Unicode characters, from 1.
    pub column: usize,
}

impl Position {
    /// The first character of a text.
    pub const START: Self = Self { line: 1, column: 1 };

    /// A position from a line and a column, both from 1.
    #[must_use]
    pub const fn new(line: usize, column: usize) -> Self {
        Self { line, column }
    }
}

/// A stretch of text: from `start` up to, but not including, `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The first character.
    pub start: Position,
    /// The place just behind the last character.
    pub end: Position,
}

impl Span {
    /// A span from two positions.
    #[must_use]
    pub const fn new(start: Position, end: Position) -> Self {
        Self { start, end }
    }

    /// The empty span at one position.
    #[must_use]
    pub const fn at(position: Position) -> Self {
        Self { start: position, end: position }
    }

    /// A whole line; the end is the start of the next one.
    #[must_use]
    pub const fn line(line: usize) -> Self {
        Self::new(Position::new(line, 1), Position::new(line + 1, 1))
    }
}
