//! How the arguments of an instruction are told apart. Ranges are bytes of the joined text.

use std::ops::Range;

use super::node::Argument;

/// The spaces between arguments.
pub(super) const fn is_space(c: char) -> bool {
    matches!(c, '\t' | '\x0B' | '\x0C' | '\r' | ' ')
}

/// Takes white space (of Unicode) off both ends.
pub(super) fn trim(line: &str, range: Range<usize>) -> Range<usize> {
    let text = line[range.clone()].trim_end();
    let end = range.start + text.len();
    end - text.trim_start().len()..end
}

pub(super) fn skip_space(line: &str, range: Range<usize>) -> Range<usize> {
    range.end - line[range.clone()].trim_start_matches(is_space).len()..range.end
}

/// Split at runs of spaces; quotes mean nothing.
pub(super) fn split(line: &str, range: Range<usize>) -> Vec<Argument> {
    let mut arguments = Vec::new();
    let mut rest = range;
    while !rest.is_empty() {
        let text = &line[rest.clone()];
        let end = rest.start + text.find(is_space).unwrap_or(text.len());
        arguments.push(Argument { value: line[rest.start..end].to_owned(), range: rest.start..end });
        rest = skip_space(line, end..rest.end);
    }
    arguments
}

/// Split at white space outside quotes; quotes and escapes stay for the expansion.
pub(super) fn quoted(line: &str, range: Range<usize>, escape: char) -> Vec<Argument> {
    let mut words = Vec::new();
    let mut characters = line[range.clone()].char_indices().peekable();
    while let Some((start, _)) = next_visible(&mut characters) {
        let mut value = String::new();
        let mut quote = None;
        let mut any = false;
        while let Some((_, c)) = characters.next_if(|(_, c)| quote.is_some() || !c.is_whitespace()) {
            match quote {
                None if matches!(c, '\'' | '"') => (quote, any) = (Some(c), true),
                Some(open) if c == open => quote = None,
                _ => {}
            }
            if c == escape && quote != Some('\'') {
                // At the end of the line an escape character is skipped.
                let Some((_, escaped)) = characters.next() else { break };
                value.extend([c, escaped]);
            } else {
                value.push(c);
            }
        }
        let end = characters.peek().map_or(range.end, |(at, _)| range.start + at);
        if any || !value.is_empty() {
            words.push(Argument { value, range: range.start + start..end });
        }
    }
    words
}

fn next_visible(characters: &mut std::iter::Peekable<std::str::CharIndices<'_>>) -> Option<(usize, char)> {
    while characters.next_if(|(_, c)| c.is_whitespace()).is_some() {}
    characters.peek().copied()
}

/// The `--flags` in front, and what is left. BuildKit goes through bytes here and takes each for a character.
pub(super) fn flags(line: &str, range: Range<usize>, escape: char) -> (Vec<Argument>, Range<usize>) {
    let bytes = &line.as_bytes()[..range.end];
    let mut flags = Vec::new();
    let mut at = range.start;
    loop {
        while at < range.end && is_byte_space(bytes[at]) {
            at += 1;
        }
        if !bytes[at..].starts_with(b"--") {
            return (flags, boundary(line, at)..range.end);
        }
        let (flag, any, end) = flag(bytes, at, escape);
        if flag == "--" && end < range.end {
            return (flags, boundary(line, end)..range.end);
        }
        if flag != "--" && (any || !flag.is_empty()) {
            flags.push(Argument { value: flag, range: boundary(line, at)..boundary(line, end) });
        }
        at = end;
    }
}

/// One flag: its value without quotes, whether it had any, and where it ends.
fn flag(bytes: &[u8], start: usize, escape: char) -> (String, bool, usize) {
    let mut value = String::new();
    let (mut at, mut quote, mut any) = (start, None, false);
    while at < bytes.len() {
        let c = char::from(bytes[at]);
        if quote.is_none() && is_byte_space(bytes[at]) {
            break;
        }
        at += 1;
        if quote.is_none() && matches!(c, '\'' | '"') {
            (quote, any) = (Some(c), true);
        } else if quote == Some(c) {
            quote = None;
        } else if c == escape {
            if let Some(escaped) = bytes.get(at) {
                value.push(char::from(*escaped));
                at += 1;
            }
        } else {
            value.push(c);
        }
    }
    (value, any, at)
}

/// White space among the first 256 characters of Unicode.
pub(super) const fn is_byte_space(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ' | 0x85 | 0xA0)
}

pub(super) fn boundary(line: &str, at: usize) -> usize {
    (at..=line.len()).find(|at| line.is_char_boundary(*at)).unwrap_or(line.len())
}
