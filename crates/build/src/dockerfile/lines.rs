//! Logical lines: continuation lines joined, comments taken out, the lines of heredocs given on demand.

use std::ops::Range;

use super::directive::{Line, Reader};
use super::fault::Fault;
use super::text::{Joined, Text};

/// A longer line is an error (the limit of BuildKit's line scanner).
pub(super) const MAX_LINE: usize = 65_535;

/// One instruction's text.
#[derive(Debug, Default)]
pub(super) struct Logical {
    pub(super) joined: Joined,
    /// First and last line, from 1; heredocs not counted.
    pub(super) lines: (usize, usize),
    /// The comment lines right above.
    pub(super) comments: Vec<String>,
    /// The last line, if an empty line stood between continued ones.
    pub(super) empty_continuation: bool,
}

/// A physical line.
#[derive(Clone, Copy)]
struct Physical<'a> {
    offset: usize,
    /// With its line feed.
    raw: &'a str,
}

/// Goes through the physical lines once.
pub(super) struct Lines<'a> {
    text: &'a Text<'a>,
    physical: Box<dyn Iterator<Item = (usize, &'a str)> + 'a>,
    /// Lines taken so far.
    taken: usize,
    /// Lines with bytes that are no UTF-8, in order.
    broken: &'a [usize],
    directives: Reader,
    /// The escape character in force.
    pub(super) escape: char,
    /// Faults of lines and directives.
    pub(super) faults: Vec<Fault>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a Text<'a>, broken: &'a [usize]) -> Self {
        Self {
            text,
            physical: Box::new(text.lines()),
            taken: 0,
            broken,
            directives: Reader::new("#"),
            escape: '\\',
            faults: Vec::new(),
        }
    }

    /// The next instruction's text; `None` at the end.
    pub(super) fn next_logical(&mut self) -> Option<Logical> {
        let mut logical = Logical::default();
        loop {
            let line = self.next_physical()?;
            let stripped = trim_newline(line.raw).trim_start();
            note_comment(line.raw, &mut logical.comments);
            if self.directive(line, stripped) {
                logical.comments.pop();
            }
            let content = if stripped.starts_with('#') { "" } else { stripped };
            let (content, continued) = self.continuation(content);
            if content.is_empty() && !continued {
                continue;
            }
            logical.lines.0 = self.taken;
            self.check_encoding(line);
            logical.joined.push(offset_in(line, stripped), content);
            if continued {
                self.join_rest(&mut logical);
            }
            logical.lines.1 = self.taken;
            return Some(logical);
        }
    }

    fn join_rest(&mut self, logical: &mut Logical) {
        while let Some(line) = self.next_physical() {
            let content = trim_newline(line.raw);
            let visible = content.trim_start();
            if visible.starts_with('#') {
                continue;
            }
            if visible.is_empty() {
                logical.empty_continuation = true;
                continue;
            }
            self.check_encoding(line);
            let (content, continued) = self.continuation(content);
            logical.joined.push(line.offset, content);
            if !continued {
                return;
            }
        }
    }

    /// The content of a heredoc up to its terminator, and the offset behind it; `None` if it is not terminated.
    pub(super) fn heredoc(&mut self, terminator: &str, chomp: bool) -> Option<(String, usize)> {
        let mut content = String::new();
        loop {
            let line = self.next_physical()?;
            let bare = trim_newline(line.raw);
            let bare = if chomp { bare.trim_start_matches('\t') } else { bare };
            if bare == terminator {
                return Some((content, line.offset + trim_newline(line.raw).len()));
            }
            self.check_encoding(line);
            content.push_str(line.raw);
        }
    }

    /// How many lines were taken.
    pub(super) const fn taken(&self) -> usize {
        self.taken
    }

    fn next_physical(&mut self) -> Option<Physical<'a>> {
        let (offset, raw) = self.physical.next()?;
        self.taken += 1;
        if raw.trim_end_matches('\n').len() > MAX_LINE {
            let help = "break it with the escape character, or copy the content from a file";
            let fault = format!("the line has more than {MAX_LINE} bytes");
            self.fault(offset..offset, fault, help);
        }
        Some(Physical { offset, raw })
    }

    /// Reads a directive; true if the line was one (so it is no comment to the instruction below).
    fn directive(&mut self, line: Physical<'a>, stripped: &str) -> bool {
        let offset = offset_in(line, stripped);
        match self.directives.read(stripped) {
            Line::Other => false,
            Line::Repeated(key) => {
                let fault = format!("the directive `{key}` is given twice");
                self.fault(offset..offset + stripped.len(), fault, "keep one of them");
                true
            }
            Line::Directive { key, value, at } => {
                if key == "escape" {
                    self.set_escape(&value, offset + at);
                }
                true
            }
        }
    }

    fn set_escape(&mut self, value: &str, offset: usize) {
        match value {
            "\\" | "`" => self.escape = if value == "`" { '`' } else { '\\' },
            _ => {
                let fault = format!("`{value}` cannot be the escape character");
                self.fault(offset..offset + value.len(), fault, "write `# escape=\\` or `` # escape=` ``");
            }
        }
    }

    /// Takes off an escape character (and the spaces behind it) that continues the line.
    fn continuation<'b>(&self, line: &'b str) -> (&'b str, bool) {
        let visible = line.trim_end_matches([' ', '\t']);
        match visible.strip_suffix(self.escape) {
            Some(rest) if !rest.ends_with(self.escape) => (rest, true),
            _ => (line, false),
        }
    }

    fn check_encoding(&mut self, line: Physical<'a>) {
        if self.broken.binary_search(&self.taken).is_ok() {
            let range = line.offset..line.offset + trim_newline(line.raw).len();
            self.fault(range, "the line is not UTF-8".into(), "save the file as UTF-8");
        }
    }

    fn fault(&mut self, range: Range<usize>, message: String, help: &str) {
        self.faults.push(Fault::new(self.text.span(range), message).help(help));
    }
}

/// Keeps the comments above an instruction; an empty one separates.
fn note_comment(raw: &str, comments: &mut Vec<String>) {
    if !raw.trim_start().starts_with('#') {
        return;
    }
    // The first character goes, be it the `#` or, as in BuildKit, a space before it.
    let mut characters = raw.chars();
    characters.next();
    match characters.as_str().trim() {
        "" => comments.clear(),
        comment => comments.push(comment.to_owned()),
    }
}

fn trim_newline(line: &str) -> &str {
    line.trim_end_matches(['\r', '\n'])
}

/// Where a tail of a line (without its line end) begins in the file.
fn offset_in(line: Physical<'_>, tail: &str) -> usize {
    line.offset + trim_newline(line.raw).len() - tail.len()
}
