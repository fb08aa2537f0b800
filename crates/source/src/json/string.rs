//! Strings, and what a reader of errors wants to know.

use std::borrow::Cow;

use linkspan_report::printable_line;

use super::parse::{Parser, Step};
use crate::{
    fault::{Problem, rule},
    map::Range,
};

impl<'t> Parser<'t> {
    /// Reads a string from its opening quote on.
    pub(super) fn string(&mut self) -> Step<Cow<'t, str>> {
        let open = self.at;
        self.at += 1;
        let mut start = self.at;
        let mut built = String::new();
        loop {
            match self.peek() {
                Some(b'"') => {
                    let rest = self.slice(start);
                    self.at += 1;
                    if built.is_empty() {
                        return Ok(Cow::Borrowed(rest));
                    }
                    built.push_str(rest);
                    return Ok(Cow::Owned(built));
                }
                Some(b'\\') => {
                    built.push_str(self.slice(start));
                    built.push(self.escape()?);
                    start = self.at;
                }
                Some(0..=0x1F) => return Err(self.control(open)),
                Some(_) => self.at += 1,
                None => return Err(self.unclosed(open)),
            }
        }
    }

    fn slice(&self, start: usize) -> &'t str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn escape(&mut self) -> Step<char> {
        let start = self.at;
        self.at += 1;
        let character = match self.peek() {
            Some(plain @ (b'"' | b'\\' | b'/')) => char::from(plain),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{C}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(start),
            None => return Err(self.unexpected("the rest of an escape")),
            Some(_) => return Err(self.bad_escape(start)),
        };
        self.at += 1;
        Ok(character)
    }

    fn bad_escape(&self, start: usize) -> Box<Problem> {
        let range = Range { start: Range::new(start, start).start, end: self.here().end };
        let written = range.slice(self.text).unwrap_or_default();
        Problem::new(rule::JSON, format!("`{}` is no escape", printable_line(written)), range)
            .help("escapes are `\\\"`, `\\\\`, `\\/`, `\\b`, `\\f`, `\\n`, `\\r`, `\\t` and `\\u` with four hex digits")
    }

    /// Reads from the `u` on: four hex digits, and a second escape behind a high surrogate.
    fn unicode(&mut self, start: usize) -> Step<char> {
        let first = self.four(start)?;
        let code = match first {
            0xD800..=0xDBFF => {
                let rest = self.text.get(self.at..).unwrap_or_default();
                if !rest.starts_with("\\u") {
                    return Err(self.surrogate(start));
                }
                self.at += 1;
                let second = self.four(start)?;
                if !(0xDC00..=0xDFFF).contains(&second) {
                    return Err(self.surrogate(start));
                }
                0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
            }
            code => code,
        };
        char::from_u32(code).ok_or_else(|| self.surrogate(start))
    }

    /// The value of four hex digits behind a `u`.
    fn four(&mut self, start: usize) -> Step<u32> {
        let digits = self
            .text
            .get(self.at + 1..self.at + 5)
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()) {
            Some(code) => {
                self.at += 5;
                Ok(code)
            }
            None => Err(Problem::new(rule::JSON, "`\\u` needs four hex digits", Range::new(start, self.at + 1))),
        }
    }

    fn surrogate(&self, start: usize) -> Box<Problem> {
        Problem::new(rule::JSON, "half of a surrogate pair is no character", Range::new(start, self.at))
            .help("a character beyond U+FFFF is written as itself, or as two `\\u` escapes")
    }

    fn control(&self, open: usize) -> Box<Problem> {
        let here = self.here();
        let character = here.slice(self.text).unwrap_or_default();
        if character == "\n" || character == "\r" {
            return Problem::new(rule::JSON, "a string ends with the line, without `\"`", Range::new(open, self.at))
                .help("close the string, or write `\\n` for a line break in it");
        }
        Problem::new(rule::JSON, format!("the control character `{}` in a string", printable_line(character)), here)
            .help("write it as an escape")
    }

    fn unclosed(&self, open: usize) -> Box<Problem> {
        let end = Range::new(self.at, self.at);
        Problem::new(rule::JSON, "the document ends inside a string", end)
            .related("the string begins here", Range::new(open, open + 1))
    }

    /// Something else stands where `wanted` should.
    pub(super) fn unexpected(&self, wanted: &str) -> Box<Problem> {
        let here = self.here();
        let rest = self.text.get(self.at..).unwrap_or_default();
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').map_or(rest, |end| &rest[..end]);
        let shown = if word.is_empty() { here.slice(self.text).unwrap_or_default() } else { word };
        let range = Range::new(self.at, self.at + shown.len());
        if rest.is_empty() {
            let problem = Problem::new(rule::JSON, format!("the document ends where {wanted} should stand"), here);
            return match self.opened() {
                Some((range, bracket)) => problem.related(format!("this `{bracket}` is not closed"), range),
                None => problem,
            };
        }
        let shown: String = shown.chars().take(40).collect();
        let message = format!("`{}` where {wanted} should stand", printable_line(&shown));
        let problem = Problem::new(rule::JSON, message, range);
        match self.advice(rest, word) {
            Some(help) => problem.help(help),
            None => problem,
        }
    }

    /// What people who write JavaScript, Python or YAML tend to put into JSON.
    fn advice(&self, rest: &str, word: &str) -> Option<&'static str> {
        let before = self.text.get(..self.at).unwrap_or_default().trim_end();
        match word {
            "True" | "False" | "None" | "TRUE" | "FALSE" | "NULL" | "Null" => {
                return Some("the words are `true`, `false` and `null`");
            }
            "NaN" | "Infinity" | "nan" | "inf" | "undefined" => return Some("JSON has no such value; `null` may do"),
            _ => {}
        }
        match rest.as_bytes().first() {
            Some(b'}' | b']') if before.ends_with(',') => Some("remove the comma before it"),
            Some(b'\'') => Some("strings stand in double quotes"),
            Some(b'/' | b'#') => Some("JSON has no comments"),
            Some(b'+' | b'.') => Some("a number begins with a digit or `-`"),
            Some(b'"' | b'{' | b'[') if self.opened().is_some() => Some("is there a comma missing before it?"),
            Some(b'<') => Some("this looks like HTML or XML"),
            _ => None,
        }
    }
}
