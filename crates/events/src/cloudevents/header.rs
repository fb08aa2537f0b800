//! The values of HTTP headers (http-protocol-binding.md §3.1.3.2).

/// Why a header's value cannot be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It has a character other than printable ASCII.
    NotAscii,
    /// A double quote is not closed, or something follows the closing one.
    Quote,
    /// A percent sign is not followed by two hexadecimal digits.
    Percent,
    /// The bytes behind the percent signs are not UTF-8.
    NotUtf8,
}

impl Fault {
    /// What is wrong, to be said after the header's name.
    pub(super) const fn message(self) -> &'static str {
        match self {
            Self::NotAscii => "may only have printable characters of ASCII; others are percent-encoded",
            Self::Quote => "has a double quote that is not closed",
            Self::Percent => "has a `%` without two hexadecimal digits; a percent sign is written as `%25`",
            Self::NotUtf8 => "has percent-encoded bytes that are not UTF-8",
        }
    }
}

/// The value of a header for a text.
pub(super) fn encode(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b' ' | b'"' | b'%' | 0..=0x1F | 0x7F.. => format!("%{byte:02X}"),
        byte => char::from(byte).to_string(),
    };
    text.bytes().map(byte).collect()
}

/// The text of a header's value: quotes are undone first, then one round of percent-encoding.
pub(super) fn decode(value: &str) -> Result<String, Fault> {
    if value.bytes().any(|byte| !matches!(byte, b'\t' | b' '..=b'~')) {
        return Err(Fault::NotAscii);
    }
    percent(&unquoted(value)?)
}

fn unquoted(value: &str) -> Result<String, Fault> {
    let mut text = String::with_capacity(value.len());
    let (mut quoted, mut escaped) = (false, false);
    for character in value.chars() {
        match character {
            _ if escaped => {
                escaped = false;
                text.push(character);
            }
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => text.push(character),
        }
    }
    if quoted || escaped { Err(Fault::Quote) } else { Ok(text) }
}

fn percent(text: &str) -> Result<String, Fault> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    bytes.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
    for part in parts {
        let digits = part.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).ok_or(Fault::Percent)?;
        bytes.push(byte);
        bytes.extend_from_slice(part.get(2..).unwrap_or_default().as_bytes());
    }
    String::from_utf8(bytes).map_err(|_| Fault::NotUtf8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_example_of_the_specification() {
        assert_eq!(encode("Euro \u{20ac} \u{1f600}"), "Euro%20%E2%82%AC%20%F0%9F%98%80");
        assert_eq!(decode("Euro%20%e2%82%ac%20%F0%9F%98%80").as_deref(), Ok("Euro \u{20ac} \u{1f600}"));
        assert_eq!(decode(r#""a \"b\" c""#).as_deref(), Ok(r#"a "b" c"#));
        assert_eq!(decode("%41").as_deref(), Ok("A"));
        assert_eq!(decode("%C0%A0"), Err(Fault::NotUtf8));
        assert_eq!(decode("5%"), Err(Fault::Percent));
        assert_eq!(decode("\"a"), Err(Fault::Quote));
        assert_eq!(decode("\u{e9}"), Err(Fault::NotAscii));
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(text in any::<String>()) {
            prop_assert_eq!(decode(&encode(&text)), Ok(text));
        }
    }
}
