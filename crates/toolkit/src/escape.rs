//! The escapes of the runner's `ActionCommand`: percent first when writing, last when reading.

use std::borrow::Cow;

/// The data of a `::command::data` line.
pub(crate) fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property of a `::command key=value::` line.
pub(crate) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// The data of the older `##[command]data` form.
pub(crate) fn legacy(text: &str) -> String {
    data(text).replace(';', "%3B").replace(']', "%5D")
}

/// Makes text of others harmless where no [`Fence`](crate::Fence) is open.
///
/// The runner finds `##[` anywhere in a line, and `::` at a line's start after white space; a carriage return ends a
/// line too. A backslash before the second half breaks either, and stays visible.
#[must_use]
pub fn neutralise(text: &str) -> Cow<'_, str> {
    if !text.contains("##[") && !text.contains("::") {
        return Cow::Borrowed(text);
    }
    let lines = text.split_inclusive(['\n', '\r']).map(neutralise_line);
    Cow::Owned(lines.collect())
}

fn neutralise_line(line: &str) -> String {
    let start = line.find(|c: char| !is_skipped(c)).unwrap_or(line.len());
    let (margin, rest) = line.split_at(start);
    let guard = if rest.starts_with("::") { "\\" } else { "" };
    format!("{margin}{guard}{}", rest.replace("##[", "##\\["))
}

/// White space as .NET trims it, and what a comparison by culture may overlook.
fn is_skipped(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::{data, legacy, neutralise, property};

    #[test]
    fn percent_goes_first() {
        assert_eq!(data("100%\r\n%0A"), "100%25%0D%0A%250A");
        assert_eq!(property("a:b,c%"), "a%3Ab%2Cc%25");
        assert_eq!(legacy("[x;y]"), "[x%3By%5D");
    }

    #[test]
    fn commands_in_foreign_text_are_broken() {
        assert_eq!(neutralise("std::io"), "std::io");
        assert_eq!(neutralise("::error::x"), "\\::error::x");
        assert_eq!(neutralise("ok\r \t::error::x\n"), "ok\r \t\\::error::x\n");
        assert_eq!(neutralise("a ##[add-mask]b"), "a ##\\[add-mask]b");
        assert_eq!(neutralise("\u{FEFF}::debug::x"), "\u{FEFF}\\::debug::x");
    }
}
