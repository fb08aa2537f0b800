use std::fmt::Write as _;

use linkspan_report::printable;

/// A text of any origin as the content of an element or of an attribute in quotes.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for character in printable(text).chars() {
        match character {
            '&' | '<' | '>' | '"' | '\'' | '`' => {
                // Writing to a string does not fail.
                let _ = write!(safe, "&#{};", u32::from(character));
            }
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_markup() {
        assert_eq!(escape("<a href='x'>&\"`</a>"), "&#60;a href=&#39;x&#39;&#62;&#38;&#34;&#96;&#60;/a&#62;");
        assert_eq!(escape("a\u{202e}b\u{0}"), "a\\u{202e}b\\u{0}");
    }
}
