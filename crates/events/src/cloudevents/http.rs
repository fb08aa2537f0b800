//! A recorded HTTP message with an event: a file `*.http`.
//!
//! Its form is that of HTTP 1.1 (RFC 9112): a start line, which may be left out, header lines, an empty line and the
//! body, to the end of the file. Lines end with LF or CR LF.

use linkspan_report::{Finding, Position, Span};

/// The headers and the body of an HTTP request or response.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message {
    /// Names and values, in their order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// A message with the places of its parts.
#[derive(Debug, Clone, Default)]
pub(super) struct Recorded {
    pub(super) message: Message,
    /// The places of each header's name and value.
    pub(super) places: Vec<(Span, Span)>,
    /// The line at which the body begins.
    pub(super) body_line: usize,
}

impl Recorded {
    /// The value of a header, and its place.
    pub(super) fn header(&self, name: &str) -> Option<(&str, Span)> {
        let mut headers = self.message.headers.iter().zip(&self.places);
        let found = headers.find(|((own, _), _)| own.eq_ignore_ascii_case(name));
        found.map(|((_, value), (_, place))| (value.as_str(), *place))
    }
}

/// Reads a message. What is no header line is a fault; the message is what could be read.
pub(super) fn read(bytes: &[u8], file: &str) -> (Recorded, Vec<Finding>) {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut recorded = Recorded::default();
    let mut faults = Vec::new();
    let mut rest = bytes;
    let mut number = 0;
    loop {
        number += 1;
        let end = memchr::memchr(b'\n', rest);
        let line = &rest[..end.unwrap_or(rest.len())];
        let line = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned();
        rest = &rest[end.map_or(rest.len(), |end| end + 1)..];
        let over = end.is_none() && rest.is_empty();
        if line.is_empty() || (over && line.trim().is_empty()) {
            break;
        }
        match header(&line, number) {
            Some((name, value, places)) => {
                recorded.message.headers.push((name, value));
                recorded.places.push(places);
            }
            None if number == 1 && is_start(&line) => {}
            None => faults.push(no_header(&line, number, file)),
        }
        if over {
            break;
        }
    }
    recorded.message.body = rest.to_vec();
    recorded.body_line = number + 1;
    (recorded, faults)
}

/// `POST / HTTP/1.1` or `HTTP/1.1 200 OK`.
fn is_start(line: &str) -> bool {
    let mut words = line.split(' ');
    let (first, last) = (words.next().unwrap_or_default(), words.next_back().unwrap_or_default());
    first.starts_with("HTTP/") || last.starts_with("HTTP/")
}

fn header(line: &str, number: usize) -> Option<(String, String, (Span, Span))> {
    let (name, value) = line.split_once(':')?;
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(token) {
        return None;
    }
    let trimmed = value.trim_matches([' ', '\t']);
    let before = name.chars().count() + 1 + value.chars().take_while(|space| matches!(space, ' ' | '\t')).count();
    let span = |start: usize, length: usize| {
        Span::new(Position::new(number, 1 + start), Position::new(number, 1 + start + length))
    };
    let places = (span(0, name.chars().count()), span(before, trimmed.chars().count()));
    Some((name.to_owned(), trimmed.to_owned(), places))
}

fn no_header(line: &str, number: usize, file: &str) -> Finding {
    let span = Span::new(Position::new(number, 1), Position::new(number, 1 + line.chars().count()));
    let message = "this is no header line: a name, `:` and a value";
    let help = "an empty line stands between the headers and the body";
    Finding::error("http-syntax", message).in_file(file).at(span).help(help)
}
