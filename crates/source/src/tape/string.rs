//! Strings: eight bytes at a time to the next one that matters.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The high bit of each byte that is zero; above the first such byte others may be set wrongly.
const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGH
}

/// Where the next quote, backslash or control character is, from `at` on; the end of the text, if there is none.
pub(super) fn special(bytes: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk);
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        let found = zeros(word ^ (ONES * 0x22)) | zeros(word ^ (ONES * 0x5C)) | control;
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F)).unwrap_or(rest.len())
}

/// Adds the character of the escape at the beginning of `text` and gives the escape's length; `None` if it is none.
pub(super) fn escape(text: &str, built: &mut String) -> Option<usize> {
    let character = match text.as_bytes().get(1)? {
        plain @ (b'"' | b'\\' | b'/') => char::from(*plain),
        b'b' => '\u{8}',
        b'f' => '\u{C}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let (character, length) = unicode(text)?;
            built.push(character);
            return Some(length);
        }
        _ => return None,
    };
    built.push(character);
    Some(2)
}

fn unicode(text: &str) -> Option<(char, usize)> {
    let first = four(text)?;
    if !(0xD800..=0xDBFF).contains(&first) {
        return char::from_u32(first).map(|character| (character, 6));
    }
    let second = text.get(6..).filter(|rest| rest.starts_with("\\u")).and_then(four)?;
    let low = second.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
    char::from_u32(0x10000 + ((first - 0xD800) << 10) + low).map(|character| (character, 12))
}

/// The value of the four hex digits behind a `\u`.
fn four(text: &str) -> Option<u32> {
    let digits = text.get(2..6).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    u32::from_str_radix(digits, 16).ok()
}
