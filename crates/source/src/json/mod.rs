//! JSON after RFC 8259, strictly, with the place of every value and key.

mod number;
mod parse;
mod string;

use crate::{
    Document, Fault,
    fault::rule,
    map::{Source, small},
};
use linkspan_report::{Position, Span};

pub(crate) use number::{is_exact, number};

/// Reads one JSON document after RFC 8259: no comments, no trailing commas, no duplicate keys, nested at most
/// [`MAX_DEPTH`](crate::MAX_DEPTH) deep. A byte order mark is none of it: [`text`](crate::text()) takes that away.
///
/// # Errors
///
/// All duplicate keys, or the first place that is not JSON (behind the duplicate keys before it).
pub fn json(text: &str) -> Result<Document, Vec<Fault>> {
    json_at_line(text, 1)
}

/// [`json`] for a text that begins at some line of a file.
pub(crate) fn json_at_line(text: &str, first_line: usize) -> Result<Document, Vec<Fault>> {
    if u32::try_from(text.len()).is_err() {
        return Err(vec![too_long()]);
    }
    let parsed = parse::Parser::new(text).parse();
    let source = Source::new(text, first_line);
    match parsed {
        Ok((value, nodes)) => {
            let start = nodes.list.first().map_or(0, |root| root.value.start);
            Ok(Document { value, nodes, source, start })
        }
        Err(problems) => Err(problems.into_iter().map(|problem| problem.fault(&source)).collect()),
    }
}

fn too_long() -> Fault {
    let message = format!("the document is longer than {} bytes", small(usize::MAX));
    Fault::new(rule::LIMIT, message, Span::at(Position::START)).help("write one document per line (NDJSON)")
}

#[cfg(test)]
pub(crate) mod tests;
