//! Regular expressions for strings of ASCII characters.

/// How many characters ASCII has.
pub const ASCII: usize = 128;

/// A regular expression for strings of ASCII characters, as an automaton: a row for each state, the first for its
/// start, with the state that each character leads to.
#[derive(Debug)]
pub struct Table {
    rows: Vec<[u8; ASCII]>,
    accepting: Vec<bool>,
}

impl Table {
    /// The automaton with these rows; of each state whether it accepts.
    #[must_use]
    pub const fn new(rows: Vec<[u8; ASCII]>, accepting: Vec<bool>) -> Self {
        Self { rows, accepting }
    }

    /// Whether the expression is found in a text; `None` for one that is not of ASCII characters.
    #[inline]
    #[must_use]
    pub fn finds(&self, text: &str) -> Option<bool> {
        let mut state = 0;
        for byte in text.bytes() {
            state = usize::from(*self.rows.get(state)?.get(usize::from(byte))?);
        }
        self.accepting.get(state).copied()
    }
}
