use crate::Command;

/// The longest message that the runner keeps, in UTF-16 code units.
pub const MESSAGE_LIMIT: usize = 4_096;

/// The longest title that GitHub shows, in UTF-16 code units.
const TITLE_LIMIT: usize = 255;

/// The kind of an annotation. The order is the rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// `::error`
    Error,
    /// `::warning`
    Warning,
    /// `::notice`
    Notice,
}

impl Level {
    /// All levels, highest rank first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Notice];

    /// The command's name, which is the English word too.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// A place in a file. Lines and columns count from 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Position {
    /// First line.
    pub line: Option<usize>,
    /// Last line.
    pub end_line: Option<usize>,
    /// First column, in characters.
    pub column: Option<usize>,
    /// Last column, in characters.
    pub end_column: Option<usize>,
}

impl Position {
    /// The position as the runner keeps it (`ValidateLinesAndColumns`).
    ///
    /// A last line alone becomes the first, a last column alone likewise. Columns are dropped without a line and
    /// where the lines differ. A range that runs backwards is dropped.
    #[must_use]
    pub fn normalised(mut self) -> Self {
        self.line = self.line.or(self.end_line);
        self.column = self.column.or(self.end_column);
        if self.line.is_none() || self.end_line.is_some_and(|end| Some(end) != self.line) {
            (self.column, self.end_column) = (None, None);
        }
        if reversed(self.line, self.end_line) {
            (self.line, self.end_line) = (None, None);
        }
        if reversed(self.column, self.end_column) {
            (self.column, self.end_column) = (None, None);
        }
        self
    }
}

fn reversed(start: Option<usize>, end: Option<usize>) -> bool {
    matches!((start, end), (Some(start), Some(end)) if end < start)
}

/// A message that GitHub shows beside the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// Its kind.
    pub level: Level,
    /// The text; cut at 4,096 UTF-16 code units when written.
    pub message: String,
    /// A heading in place of the level's name.
    pub title: Option<String>,
    /// The file, relative to the workspace and with `/` ([`crate::Runner::relative`]).
    pub file: Option<String>,
    /// Where in the file.
    pub position: Position,
}

impl Annotation {
    /// An annotation without a place.
    #[must_use]
    pub fn new(level: Level, message: impl Into<String>) -> Self {
        Self { level, message: message.into(), title: None, file: None, position: Position::default() }
    }

    /// Names the file and the place in it.
    #[must_use]
    pub fn at(mut self, file: impl Into<String>, position: Position) -> Self {
        (self.file, self.position) = (Some(file.into()), position);
        self
    }

    /// Gives it a heading.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// The command that shows it.
    #[must_use]
    pub fn command(&self) -> Command {
        let number = |value: Option<usize>| value.map(|value| value.to_string()).unwrap_or_default();
        let place = self.position.normalised();
        let title = self.title.as_deref().unwrap_or_default().trim();
        Command::new(self.level.name(), cut(&self.message, MESSAGE_LIMIT))
            .with("title", cut(title, TITLE_LIMIT))
            .with("file", self.file_property())
            .with("line", number(place.line))
            .with("endLine", number(place.end_line))
            .with("col", number(place.column))
            .with("endColumn", number(place.end_column))
    }

    /// The file's path; one that begins with `=` or white space gets `./`, which the runner's grammar keeps.
    fn file_property(&self) -> String {
        let file = self.file.as_deref().unwrap_or_default();
        let fragile = file.starts_with(|c: char| c == '=' || c.is_whitespace());
        format!("{}{file}", if fragile { "./" } else { "" })
    }
}

/// At most `limit` UTF-16 code units of the text, with an ellipsis where something is missing.
fn cut(text: &str, limit: usize) -> String {
    if text.encode_utf16().count() <= limit {
        return text.to_owned();
    }
    let mut used = 1;
    let kept = text.chars().take_while(|c| {
        used += c.len_utf16();
        used <= limit
    });
    let mut kept: String = kept.collect();
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::{Annotation, Level, MESSAGE_LIMIT, Position};

    fn place(line: usize, end_line: usize, column: usize, end_column: usize) -> Position {
        let some = |value| (value > 0).then_some(value);
        Position { line: some(line), end_line: some(end_line), column: some(column), end_column: some(end_column) }
    }

    #[test]
    fn positions_follow_the_runner() {
        let vectors = [
            ("an end line alone becomes the line", (0, 3, 0, 0), (3, 3, 0, 0)),
            ("an end column alone becomes the column", (2, 0, 0, 7), (2, 0, 7, 7)),
            ("columns need a line", (0, 0, 4, 5), (0, 0, 0, 0)),
            ("columns need one line", (1, 2, 4, 5), (1, 2, 0, 0)),
            ("one line keeps its columns", (2, 2, 4, 5), (2, 2, 4, 5)),
            ("a line range backwards is dropped", (3, 2, 0, 0), (0, 0, 0, 0)),
            ("a column range backwards is dropped", (3, 0, 5, 4), (3, 0, 0, 0)),
        ];
        for (rule, (a, b, c, d), (e, f, g, h)) in vectors {
            assert_eq!(place(a, b, c, d).normalised(), place(e, f, g, h), "{rule}");
        }
    }

    #[test]
    fn an_annotation_is_one_line() {
        let annotation =
            Annotation::new(Level::Warning, "two\nlines").at("deploy/a.yaml", place(3, 0, 7, 9)).titled("rule: x");
        assert_eq!(
            annotation.command().to_string(),
            "::warning title=rule%3A x,file=deploy/a.yaml,line=3,col=7,endColumn=9::two%0Alines"
        );
    }

    #[test]
    fn long_messages_are_cut_by_utf16() {
        let annotation = Annotation::new(Level::Error, "𝄞".repeat(MESSAGE_LIMIT));
        let line = annotation.command().to_string();
        let message = line.strip_prefix("::error::").unwrap();
        assert!(message.encode_utf16().count() <= MESSAGE_LIMIT);
        assert!(message.ends_with("𝄞…"));
        let exact = Annotation::new(Level::Error, "x".repeat(MESSAGE_LIMIT));
        assert!(exact.command().to_string().ends_with("xx"));
    }
}
