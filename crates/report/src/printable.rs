use std::borrow::Cow;
use std::fmt::Write as _;

/// A text that nobody vouches for, made safe for a terminal and a log: control characters, and those that turn
/// the direction of writing or are invisible, appear as escapes (`\u{1b}`); line breaks and tabs stay.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    replaced(text, |character| !matches!(character, '\n' | '\t') && is_hidden(character))
}

/// [`printable`] on one line: line breaks and tabs appear as escapes, too.
#[must_use]
pub fn printable_line(text: &str) -> Cow<'_, str> {
    replaced(text, is_hidden)
}

fn replaced(text: &str, hidden: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&hidden) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if hidden(character) {
            // Writing to a string does not fail.
            let _ = write!(safe, "{}", character.escape_default());
        } else {
            safe.push(character);
        }
    }
    Cow::Owned(safe)
}

/// Control characters (C0, DEL, C1), line and paragraph separators, and the invisible ones of Unicode's
/// technical report 36: direction marks, zero-width spaces, byte order marks, tags.
const fn is_hidden(character: char) -> bool {
    matches!(
        character,
        '\u{0}'..='\u{1F}'
            | '\u{7F}'..='\u{9F}'
            | '\u{AD}'
            | '\u{61C}'
            | '\u{200B}'
            | '\u{200E}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        assert_eq!(printable("a\n\tä🚢"), "a\n\tä🚢");
        assert_eq!(printable("\u{1b}[31m\r\u{9b}x\u{202e}"), "\\u{1b}[31m\\r\\u{9b}x\\u{202e}");
        assert_eq!(printable_line("a\nb\tc"), "a\\nb\\tc");
    }
}
