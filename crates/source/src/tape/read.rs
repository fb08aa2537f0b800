//! From a text to its tape.

use crate::MAX_DEPTH;

use super::{Cell, Kind, Tape, View, number, small, string, wide};

/// A container that is not closed yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    kind: Container,
    cell: u32,
    count: u32,
    /// A bit for each name so far, by its mark.
    seen: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Container {
    /// None: the document itself.
    Root,
    Array,
    Object,
}

const ROOT: Frame = Frame { kind: Container::Root, cell: 0, count: 0, seen: 0 };

/// A member's name: its mark, and its cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name {
    mark: u32,
    cell: u32,
}

/// A number that is equal for equal names, and mostly different for others.
#[inline]
#[must_use]
pub fn mark(name: &[u8]) -> u32 {
    let half = |chunk: Option<&[u8; 4]>| chunk.map_or(0, |chunk| u64::from(u32::from_le_bytes(*chunk)));
    let word = match (name.first_chunk::<8>(), name.last_chunk::<8>()) {
        (Some(first), Some(last)) => u64::from_le_bytes(*first).rotate_left(29) ^ u64::from_le_bytes(*last),
        _ if name.len() >= 4 => half(name.first_chunk()) << 32 | half(name.last_chunk()),
        _ => name.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    };
    let mixed = (word ^ (name.len() as u64)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    u32::try_from(mixed >> 32).unwrap_or_default()
}

/// Objects with more members than this are compared by sorting.
const FEW: u32 = 64;

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    frame: Frame,
    tape: &'a mut Tape,
}

impl Tape {
    /// The document that a text holds; `None` where it holds none, or one that is for the exact reader to judge.
    ///
    /// It stays a function of its own: within one that is optimised for size it would be slow.
    #[inline(never)]
    pub fn read<'a>(&'a mut self, text: &'a str) -> Option<View<'a>> {
        u32::try_from(text.len()).ok()?;
        self.cells.clear();
        self.strings.clear();
        self.open.clear();
        self.names.clear();
        Reader { text, bytes: text.as_bytes(), at: 0, frame: ROOT, tape: self }.document()?;
        Some(View { text, strings: &self.strings, cells: &self.cells })
    }
}

impl Reader<'_> {
    fn document(&mut self) -> Option<()> {
        loop {
            let complete = match self.token()? {
                b'"' => self.text()?,
                b'{' => self.open(Container::Object)?,
                b'[' => self.open(Container::Array)?,
                b't' => self.word("true", Kind::True)?,
                b'f' => self.word("false", Kind::False)?,
                b'n' => self.word("null", Kind::Null)?,
                _ => self.number()?,
            };
            if complete && self.behind()? {
                return Some(());
            }
        }
    }

    /// The next byte that is no white space.
    #[inline]
    fn token(&mut self) -> Option<u8> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            if byte > b' ' {
                return Some(byte);
            }
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return None;
            }
            self.at += 1;
        }
    }

    #[inline]
    fn push(&mut self, kind: Kind, start: usize, end: usize, mark: u32) {
        self.tape.cells.push(Cell { kind, start: small(start), end: small(end), mark });
    }

    fn word(&mut self, word: &str, kind: Kind) -> Option<bool> {
        let complete = self.bytes.get(self.at..)?.starts_with(word.as_bytes());
        self.push(kind, 0, 0, 0);
        self.at += word.len();
        complete.then_some(true)
    }

    fn number(&mut self) -> Option<bool> {
        let end = number::end(self.bytes, self.at)?;
        self.push(Kind::Number, self.at, end, 0);
        self.at = end;
        Some(true)
    }

    fn text(&mut self) -> Option<bool> {
        let (kind, start, end) = self.string()?;
        self.push(kind, start, end, 0);
        Some(true)
    }

    /// Reads a string from its opening quote on: its kind, and its range.
    #[inline]
    fn string(&mut self) -> Option<(Kind, usize, usize)> {
        let start = self.at + 1;
        let end = string::special(self.bytes, start);
        if *self.bytes.get(end)? == b'"' {
            self.at = end + 1;
            return Some((Kind::Plain, start, end));
        }
        self.escaped(start, end)
    }

    /// Reads on from the first escape.
    #[cold]
    fn escaped(&mut self, mut start: usize, mut end: usize) -> Option<(Kind, usize, usize)> {
        let begin = self.tape.strings.len();
        loop {
            self.tape.strings.push_str(self.text.get(start..end)?);
            match self.bytes.get(end)? {
                b'"' => break,
                b'\\' => start = end + string::escape(self.text.get(end..)?, &mut self.tape.strings)?,
                _ => return None,
            }
            end = string::special(self.bytes, start);
        }
        self.at = end + 1;
        Some((Kind::Escaped, begin, self.tape.strings.len()))
    }

    /// Begins a container; whether it is complete already, being empty.
    fn open(&mut self, kind: Container) -> Option<bool> {
        if self.tape.open.len() >= MAX_DEPTH {
            return None;
        }
        let object = kind == Container::Object;
        let cell = self.tape.cells.len();
        self.push(if object { Kind::Object } else { Kind::Array }, 0, cell + 1, 0);
        self.at += 1;
        if self.token()? == if object { b'}' } else { b']' } {
            self.at += 1;
            return Some(true);
        }
        self.tape.open.push(self.frame);
        self.frame = Frame { kind, cell: small(cell), count: 1, seen: 0 };
        if object {
            self.name()?;
        }
        Some(false)
    }

    #[inline]
    fn name(&mut self) -> Option<()> {
        if self.token()? != b'"' {
            return None;
        }
        let (kind, start, end) = self.string()?;
        let text = if kind == Kind::Plain { self.bytes } else { self.tape.strings.as_bytes() };
        let mark = mark(text.get(start..end)?);
        let cell = small(self.tape.cells.len());
        self.push(kind, start, end, mark);
        let bit = 1 << (mark & 63);
        if self.frame.seen & bit != 0 && self.frame.count <= FEW && self.known(mark) {
            return None;
        }
        self.frame.seen |= bit;
        self.tape.names.push(Name { mark, cell });
        if self.token()? != b':' {
            return None;
        }
        self.at += 1;
        Some(())
    }

    /// Whether the name that was read last is one of those before it in the object.
    fn known(&self, mark: u32) -> bool {
        let own = wide(self.frame.count) - 1;
        let before = self.tape.names.len().checked_sub(own).and_then(|first| self.tape.names.get(first..));
        let view = self.view();
        let last = view.cells.last().and_then(|name| view.string(*name));
        let same = |name: &Name| name.mark == mark && view.string(view.cell(name.cell)) == last;
        before.is_none_or(|before| before.iter().any(same))
    }

    fn view(&self) -> View<'_> {
        View { text: self.text, strings: &self.tape.strings, cells: &self.tape.cells }
    }

    /// What follows a complete value; whether that is the document's end.
    fn behind(&mut self) -> Option<bool> {
        loop {
            let close = match self.frame.kind {
                Container::Root => return self.ends().then_some(true),
                Container::Array => b']',
                Container::Object => b'}',
            };
            let token = self.token()?;
            self.at += 1;
            if token == b',' {
                self.frame.count += 1;
                if self.frame.kind == Container::Object {
                    self.name()?;
                }
                return Some(false);
            }
            if token != close {
                return None;
            }
            self.close()?;
        }
    }

    /// Whether only white space is left.
    fn ends(&self) -> bool {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        rest.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
    }

    fn close(&mut self) -> Option<()> {
        let frame = self.frame;
        let end = small(self.tape.cells.len());
        let cell = self.tape.cells.get_mut(wide(frame.cell))?;
        (cell.start, cell.end) = (frame.count, end);
        if frame.kind == Container::Object {
            let first = self.tape.names.len().checked_sub(wide(frame.count))?;
            if frame.count > FEW && !self.distinct(first) {
                return None;
            }
            self.tape.names.truncate(first);
        }
        self.frame = self.tape.open.pop()?;
        Some(())
    }

    /// Whether all names from one on differ.
    fn distinct(&mut self, first: usize) -> bool {
        self.tape.names.get_mut(first..).unwrap_or_default().sort_unstable_by_key(|name| name.mark);
        let names = self.tape.names.get(first..).unwrap_or_default();
        let view = self.view();
        names.chunk_by(|one, other| one.mark == other.mark).all(|same| {
            let mut texts: Vec<_> = same.iter().map(|name| view.string(view.cell(name.cell))).collect();
            texts.sort_unstable();
            texts.windows(2).all(|pair| pair.first() != pair.last())
        })
    }
}
