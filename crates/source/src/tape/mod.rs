//! JSON as a tape: one flat list of cells beside the text, no tree. A line is read in about one pass over its bytes,
//! into buffers that are used again for the next.
//!
//! What [`Tape::read`] takes, [`crate::json`] takes too, and with the same value; the reverse need not hold.

mod node;
mod number;
mod read;
mod string;

pub use node::{Items, Member, Members, Node, Shape};
pub use number::{number, small_decimal};
pub use read::mark;

/// What a cell stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Null,
    False,
    True,
    /// Its digits, as a range of the text.
    Number,
    /// What is between the quotes, as a range of the text.
    Plain,
    /// The string's value, as a range of the buffer of strings that had escapes.
    Escaped,
    /// The number of items, and the index behind the last cell inside.
    Array,
    /// The same; names and values take turns.
    Object,
}

/// A value, or a member's name.
#[derive(Debug, Clone, Copy)]
struct Cell {
    kind: Kind,
    start: u32,
    end: u32,
    /// Of a string: equal for equal ones, and mostly different for others.
    mark: u32,
}

/// The buffers of a reader of tapes.
#[derive(Debug, Default)]
pub struct Tape {
    cells: Vec<Cell>,
    strings: String,
    open: Vec<read::Frame>,
    names: Vec<read::Name>,
}

/// One document on its tape.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    text: &'a str,
    strings: &'a str,
    cells: &'a [Cell],
}

impl<'a> View<'a> {
    /// The whole document.
    #[must_use]
    pub const fn root(&'a self) -> Node<'a> {
        Node::Cell { view: self, at: 0 }
    }

    #[inline]
    fn cell(&self, at: u32) -> Cell {
        self.cells.get(wide(at)).copied().unwrap_or(Cell { kind: Kind::Null, start: 0, end: 0, mark: 0 })
    }

    /// The string of a cell that is one.
    #[inline]
    fn string(&self, cell: Cell) -> Option<&'a str> {
        let text = match cell.kind {
            Kind::Plain => self.text,
            Kind::Escaped => self.strings,
            _ => return None,
        };
        text.get(wide(cell.start)..wide(cell.end))
    }

    /// The cell behind a value.
    #[inline]
    fn next(&self, at: u32) -> u32 {
        match self.cell(at) {
            Cell { kind: Kind::Array | Kind::Object, end, .. } => end,
            _ => at + 1,
        }
    }
}

/// An index or an offset that fits, because longer texts are not read.
#[inline]
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[inline]
fn wide(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
