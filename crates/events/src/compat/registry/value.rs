use std::fmt::Write as _;

use num_bigint::BigInt;
use num_traits::Zero as _;
use serde_json::Value;

/// How a document was read; the peer's numbers differ by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Reading {
    /// By the loader for drafts 4, 6 and 7.
    Classic,
    /// The root document of the newer drafts: fractions are decimals.
    Root,
    /// A document that the newer drafts' loader was referred to: fractions are doubles.
    Fetched,
}

/// A number as the peer holds it; equal only within one variant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    /// Written without fraction and exponent.
    Integer(i128),
    /// A decimal fraction.
    Decimal(f64),
    /// A binary fraction.
    Double(f64),
}

impl Number {
    /// The number of a JSON value; `None` if it is none.
    pub(super) fn of(value: &Value, reading: Reading) -> Option<Self> {
        let Value::Number(number) = value else { return None };
        let integer = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
        Some(match (integer, reading) {
            (Some(integer), _) => Self::Integer(integer),
            // Positive and negative zero are one.
            (None, Reading::Fetched) => Self::Double(number.as_f64().unwrap_or_default() + 0.0),
            (None, _) => Self::Decimal(number.as_f64().unwrap_or_default() + 0.0),
        })
    }

    /// As a double.
    pub(super) fn double(self) -> f64 {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "the peer orders limits as doubles")]
            Self::Integer(integer) => integer as f64,
            Self::Decimal(double) | Self::Double(double) => double,
        }
    }

    /// Cut to 32 bits, as Java does: integers and decimals keep their low bits, doubles saturate.
    pub(super) fn cut(self) -> i32 {
        #[expect(clippy::cast_possible_truncation, reason = "this is the cut")]
        match self {
            Self::Integer(integer) => integer as i32,
            Self::Decimal(double) => double as i128 as i32,
            Self::Double(double) => double as i32,
        }
    }

    /// Whether this is a whole multiple of `unit`, in exact decimals; never of zero.
    pub(super) fn is_multiple_of(self, unit: Self) -> bool {
        let ((ours, our_power), (theirs, their_power)) = (self.scaled(), unit.scaled());
        if theirs.is_zero() {
            return false;
        }
        let least = our_power.min(their_power);
        let widen = |digits: BigInt, power: i32| digits * BigInt::from(10).pow((power - least).unsigned_abs());
        (widen(ours, our_power) % widen(theirs, their_power)).is_zero()
    }

    /// Digits and power of ten.
    fn scaled(self) -> (BigInt, i32) {
        let double = match self {
            Self::Integer(integer) => return (BigInt::from(integer), 0),
            Self::Decimal(double) | Self::Double(double) => double,
        };
        let text = format!("{double:e}");
        let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mantissa = format!("{whole}{fraction}").parse().unwrap_or_default();
        let places = i32::try_from(fraction.len()).unwrap_or_default();
        (mantissa, power.parse::<i32>().unwrap_or_default() - places)
    }

    /// A text that tells numbers apart as the peer's equality does.
    fn write(self, out: &mut String) {
        // Writing to a string cannot fail.
        let _ = match self {
            Self::Integer(integer) => write!(out, "i{integer}"),
            Self::Decimal(double) => write!(out, "d{double:?}"),
            Self::Double(double) => write!(out, "b{double:?}"),
        };
    }
}

/// A value of `enum`, `const` or `default`, as a text that tells values apart as the peer's equality does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Datum {
    pub(super) text: String,
    /// An array or object.
    pub(super) composite: bool,
}

impl Datum {
    pub(super) fn of(value: &Value, reading: Reading) -> Self {
        let mut text = String::new();
        write_value(value, reading, false, &mut text);
        Self { text, composite: value.is_array() || value.is_object() }
    }

    pub(super) fn is_null(&self) -> bool {
        self.text == "null"
    }
}

/// The newer drafts' loader cuts fractions inside of arrays and objects to integers.
fn write_value(value: &Value, reading: Reading, nested: bool, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for item in items {
                write_value(item, reading, true, out);
                out.push(',');
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (name, member) in sorted(members) {
                let _ = write!(out, "{name:?}:");
                write_value(member, reading, true, out);
                out.push(',');
            }
            out.push('}');
        }
        Value::String(text) => {
            let _ = write!(out, "{text:?}");
        }
        Value::Null | Value::Bool(_) => {
            let _ = write!(out, "{value}");
        }
        Value::Number(_) => match Number::of(value, reading) {
            Some(Number::Integer(_)) | None => {
                let _ = write!(out, "i{value}");
            }
            Some(number) if nested && reading != Reading::Classic => {
                Number::Integer(number.cut().into()).write(out);
            }
            Some(number) => number.write(out),
        },
    }
}

fn sorted(members: &serde_json::Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut all: Vec<_> = members.iter().collect();
    all.sort_by_key(|(name, _)| *name);
    all
}

/// How deeply arrays and objects are nested in a value.
pub(super) fn depth(value: &Value) -> usize {
    let mut deepest = 0;
    let mut open = vec![(value, 1)];
    while let Some((value, level)) = open.pop() {
        deepest = deepest.max(level);
        match value {
            Value::Array(items) => open.extend(items.iter().map(|item| (item, level + 1))),
            Value::Object(members) => open.extend(members.values().map(|member| (member, level + 1))),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Datum, Number, Reading, depth};

    #[test]
    fn multiples_are_of_exact_decimals() {
        let of = |value| Number::of(&value, Reading::Root);
        for (one, unit, is) in [
            (json!(0.3), json!(0.1), true),
            (json!(1e300), json!(1e-300), true),
            (json!(7), json!(0.5), true),
            (json!(1), json!(3), false),
            (json!(4), json!(0), false),
            (json!(0), json!(4), true),
        ] {
            let is_multiple = of(one.clone()).zip(of(unit.clone())).map(|(one, unit)| one.is_multiple_of(unit));
            assert_eq!(is_multiple, Some(is), "{one} {unit}");
        }
    }

    #[test]
    fn numbers_are_cut_as_in_java() {
        let cut = |value, reading| Number::of(&value, reading).map(Number::cut);
        assert_eq!(cut(json!(3.7), Reading::Root), Some(3));
        assert_eq!(cut(json!(-3.7), Reading::Root), Some(-3));
        assert_eq!(cut(json!(4_294_967_297_i64), Reading::Root), Some(1));
        assert_eq!(cut(json!(1e20), Reading::Fetched), Some(i32::MAX));
    }

    #[test]
    fn values_are_equal_as_in_java() {
        let same = |one, other, reading| Datum::of(&one, reading) == Datum::of(&other, reading);
        assert!(same(json!({"a": 1, "b": [2]}), json!({"b": [2], "a": 1}), Reading::Classic));
        assert!(!same(json!([1, 2]), json!([2, 1]), Reading::Classic));
        assert!(!same(json!("1"), json!(1), Reading::Classic));
        assert!(same(json!([1.9]), json!([1]), Reading::Root));
        assert!(!same(json!([1.9]), json!([1]), Reading::Classic));
    }

    #[test]
    fn depth_counts_levels() {
        assert_eq!([json!(1), json!([]), json!([{"a": [1]}])].map(|value| depth(&value)), [1, 1, 4]);
    }
}
