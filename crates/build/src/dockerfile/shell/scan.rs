use std::collections::BTreeSet;

use super::{Environment, Lexer, Problem, WordError};

/// One pass over one word.
pub(super) struct Scan<'a> {
    pub(super) lexer: &'a Lexer,
    pub(super) environment: &'a dyn Environment,
    pub(super) matched: BTreeSet<String>,
    pub(super) unmatched: BTreeSet<String>,
    pub(super) depth: usize,
    text: &'a str,
    at: usize,
    raw_escapes: bool,
    produced: usize,
    /// BuildKit has one buffer for the word that is being put together, also for the operands of `${…}`: what
    /// stood before a nested operand is lost to the list of words. Its results are the measure here.
    buffer: String,
}

/// The list of words that grows beside the result.
#[derive(Default)]
struct Words {
    list: Vec<String>,
    inside: bool,
}

impl<'a> Scan<'a> {
    pub(super) fn new(lexer: &'a Lexer, text: &'a str, environment: &'a dyn Environment) -> Self {
        Self {
            lexer,
            environment,
            matched: BTreeSet::new(),
            unmatched: BTreeSet::new(),
            depth: 0,
            text,
            // Go's scanner drops a byte order mark.
            at: if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 },
            raw_escapes: lexer.raw_escapes,
            produced: 0,
            buffer: String::new(),
        }
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    pub(super) fn next_if(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        if found {
            self.at += c.len_utf8();
        }
        found
    }

    pub(super) const fn at(&self) -> usize {
        self.at
    }

    pub(super) const fn fail<T>(at: usize, problem: Problem) -> Result<T, WordError> {
        Err(WordError { at, problem })
    }

    /// Reads up to `stop` (or the end), and gives what was read as one text and as a list of words.
    ///
    /// `raw_escapes` keeps escape characters; `pattern` doubles literal escape characters in quotes, so that what
    /// reads the pattern afterwards takes them for literal again.
    pub(super) fn until(
        &mut self,
        stop: Option<char>,
        raw_escapes: bool,
        pattern: bool,
    ) -> Result<(String, Vec<String>), WordError> {
        let start = self.at;
        let outer = std::mem::replace(&mut self.raw_escapes, raw_escapes);
        self.buffer.clear();
        let mut result = String::new();
        let mut words = Words::default();
        while let Some(c) = self.peek() {
            if Some(c) == stop {
                self.at += c.len_utf8();
                self.raw_escapes = outer;
                return Ok((result, words.finish(&mut self.buffer)));
            }
            if !self.step(c, pattern, &mut result, &mut words)? {
                break;
            }
        }
        self.raw_escapes = outer;
        if stop.is_some() {
            return Self::fail(start, Problem::Brace);
        }
        Ok((result, words.finish(&mut self.buffer)))
    }

    /// Reads one character, quote or substitution; false at an escape character that ends the text.
    fn step(&mut self, c: char, pattern: bool, result: &mut String, words: &mut Words) -> Result<bool, WordError> {
        let special = match c {
            '$' => Some(self.dollar()?),
            '<' => Some(self.angle()),
            '\'' if !self.lexer.skip_quotes => Some(self.single_quoted(pattern)?),
            '"' if !self.lexer.skip_quotes => Some(self.double_quoted(pattern)?),
            _ => None,
        };
        let Some(special) = special else { return Ok(self.plain(result, words)) };
        self.produced += special.len();
        if self.produced > self.lexer.limit {
            return Self::fail(self.at, Problem::Size);
        }
        result.push_str(&special);
        if c == '$' {
            special.chars().for_each(|c| words.add(c, &mut self.buffer));
        } else {
            words.add_raw(&special, &mut self.buffer);
        }
        Ok(true)
    }

    fn plain(&mut self, result: &mut String, words: &mut Words) -> bool {
        let Some(c) = self.next() else { return false };
        if c != self.lexer.escape {
            words.add(c, &mut self.buffer);
            result.push(c);
            return true;
        }
        if self.raw_escapes {
            words.add_raw(c.encode_utf8(&mut [0; 4]), &mut self.buffer);
            result.push(c);
        }
        let Some(escaped) = self.next() else { return false };
        words.add_raw(escaped.encode_utf8(&mut [0; 4]), &mut self.buffer);
        result.push(escaped);
        true
    }

    fn single_quoted(&mut self, pattern: bool) -> Result<String, WordError> {
        let start = self.at;
        let mut result = String::new();
        self.quote(&mut result);
        loop {
            match self.peek() {
                None => return Self::fail(start, Problem::Quote('\'')),
                Some('\'') => {
                    self.quote(&mut result);
                    return Ok(result);
                }
                Some(c) => {
                    self.at += c.len_utf8();
                    if pattern && c == self.lexer.escape {
                        result.push(c);
                    }
                    result.push(c);
                }
            }
        }
    }

    fn double_quoted(&mut self, pattern: bool) -> Result<String, WordError> {
        let start = self.at;
        let mut result = String::new();
        self.quote(&mut result);
        loop {
            match self.peek() {
                None => return Self::fail(start, Problem::Quote('"')),
                Some('"') => {
                    self.quote(&mut result);
                    return Ok(result);
                }
                Some('$') => result.push_str(&self.dollar()?),
                Some(c) => {
                    self.at += c.len_utf8();
                    self.in_double_quotes(c, pattern, &mut result);
                }
            }
            if self.produced + result.len() > self.lexer.limit {
                return Self::fail(start, Problem::Size);
            }
        }
    }

    /// A character in double quotes: an escape character only escapes `"`, `$` and itself.
    fn in_double_quotes(&mut self, c: char, pattern: bool, result: &mut String) {
        if c != self.lexer.escape {
            result.push(c);
            return;
        }
        match self.peek() {
            None => {}
            Some(escaped) if escaped == '"' || escaped == '$' || escaped == c => {
                if self.raw_escapes {
                    result.push(c);
                }
                self.at += escaped.len_utf8();
                result.push(escaped);
            }
            Some(_) => {
                if self.raw_escapes && (!self.lexer.raw_quotes || pattern) {
                    result.push(c);
                }
                result.push(c);
            }
        }
    }

    fn quote(&mut self, result: &mut String) {
        if let Some(c) = self.next()
            && self.lexer.raw_quotes
        {
            result.push(c);
        }
    }

    /// `<`, or `<<` with the spaces behind it, which then belong to the word.
    fn angle(&mut self) -> String {
        self.at += 1;
        if !self.next_if('<') {
            return "<".into();
        }
        let spaces = self.text[self.at..].len() - self.text[self.at..].trim_start_matches(['\t', '\r', ' ']).len();
        let result = format!("<<{}", &self.text[self.at..self.at + spaces]);
        self.at += spaces;
        result
    }
}

impl Words {
    fn add(&mut self, c: char, buffer: &mut String) {
        if !c.is_whitespace() {
            buffer.push(c);
            self.inside = true;
        } else if self.inside && !buffer.is_empty() {
            self.list.push(std::mem::take(buffer));
            self.inside = false;
        }
    }

    fn add_raw(&mut self, text: &str, buffer: &mut String) {
        buffer.push_str(text);
        self.inside = true;
    }

    fn finish(mut self, buffer: &mut String) -> Vec<String> {
        if !buffer.is_empty() {
            self.list.push(std::mem::take(buffer));
        }
        self.list
    }
}
