use num_bigint::BigInt;
use num_rational::BigRational;
use proptest::prelude::*;
use serde_json::{Number, json};

use super::exact::written;
use super::{Numbers, bounded, exact};

impl Numbers {
    /// The integers.
    pub(crate) fn integers() -> Self {
        Self::multiples_of(&BigRational::from_integer(1.into()))
    }

    /// What either holds.
    pub(crate) fn or(&self, other: &Self) -> Option<Self> {
        bounded(self.pieces.iter().chain(&other.pieces).cloned())
    }

    /// What this does not hold.
    pub(crate) fn not(&self) -> Option<Self> {
        Self::all().minus(self)
    }

    /// Whether the other holds all that this holds.
    pub(crate) fn is_subset(&self, other: &Self) -> Option<bool> {
        self.minus(other)?.is_empty()
    }

    /// The simplest number that it holds and that JSON can carry: near 0, with few digits.
    pub(crate) fn sample(&self) -> Option<Number> {
        self.samples(1).into_iter().next()
    }
}

fn number(text: &str) -> Number {
    serde_json::from_str(text).unwrap()
}

fn rational(text: &str) -> BigRational {
    exact(&number(text))
}

fn ratio(top: i64, bottom: i64) -> BigRational {
    BigRational::new(BigInt::from(top), BigInt::from(bottom))
}

#[test]
fn a_number_is_its_digits() {
    assert_eq!(rational("0.1"), ratio(1, 10));
    assert_eq!(rational("-1.25e-3"), ratio(-125, 100_000));
    assert_eq!(rational("1.0"), ratio(1, 1));
    assert_eq!(rational("1e3"), ratio(1_000, 1));
    assert_eq!(rational("18446744073709551615").to_string(), "18446744073709551615");
    assert_eq!(rational("9.223372036854775808e18").to_string(), "9223372036854775808");
    assert_eq!(rational("1e23").to_string(), "99999999999999991611392");
}

#[test]
fn steps_have_a_common_multiple() {
    let cents = Numbers::multiples_of(&ratio(1, 100));
    let dimes = Numbers::multiples_of(&ratio(1, 10));
    assert_eq!(dimes.is_subset(&cents), Some(true));
    assert_eq!(cents.is_subset(&dimes), Some(false));
    assert_eq!(cents.minus(&dimes).unwrap().sample(), Some(number("0.01")));
    let both = Numbers::multiples_of(&ratio(4, 1)).and(&Numbers::multiples_of(&ratio(6, 1))).unwrap();
    assert_eq!(both, Numbers::multiples_of(&ratio(12, 1)));
    assert_eq!(Numbers::integers().is_subset(&Numbers::multiples_of(&ratio(1, 2))), Some(true));
}

#[test]
fn the_simplest_number_is_shown() {
    let between = |low: &str, high: &str| Numbers::above(rational(low)).and(&Numbers::below(rational(high))).unwrap();
    assert_eq!(Numbers::all().sample(), Some(number("0")));
    assert_eq!(between("0", "1").sample(), Some(number("0.1")));
    assert_eq!(between("0.25", "0.27").sample(), Some(number("0.26")));
    assert_eq!(Numbers::at_least(rational("17.5")).sample(), Some(number("18")));
    let large = Numbers::above(rational("18446744073709551615")).and(&Numbers::integers()).unwrap();
    assert_eq!(large.is_empty(), Some(false));
    assert!(large.samples(3).iter().all(|number| large.contains(&exact(number))));
    assert!(Numbers::above(rational("1e308")).sample().is_some());
    assert!(Numbers::below(rational("-1e30")).and(&Numbers::integers()).unwrap().sample().is_some());
    assert_eq!(Numbers::integers().samples(1_500).len(), 1_500);
    assert_eq!(
        Numbers::integers().minus(&Numbers::points([ratio(0, 1), ratio(1, 1)])).unwrap().sample(),
        Some(number("-1"))
    );
}

#[test]
fn a_number_that_no_double_holds_is_not_written() {
    assert_eq!(written(&ratio(1, 3)), None);
    assert_eq!(written(&ratio(3, 2)).map(|number| json!(number)), Some(json!(1.5)));
}

/// A set of quarters between -6 and 6, and which of them it holds.
fn sets() -> impl Strategy<Value = (Numbers, Vec<bool>)> {
    let leaf = (0..6_usize, -24_i64..24, 1_i64..9).prop_map(|(kind, quarter, step)| {
        let at = ratio(quarter, 4);
        let (set, test): (Numbers, Box<dyn Fn(i64) -> bool>) = match kind {
            0 => (Numbers::at_least(at), Box::new(move |x| x >= quarter)),
            1 => (Numbers::above(at), Box::new(move |x| x > quarter)),
            2 => (Numbers::at_most(at), Box::new(move |x| x <= quarter)),
            3 => (Numbers::below(at), Box::new(move |x| x < quarter)),
            4 => (Numbers::multiples_of(&ratio(step, 4)), Box::new(move |x| x % step == 0)),
            _ => (Numbers::points([at]), Box::new(move |x| x == quarter)),
        };
        (set, (-24..=24).map(test).collect::<Vec<bool>>())
    });
    leaf.prop_recursive(4, 16, 2, |inner| {
        (inner.clone(), inner, 0..3_usize).prop_map(|((a, in_a), (b, in_b), kind)| {
            let holds = |test: fn(bool, bool) -> bool| -> Vec<bool> {
                in_a.iter().zip(&in_b).map(|(a, b)| test(*a, *b)).collect()
            };
            match kind {
                0 => (a.and(&b).unwrap(), holds(|a, b| a && b)),
                1 => (a.or(&b).unwrap(), holds(|a, b| a || b)),
                _ => (a.minus(&b).unwrap(), holds(|a, b| a && !b)),
            }
        })
    })
}

proptest! {
    #[test]
    fn operations_agree_with_counting((set, holds) in sets()) {
        for (held, quarter) in holds.iter().zip(-24..=24) {
            prop_assert_eq!(set.contains(&ratio(quarter, 4)), *held, "{} in {:?}", quarter, set);
        }
        if holds.contains(&true) {
            prop_assert_eq!(set.is_empty(), Some(false));
        }
        for sample in set.samples(5) {
            prop_assert!(set.contains(&exact(&sample)));
        }
        prop_assert_eq!(set.is_empty() == Some(false), set.sample().is_some());
        prop_assert_eq!(set.minus(&set).unwrap().is_empty(), Some(true));
        prop_assert_eq!(set.not().unwrap().and(&set).unwrap().is_empty(), Some(true));
    }

    #[test]
    fn inclusion_is_an_empty_difference((a, in_a) in sets(), (b, in_b) in sets()) {
        let included = a.is_subset(&b);
        prop_assert_eq!(included, a.minus(&b).unwrap().is_empty());
        if in_a.iter().zip(&in_b).any(|(a, b)| *a && !*b) {
            prop_assert_eq!(included, Some(false));
        }
    }

    #[test]
    fn what_is_written_means_itself(double in proptest::num::f64::NORMAL) {
        let number = Number::from_f64(double).unwrap();
        let value = exact(&number);
        prop_assert_eq!(written(&value).map(|number| exact(&number)), Some(value));
    }
}
