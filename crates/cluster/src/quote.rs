//! Texts in quotes, as Go's `%q` writes them: messages of Kubernetes quote names and values so.

use std::fmt::Write as _;

/// `text` in double quotes, with escapes for what does not print (`strconv.Quote`).
#[must_use]
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    text.chars().for_each(|one| push(&mut quoted, one));
    quoted.push('"');
    quoted
}

/// One character of a quoted text.
fn push(quoted: &mut String, one: char) {
    let code = u32::from(one);
    let _ = match one {
        '"' | '\\' => write!(quoted, "\\{one}"),
        '\x07' => write!(quoted, "\\a"),
        '\x08' => write!(quoted, "\\b"),
        '\x0c' => write!(quoted, "\\f"),
        '\n' => write!(quoted, "\\n"),
        '\r' => write!(quoted, "\\r"),
        '\t' => write!(quoted, "\\t"),
        '\x0b' => write!(quoted, "\\v"),
        _ if prints(one) => write!(quoted, "{one}"),
        _ if code < 0x80 => write!(quoted, "\\x{code:02x}"),
        _ if code < 0x1_0000 => write!(quoted, "\\u{code:04x}"),
        _ => write!(quoted, "\\U{code:08x}"),
    };
}

/// Whether a character is a letter, mark, number, punctuation, symbol or the space (`strconv.IsPrint`).
pub(crate) fn prints(one: char) -> bool {
    // A mark is escaped at the beginning of a text only: the `a` takes that place.
    let mut buffer = String::from("a");
    buffer.push(one);
    one.is_ascii_graphic() || one == '\'' || buffer.escape_debug().nth(1) == Some(one)
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn quotes_as_go_does() {
        assert_eq!(quote("a \"b\" 'c' \\"), r#""a \"b\" 'c' \\""#);
        assert_eq!(quote("\n\t\x07\x0b\x00\x7f"), r#""\n\t\a\v\x00\x7f""#);
        assert_eq!(quote("é e\u{301} 日 \u{a0}\u{feff}\u{200b}"), "\"é e\u{301} 日 \\u00a0\\ufeff\\u200b\"");
        assert_eq!(quote("\u{e0001}"), r#""\U000e0001""#);
    }
}
