//! Amounts as `resource.Quantity` of apimachinery reads and writes them.

use std::cmp::Ordering;

/// An amount, with the notation that it was written in.
///
/// It is written in its canonical form: no fraction, the largest suffix of its notation that loses nothing. What was
/// canonical already, in the eyes of the real one, stays letter by letter (`+5`, `1.500`).
#[derive(Clone, Debug)]
pub(crate) struct Quantity {
    negative: bool,
    /// Decimal, without leading zeros; empty for zero.
    digits: String,
    /// The power of ten that the digits are multiplied with.
    scale: i64,
    notation: Notation,
    written: Option<String>,
}

/// How a quantity is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Notation {
    /// `12e6`
    Exponent,
    /// `12Mi`
    Binary,
    /// `12M`
    Decimal,
}

const FORMAT: &str = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const SUFFIX: &str = "unable to parse quantity's suffix";
const NUMERIC: &str = "unable to parse numeric part of quantity";
const NANO: i64 = -9;
const MILLI: i64 = -3;
const LARGEST_BINARY: &str = "9223372036854775807";
const DECIMAL_SUFFIXES: [(&str, i64); 10] =
    [("n", -9), ("u", -6), ("m", -3), ("", 0), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18)];
const BINARY_SUFFIXES: [&str; 7] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/// The parts of a quantity's text.
struct Parts<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    suffix: &'a str,
}

impl Quantity {
    /// Reads a quantity.
    ///
    /// # Errors
    ///
    /// One of the three messages of the real one.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let parts = split(text)?;
        let (notation, exponent) = suffix(parts.suffix).ok_or(SUFFIX)?;
        let short = match notation {
            Notation::Binary => small(&parts, exponent),
            Notation::Exponent | Notation::Decimal => short(&parts, exponent),
        };
        if !short && !text[..text.len() - parts.suffix.len()].contains(|one: char| one.is_ascii_digit()) {
            return Err(NUMERIC);
        }
        let quantity = Self::of(&parts, notation, exponent);
        if short {
            let written = stays(&parts, notation, exponent).then(|| text.to_owned());
            return Ok(Self { written, ..quantity });
        }
        Ok(quantity.rounded(NANO).capped())
    }

    fn of(parts: &Parts<'_>, notation: Notation, exponent: i64) -> Self {
        let digits = [parts.whole, parts.fraction].concat();
        let (digits, power) = match notation {
            Notation::Binary => ((0..exponent / 10).fold(digits, |digits, _| times_1024(&digits)), 0),
            Notation::Exponent | Notation::Decimal => (digits, exponent),
        };
        let digits = digits.trim_start_matches('0').to_owned();
        let scale = power - i64::try_from(parts.fraction.len()).unwrap_or(i64::MAX);
        Self { negative: parts.negative, digits, scale, notation, written: None }
    }

    /// Binary amounts end at the largest 64-bit number.
    fn capped(self) -> Self {
        let whole = usize::try_from(-self.scale).ok().and_then(|behind| self.digits.len().checked_sub(behind));
        let (whole, rest) = self.digits.split_at(whole.unwrap_or_default());
        let equal = whole.len().cmp(&LARGEST_BINARY.len()).then_with(|| whole.cmp(LARGEST_BINARY));
        let beyond = equal.then(if rest.bytes().any(|digit| digit != b'0') { Ordering::Greater } else { equal });
        if self.notation != Notation::Binary || beyond != Ordering::Greater {
            return self;
        }
        Self { digits: LARGEST_BINARY.to_owned(), scale: 0, ..self }
    }

    /// Rounded up to whole thousandths, as the amounts of resources are.
    pub(crate) fn rounded_to_milli(self) -> Self {
        if self.scale >= MILLI { self } else { Self { written: None, ..self.rounded(MILLI) } }
    }

    /// Away from zero, to multiples of a power of ten.
    fn rounded(mut self, scale: i64) -> Self {
        let Some(surplus) = usize::try_from(scale - self.scale).ok().filter(|surplus| *surplus > 0) else {
            return self;
        };
        let kept = self.digits.len().saturating_sub(surplus);
        let lost = self.digits.split_off(kept);
        if lost.bytes().any(|digit| digit != b'0') {
            self.digits = increment(&self.digits);
        }
        self.scale = scale;
        self
    }

    /// The whole number that it is, in digits; nothing if it is none.
    fn integer(&self) -> Option<String> {
        let mut digits = self.digits.clone();
        if self.scale >= 0 {
            digits.extend(std::iter::repeat_n('0', usize::try_from(self.scale).ok().filter(|zeros| *zeros <= 64)?));
            return Some(digits);
        }
        let kept = digits.len().checked_sub(usize::try_from(-self.scale).ok()?)?;
        let lost = digits.split_off(kept);
        lost.bytes().all(|digit| digit == b'0').then_some(digits)
    }

    fn in_decimal(&self, notation: Notation) -> String {
        let significant = self.digits.trim_end_matches('0');
        let zeros = self.digits.len() - significant.len();
        let mut exponent = self.scale + i64::try_from(zeros).unwrap_or_default();
        let mut number = significant.to_owned();
        while exponent % 3 != 0 {
            number.push('0');
            exponent -= 1;
        }
        let suffix = match notation {
            Notation::Exponent if exponent == 0 => String::new(),
            Notation::Exponent => format!("e{exponent}"),
            _ => {
                let known = DECIMAL_SUFFIXES.iter().find(|(_, power)| *power == exponent);
                known.map(|(suffix, _)| (*suffix).to_owned()).unwrap_or_default()
            }
        };
        number + &suffix
    }

    /// Nothing where the binary notation would lose something or says less than 1024.
    fn in_binary(&self) -> Option<String> {
        let mut number: u128 = self.integer()?.parse().ok()?;
        let mut power = 0;
        if number < 1024 {
            return None;
        }
        while number >= 1024 && number.is_multiple_of(1024) && power + 1 < BINARY_SUFFIXES.len() {
            number /= 1024;
            power += 1;
        }
        Some(format!("{number}{}", BINARY_SUFFIXES[power]))
    }
}

impl std::fmt::Display for Quantity {
    /// The canonical form.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(written) = &self.written {
            return f.write_str(written);
        }
        if self.digits.is_empty() {
            return f.write_str("0");
        }
        let binary = if self.notation == Notation::Binary { self.in_binary() } else { None };
        let notation = if self.notation == Notation::Binary { Notation::Decimal } else { self.notation };
        let sign = if self.negative { "-" } else { "" };
        write!(f, "{sign}{}", binary.unwrap_or_else(|| self.in_decimal(notation)))
    }
}

fn split(text: &str) -> Result<Parts<'_>, &'static str> {
    if text.is_empty() {
        return Err(FORMAT);
    }
    let negative = text.starts_with('-');
    let rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    let rest = rest.trim_start_matches('0');
    let (whole, rest) = digits(rest);
    let (fraction, suffix) = rest.strip_prefix('.').map_or(("", rest), digits);
    let tail = suffix.trim_start_matches(|one| "eEinumkKMGTP".contains(one));
    let (_, tail) = digits(tail.strip_prefix(['-', '+']).unwrap_or(tail));
    if tail.is_empty() { Ok(Parts { negative, whole, fraction, suffix }) } else { Err(FORMAT) }
}

/// The digits at the beginning, and the rest.
fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len()))
}

/// The notation, and the power of its base.
fn suffix(suffix: &str) -> Option<(Notation, i64)> {
    if let Some((_, power)) = DECIMAL_SUFFIXES.iter().find(|(name, _)| *name == suffix) {
        return Some((Notation::Decimal, *power));
    }
    if let Some(place) = BINARY_SUFFIXES.iter().position(|name| *name == suffix) {
        return i64::try_from(place).ok().map(|place| (Notation::Binary, 10 * place));
    }
    let power: i64 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
    // As the real one, which keeps 32 bits of it.
    #[expect(clippy::cast_possible_truncation, reason = "so does the real one")]
    Some((Notation::Exponent, i64::from(power as i32)))
}

/// How long the whole number is, when it is written.
fn length(parts: &Parts<'_>) -> i64 {
    i64::try_from(parts.whole.len().max(1)).unwrap_or(i64::MAX)
}

/// Whether the real one holds a decimal amount in 64 bits.
fn short(parts: &Parts<'_>, exponent: i64) -> bool {
    let behind = i64::try_from(parts.fraction.len()).unwrap_or(i64::MAX);
    length(parts).saturating_add(behind) <= 18 && exponent.saturating_sub(behind) >= NANO
}

/// Whether the real one holds a binary amount in 64 bits.
fn small(parts: &Parts<'_>, exponent: i64) -> bool {
    parts.fraction.is_empty() && 15 - length(parts) - (exponent * 3 / 10) > 0
}

/// Whether the real one takes an amount in 64 bits for canonical as it is written.
fn stays(parts: &Parts<'_>, notation: Notation, exponent: i64) -> bool {
    if notation == Notation::Binary {
        return parts.whole.parse::<u64>().is_ok_and(|value| value & 7 != 0);
    }
    let behind = i64::try_from(parts.fraction.len()).unwrap_or_default();
    let thousands = [parts.whole, parts.fraction].concat().ends_with("000");
    (exponent - behind) % 3 == 0 && !thousands && !parts.whole.is_empty()
}

/// A decimal number times 1024.
fn times_1024(digits: &str) -> String {
    let mut carry = 0_u32;
    let mut product: Vec<char> = Vec::with_capacity(digits.len() + 4);
    for digit in digits.bytes().rev() {
        carry += u32::from(digit - b'0') * 1024;
        product.extend(char::from_digit(carry % 10, 10));
        carry /= 10;
    }
    while carry > 0 {
        product.extend(char::from_digit(carry % 10, 10));
        carry /= 10;
    }
    product.iter().rev().collect()
}

/// A decimal number and one.
fn increment(digits: &str) -> String {
    let kept = digits.trim_end_matches('9');
    let nines = "0".repeat(digits.len() - kept.len());
    match kept.as_bytes().split_last() {
        Some((last, head)) => format!("{}{}{nines}", String::from_utf8_lossy(head), char::from(last + 1)),
        None => format!("1{nines}"),
    }
}

#[cfg(test)]
mod tests;
