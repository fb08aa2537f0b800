use std::fmt;

use crate::{Masks, Token, escape};

/// One workflow command: a line for the runner on standard output or standard error.
///
/// [`fmt::Display`] writes it escaped, without the newline that must follow. It has to stand at the start of a line:
/// the runner forgives leading white space, `act` does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    name: &'static str,
    properties: Vec<(&'static str, String)>,
    data: String,
}

impl Command {
    /// A command without properties.
    #[must_use]
    pub fn new(name: &'static str, data: impl Into<String>) -> Self {
        Self { name, properties: Vec::new(), data: data.into() }
    }

    /// Adds a property, unless its value is empty: the runner drops those.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.properties.push((key, value));
        }
        self
    }

    /// The command without secrets.
    pub(crate) fn redacted(&self, masks: &Masks) -> Self {
        let properties = self.properties.iter();
        Self {
            name: self.name,
            properties: properties.map(|(key, value)| (*key, masks.redact(value))).collect(),
            data: masks.redact(&self.data),
        }
    }

    /// Opens a fold of the log.
    #[must_use]
    pub fn group(title: impl Into<String>) -> Self {
        Self::new("group", title)
    }

    /// Closes the fold that is open.
    #[must_use]
    pub fn end_group() -> Self {
        Self::new("endgroup", "")
    }

    /// A line that is shown only where debugging is switched on.
    #[must_use]
    pub fn debug(message: impl Into<String>) -> Self {
        Self::new("debug", message)
    }

    /// Stops all commands until the line `::token::`; see [`crate::Fence`].
    #[must_use]
    pub fn stop_commands(token: &Token) -> Self {
        Self::new("stop-commands", token.as_str())
    }

    /// Every line that hides one secret: the whole value, then each of its lines by itself.
    ///
    /// The runner hides a multi-line value line by line as well; `act` only what it is given. A value of white space
    /// gives nothing, because the runner would only warn. A value with `::` in it, or `:` before it, takes the older
    /// `##[add-mask]` form, since `act` would read the command's name up to the last `::` and print the value.
    pub fn masks(secret: &str) -> impl Iterator<Item = String> {
        let lines = secret.split(['\n', '\r']).map(str::trim);
        let lines = lines.filter(move |line| *line != secret);
        std::iter::once(secret).chain(lines).filter(|value| !value.trim().is_empty()).map(mask_line)
    }
}

fn mask_line(value: &str) -> String {
    if moves_the_mark(value) {
        return format!("##[add-mask]{}", escape::legacy(value));
    }
    Command::new("add-mask", value).to_string()
}

impl fmt::Display for Command {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "::{}", self.name)?;
        for (index, (key, value)) in self.properties.iter().enumerate() {
            let mark = if index == 0 { ' ' } else { ',' };
            write!(formatter, "{mark}{key}={}", escape::property(&guarded(value)))?;
        }
        write!(formatter, "{}::{}", self.margin(), escape::data(&self.data))
    }
}

impl Command {
    /// What stands between the properties and the data.
    ///
    /// The runner trims the properties at their end: a comma saves white space that belongs to the last value. `act`
    /// takes a name without properties up to the last `::` of the line: a space ends it.
    fn margin(&self) -> &'static str {
        match self.properties.last() {
            Some((_, value)) if value.ends_with(char::is_whitespace) => ",",
            None if moves_the_mark(&self.data) => " ",
            _ => "",
        }
    }
}

/// Whether the last `::` of the line is another one than that before the data.
fn moves_the_mark(data: &str) -> bool {
    data.starts_with(':') || data.contains("::")
}

/// The runner drops `=` at a value's start: a space before it keeps it.
fn guarded(value: &str) -> String {
    let mark = if value.starts_with('=') { " " } else { "" };
    format!("{mark}{value}")
}

#[cfg(test)]
mod tests {
    use super::Command;

    #[test]
    fn lines_are_escaped() {
        let command = Command::new("error", "50%\nnext").with("file", "a,b:c.yaml").with("title", "");
        assert_eq!(command.to_string(), "::error file=a%2Cb%3Ac.yaml::50%25%0Anext");
        assert_eq!(Command::group("Build: 1").to_string(), "::group::Build: 1");
        assert_eq!(Command::end_group().to_string(), "::endgroup::");
        assert_eq!(Command::debug("x").to_string(), "::debug::x");
    }

    #[test]
    fn a_secret_is_hidden_whole_and_line_by_line() {
        let lines: Vec<_> = Command::masks("key\r\n  body \n\nend").collect();
        let expected =
            ["::add-mask::key%0D%0A  body %0A%0Aend", "::add-mask::key", "::add-mask::body", "::add-mask::end"];
        assert_eq!(lines, expected);
        assert_eq!(Command::masks(" \n\t").count(), 0);
        assert_eq!(Command::masks("a::b").next().unwrap(), "##[add-mask]a::b");
    }

    #[test]
    fn what_the_engines_would_trim_is_kept() {
        let spaced = Command::new("error", "m").with("file", "a ");
        assert_eq!(spaced.to_string(), "::error file=a ,::m");
        assert_eq!(Command::new("error", "a::b").to_string(), "::error ::a::b");
        assert_eq!(Command::new("error", ":b").to_string(), "::error :::b");
        let equals = Command::new("error", "m").with("title", "=x");
        assert_eq!(equals.to_string(), "::error title= =x::m");
    }
}
