use std::cmp::Ordering;
use std::collections::BTreeSet;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::exact::common;

/// How many multiples are looked at one by one.
const MOST_LOOKED_AT: u32 = 10_000;

/// An end of an interval: the number, and whether it belongs to it. `None` where it has no end.
pub(super) type End = Option<(BigRational, bool)>;

/// An interval; in it all numbers, or the multiples of one; of these all but the multiples of others, and but some.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    pub(super) low: End,
    pub(super) high: End,
    /// Positive.
    pub(super) of: Option<BigRational>,
    /// Positive; if there is `of`, multiples of it, and larger.
    not_of: Vec<BigRational>,
    except: BTreeSet<BigRational>,
}

impl Piece {
    pub(super) fn all() -> Self {
        Self { low: None, high: None, of: None, not_of: Vec::new(), except: BTreeSet::new() }
    }

    pub(super) fn point(point: BigRational) -> Self {
        Self { low: Some((point.clone(), true)), high: Some((point, true)), ..Self::all() }
    }

    pub(super) fn from(self, low: BigRational, closed: bool) -> Self {
        Self { low: tighter(&self.low, &Some((low, closed)), Ordering::Greater), ..self }
    }

    pub(super) fn to(self, high: BigRational, closed: bool) -> Self {
        Self { high: tighter(&self.high, &Some((high, closed)), Ordering::Less), ..self }
    }

    /// The multiples of a number that this holds, if any can be.
    pub(super) fn multiples_of(mut self, step: &BigRational) -> Option<Self> {
        if step.is_zero() {
            return self.and(&Self::point(BigRational::zero()));
        }
        let step = self.of.as_ref().map_or_else(|| step.abs(), |of| common(of, step));
        self.not_of = self.not_of.iter().map(|not_of| common(&step, not_of)).collect();
        let possible = !self.not_of.contains(&step);
        self.of = Some(step);
        possible.then_some(self)
    }

    /// All that this holds but the multiples of a positive number, if any is left.
    fn but_multiples_of(mut self, step: &BigRational) -> Option<Self> {
        let step = self.of.as_ref().map_or_else(|| step.clone(), |of| common(of, step));
        if self.of.as_ref() == Some(&step) {
            return None;
        }
        if !self.not_of.iter().any(|not_of| (&step / not_of).is_integer()) {
            self.not_of.retain(|not_of| !(not_of / &step).is_integer());
            self.not_of.push(step);
        }
        Some(self)
    }

    pub(super) fn and(&self, other: &Self) -> Option<Self> {
        let mut both = self.clone();
        both.low = tighter(&both.low, &other.low, Ordering::Greater);
        both.high = tighter(&both.high, &other.high, Ordering::Less);
        if both.is_nowhere() {
            return None;
        }
        if let Some(of) = &other.of {
            both = both.multiples_of(of)?;
        }
        for not_of in &other.not_of {
            both = both.but_multiples_of(not_of)?;
        }
        both.except.extend(other.except.iter().cloned());
        let except = std::mem::take(&mut both.except);
        both.except = except.into_iter().filter(|point| both.contains(point)).collect();
        Some(both)
    }

    /// All that this holds but some numbers.
    pub(super) fn without(mut self, points: &[BigRational]) -> Self {
        let taken: Vec<BigRational> = points.iter().filter(|point| self.contains(point)).cloned().collect();
        self.except.extend(taken);
        self
    }

    /// What this holds and the other, which is more than a point, does not, in pieces.
    pub(super) fn minus(&self, other: &Self) -> Vec<Self> {
        if self.and(other).is_none() {
            return vec![self.clone()];
        }
        let mut left = Vec::new();
        let mut keep = |piece: Option<Self>| left.extend(piece.filter(|piece| !piece.is_nowhere()));
        let mut inside = self.clone();
        if let Some((low, closed)) = &other.low {
            keep(Some(self.clone().to(low.clone(), !closed)));
            inside = inside.from(low.clone(), *closed);
        }
        if let Some((high, closed)) = &other.high {
            keep(Some(self.clone().from(high.clone(), !closed)));
            inside = inside.to(high.clone(), *closed);
        }
        if let Some(of) = &other.of {
            keep(inside.clone().but_multiples_of(of));
        }
        for not_of in &other.not_of {
            keep(inside.clone().multiples_of(not_of));
        }
        left.extend(other.except.iter().filter(|point| self.contains(point)).cloned().map(Self::point));
        left
    }

    pub(super) fn contains(&self, number: &BigRational) -> bool {
        let multiple = |step: &BigRational| (number / step).is_integer();
        let above = self.low.as_ref().is_none_or(|(low, closed)| number > low || *closed && number == low);
        let below = self.high.as_ref().is_none_or(|(high, closed)| number < high || *closed && number == high);
        above
            && below
            && self.of.as_ref().is_none_or(multiple)
            && !self.not_of.iter().any(multiple)
            && !self.except.contains(number)
    }

    /// Whether its interval is empty.
    fn is_nowhere(&self) -> bool {
        let (Some((low, low_closed)), Some((high, high_closed))) = (&self.low, &self.high) else { return false };
        low > high || low == high && !(*low_closed && *high_closed)
    }

    /// The one number of its interval.
    pub(super) fn only(&self) -> Option<BigRational> {
        let (Some((low, _)), Some((high, _))) = (&self.low, &self.high) else { return None };
        (low == high).then(|| low.clone())
    }

    /// Whether it holds no number; `None` when that is too much work to tell.
    pub(super) fn is_empty(&self) -> Option<bool> {
        if self.is_nowhere() {
            return Some(true);
        }
        if let Some(only) = self.only() {
            return Some(!self.contains(&only));
        }
        let Some(of) = &self.of else { return Some(false) };
        let (Some(first), Some(last)) = (self.first(of), self.last(of)) else { return Some(false) };
        let count = &last - &first + BigInt::one();
        if !count.is_positive() {
            return Some(true);
        }
        if self.not_of.is_empty() && count > BigInt::from(self.except.len()) {
            return Some(false);
        }
        let looked_at = count.to_u32().unwrap_or(u32::MAX).min(MOST_LOOKED_AT);
        let found = (0..looked_at).any(|index| self.contains(&(of * BigRational::from(&first + index))));
        if found || BigInt::from(looked_at) == count { Some(!found) } else { None }
    }

    /// The first multiple, divided by the step.
    pub(super) fn first(&self, of: &BigRational) -> Option<BigInt> {
        let (low, closed) = self.low.as_ref()?;
        let at = low / of;
        Some(if at.is_integer() && !closed { at.to_integer() + 1 } else { at.ceil().to_integer() })
    }

    /// The last multiple, divided by the step.
    pub(super) fn last(&self, of: &BigRational) -> Option<BigInt> {
        let (high, closed) = self.high.as_ref()?;
        let at = high / of;
        Some(if at.is_integer() && !closed { at.to_integer() - 1 } else { at.floor().to_integer() })
    }
}

/// The tighter of two ends on one side.
fn tighter(one: &End, other: &End, wanted: Ordering) -> End {
    match (one, other) {
        (None, end) | (end, None) => end.clone(),
        (Some((first, closed)), Some((second, also))) => match first.cmp(second) {
            Ordering::Equal => Some((first.clone(), *closed && *also)),
            order if order == wanted => one.clone(),
            _ => other.clone(),
        },
    }
}
