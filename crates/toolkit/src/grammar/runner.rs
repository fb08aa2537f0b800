use super::{GrammarError, Parsed};

/// The commands that the runner knows.
const COMMANDS: [&str; 15] = [
    "add-mask",
    "add-matcher",
    "add-path",
    "debug",
    "echo",
    "endgroup",
    "error",
    "group",
    "notice",
    "remove-matcher",
    "save-state",
    "set-env",
    "set-output",
    "stop-commands",
    "warning",
];

/// The operating system of the runner: only Windows knows CRLF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// Linux and macOS.
    Unix,
    /// Windows.
    Windows,
}

/// GitHub's own runner as a reader.
#[derive(Debug, Clone, Copy)]
pub struct GitHub(pub Host);

impl GitHub {
    /// Reads a file of names and values: outputs, variables, state (`FileCommandManager`).
    ///
    /// # Errors
    /// [`GrammarError`]; the runner then says "Unable to process file command" and fails the step.
    pub fn pairs(self, text: &str) -> Result<Vec<(String, String)>, GrammarError> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let (mut lines, mut pairs) = (Lines { host: self.0, text, index: 0 }, Vec::new());
        while let Some((line, _)) = lines.next_line() {
            if !line.is_empty() {
                pairs.push(pair(line, &mut lines)?);
            }
        }
        Ok(pairs)
    }

    /// [`GitHub::pairs`] for variables.
    ///
    /// # Errors
    /// [`GrammarError`], also for `NODE_OPTIONS`.
    pub fn variables(self, text: &str) -> Result<Vec<(String, String)>, GrammarError> {
        let pairs = self.pairs(text)?;
        let refused = pairs.iter().find(|(name, _)| name.eq_ignore_ascii_case("NODE_OPTIONS"));
        match refused {
            Some((name, _)) => Err(GrammarError::Refused(name.clone())),
            None => Ok(pairs),
        }
    }

    /// Reads one line of the log (`TryParseV2`, then `TryParse`); `None` where it is no command.
    ///
    /// `known` are the names that count as commands, in any case.
    #[must_use]
    pub fn command(self, line: &str, known: &[&str]) -> Option<Parsed> {
        current(line, known).or_else(|| legacy(line, known))
    }
}

fn pair(line: &str, lines: &mut Lines<'_>) -> Result<(String, String), GrammarError> {
    let (equals, heredoc) = (line.find('='), line.find("<<"));
    match (equals, heredoc) {
        (Some(equals), heredoc) if heredoc.is_none_or(|heredoc| equals < heredoc) => {
            Ok((line[..equals].to_owned(), line[equals + 1..].to_owned()))
        }
        (_, Some(heredoc)) => {
            let (name, delimiter) = (&line[..heredoc], &line[heredoc + 2..]);
            if name.is_empty() || delimiter.is_empty() {
                return Err(GrammarError::Heredoc(line.to_owned()));
            }
            Ok((name.to_owned(), lines.value(delimiter)?))
        }
        _ => Err(GrammarError::Line(line.to_owned())),
    }
}

struct Lines<'a> {
    host: Host,
    text: &'a str,
    index: usize,
}

impl<'a> Lines<'a> {
    /// The next line and its ending, which is empty at the end of the text.
    fn next_line(&mut self) -> Option<(&'a str, &'a str)> {
        let rest = self.text.get(self.index..).filter(|rest| !rest.is_empty())?;
        let Some(feed) = rest.find('\n') else {
            self.index = self.text.len();
            return Some((rest, ""));
        };
        self.index += feed + 1;
        let line = &rest[..feed];
        match (self.host, line.strip_suffix('\r')) {
            (Host::Windows, Some(line)) => Some((line, "\r\n")),
            _ => Some((line, "\n")),
        }
    }

    fn value(&mut self, delimiter: &str) -> Result<String, GrammarError> {
        let start = self.index;
        let mut end = start;
        loop {
            match self.next_line() {
                None => return Err(GrammarError::Unclosed(delimiter.to_owned())),
                Some((line, _)) if line == delimiter => break,
                // The runner trips over a last line without an ending.
                Some((_, "")) => return Err(GrammarError::Unclosed(delimiter.to_owned())),
                Some((_, ending)) => end = self.index - ending.len(),
            }
        }
        Ok(self.text[start..end.max(start)].to_owned())
    }
}

fn current(line: &str, known: &[&str]) -> Option<Parsed> {
    let (info, data) = line.trim_start().strip_prefix("::")?.split_once("::")?;
    let (name, properties) = info.split_once(' ').unwrap_or((info, ""));
    let unescape = |text: &str| unescape(text, &[("%3A", ":"), ("%2C", ",")]);
    parsed(name, properties.trim(), ',', known, unescape).map(|mut command| {
        command.data = self::unescape(data, &[]);
        command
    })
}

fn legacy(line: &str, known: &[&str]) -> Option<Parsed> {
    let start = line.find("##[")?;
    let (info, data) = line[start + 3..].split_once(']')?;
    let (name, properties) = info.split_once(' ').unwrap_or((info, ""));
    let unescape = |text: &str| unescape(text, &[("%3B", ";"), ("%5D", "]")]);
    parsed(name, properties, ';', known, unescape).map(|mut command| {
        command.data = unescape(data);
        command
    })
}

fn parsed(
    name: &str,
    properties: &str,
    separator: char,
    known: &[&str],
    unescape: impl Fn(&str) -> String,
) -> Option<Parsed> {
    known.iter().find(|one| one.eq_ignore_ascii_case(name))?;
    let mut command = Parsed { name: name.to_owned(), properties: Vec::new(), data: String::new() };
    for property in properties.split(separator) {
        // .NET leaves out empty parts: further `=` before the value vanish with them.
        let property = property.trim_start_matches('=');
        if let Some((key, value)) = property.split_once('=') {
            let value = value.trim_start_matches('=');
            if !value.is_empty() {
                command.set(key, unescape(value));
            }
        }
    }
    Some(command)
}

fn unescape(text: &str, more: &[(&str, &str)]) -> String {
    let all = more.iter().chain(&[("%0D", "\r"), ("%0A", "\n"), ("%25", "%")]);
    all.fold(text.to_owned(), |text, (escape, plain)| text.replace(escape, plain))
}

/// Reads the folders for `PATH` in the order written.
#[must_use]
pub fn search_path(text: &str) -> Vec<String> {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    lines.split('\n').filter(|line| !line.is_empty()).map(ToOwned::to_owned).collect()
}

/// Reads the declared artifacts; comments and blank lines are skipped.
///
/// # Errors
/// [`GrammarError::Line`] for a line with `=`.
pub fn artifacts(text: &str) -> Result<Vec<String>, GrammarError> {
    let lines = text.lines().map(str::trim);
    let subjects = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    subjects
        .map(|line| match line.contains('=') {
            true => Err(GrammarError::Line(line.to_owned())),
            false => Ok(line.to_owned()),
        })
        .collect()
}

/// The summary that GitHub shows: all of it up to 1,048,576 bytes, else nothing.
#[must_use]
pub fn shown_summary(text: &str) -> Option<&str> {
    (!text.is_empty() && text.len() <= 1_048_576).then_some(text)
}

/// The names of all commands that the runner knows.
#[must_use]
pub fn commands() -> &'static [&'static str] {
    &COMMANDS
}
