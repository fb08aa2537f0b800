//! Base64 as Go's `encoding/base64` reads it: line breaks are skipped, the padding must be there.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Bits of the last letter that stand for nothing may be set.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical)
        .with_decode_allow_trailing_bits(true),
);

/// The same bytes in the standard notation.
///
/// # Errors
///
/// The place of the first byte that does not belong there.
pub(crate) fn canonical(text: &str) -> Result<String, usize> {
    let letters: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    let bytes = LENIENT.decode(&letters).map_err(|_| fault(text.as_bytes()))?;
    Ok(encode(&bytes))
}

/// The bytes of a text in the standard notation; none if it is not.
pub(crate) fn decode(text: &str) -> Vec<u8> {
    LENIENT.decode(text).unwrap_or_default()
}

/// The standard notation.
pub(crate) fn encode(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Where Go stops reading.
fn fault(text: &[u8]) -> usize {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    let mut bytes = text.iter().enumerate().filter(|(_, byte)| !matches!(byte, b'\r' | b'\n'));
    let mut filled = 0;
    for (at, byte) in bytes.by_ref() {
        match byte {
            b'=' if filled < 2 => return at,
            b'=' => return after_padding(text, at, filled, &mut bytes),
            byte if letter(*byte) => filled = (filled + 1) % 4,
            _ => return at,
        }
    }
    text.len() - filled
}

fn after_padding<'a>(text: &[u8], at: usize, filled: usize, rest: &mut impl Iterator<Item = (usize, &'a u8)>) -> usize {
    if filled == 2 {
        match rest.next() {
            None => return text.len(),
            Some((_, b'=')) => {}
            Some((next, _)) => return next,
        }
    }
    rest.next().map_or(at, |(next, _)| next)
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn reads_and_refuses_as_go_does() {
        let cases = [
            ("", Ok("")),
            ("YQ==", Ok("YQ==")),
            ("YR==", Ok("YQ==")),
            ("YW\nJj\r\n", Ok("YWJj")),
            ("YQ", Err(0)),
            ("YWJjZ", Err(4)),
            ("YQ=", Err(3)),
            ("YQ=a", Err(3)),
            ("!abc", Err(0)),
            ("YWJj!", Err(4)),
            ("YQ==YQ==", Err(4)),
            ("=", Err(0)),
            ("Y===", Err(1)),
        ];
        for (text, expected) in cases {
            assert_eq!(canonical(text), expected.map(str::to_owned), "{text}");
        }
    }
}
