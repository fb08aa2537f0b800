//! Quantities: `500m`, `1.5Gi`, `2e3`.

use std::fmt;
use std::str::FromStr;

/// A text is not a quantity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a quantity: expected a number with an optional suffix, for example `500m`, `1.5Gi` or `2e3`")]
pub struct QuantityError(String);

/// An amount of a resource, in exact billionths, by the grammar of
/// `k8s.io/apimachinery/pkg/api/resource`: sign, decimal number, then a binary suffix (`Ki` to `Ei`), a decimal
/// one (`n`, `u`, `m`, `k` to `E`) or an exponent. As there, what is smaller than a billionth is rounded up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity {
    billionths: i128,
}

impl Quantity {
    /// The amount in billionths of the unit.
    #[must_use]
    pub const fn billionths(self) -> i128 {
        self.billionths
    }
}

impl FromStr for Quantity {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        parse(text).map(|billionths| Self { billionths }).ok_or_else(|| QuantityError(text.to_owned()))
    }
}

impl fmt::Display for Quantity {
    /// A plain decimal number in the unit: `0.5` for `500m`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amount = self.billionths.unsigned_abs();
        let sign = if self.billionths < 0 { "-" } else { "" };
        let fraction = format!("{:09}", amount % BILLION.unsigned_abs());
        match fraction.trim_end_matches('0') {
            "" => write!(formatter, "{sign}{}", amount / BILLION.unsigned_abs()),
            fraction => write!(formatter, "{sign}{}.{fraction}", amount / BILLION.unsigned_abs()),
        }
    }
}

const BILLION: i128 = 1_000_000_000;

fn parse(text: &str) -> Option<i128> {
    let (negative, rest) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let (number, suffix) = rest.split_at(end);
    let (digits, decimals) = digits(number)?;
    let (factor, power) = scale(suffix)?;
    let magnitude = scaled(digits.checked_mul(factor)?, 9 + power - decimals)?;
    Some(if negative { -magnitude } else { magnitude })
}

/// The digits of a decimal number as one integer, and how many of them stand behind the point.
fn digits(number: &str) -> Option<(i128, i32)> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let digits = format!("{whole}{fraction}").parse().ok()?;
    Some((digits, i32::try_from(fraction.len()).ok()?))
}

/// A suffix as a factor times a power of ten.
fn scale(suffix: &str) -> Option<(i128, i32)> {
    let binary = |power: u32| Some((1_i128 << (10 * power), 0));
    let decimal = |power: i32| Some((1, power));
    match suffix {
        "" => decimal(0),
        "n" => decimal(-9),
        "u" => decimal(-6),
        "m" => decimal(-3),
        "k" => decimal(3),
        "M" => decimal(6),
        "G" => decimal(9),
        "T" => decimal(12),
        "P" => decimal(15),
        "E" => decimal(18),
        "Ki" => binary(1),
        "Mi" => binary(2),
        "Gi" => binary(3),
        "Ti" => binary(4),
        "Pi" => binary(5),
        "Ei" => binary(6),
        exponent => {
            let power = exponent.strip_prefix(['e', 'E'])?.parse().ok()?;
            (-99..=99).contains(&power).then_some((1, power))
        }
    }
}

/// `value · 10^power`, rounded up; `None` where it does not fit.
fn scaled(value: i128, power: i32) -> Option<i128> {
    let Some(factor) = 10_i128.checked_pow(power.unsigned_abs()) else {
        return if value == 0 {
            Some(0)
        } else if power < 0 {
            Some(1)
        } else {
            None
        };
    };
    if power >= 0 { value.checked_mul(factor) } else { Some((value + factor - 1) / factor) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_by_their_grammar() {
        let cases = [
            ("0", "0"),
            ("500m", "0.5"),
            ("1.5Gi", "1610612736"),
            ("2e3", "2000"),
            ("2E3", "2000"),
            ("1E", "1000000000000000000"),
            ("-5k", "-5000"),
            ("+.5", "0.5"),
            ("5.", "5"),
            ("100u", "0.0001"),
            ("1e-12", "0.000000001"),
        ];
        for (text, plain) in cases {
            assert_eq!(text.parse::<Quantity>().unwrap().to_string(), plain, "{text}");
        }
    }

    #[test]
    fn what_is_no_quantity_is_refused() {
        for text in ["", ".", "-", "1 Gi", "1gi", "Gi", "1ee3", "1e", "0x10", "1.2.3", "9e99", "١"] {
            assert!(text.parse::<Quantity>().is_err(), "{text}");
        }
    }

    #[test]
    fn equal_amounts_are_equal_however_written() {
        let amount = |text: &str| text.parse::<Quantity>().unwrap();
        assert_eq!(amount("1000m"), amount("1"));
        assert_eq!(amount("1024Mi"), amount("1Gi"));
        assert!(amount("999m") < amount("1"));
    }
}
