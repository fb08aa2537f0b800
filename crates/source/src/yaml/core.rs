//! The core schema of YAML 1.2.2, section 10.3.2.

use serde_json::Value;

use super::scalar::Meaning;
use crate::json::number;

/// The meaning of a plain scalar.
pub(super) fn plain(text: &str) -> Meaning {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Meaning::Value(Value::Null),
        "true" | "True" | "TRUE" => Meaning::Value(Value::Bool(true)),
        "false" | "False" | "FALSE" => Meaning::Value(Value::Bool(false)),
        ".nan" | ".NaN" | ".NAN" => Meaning::NotFinite,
        _ => numeric(text).unwrap_or_else(|| Meaning::Value(Value::String(text.to_owned()))),
    }
}

fn numeric(text: &str) -> Option<Meaning> {
    if !text.starts_with(['+', '-', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) {
        return None;
    }
    let radix =
        [("0o", 8), ("0x", 16)].into_iter().find_map(|(prefix, radix)| Some((text.strip_prefix(prefix)?, radix)));
    if let Some((digits, radix)) = radix {
        return based(digits, radix);
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Some(Meaning::NotFinite);
    }
    let decimal = is_float(unsigned).then(|| text.strip_prefix('+').unwrap_or(text))?;
    Some(number(decimal).map_or(Meaning::TooLarge, Meaning::Value))
}

/// `\.[0-9]+ | [0-9]+ ( \. [0-9]* )?`, then `[eE] [-+]? [0-9]+` or nothing: the integers, too.
pub(super) fn is_float(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, fraction),
        None => (mantissa, ""),
    };
    let any = !whole.is_empty() || !fraction.is_empty();
    any && digits(whole) && digits(fraction) && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent))
}

fn based(digits: &str, radix: u32) -> Option<Meaning> {
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let value = u64::from_str_radix(digits, radix);
    Some(value.map_or(Meaning::TooLarge, |value| Meaning::Value(value.into())))
}
