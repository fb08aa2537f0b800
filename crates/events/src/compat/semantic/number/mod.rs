//! Exact sets of numbers.
//!
//! A number is what JSON means by its digits, a rational; the number `1.0` is the integer 1 in every draft (in draft 4
//! the `jsonschema` crate looks at how it is written, `boon` and later drafts at its value; samples are written so that
//! all agree). A set is a finite union of pieces: an interval, in it all numbers or the multiples of one, and of these
//! all but the multiples of others. Operations are exact; what would need too many pieces is `None`.

mod exact;
mod piece;
mod sample;

use num_rational::BigRational;

pub(crate) use exact::exact;
use piece::Piece;

/// A set with more pieces than this is not made.
const MOST_PIECES: usize = 10_000;

/// Sets with more pairs of pieces than this are not compared.
const MOST_PAIRS: usize = 250_000;

/// A set of numbers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Numbers {
    pieces: Vec<Piece>,
}

impl Numbers {
    /// Every number.
    pub(crate) fn all() -> Self {
        Self::from_iter([Piece::all()])
    }

    /// The multiples of a number: of 0, it is 0 alone.
    pub(crate) fn multiples_of(step: &BigRational) -> Self {
        Piece::all().multiples_of(step).into_iter().collect()
    }

    /// `minimum`.
    pub(crate) fn at_least(low: BigRational) -> Self {
        Self::from_iter([Piece::all().from(low, true)])
    }

    /// `exclusiveMinimum`.
    pub(crate) fn above(low: BigRational) -> Self {
        Self::from_iter([Piece::all().from(low, false)])
    }

    /// `maximum`.
    pub(crate) fn at_most(high: BigRational) -> Self {
        Self::from_iter([Piece::all().to(high, true)])
    }

    /// `exclusiveMaximum`.
    pub(crate) fn below(high: BigRational) -> Self {
        Self::from_iter([Piece::all().to(high, false)])
    }

    /// These numbers.
    pub(crate) fn points(points: impl IntoIterator<Item = BigRational>) -> Self {
        points.into_iter().map(Piece::point).collect()
    }

    /// What both hold.
    pub(crate) fn and(&self, other: &Self) -> Option<Self> {
        self.comparable(other)?;
        let pairs = self.pieces.iter().flat_map(|one| other.pieces.iter().filter_map(move |other| one.and(other)));
        bounded(pairs)
    }

    /// What this holds and the other does not.
    pub(crate) fn minus(&self, other: &Self) -> Option<Self> {
        self.comparable(other)?;
        let is_point = |piece: &Piece| piece.only().is_some();
        let (points, wide): (Vec<Piece>, Vec<Piece>) = self.pieces.iter().cloned().partition(is_point);
        let (taken, other_wide): (Vec<&Piece>, Vec<&Piece>) = other.pieces.iter().partition(|piece| is_point(piece));
        let taken: Vec<BigRational> =
            taken.into_iter().filter(|piece| piece.is_empty() != Some(true)).filter_map(Piece::only).collect();
        let mut left = Self { pieces: wide.into_iter().map(|piece| piece.without(&taken)).collect() };
        for piece in other_wide {
            left = bounded(left.pieces.iter().flat_map(|one| one.minus(piece)))?;
        }
        let points = points.into_iter().filter(|piece| piece.only().is_some_and(|point| !other.contains(&point)));
        bounded(points.chain(left.pieces))
    }

    /// Whether all pairs of pieces can be looked at.
    fn comparable(&self, other: &Self) -> Option<()> {
        (self.pieces.len().saturating_mul(other.pieces.len()) <= MOST_PAIRS).then_some(())
    }

    /// Whether it holds no number; `None` when that is too much work to tell.
    pub(crate) fn is_empty(&self) -> Option<bool> {
        let mut empty = Some(true);
        for piece in &self.pieces {
            match piece.is_empty() {
                Some(false) => return Some(false),
                Some(true) => {}
                None => empty = None,
            }
        }
        empty
    }

    /// Whether it holds a number.
    pub(crate) fn contains(&self, number: &BigRational) -> bool {
        self.pieces.iter().any(|piece| piece.contains(number))
    }

    /// Up to `n` different numbers that it holds and that JSON can carry, from different parts of it: simple ones, and
    /// ones at its ends.
    pub(crate) fn samples(&self, n: usize) -> Vec<serde_json::Number> {
        sample::samples(&self.pieces, n)
    }
}

impl FromIterator<Piece> for Numbers {
    fn from_iter<I: IntoIterator<Item = Piece>>(pieces: I) -> Self {
        Self { pieces: pieces.into_iter().collect() }
    }
}

/// A set of pieces that are not seen to be empty, each once.
fn bounded(pieces: impl Iterator<Item = Piece>) -> Option<Numbers> {
    let mut kept: Vec<Piece> = Vec::new();
    for piece in pieces {
        if piece.is_empty() == Some(true) || kept.last() == Some(&piece) {
            continue;
        }
        if kept.len() >= MOST_PIECES {
            return None;
        }
        kept.push(piece);
    }
    Some(Numbers { pieces: kept })
}

#[cfg(test)]
mod tests;
