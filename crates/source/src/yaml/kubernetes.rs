//! YAML 1.1 as `sigs.k8s.io/yaml` (go-yaml 2) resolves it on the way to JSON.

use serde_json::Value;

use super::{core::is_float, scalar::Meaning};

/// The meaning of a plain scalar.
pub(super) fn plain(text: &str) -> Meaning {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Meaning::Value(Value::Null),
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Meaning::Value(Value::Bool(true))
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Meaning::Value(Value::Bool(false))
        }
        ".nan" | ".NaN" | ".NAN" | ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf"
        | "-.INF" => Meaning::NotFinite,
        _ => Meaning::Value(match numeric(text) {
            Some(Numeric::Integer(value)) => value,
            Some(Numeric::Float(value)) => printed(value),
            None => Value::String(text.to_owned()),
        }),
    }
}

/// The name of a plain key in the JSON object: resolved, and printed as `sigs.k8s.io/yaml` prints it. `None` for
/// what it refuses: null, and integers beyond `i64`.
pub(super) fn key(text: &str) -> Option<String> {
    match plain(text) {
        Meaning::Value(Value::Bool(name)) => Some(name.to_string()),
        Meaning::Value(Value::String(name)) => Some(name),
        Meaning::Value(Value::Number(_)) => match numeric(text)? {
            Numeric::Integer(value) => value.is_i64().then(|| value.to_string()),
            Numeric::Float(value) => Some(short(value)),
        },
        Meaning::NotFinite => Some(text.trim_start_matches('+').to_ascii_lowercase()),
        _ => None,
    }
}

enum Numeric {
    Integer(Value),
    Float(f64),
}

fn numeric(text: &str) -> Option<Numeric> {
    match text.as_bytes().first()? {
        b'.' => float(&between_digits(text)?).map(Numeric::Float),
        b'+' | b'-' | b'0'..=b'9' => {
            let plain = text.replace('_', "");
            integer(&plain).map(Numeric::Integer).or_else(|| float(&plain).map(Numeric::Float))
        }
        _ => None,
    }
}

/// The text without its underscores, if each stands between two digits.
fn between_digits(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let fits = |at: usize| digit(at.checked_sub(1)) && digit(Some(at + 1));
    let good = memchr::memchr_iter(b'_', bytes).all(fits);
    good.then(|| text.replace('_', ""))
}

/// An integer as Go's `strconv.ParseInt` reads it with base 0: `0x`, `0o`, `0b`, or a leading zero for octal.
fn integer(text: &str) -> Option<Value> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (digits, radix) = radix(digits);
    // A second sign would be taken by the conversion.
    if !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    if negative {
        return i64::from_str_radix(&format!("-{digits}"), radix).ok().map(Value::from);
    }
    u64::from_str_radix(digits, radix).ok().map(Value::from)
}

fn radix(digits: &str) -> (&str, u32) {
    let lower = digits.get(..2).unwrap_or_default().to_ascii_lowercase();
    let rest = digits.get(2..).unwrap_or_default();
    match lower.as_str() {
        "0x" => (rest, 16),
        "0o" => (rest, 8),
        "0b" => (rest, 2),
        _ => match digits.strip_prefix('0') {
            Some(rest) if !rest.is_empty() => (rest, 8),
            _ => (digits, 10),
        },
    }
}

/// A decimal float; what is too large for an `f64` is a string there.
fn float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let value: Option<f64> = is_float(unsigned).then(|| text.parse().ok()).flatten();
    value.filter(|value| value.is_finite())
}

/// A float on its way through JSON: Go prints it without an exponent below 1e21, and its decoder takes what has
/// neither point nor exponent for an integer if it fits.
fn printed(value: f64) -> Value {
    // Adding zero makes a negative zero positive, which is what the integer `-0` becomes.
    let text = (value + 0.0).to_string();
    match text.parse::<i64>() {
        Ok(integer) => Value::from(integer),
        Err(_) => Value::from(value),
    }
}

/// A float key: the shortest text of the nearest 32-bit float, with an exponent from 1e+06 on and below 1e-4.
fn short(value: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "the precision that the peer prints keys with")]
    let value = value as f32;
    if value.is_infinite() {
        return if value > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        return value.to_string();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
}
