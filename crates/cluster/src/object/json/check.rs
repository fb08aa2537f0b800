use super::MAX_DEPTH;
use crate::quote::quote;

/// What comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    After,
}

/// Whether a text is one JSON value.
///
/// # Errors
///
/// The message of Go's scanner: what is wrong and where it stands within the grammar.
pub(crate) fn check(text: &[u8]) -> Result<(), String> {
    let mut scanner = Scanner { text, at: 0, open: Vec::new(), next: Next::Value };
    while scanner.step()? {}
    Ok(())
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    /// The brackets that are open.
    open: Vec<u8>,
    next: Next,
}

impl Scanner<'_> {
    /// Reads one token. False at the end.
    fn step(&mut self) -> Result<bool, String> {
        while self.text.get(self.at).is_some_and(|byte| b" \t\r\n".contains(byte)) {
            self.at += 1;
        }
        let Some(&byte) = self.text.get(self.at) else {
            let complete = self.next == Next::After && self.open.is_empty();
            return if complete { Ok(false) } else { Err(ended()) };
        };
        match self.next {
            Next::Value | Next::ValueOrEnd => self.value(byte)?,
            Next::Key | Next::KeyOrEnd => self.key(byte)?,
            Next::Colon if byte == b':' => self.then(Next::Value),
            Next::Colon => return Err(invalid(byte, "after object key")),
            Next::After => self.after(byte)?,
        }
        Ok(true)
    }

    /// Goes past one byte.
    fn then(&mut self, next: Next) {
        self.at += 1;
        self.next = next;
    }

    fn value(&mut self, byte: u8) -> Result<(), String> {
        match byte {
            b'{' => self.enter(byte, Next::KeyOrEnd),
            b'[' => self.enter(byte, Next::ValueOrEnd),
            b']' if self.next == Next::ValueOrEnd => {
                self.leave();
                Ok(())
            }
            _ => {
                self.literal(byte)?;
                self.next = Next::After;
                Ok(())
            }
        }
    }

    fn literal(&mut self, byte: u8) -> Result<(), String> {
        match byte {
            b'"' => self.string(),
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => Err(invalid(byte, "looking for beginning of value")),
        }
    }

    fn key(&mut self, byte: u8) -> Result<(), String> {
        match byte {
            b'"' => {
                self.string()?;
                self.next = Next::Colon;
            }
            b'}' if self.next == Next::KeyOrEnd => self.leave(),
            _ => return Err(invalid(byte, "looking for beginning of object key string")),
        }
        Ok(())
    }

    fn after(&mut self, byte: u8) -> Result<(), String> {
        match (self.open.last(), byte) {
            (None, _) => return Err(invalid(byte, "after top-level value")),
            (Some(b'['), b',') => self.then(Next::Value),
            (Some(b'['), b']') | (Some(b'{'), b'}') => self.leave(),
            (Some(b'['), _) => return Err(invalid(byte, "after array element")),
            (Some(_), b',') => self.then(Next::Key),
            (Some(_), _) => return Err(invalid(byte, "after object key:value pair")),
        }
        Ok(())
    }

    fn enter(&mut self, byte: u8, next: Next) -> Result<(), String> {
        if self.open.len() >= MAX_DEPTH {
            return Err(invalid(byte, "exceeded max depth"));
        }
        self.open.push(byte);
        self.then(next);
        Ok(())
    }

    fn leave(&mut self) {
        self.open.pop();
        self.then(Next::After);
    }

    /// The byte at hand. Go's scanner takes the end for a space.
    fn byte(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(b' ')
    }

    fn word(&mut self, word: &str) -> Result<(), String> {
        for expected in word.bytes() {
            let found = self.byte();
            if found != expected {
                // Go says `l` of both.
                let said = char::from(expected);
                return Err(invalid(found, &format!("in literal {word} (expecting '{said}')")));
            }
            self.at += 1;
        }
        Ok(())
    }

    fn string(&mut self) -> Result<(), String> {
        self.at += 1;
        loop {
            match self.text.get(self.at) {
                None => return Err(ended()),
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                Some(&byte) if byte < b' ' => return Err(invalid(byte, "in string literal")),
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        Ok(())
    }

    fn escape(&mut self) -> Result<(), String> {
        self.at += 1;
        match self.byte() {
            b'b' | b'f' | b'n' | b'r' | b't' | b'\\' | b'/' | b'"' => self.at += 1,
            b'u' => {
                self.at += 1;
                for _ in 0..4 {
                    let byte = self.byte();
                    if !byte.is_ascii_hexdigit() {
                        return Err(invalid(byte, "in \\u hexadecimal character escape"));
                    }
                    self.at += 1;
                }
            }
            byte => return Err(invalid(byte, "in string escape code")),
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), String> {
        if self.byte() == b'-' {
            self.at += 1;
        }
        match self.byte() {
            b'0' => self.at += 1,
            _ => self.digits("in numeric literal")?,
        }
        if self.byte() == b'.' {
            self.at += 1;
            self.digits("after decimal point in numeric literal")?;
        }
        if matches!(self.byte(), b'e' | b'E') {
            self.at += 1;
            if matches!(self.byte(), b'+' | b'-') {
                self.at += 1;
            }
            self.digits("in exponent of numeric literal")?;
        }
        Ok(())
    }

    /// At least one digit.
    fn digits(&mut self, context: &str) -> Result<(), String> {
        if !self.byte().is_ascii_digit() {
            return Err(invalid(self.byte(), context));
        }
        while self.byte().is_ascii_digit() {
            self.at += 1;
        }
        Ok(())
    }
}

fn ended() -> String {
    "unexpected end of JSON input".to_owned()
}

fn invalid(byte: u8, context: &str) -> String {
    let quoted = match byte {
        b'\'' => "\\'".to_owned(),
        b'"' => "\"".to_owned(),
        _ => quote(char::from(byte).encode_utf8(&mut [0; 4])).trim_matches('"').to_owned(),
    };
    format!("invalid character '{quoted}' {context}")
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn what_is_json_passes() {
        for text in ["{}", " [ ] ", "0", "-0.5e+7", r#"{"a":[1,{"b":null}],"c":"\u00e9\""}"#, "true", "\"\u{e9}\""] {
            assert_eq!(check(text.as_bytes()), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_is_not_is_refused_in_the_words_of_go() {
        let cases = [
            ("", "unexpected end of JSON input"),
            ("{", "unexpected end of JSON input"),
            ("\"a", "unexpected end of JSON input"),
            ("{a", "invalid character 'a' looking for beginning of object key string"),
            ("{\"a\" 1", "invalid character '1' after object key"),
            ("{\"a\":1 2", "invalid character '2' after object key:value pair"),
            ("{\"a\":1,}", "invalid character '}' looking for beginning of object key string"),
            ("[1,]", "invalid character ']' looking for beginning of value"),
            ("[1 2", "invalid character '2' after array element"),
            ("1 2", "invalid character '2' after top-level value"),
            ("tru", "invalid character ' ' in literal true (expecting 'e')"),
            ("nulx", "invalid character 'x' in literal null (expecting 'l')"),
            ("1.", "invalid character ' ' after decimal point in numeric literal"),
            ("1.e", "invalid character 'e' after decimal point in numeric literal"),
            ("1ex", "invalid character 'x' in exponent of numeric literal"),
            ("-x", "invalid character 'x' in numeric literal"),
            ("01", "invalid character '1' after top-level value"),
            ("\"\\x", "invalid character 'x' in string escape code"),
            ("\"\\u12g", "invalid character 'g' in \\u hexadecimal character escape"),
            ("\"\n", "invalid character '\\n' in string literal"),
            ("\u{e9}", "invalid character 'Ã' looking for beginning of value"),
            ("'", "invalid character '\\'' looking for beginning of value"),
            ("[\"\"\"", "invalid character '\"' after array element"),
        ];
        for (text, message) in cases {
            assert_eq!(check(text.as_bytes()), Err(message.to_owned()), "{text}");
        }
    }

    #[test]
    fn depth_is_limited() {
        assert_eq!(check("[".repeat(100_000).as_bytes()), Err("invalid character '[' exceeded max depth".to_owned()));
    }
}
