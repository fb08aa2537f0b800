//! Durations as Go's `time.ParseDuration` reads them and `Duration.String` writes them.

use crate::quote::quote;

const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// A duration as Go writes it: `90m` is `1h30m0s`.
///
/// # Errors
///
/// Go's message.
pub(crate) fn canonical(text: &str) -> Result<String, String> {
    parse(text).map(write)
}

/// Nanoseconds.
fn parse(text: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {}", quote(text));
    let negative = text.starts_with('-');
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total = 0_u64;
    while !rest.is_empty() {
        let (whole, after) = digits(rest);
        let (fraction, after) = after.strip_prefix('.').map_or(("", after), digits);
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let length = after.find(|one: char| one == '.' || one.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(length);
        let factor = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor);
        let factor = factor.ok_or_else(|| unit_error(unit, text))?;
        let amount = amount(whole, fraction, factor).ok_or_else(invalid)?;
        total = total.checked_add(amount).filter(|total| *total <= 1 << 63).ok_or_else(invalid)?;
        rest = after;
    }
    let signed = if negative { 0_i64.checked_sub_unsigned(total) } else { i64::try_from(total).ok() };
    signed.ok_or_else(invalid)
}

fn unit_error(unit: &str, text: &str) -> String {
    match unit {
        "" => format!("time: missing unit in duration {}", quote(text)),
        unit => format!("time: unknown unit {} in duration {}", quote(unit), quote(text)),
    }
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len()))
}

fn amount(whole: &str, fraction: &str, factor: u64) -> Option<u64> {
    let whole = if whole.is_empty() { 0 } else { whole.parse::<u64>().ok()? };
    let kept = fraction.get(..fraction.len().min(18)).unwrap_or_default();
    let digits = if kept.is_empty() { 0 } else { kept.parse::<u128>().ok()? };
    let part = digits * u128::from(factor) / 10_u128.pow(u32::try_from(kept.len()).ok()?);
    whole.checked_mul(factor)?.checked_add(u64::try_from(part).ok()?).filter(|amount| *amount <= 1 << 63)
}

fn write(nanos: i64) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    let nanos = nanos.unsigned_abs();
    let text = match nanos {
        0 => "0s".to_owned(),
        1..1_000 => format!("{nanos}ns"),
        1_000..1_000_000 => format!("{}\u{b5}s", decimal(nanos, 1_000)),
        1_000_000..1_000_000_000 => format!("{}ms", decimal(nanos, 1_000_000)),
        _ => long(nanos),
    };
    format!("{sign}{text}")
}

fn long(nanos: u64) -> String {
    let (minutes, rest) = (nanos / 60_000_000_000, nanos % 60_000_000_000);
    let seconds = decimal(rest, 1_000_000_000);
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{seconds}s"),
        (0, minutes) => format!("{minutes}m{seconds}s"),
        (hours, minutes) => format!("{hours}h{minutes}m{seconds}s"),
    }
}

/// `nanos / unit` with as many decimals as it takes.
fn decimal(nanos: u64, unit: u64) -> String {
    let width = unit.ilog10() as usize;
    let fraction = format!("{:0width$}", nanos % unit);
    match fraction.trim_end_matches('0') {
        "" => (nanos / unit).to_string(),
        fraction => format!("{}.{fraction}", nanos / unit),
    }
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn durations_are_written_as_go_writes_them() {
        let cases = [
            ("0", "0s"),
            ("90m", "1h30m0s"),
            ("1.5h", "1h30m0s"),
            ("-1m1s", "-1m1s"),
            ("100ms", "100ms"),
            ("1500us", "1.5ms"),
            ("1.000000001s", "1.000000001s"),
            ("+5s", "5s"),
            (".5s", "500ms"),
            ("1h1ns", "1h0m0.000000001s"),
            ("1500ns", "1.5\u{b5}s"),
        ];
        for (text, expected) in cases {
            assert_eq!(canonical(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused_in_the_words_of_go() {
        let cases = [
            ("", r#"time: invalid duration """#),
            ("x", r#"time: invalid duration "x""#),
            ("5", r#"time: missing unit in duration "5""#),
            ("5d", r#"time: unknown unit "d" in duration "5d""#),
            (".s", r#"time: invalid duration ".s""#),
            ("10000000000h", r#"time: invalid duration "10000000000h""#),
        ];
        for (text, expected) in cases {
            assert_eq!(canonical(text), Err(expected.to_owned()), "{text}");
        }
    }
}
