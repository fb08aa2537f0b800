//! What is no YAML, in words for people who did not read its specification.

use granit_parser::{ErrorKind, ScanError};

use super::compose::too_deep;
use crate::{
    fault::{Problem, rule},
    map::Range,
};

/// The problem behind the parser's error at some byte offset.
pub(super) fn broken(text: &str, marked: usize, error: &ScanError) -> Box<Problem> {
    let tab = tab_in_indentation(text, marked);
    let start = tab.unwrap_or(marked);
    let next = text.get(start..).and_then(|rest| rest.chars().next()).filter(|next| *next != '\n');
    let range = Range::new(start, start + next.map_or(0, char::len_utf8));
    if *error.kind() == ErrorKind::RecursionLimitExceeded {
        return too_deep(range);
    }
    if tab.is_some() {
        return Problem::new(rule::YAML, "a tab in the indentation", range).help("indent with spaces");
    }
    match explained(error.kind()) {
        (Some(message), help) => Problem::new(rule::YAML, message, range).help(help),
        (None, "") => Problem::new(rule::YAML, error.info(), range),
        (None, help) => Problem::new(rule::YAML, error.info(), range).help(help),
    }
}

/// A message of our own where the parser's needs one, and what to do.
fn explained(kind: &ErrorKind) -> (Option<String>, &'static str) {
    let said = |message: &str, help| (Some(message.to_owned()), help);
    match kind {
        ErrorKind::ExpectedDocumentStart => said(
            "the document has ended before this",
            "is this line indented as the ones it belongs to, and are all quotes closed before it?",
        ),
        ErrorKind::ExpectedBlockMappingKey => said(
            "a key should stand here",
            "is this line indented as the other keys of its mapping, and are all quotes closed before it?",
        ),
        ErrorKind::ExpectedBlockSequenceEntry => {
            said("a `-` should stand here", "is this line indented as the other items of its list?")
        }
        ErrorKind::MappingValueNotAllowed => said(
            "a second `: ` on this line, or a line that is indented too far",
            "quote the value if the `: ` belongs to it",
        ),
        ErrorKind::BlockSequenceEntryNotAllowed => {
            said("a list may not begin here", "put its first `-` on a line of its own, or quote the value")
        }
        ErrorKind::InvalidColonPlacement => {
            said("a `:` may not stand here", "is a bracket or a quote before it not closed?")
        }
        ErrorKind::SimpleKeyExpected => said("a key without its `:`", "add `:`, or check the indentation"),
        ErrorKind::UnknownAnchor => {
            said("the alias has no anchor before it", "quote the value if it is to begin with `*`")
        }
        ErrorKind::UnclosedQuotedScalar => said("the quotes that open here are not closed", "close them"),
        ErrorKind::UnclosedFlowCollection { open } => {
            (Some(format!("the `{open}` is not closed")), "close it, or indent what belongs to it")
        }
        ErrorKind::MisplacedFlowCollectionEnd => {
            said("a bracket is closed that was not opened", "quote the value if it belongs to it")
        }
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            (Some(format!("`{open}` is closed by `{close}`")), "close what was opened last")
        }
        ErrorKind::UnexpectedCharacter { character } => {
            (Some(format!("a value may not begin with `{}`", character.escape_debug())), "quote the value")
        }
        ErrorKind::UnknownQuotedScalarEscape => {
            said("this is no escape in double quotes", "double the backslash, or use single quotes")
        }
        _ => (None, ""),
    }
}

/// The first tab of a line's indentation, if the place is in the indentation or just behind it.
fn tab_in_indentation(text: &str, place: usize) -> Option<usize> {
    let before = text.get(..place)?;
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let rest = text.get(line..)?;
    let indentation = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let tab = rest.get(..indentation)?.find('\t')?;
    (place <= line + indentation).then_some(line + tab)
}
