//! The readers' side: the grammars by which the runner and `act` read what was written.
//!
//! They are here so that tests can read back what the rest of this crate writes. They follow the sources of
//! `actions/runner` and of `nektos/act`, quirks included.

mod act;
mod log;
mod runner;

pub use act::{Act, UnescapeOrder};
pub use log::{Event, read_log};
pub use runner::{GitHub, Host, artifacts, commands, search_path, shown_summary};

/// A workflow command as a reader understood it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The command's name, as written.
    pub name: String,
    /// Its properties in order, keys as written; a later one of the same key has replaced an earlier one.
    pub properties: Vec<(String, String)>,
    /// Its data.
    pub data: String,
}

impl Parsed {
    /// A property's value; the key's case does not matter.
    #[must_use]
    pub fn property(&self, key: &str) -> Option<&str> {
        let found = self.properties.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
        found.map(|(_, value)| value.as_str())
    }

    fn set(&mut self, key: &str, value: String) {
        self.properties.retain(|(name, _)| !name.eq_ignore_ascii_case(key));
        self.properties.push((key.to_owned(), value));
    }
}

/// Why a file of names and values is not accepted; the step fails then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GrammarError {
    /// A line has neither `=` nor `<<`.
    #[error("invalid format {0:?}")]
    Line(String),
    /// A heredoc's first line lacks the name or the delimiter.
    #[error("{0:?} has no name or no delimiter")]
    Heredoc(String),
    /// A heredoc does not end.
    #[error("the delimiter {0:?} was not found")]
    Unclosed(String),
    /// The name is not allowed.
    #[error("`{0}` is refused")]
    Refused(String),
}
