use std::borrow::Cow;

use super::string;

/// What kind of value stands at the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl Kind {
    /// How Go calls it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "bool",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

/// A place within a text that [`check`](super::check) has found to be JSON.
///
/// On other texts it gives values that make no sense, but it ends.
pub(crate) struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) const fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// The next byte that is no space, which it goes past.
    fn token(&mut self) -> u8 {
        let byte = self.peek();
        self.at += 1;
        byte
    }

    fn peek(&mut self) -> u8 {
        while self.text.get(self.at).is_some_and(|byte| b" \t\r\n".contains(byte)) {
            self.at += 1;
        }
        self.text.get(self.at).copied().unwrap_or_default()
    }

    /// What comes next.
    pub(crate) fn kind(&mut self) -> Kind {
        match self.peek() {
            b'{' => Kind::Object,
            b'[' => Kind::Array,
            b'"' => Kind::String,
            b't' | b'f' => Kind::Boolean,
            b'n' => Kind::Null,
            _ => Kind::Number,
        }
    }

    /// Goes into an array or object; [`Self::more`] then says whether there is something in it.
    pub(crate) fn enter(&mut self) {
        self.token();
    }

    /// Whether another item or member follows; otherwise it has gone past the closing bracket.
    pub(crate) fn more(&mut self) -> bool {
        match self.peek() {
            b']' | b'}' | 0 => {
                self.at += 1;
                false
            }
            b',' => {
                self.at += 1;
                true
            }
            _ => true,
        }
    }

    /// The name of a member; its value comes next.
    pub(crate) fn key(&mut self) -> Cow<'a, str> {
        let key = self.string();
        self.token();
        key
    }

    /// A string, read.
    pub(crate) fn string(&mut self) -> Cow<'a, str> {
        let raw = self.literal();
        string::unquote(raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default())
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&mut self) -> bool {
        self.literal().first() == Some(&b't')
    }

    /// A string with its quotes, a number or a word, as it is written.
    pub(crate) fn literal(&mut self) -> &'a [u8] {
        let start = {
            self.peek();
            self.at
        };
        if self.text.get(start) == Some(&b'"') {
            self.at = string::end(self.text, start + 1);
        } else {
            let rest = self.text.get(start..).unwrap_or_default();
            let length = rest.iter().position(|byte| b",]} \t\r\n:".contains(byte)).unwrap_or(rest.len());
            self.at = start + length.max(1);
        }
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// A number as it is written.
    pub(crate) fn number(&mut self) -> &'a str {
        std::str::from_utf8(self.literal()).unwrap_or_default()
    }

    /// Goes past one value of any kind; its text.
    pub(crate) fn skip(&mut self) -> &'a [u8] {
        self.peek();
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.saturating_sub(1);
                    self.at += 1;
                }
                b',' | b':' => self.at += 1,
                0 => break,
                _ => drop(self.literal()),
            }
            if depth == 0 {
                break;
            }
        }
        self.text.get(start..self.at.min(self.text.len())).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Cursor, Kind};

    #[test]
    fn walks_through_a_document() {
        let mut cursor = Cursor::new(br#" { "a\n" : [ 1.50 , true ] , "b":{}, "c" : "x" }"#);
        assert_eq!(cursor.kind(), Kind::Object);
        cursor.enter();
        assert!(cursor.more());
        assert_eq!(cursor.key(), "a\n");
        assert_eq!(cursor.kind(), Kind::Array);
        cursor.enter();
        assert!(cursor.more());
        assert_eq!(cursor.number(), "1.50");
        assert!(cursor.more());
        assert!(cursor.boolean());
        assert!(!cursor.more());
        assert!(cursor.more());
        assert_eq!(cursor.key(), "b");
        assert_eq!(cursor.skip(), b"{}");
        assert!(cursor.more());
        assert_eq!(cursor.key(), "c");
        assert_eq!(cursor.skip(), b"\"x\"");
        assert!(!cursor.more());
    }

    #[test]
    fn ends_on_what_is_no_json() {
        for text in ["", "{", "[", "\"", "{\"a", "[1", "]", ":::"] {
            Cursor::new(text.as_bytes()).skip();
        }
    }
}
