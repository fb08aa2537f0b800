//! Parser directives: comments at the very top that change how the rest is read.

use linkspan_report::Span;

use super::json;

/// The directives of a Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directives {
    /// `syntax=`: the frontend that should read the file; also found as `// syntax=` and as a JSON document.
    pub syntax: Option<Directive>,
    /// `escape=`: the character that continues lines and escapes; `\` unless given.
    pub escape: char,
    /// `check=`: which checks are skipped, and whether warnings are errors.
    pub check: Option<Directive>,
}

/// One directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// Its value, trimmed.
    pub value: String,
    /// Its line.
    pub span: Span,
}

/// What a line at the top of a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A directive: lower-case key, value, and where in the line the value begins.
    Directive { key: &'static str, value: String, at: usize },
    /// The second directive of that key.
    Repeated(&'static str),
    /// No directive; none follows.
    Other,
}

/// Reads lines until the first that is no directive (BuildKit's `DirectiveParser`).
#[derive(Debug)]
pub(super) struct Reader {
    prefix: &'static str,
    seen: Vec<&'static str>,
    done: bool,
}

impl Reader {
    /// `prefix` is what begins a comment: `#`, `//`, or nothing.
    pub(super) const fn new(prefix: &'static str) -> Self {
        Self { prefix, seen: Vec::new(), done: false }
    }

    /// `None` once a line was no directive.
    pub(super) fn read(&mut self, line: &str) -> Line {
        if self.done {
            return Line::Other;
        }
        let Some((key, value, at)) = line.strip_prefix(self.prefix).and_then(split) else {
            self.done = true;
            return Line::Other;
        };
        let at = at + self.prefix.len();
        if self.seen.contains(&key) {
            return Line::Repeated(key);
        }
        self.seen.push(key);
        Line::Directive { key, value: value.to_owned(), at }
    }
}

/// `  key = value  ` → key, value, offset of the value; `None` if it is not of this form or no known key.
fn split(comment: &str) -> Option<(&'static str, &str, usize)> {
    let trimmed = comment.trim_start();
    let key_length = trimmed.find(|c: char| !c.is_ascii_alphanumeric())?;
    let (key, rest) = trimmed.split_at(key_length);
    if !key.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let value = rest.trim_start_matches(is_regex_space).strip_prefix('=')?;
    let last = value.char_indices().next_back()?.0;
    // A value of nothing but spaces is its last space.
    let leading = value.find(|c: char| !is_regex_space(c)).unwrap_or(last);
    let at = comment.len() - value.len() + leading;
    let value = &value[leading..];
    let trimmed = value.trim_end_matches(is_regex_space);
    let key = ["syntax", "escape", "check"].into_iter().find(|known| key.eq_ignore_ascii_case(known))?;
    Some((key, if trimmed.is_empty() { value } else { trimmed }, at))
}

/// What `\s` means in Go's regular expressions.
pub(super) const fn is_regex_space(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\x0C' | '\r' | ' ')
}

/// The value of `key` in a text whose first line may be a shebang, and the index of its line from 0.
///
/// `any_form` also looks for `// key=` lines and for a JSON document with that key, as BuildKit does for `syntax`.
pub(super) fn find(key: &str, text: &str, any_form: bool) -> Option<(String, usize)> {
    let (text, skipped) = match text.strip_prefix("#!") {
        Some(rest) => (rest.split_once('\n').map_or("", |(_, rest)| rest), 1),
        None => (text, 0),
    };
    let found = find_with("#", key, text).or_else(|| any_form.then(|| find_with("//", key, text))?);
    let found = found.or_else(|| any_form.then(|| json::string_field(text, key).map(|value| (value, 0)))?);
    found.map(|(value, line)| (value, line + skipped))
}

fn find_with(prefix: &'static str, key: &str, text: &str) -> Option<(String, usize)> {
    let mut reader = Reader::new(prefix);
    for (index, line) in text.split('\n').enumerate() {
        match reader.read(line.strip_suffix('\r').unwrap_or(line)) {
            Line::Directive { key: found, value, .. } if found == key => return Some((value, index)),
            Line::Directive { .. } => {}
            Line::Repeated(_) | Line::Other => return None,
        }
    }
    None
}
