use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{FromPrimitive, Signed, ToPrimitive, Zero};
use serde_json::Number;

/// From here on every double is an integer.
const WHOLE: f64 = 9_007_199_254_740_992.0;

/// The number that a JSON number means: integers as they are, other numbers as the shortest decimal that reads back as
/// the same double (`0.1` is a tenth). A double from 2^53 on is the integer that it is, since its shortest decimal may
/// be a neighbour. This is how the `jsonschema` crate reads `multipleOf`, and bounds compare the same in either reading.
pub(crate) fn exact(number: &Number) -> BigRational {
    if let Some(integer) = number.as_i64().map(BigInt::from).or_else(|| number.as_u64().map(BigInt::from)) {
        return BigRational::from_integer(integer);
    }
    let double = number.as_f64().filter(|double| double.is_finite()).unwrap_or_default();
    let whole = if double.abs() >= WHOLE { BigInt::from_f64(double).map(BigRational::from_integer) } else { None };
    whole.or_else(|| decimal(&format!("{double:e}"))).unwrap_or_default()
}

/// A JSON number that means `value` exactly, if there is one: an integer of 64 bits, else a double.
pub(crate) fn written(value: &BigRational) -> Option<Number> {
    if value.is_integer() {
        let integer = value.to_integer();
        if let Some(number) = integer.to_i64().map(Number::from).or_else(|| integer.to_u64().map(Number::from)) {
            return Some(number);
        }
    }
    let number = Number::from_f64(value.to_f64()?)?;
    (exact(&number) == *value).then_some(number)
}

/// A decimal with an exponent, `-1.25e-3`.
fn decimal(text: &str) -> Option<BigRational> {
    let (digits, exponent) = text.split_once('e')?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mantissa: BigInt = format!("{whole}{fraction}").parse().ok()?;
    let places = exponent.parse::<i32>().ok()? - i32::try_from(fraction.len()).ok()?;
    let scale = BigInt::from(10).pow(places.unsigned_abs());
    let value = if places < 0 { BigRational::new(mantissa, scale) } else { BigRational::from(mantissa * scale) };
    Some(value)
}

/// The least common multiple of two positive rationals.
pub(super) fn common(one: &BigRational, other: &BigRational) -> BigRational {
    use num_integer::Integer;
    if one.is_zero() || other.is_zero() {
        return BigRational::zero();
    }
    // Both are whole multiples of a common fraction of 1.
    let denominator = one.denom().lcm(other.denom());
    let whole = |value: &BigRational| (value.abs() * BigRational::from(denominator.clone())).to_integer();
    BigRational::new(whole(one).lcm(&whole(other)), denominator.clone())
}
