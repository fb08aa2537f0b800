//! Numbers, by the same rules as the exact reader.

use serde_json::Number;

/// The end of the number that begins at `at`; `None` if it is none, or one that the exact reader should judge: with
/// an exponent, or with more digits than an `f64` surely holds and not an integer of 64 bits.
pub(super) fn end(bytes: &[u8], mut at: usize) -> Option<usize> {
    let start = at;
    if bytes.get(at) == Some(&b'-') {
        at += 1;
    }
    let whole = at;
    at = digits(bytes, at);
    if at == whole || (at > whole + 1 && bytes.get(whole) == Some(&b'0')) {
        return None;
    }
    let integer = bytes.get(at) != Some(&b'.');
    if !integer {
        let fraction = at + 1;
        at = digits(bytes, fraction);
        if at == fraction {
            return None;
        }
    }
    let exact = if integer { at - whole <= 18 } else { at - start <= 15 };
    let plain = !matches!(bytes.get(at), Some(b'e' | b'E'));
    (exact && plain).then_some(at)
}

fn digits(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    at
}

/// The value of a number on a tape.
#[must_use]
pub fn number(text: &str) -> Option<Number> {
    match text.parse::<i64>() {
        Ok(integer) if integer != 0 || !text.starts_with('-') => Some(integer.into()),
        _ => text.parse().ok().and_then(Number::from_f64),
    }
}

/// The value of a number of at most fifteen digits, which an `f64` holds as exactly as any; `None` for a longer one.
#[inline]
#[must_use]
pub fn small_decimal(text: &str) -> Option<f64> {
    /// Powers of ten that an `f64` holds exactly.
    const POWERS: [f64; 16] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
    let bytes = text.as_bytes();
    if bytes.len() > 15 {
        return None;
    }
    let (mut digits, mut point, mut negative) = (0_u64, None, false);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'0'..=b'9' => digits = digits * 10 + u64::from(byte - b'0'),
            b'.' => point = Some(bytes.len() - at - 1),
            _ => negative = true,
        }
    }
    // Both are exact, so that the quotient is the nearest `f64` (the fast path of Clinger's algorithm).
    #[expect(clippy::cast_precision_loss, reason = "fifteen digits fit")]
    let value = digits as f64 / POWERS.get(point.unwrap_or(0))?;
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn short_numbers_are_what_they_are(text in "-?(0|[1-9][0-9]{0,5})(\\.[0-9]{1,7})?") {
            prop_assert_eq!(end(text.as_bytes(), 0), Some(text.len()));
            let value = small_decimal(&text);
            prop_assert_eq!(value.map(f64::to_bits), text.parse().ok().map(f64::to_bits));
            prop_assert_eq!(value, number(&text).and_then(|number| number.as_f64()));
        }
    }
}
