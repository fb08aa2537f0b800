//! Words as BuildKit's `shell.Lex` reads them: quotes, escapes, `$name` and `${name…}`.

mod dollar;
mod pattern;
mod scan;

use std::collections::BTreeSet;

use scan::Scan;

/// Where variables are looked up.
pub trait Environment {
    /// The value of a variable, `None` where it is not set.
    fn get(&self, name: &str) -> Option<&str>;
}

/// No variable is set.
#[derive(Clone, Copy, Debug)]
pub struct Empty;

impl Environment for Empty {
    fn get(&self, _name: &str) -> Option<&str> {
        None
    }
}

impl<T: Environment + ?Sized> Environment for &T {
    fn get(&self, name: &str) -> Option<&str> {
        (**self).get(name)
    }
}

/// How words are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lexer {
    /// The character that takes the meaning of the next one: `\` or a backtick.
    pub escape: char,
    /// Quotes stay in the result.
    pub raw_quotes: bool,
    /// Escape characters stay in the result.
    pub raw_escapes: bool,
    /// Quotes mean nothing.
    pub skip_quotes: bool,
    /// A variable that is not set stays as it was written.
    pub skip_unset: bool,
    /// More bytes than this in a result are an error.
    pub limit: usize,
}

/// A word that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// All of it as one word, spaces kept (`ProcessWord`).
    pub text: String,
    /// Split at spaces outside quotes, after expansion (`ProcessWords`).
    pub words: Vec<String>,
    /// The variables that were used and set.
    pub matched: BTreeSet<String>,
    /// The variables that were used and not set.
    pub unmatched: BTreeSet<String>,
}

/// Why a word cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct WordError {
    /// The byte of the word at which the faulty part begins.
    pub at: usize,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a word.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A quote is not closed.
    #[error("the quote `{0}` is never closed: add the closing quote, or escape this one")]
    Quote(char),
    /// `${` without `}`.
    #[error("`${{` is never closed: add the `}}`")]
    Brace,
    /// `${name/pattern` without the second `/`.
    #[error("`${{name/pattern/replacement}}` lacks its second `/`")]
    Slash,
    /// `${}`, `${:…}`, `${{…}`.
    #[error("bad substitution: a variable's name must follow `${{`")]
    Substitution,
    /// A modifier that does not exist.
    #[error(
        "unsupported modifier `{0}` in a substitution: known are `-`, `+`, `?` (each also with `:`), `#`, `##`, `%`, `%%`, `/` and `//`"
    )]
    Modifier(String),
    /// `${name?message}` and the variable is not set, or empty.
    #[error("`{name}`: {message}")]
    Required {
        /// The variable.
        name: String,
        /// The message as written, or that it must be set.
        message: String,
    },
    /// A pattern with a bad escape.
    #[error("invalid pattern `{pattern}` in a substitution: `\\` may only stand before `*`, `?`, `\\`, `/` and `}}`")]
    Pattern {
        /// The pattern.
        pattern: String,
    },
    /// Substitutions in substitutions, too deep.
    #[error("more than {MAX_DEPTH} substitutions in one another")]
    Depth,
    /// The result grows too large.
    #[error("the expansion is larger than allowed: use fewer or shorter variables")]
    Size,
}

/// Substitutions in one another, at most.
pub const MAX_DEPTH: usize = 100;

/// Bytes of a result, unless said otherwise.
pub const DEFAULT_LIMIT: usize = 16 << 20;

impl Lexer {
    /// A lexer that takes away quotes and escapes and expands what is not set to nothing.
    #[must_use]
    pub const fn new(escape: char) -> Self {
        Self {
            escape,
            raw_quotes: false,
            raw_escapes: false,
            skip_quotes: false,
            skip_unset: false,
            limit: DEFAULT_LIMIT,
        }
    }

    /// Reads a word.
    ///
    /// # Errors
    /// [`WordError`] with the place in the word: an open quote or brace, an unknown modifier, a bad pattern, a
    /// required variable that is missing, or a result that is too large.
    pub fn process(&self, word: &str, environment: &dyn Environment) -> Result<Word, WordError> {
        let mut scan = Scan::new(self, word, environment);
        let (text, words) = scan.until(None, self.raw_escapes, false)?;
        Ok(Word { text, words, matched: scan.matched, unmatched: scan.unmatched })
    }
}
