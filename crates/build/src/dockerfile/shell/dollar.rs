use super::pattern;
use super::scan::Scan;
use super::{MAX_DEPTH, Problem, WordError};

impl Scan<'_> {
    /// `$name` or `${…}`, from the `$`.
    pub(super) fn dollar(&mut self) -> Result<String, WordError> {
        let start = self.at();
        self.next();
        if !self.next_if('{') {
            return Ok(self.unbraced());
        }
        if self.depth == MAX_DEPTH {
            return Self::fail(start, Problem::Depth);
        }
        self.depth += 1;
        let result = self.braced(start);
        self.depth -= 1;
        result
    }

    fn unbraced(&mut self) -> String {
        let name = self.name();
        if name.is_empty() {
            return "$".into();
        }
        match self.look_up(&name) {
            None if self.lexer.skip_unset => format!("${name}"),
            value => value.unwrap_or_default(),
        }
    }

    fn braced(&mut self, start: usize) -> Result<String, WordError> {
        match self.peek() {
            None => return Self::fail(start, Problem::Brace),
            Some('{' | '}' | ':') => return Self::fail(start, Problem::Substitution),
            Some(_) => {}
        }
        let name = self.name();
        match self.next() {
            None => Self::fail(start, Problem::Brace),
            Some('}') => Ok(match self.look_up(&name) {
                None if self.lexer.skip_unset => format!("${{{name}}}"),
                value => value.unwrap_or_default(),
            }),
            Some(':') => match self.next() {
                None => Self::fail(start, Problem::Brace),
                Some(modifier) => self.modified(start, &name, modifier, true),
            },
            Some(modifier @ ('+' | '-' | '?' | '#' | '%')) => self.modified(start, &name, modifier, false),
            Some('/') => self.replaced(start, &name),
            Some(other) => Self::fail(start, Problem::Modifier(other.to_string())),
        }
    }

    /// `${name-word}` and its kin; `colon`: empty counts as not set.
    fn modified(&mut self, start: usize, name: &str, modifier: char, colon: bool) -> Result<String, WordError> {
        let trims = matches!(modifier, '#' | '%');
        let written = format!("{}{modifier}", if colon { ":" } else { "" });
        if colon && trims {
            return Self::fail(start, Problem::Modifier(written));
        }
        let word = self.operand('}', trims, trims).map_err(|error| self.unclosed(error, start, Problem::Brace))?;
        let value = self.look_up(name);
        if self.lexer.skip_unset && value.is_none() {
            return Ok(format!("${{{name}{written}{word}}}"));
        }
        let missing = value.as_deref().is_none_or(|value| colon && value.is_empty());
        let value = value.unwrap_or_default();
        match modifier {
            '-' => Ok(if missing { word } else { value }),
            '+' => Ok(if missing { String::new() } else { word }),
            '?' if missing => {
                let unset = !self.matched.contains(name);
                let problem = Problem::Required { name: name.to_owned(), message: complaint(word, unset) };
                Self::fail(start, problem)
            }
            '?' => Ok(value),
            '#' | '%' if !pattern::is_affordable(&word, &value) => Self::fail(start, Problem::Size),
            '#' | '%' => pattern::trim(&word, &value, modifier)
                .map_or_else(|| Self::fail(start, Problem::Pattern { pattern: word.clone() }), Ok),
            _ => Self::fail(start, Problem::Modifier(written)),
        }
    }

    /// `${name/pattern/replacement}` and `${name//pattern/replacement}`.
    fn replaced(&mut self, start: usize, name: &str) -> Result<String, WordError> {
        let all = self.next_if('/');
        let pattern = self.operand('/', true, true).map_err(|error| self.unclosed(error, start, Problem::Slash))?;
        let by = self.operand('}', true, false).map_err(|error| self.unclosed(error, start, Problem::Brace))?;
        let value = self.look_up(name);
        if self.lexer.skip_unset && value.is_none() {
            return Ok(format!("${{{name}/{pattern}/{by}}}"));
        }
        let value = value.unwrap_or_default();
        if !pattern::is_affordable(&pattern, &value) {
            return Self::fail(start, Problem::Size);
        }
        match pattern::replace(&pattern, &by, &value, all, self.lexer.limit) {
            Some(Some(text)) => Ok(text),
            Some(None) => Self::fail(start, Problem::Size),
            None => Self::fail(start, Problem::Pattern { pattern }),
        }
    }

    fn operand(&mut self, stop: char, raw_escapes: bool, pattern: bool) -> Result<String, WordError> {
        self.until(Some(stop), raw_escapes, pattern).map(|(text, _)| text)
    }

    /// At the end of the text the construct itself is what is not closed, whatever was found in it.
    fn unclosed(&self, error: WordError, start: usize, problem: Problem) -> WordError {
        let limit = matches!(error.problem, Problem::Depth | Problem::Size);
        if self.peek().is_some() || limit { error } else { WordError { at: start, problem } }
    }

    fn look_up(&mut self, name: &str) -> Option<String> {
        let value = self.environment.get(name);
        let seen = if value.is_some() { &mut self.matched } else { &mut self.unmatched };
        if !seen.contains(name) {
            seen.insert(name.to_owned());
        }
        value.map(str::to_owned)
    }

    /// A name; a number; one special character; or nothing.
    fn name(&mut self) -> String {
        let mut name = String::new();
        match self.peek() {
            Some(c) if is_digit(c) => self.while_matches(&mut name, is_digit),
            Some(c @ ('@' | '*' | '#' | '?' | '-' | '$' | '!')) => {
                self.next();
                name.push(c);
            }
            _ => self.while_matches(&mut name, |c| c == '_' || is_letter(c) || is_digit(c)),
        }
        name
    }

    fn while_matches(&mut self, name: &mut String, accepts: impl Fn(char) -> bool) {
        while let Some(c) = self.peek().filter(|c| accepts(*c)) {
            self.next();
            name.push(c);
        }
    }
}

fn complaint(word: String, unset: bool) -> String {
    match (word.is_empty(), unset) {
        (false, _) => word,
        (true, true) => "is not allowed to be unset".into(),
        (true, false) => "is not allowed to be empty".into(),
    }
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() && !c.is_numeric()
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || (!c.is_ascii() && c.is_numeric() && !c.is_alphabetic())
}
