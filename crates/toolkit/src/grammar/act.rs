use super::{GrammarError, Parsed};

/// In which order `act` replaces escapes. It walks a Go map, so either may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnescapeOrder {
    /// `%25` first: `%250A` becomes a newline.
    PercentFirst,
    /// `%25` last, as the runner does.
    PercentLast,
}

/// `act` as a reader, stricter than the runner.
#[derive(Debug, Clone, Copy)]
pub struct Act(pub UnescapeOrder);

impl Act {
    /// Reads a file of names and values (`parseEnvFile`).
    ///
    /// An empty line is an error, blank lines at a value's start are lost, and so is a carriage return at the end of
    /// any line.
    ///
    /// # Errors
    /// [`GrammarError`].
    pub fn pairs(self, text: &str) -> Result<Vec<(String, String)>, GrammarError> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let (mut lines, mut pairs) = (text.lines(), Vec::new());
        while let Some(line) = lines.next() {
            pairs.push(pair(line, &mut lines)?);
        }
        Ok(pairs)
    }

    /// Reads one line of the log with its newline; `None` where it is no command.
    ///
    /// The command must begin with the line, and its head reaches up to the *last* `::` or `]`.
    #[must_use]
    pub fn command(self, line: &str) -> Option<Parsed> {
        let text = line.trim_end_matches(['\r', '\n']);
        if text.len() == line.len() {
            return None;
        }
        let current = text.strip_prefix("::").and_then(|text| head(text, "::"));
        let legacy = || text.strip_prefix("##[").and_then(|text| head(text, "]"));
        let (parts, separator) = current.map(|parts| (parts, ',')).or_else(|| legacy().map(|parts| (parts, ';')))?;
        Some(self.parsed(parts, separator))
    }

    fn parsed(self, (name, properties, data): (&str, &str, &str), separator: char) -> Parsed {
        let mut command = Parsed { name: name.to_owned(), properties: Vec::new(), data: self.unescape(data, &[]) };
        for property in properties.split(separator) {
            if let [key, value] = property.split('=').collect::<Vec<_>>()[..] {
                command.set(key, self.unescape(value, &[("%3A", ":"), ("%2C", ",")]));
            }
        }
        command
    }

    fn unescape(self, text: &str, more: &[(&str, &str)]) -> String {
        let mut all = vec![("%0D", "\r"), ("%0A", "\n")];
        all.extend(more);
        match self.0 {
            UnescapeOrder::PercentFirst => all.insert(0, ("%25", "%")),
            UnescapeOrder::PercentLast => all.push(("%25", "%")),
        }
        all.into_iter().fold(text.to_owned(), |text, (escape, plain)| text.replace(escape, plain))
    }
}

/// Name, properties and data by the expression `([^ ]+)( (.+))?MARK([^\r\n]*)`, whose parts take as much as they can.
fn head<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str, &'a str)> {
    if text.contains('\r') {
        return None;
    }
    let word = text.find(' ').unwrap_or(text.len());
    let with_properties = || {
        let rest = text.get(word + 1..).filter(|_| word > 0)?;
        let (properties, data) = rest.rsplit_once(mark)?;
        (!properties.is_empty()).then_some((&text[..word], properties, data))
    };
    let without = || {
        let start = text[..word].rfind(mark).filter(|start| *start > 0)?;
        Some((&text[..start], "", &text[start + mark.len()..]))
    };
    with_properties().or_else(without)
}

fn pair<'a>(line: &str, lines: &mut impl Iterator<Item = &'a str>) -> Result<(String, String), GrammarError> {
    let (equals, heredoc) = (line.find('='), line.find("<<"));
    match (equals, heredoc) {
        (Some(equals), heredoc) if heredoc.is_none_or(|heredoc| equals < heredoc) => {
            Ok((line[..equals].to_owned(), line[equals + 1..].to_owned()))
        }
        (_, Some(heredoc)) => {
            let value = value(&line[heredoc + 2..], lines)?;
            Ok((line[..heredoc].to_owned(), value))
        }
        _ => Err(GrammarError::Line(line.to_owned())),
    }
}

fn value<'a>(delimiter: &str, lines: &mut impl Iterator<Item = &'a str>) -> Result<String, GrammarError> {
    let mut value = String::new();
    for line in lines {
        if line == delimiter {
            return Ok(value);
        }
        if !value.is_empty() {
            value.push('\n');
        }
        value.push_str(line);
    }
    Err(GrammarError::Unclosed(delimiter.to_owned()))
}
