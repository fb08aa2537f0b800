use std::borrow::Cow;

/// The place after the quote that ends a string which begins at `at`.
pub(super) fn end(text: &[u8], mut at: usize) -> usize {
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}

/// A string without its quotes, read: escapes resolved, what is not UTF-8 replaced byte by byte.
pub(super) fn unquote(raw: &[u8]) -> Cow<'_, str> {
    if !raw.contains(&b'\\') {
        return std::str::from_utf8(raw).map_or_else(|_| lossy(raw).into(), Cow::Borrowed);
    }
    let mut read = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        read += &lossy(&rest[..at]);
        let (one, length) = escape(&rest[at..]);
        read.push(one);
        rest = rest.get(at + length..).unwrap_or_default();
    }
    read += &lossy(rest);
    read.into()
}

fn lossy(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text += chunk.valid();
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    text
}

/// The character of an escape, and how many bytes it takes.
fn escape(text: &[u8]) -> (char, usize) {
    match text.get(1) {
        Some(b'b') => ('\x08', 2),
        Some(b'f') => ('\x0c', 2),
        Some(b'n') => ('\n', 2),
        Some(b'r') => ('\r', 2),
        Some(b't') => ('\t', 2),
        Some(b'u') => unit(text),
        Some(byte) => (char::from(*byte), 2),
        None => (char::REPLACEMENT_CHARACTER, 1),
    }
}

/// `\u` with four digits, or a pair of them; half a pair is replaced.
fn unit(text: &[u8]) -> (char, usize) {
    let first = digits(text).unwrap_or_default();
    if let Some(one) = char::from_u32(first) {
        return (one, 6);
    }
    let second = text.get(6..).filter(|rest| rest.starts_with(b"\\u")).and_then(digits);
    let pair = second.filter(|second| (0xd800..0xdc00).contains(&first) && (0xdc00..0xe000).contains(second));
    let one = pair.and_then(|second| char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)));
    one.map_or((char::REPLACEMENT_CHARACTER, 6), |one| (one, 12))
}

fn digits(text: &[u8]) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(text.get(2..6)?).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::unquote;

    #[test]
    fn strings_are_read_as_go_reads_them() {
        let cases: [(&[u8], &str); 7] = [
            (b"plain", "plain"),
            (br#"\"\\\/\b\f\n\r\t"#, "\"\\/\x08\x0c\n\r\t"),
            (br"\u00e9\ud83d\ude00", "é😀"),
            (br"\ud83dx\ude00", "\u{fffd}x\u{fffd}"),
            (br"\ud83d\u0041", "\u{fffd}A"),
            (b"a\xffb\xe9\x80", "a\u{fffd}b\u{fffd}\u{fffd}"),
            (b"\\n\xff", "\n\u{fffd}"),
        ];
        for (raw, read) in cases {
            assert_eq!(unquote(raw), read);
        }
    }
}
