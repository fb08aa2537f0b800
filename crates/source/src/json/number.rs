//! Numbers, and whether an `f64` holds what was written.

use serde_json::{Number, Value};

/// The value of a number that matches the grammar of RFC 8259: an integer of 64 bits, else the nearest `f64`
/// (correctly rounded); `None` where that is infinite.
pub(crate) fn number(text: &str) -> Option<Value> {
    let integer = !text.contains(['.', 'e', 'E']) && text != "-0";
    if integer {
        if let Ok(number) = text.parse::<u64>() {
            return Some(Value::Number(number.into()));
        }
        if let Ok(number) = text.parse::<i64>() {
            return Some(Value::Number(number.into()));
        }
    }
    text.parse().ok().and_then(Number::from_f64).map(Value::Number)
}

/// Whether a value prints as the same decimal number as the one that was written (with `_` between digits, in
/// some YAML). What is no decimal number is not judged.
pub(crate) fn is_exact(text: &str, value: &Number) -> bool {
    // Every decimal of up to 15 digits survives the way through an `f64`.
    let short = text.len() <= 15 && !text.contains(['e', 'E']);
    short || Decimal::of(&text.replace('_', "")).is_none_or(|written| Decimal::of(&value.to_string()) == Some(written))
}

/// A decimal number without redundancy: digits without zeros at either end, times a power of ten.
#[derive(PartialEq, Eq)]
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    /// Of a number with digits in base ten; `None` for anything else.
    fn of(text: &str) -> Option<Self> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        let exponent = exponent.parse::<i64>().ok().filter(|_| plain)?;
        let exponent = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?;
        let trimmed = digits.trim_end_matches('0');
        let zeros = i64::try_from(digits.len() - trimmed.len()).ok()?;
        let digits = trimmed.trim_start_matches('0').to_owned();
        let exponent = if digits.is_empty() { 0 } else { exponent.checked_add(zeros)? };
        Some(Self { negative, digits, exponent })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> bool {
        match number(text) {
            Some(Value::Number(value)) => is_exact(text, &value),
            _ => false,
        }
    }

    #[test]
    fn what_an_f64_loses_is_noticed() {
        for text in ["0", "-0", "1.10", "1e2", "18446744073709551615", "-9223372036854775808", "1E+2", "0.1", "1e300"] {
            assert!(exact(text), "{text}");
        }
        for text in
            ["18446744073709551616.5", "-9223372036854775809", "0.12345678901234567890", "1e-400", "9007199254740993.0"]
        {
            assert!(!exact(text), "{text}");
        }
    }

    #[test]
    fn sixty_four_bits_stay_integers() {
        assert_eq!(number("18446744073709551615"), Some(Value::from(u64::MAX)));
        assert_eq!(number("-9223372036854775808"), Some(Value::from(i64::MIN)));
        assert_eq!(number("1e400"), None);
        assert_eq!(number("-0").map(|zero| zero.to_string()), Some("-0.0".to_owned()));
    }
}
