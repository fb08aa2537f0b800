use std::path::{Path, PathBuf};

use linkspan_command::Failure;
use linkspan_project::SqlDialect;
use linkspan_report::{Position, Span};
use sqlparser::dialect::{Dialect, GenericDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer, Word};

/// A file of SQL: its text, and its words with their places; white space and comments are left out.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    /// The file, relative to the project.
    pub(crate) path: PathBuf,
    /// The file, as the user knows it.
    pub(crate) shown: String,
    /// What is in it.
    pub(crate) text: String,
    /// Its words.
    pub(crate) tokens: Vec<TokenWithSpan>,
    /// The byte offset at which each line begins.
    lines: Vec<usize>,
}

/// A part of a script: byte offsets into its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Spot {
    /// Which script, in the order in which they are read.
    pub(crate) script: usize,
    /// The first byte.
    pub(crate) start: usize,
    /// The byte just behind the last.
    pub(crate) end: usize,
}

/// The words that `sqlparser` knows for an engine.
pub(crate) fn words_of(dialect: SqlDialect) -> Box<dyn Dialect> {
    match dialect {
        SqlDialect::Postgresql => Box::new(PostgreSqlDialect {}),
        SqlDialect::Sqlite => Box::new(SQLiteDialect {}),
    }
}

impl Script {
    /// Cuts a text into words.
    ///
    /// # Errors
    /// A string, quoted name or comment does not end.
    pub(crate) fn read(path: &Path, shown: String, text: String, dialect: SqlDialect) -> Result<Self, Failure> {
        let lines = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
        let tokens = Tokenizer::new(words_of(dialect).as_ref(), &text).tokenize_with_location().map_err(|error| {
            let at = position(error.location);
            Failure::input(format!("this is no SQL: {}", lower(&error.message)))
                .in_file(shown.as_str(), Some(Span::at(at)))
        })?;
        let tokens = tokens.into_iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).collect();
        Ok(Self { path: path.to_owned(), shown, text, tokens, lines })
    }

    /// The byte offset of a place that `sqlparser` counted: lines and characters from 1.
    pub(crate) fn offset(&self, at: Location) -> usize {
        let line = usize::try_from(at.line).unwrap_or(1).max(1) - 1;
        let column = usize::try_from(at.column).unwrap_or(1).max(1) - 1;
        let start = self.lines.get(line).copied().unwrap_or(self.text.len());
        let rest = self.text.get(start..).unwrap_or_default();
        start + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at)
    }

    /// The place of some words, by their numbers.
    pub(crate) fn spot(&self, script: usize, words: std::ops::Range<usize>) -> Spot {
        let Some(first) = self.tokens.get(words.start) else {
            return Spot { script, start: self.text.len(), end: self.text.len() };
        };
        let last = self.tokens.get(words.end.saturating_sub(1).max(words.start)).unwrap_or(first);
        Spot { script, start: self.offset(first.span.start), end: self.offset(last.span.end) }
    }

    /// The lines and columns of a part.
    pub(crate) fn span(&self, spot: Spot) -> Span {
        Span::new(self.position(spot.start), self.position(spot.end))
    }

    /// What is written at a part.
    pub(crate) fn slice(&self, spot: Spot) -> &str {
        self.text.get(spot.start..spot.end).unwrap_or_default()
    }

    fn position(&self, offset: usize) -> Position {
        let line = self.lines.partition_point(|start| *start <= offset).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or(0);
        Position::new(line, 1 + self.text.get(start..offset).unwrap_or_default().chars().count())
    }
}

/// A place, as reports count it.
pub(crate) fn position(at: Location) -> Position {
    let count = |number: u64| usize::try_from(number).unwrap_or(1).max(1);
    Position::new(count(at.line), count(at.column))
}

/// A message of `sqlparser`, as ours begin.
pub(crate) fn lower(message: &str) -> String {
    let mut letters = message.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// Whose SQL some texts are, as far as their words tell: what only one of the two engines knows counts. Nothing that
/// tells means PostgreSQL.
pub(crate) fn dialect_of(texts: &[String]) -> SqlDialect {
    const SQLITE: [&str; 8] =
        ["strict", "autoincrement", "rowid", "pragma", "glob", "strftime", "datetime", "json_valid"];
    const POSTGRESQL: [&str; 26] = [
        "serial",
        "bigserial",
        "smallserial",
        "jsonb",
        "timestamptz",
        "timetz",
        "bytea",
        "uuid",
        "citext",
        "enum",
        "domain",
        "extension",
        "owner",
        "identity",
        "inherits",
        "plpgsql",
        "int8",
        "int4",
        "int2",
        "float8",
        "float4",
        "inet",
        "char_length",
        "now",
        "tablespace",
        "using",
    ];
    let mut score = 0_i64;
    for text in texts {
        let tokens = Tokenizer::new(&GenericDialect {}, text).tokenize().unwrap_or_default();
        for token in &tokens {
            match token {
                Token::Word(Word { value, quote_style: None, .. }) => {
                    let word = value.to_ascii_lowercase();
                    score +=
                        i64::from(POSTGRESQL.contains(&word.as_str())) - i64::from(SQLITE.contains(&word.as_str()));
                }
                Token::Word(Word { quote_style: Some('`' | '['), .. }) => score -= 1,
                Token::DoubleColon | Token::Tilde | Token::TildeAsterisk | Token::DollarQuotedString(_) => score += 1,
                _ => {}
            }
        }
    }
    if score < 0 { SqlDialect::Sqlite } else { SqlDialect::Postgresql }
}

/// The keyword that a word is.
pub(crate) fn keyword(token: &TokenWithSpan) -> Keyword {
    match &token.token {
        Token::Word(word) => word.keyword,
        _ => Keyword::NoKeyword,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_characters() {
        let text = "-- ö\nCREATE TABLE \"ä\" (b text);\n".to_owned();
        let script = Script::read(Path::new("a.sql"), "a.sql".to_owned(), text, SqlDialect::Postgresql).unwrap();
        let spot = script.spot(0, 4..5);
        assert_eq!(script.slice(spot), "b");
        assert_eq!(script.span(spot).start, Position::new(2, 19));
    }

    #[test]
    fn an_engine_is_told_by_its_words() {
        let told = |text: &str| dialect_of(&[text.to_owned()]);
        assert_eq!(told("CREATE TABLE a (b TEXT) STRICT"), SqlDialect::Sqlite);
        assert_eq!(told("CREATE TABLE a (b INTEGER PRIMARY KEY AUTOINCREMENT)"), SqlDialect::Sqlite);
        assert_eq!(told("CREATE TABLE a (b timestamptz, c text)"), SqlDialect::Postgresql);
        assert_eq!(told("CREATE TABLE a (b text -- strict\n)"), SqlDialect::Postgresql);
    }
}
