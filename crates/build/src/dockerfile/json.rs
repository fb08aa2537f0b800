//! JSON as Go's `encoding/json` decides it: whether an argument list is in exec form hangs on that.

use std::ops::Range;

/// Deeper nesting is malformed (Go's limit).
const MAX_DEPTH: usize = 10_000;

/// What a text is that may be an array of strings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Array {
    /// No JSON array.
    No,
    /// A JSON array with something else than strings in it: where the first one is.
    Mixed(Range<usize>),
    /// The strings and where they stand, quotes included.
    Strings(Vec<(String, Range<usize>)>),
}

/// Reads a text that may be an array of strings.
pub(super) fn array(text: &str) -> Array {
    let mut scanner = Scanner { bytes: text.as_bytes(), at: 0, overflow: false };
    let Some(items) = scanner.array() else { return Array::No };
    if scanner.overflow {
        return Array::No;
    }
    if let Some(other) = items.iter().find(|range| text.as_bytes()[range.start] != b'"') {
        return Array::Mixed(other.clone());
    }
    Array::Strings(items.into_iter().map(|range| (unquote(&text[range.clone()]), range)).collect())
}

/// The string under `key` of a text that is a JSON object as a whole; the last one where the key is repeated.
pub(super) fn string_field(text: &str, key: &str) -> Option<String> {
    let mut scanner = Scanner { bytes: text.as_bytes(), at: 0, overflow: false };
    let fields = scanner.object()?;
    if scanner.overflow {
        return None;
    }
    let (_, value) = fields.into_iter().rfind(|(name, _)| unquote(&text[name.clone()]) == key)?;
    text[value.clone()].starts_with('"').then(|| unquote(&text[value]))
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    /// A number too large for a double: Go decodes the rest and then gives up.
    overflow: bool,
}

impl Scanner<'_> {
    fn array(&mut self) -> Option<Vec<Range<usize>>> {
        self.space();
        self.eat(b'[')?;
        let mut items = Vec::new();
        self.space();
        if self.eat(b']').is_none() {
            loop {
                items.push(self.spaced_value(1)?);
                if self.eat(b',').is_none() {
                    break;
                }
            }
            self.eat(b']')?;
        }
        self.end()?;
        Some(items)
    }

    fn object(&mut self) -> Option<Vec<(Range<usize>, Range<usize>)>> {
        self.space();
        self.eat(b'{')?;
        let mut fields = Vec::new();
        self.space();
        if self.eat(b'}').is_none() {
            loop {
                self.space();
                let start = self.at;
                self.string()?;
                let name = start..self.at;
                self.space();
                self.eat(b':')?;
                fields.push((name, self.spaced_value(1)?));
                if self.eat(b',').is_none() {
                    break;
                }
            }
            self.eat(b'}')?;
        }
        self.end()?;
        Some(fields)
    }

    fn end(&mut self) -> Option<()> {
        self.space();
        (self.at == self.bytes.len()).then_some(())
    }

    fn spaced_value(&mut self, depth: usize) -> Option<Range<usize>> {
        self.space();
        let start = self.at;
        self.value(depth)?;
        let range = start..self.at;
        self.space();
        Some(range)
    }

    /// Steps over one value, however deep, without recursion.
    fn value(&mut self, outer: usize) -> Option<()> {
        let mut open: Vec<u8> = Vec::new();
        loop {
            self.space();
            match self.peek()? {
                bracket @ (b'[' | b'{') => {
                    self.at += 1;
                    open.push(bracket);
                    if open.len() + outer > MAX_DEPTH {
                        return None;
                    }
                    self.space();
                    if self.peek()? != bracket + 2 {
                        self.key(bracket)?;
                        continue;
                    }
                }
                _ => self.scalar()?,
            }
            if !self.close(&mut open)? {
                return Some(());
            }
        }
    }

    /// Behind a value: closes what ends here; whether a further value follows.
    fn close(&mut self, open: &mut Vec<u8>) -> Option<bool> {
        while let Some(&bracket) = open.last() {
            self.space();
            match self.peek()? {
                b',' => {
                    self.at += 1;
                    self.key(bracket)?;
                    return Some(true);
                }
                c if c == bracket + 2 => {
                    self.at += 1;
                    open.pop();
                }
                _ => return None,
            }
        }
        Some(false)
    }

    /// In an object, `"key":`.
    fn key(&mut self, bracket: u8) -> Option<()> {
        if bracket == b'{' {
            self.space();
            self.string()?;
            self.space();
            self.eat(b':')?;
        }
        Some(())
    }

    fn scalar(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => self.string(),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => self.number(),
        }
    }

    fn string(&mut self) -> Option<()> {
        self.eat(b'"')?;
        loop {
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'"' => return Some(()),
                b'\\' => self.escape()?,
                0..=0x1F => return None,
                _ => {}
            }
        }
    }

    fn escape(&mut self) -> Option<()> {
        let byte = self.peek()?;
        self.at += 1;
        match byte {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(()),
            b'u' => (0..4).try_for_each(|_| self.one(|byte| byte.is_ascii_hexdigit())),
            _ => None,
        }
    }

    fn number(&mut self) -> Option<()> {
        let start = self.at;
        let _ = self.eat(b'-');
        if self.eat(b'0').is_none() {
            self.digits()?;
        }
        if self.eat(b'.').is_some() {
            self.digits()?;
        }
        if self.one(|byte| byte | 0x20 == b'e').is_some() {
            let _ = self.one(|byte| matches!(byte, b'+' | b'-'));
            self.digits()?;
        }
        let number = std::str::from_utf8(&self.bytes[start..self.at]).ok()?;
        self.overflow |= number.parse::<f64>().ok()?.is_infinite();
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        self.one(|byte| byte.is_ascii_digit())?;
        while self.one(|byte| byte.is_ascii_digit()).is_some() {}
        Some(())
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.bytes[self.at..].starts_with(word).then(|| self.at += word.len())
    }

    fn space(&mut self) {
        while self.one(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).is_some() {}
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        self.one(|other| other == byte)
    }

    fn one(&mut self, accepts: impl Fn(u8) -> bool) -> Option<()> {
        accepts(self.peek()?).then(|| self.at += 1)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }
}

/// The content of a string that was scanned; a lone surrogate becomes U+FFFD.
fn unquote(quoted: &str) -> String {
    let inner = &quoted[1..quoted.len() - 1];
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let (c, length) = escaped(rest);
        out.push(c);
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

/// The character that an escape stands for, and its length behind the backslash.
fn escaped(rest: &str) -> (char, usize) {
    let simple = match rest.as_bytes().first() {
        Some(b'b') => '\x08',
        Some(b'f') => '\x0C',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode(rest),
        Some(other) => char::from(*other),
        None => return (char::REPLACEMENT_CHARACTER, 0),
    };
    (simple, 1)
}

fn unicode(rest: &str) -> (char, usize) {
    let unit = |at: usize| rest.get(at..at + 4).and_then(|hex| u32::from_str_radix(hex, 16).ok());
    let first = unit(1).unwrap_or(0xFFFD);
    if (0xD800..0xDC00).contains(&first)
        && rest.get(5..7) == Some("\\u")
        && let Some(second @ 0xDC00..=0xDFFF) = unit(7)
    {
        let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        return (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 11);
    }
    (char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 5)
}
