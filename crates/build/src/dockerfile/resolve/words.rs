use linkspan_report::{Position, Span};

use super::super::fault::Fault;
use super::super::instruction::Value;
use super::super::shell::{Environment, Lexer, Word, WordError};

/// Expands a value; what is wrong with it is shown at its place.
pub(super) fn expand(lexer: &Lexer, value: &Value, environment: &dyn Environment) -> Result<Word, Fault> {
    lexer.process(&value.text, environment).map_err(|error| located(&error, value))
}

/// The error of a word as a fault of the file.
pub(super) fn located(error: &WordError, value: &Value) -> Fault {
    Fault::new(inside(value, error.at), error.to_string()).help("correct the value; `\\$` is a plain `$`")
}

/// The place in a value, where it stands in the file exactly as it is here; else the whole value.
fn inside(value: &Value, at: usize) -> Span {
    let Span { start, end } = value.span;
    let width = value.text.chars().count();
    if start.line != end.line || end.column != start.column + width {
        return value.span;
    }
    let before = value.text.get(..at).map_or(0, |before| before.chars().count());
    Span::new(Position::new(start.line, start.column + before), end)
}
