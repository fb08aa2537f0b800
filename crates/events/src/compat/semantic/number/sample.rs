use std::collections::BTreeSet;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use serde_json::Number;

use super::exact::{exact, written};
use super::piece::Piece;

/// How far from the simplest multiple others are looked for, at least and at most.
const NEIGHBOURS: (usize, usize) = (40, 5_000);

/// How many digits after the point a double can have a use for.
const MOST_DIGITS: u32 = 20;

/// Up to `n` numbers from pieces: first the simplest of each piece, then others.
pub(super) fn samples(pieces: &[Piece], n: usize) -> Vec<Number> {
    let mut seen = BTreeSet::new();
    let mut ranked: Vec<((usize, bool, usize, BigRational), Number)> = Vec::new();
    for piece in pieces.iter().take(n.saturating_mul(4).max(64)) {
        let mut rank = 0;
        for value in candidates(piece, n.clamp(NEIGHBOURS.0, NEIGHBOURS.1)) {
            if rank < n && piece.contains(&value) && !seen.contains(&value) {
                let Some(number) = written(&value) else { continue };
                let simplicity = (rank, !value.is_integer(), number.to_string().len(), value.abs());
                ranked.push((simplicity, number));
                seen.insert(value);
                rank += 1;
            }
        }
    }
    ranked.sort_by(|one, other| one.0.cmp(&other.0));
    ranked.into_iter().take(n).map(|(_, number)| number).collect()
}

/// Numbers that a piece may hold, simple ones first.
fn candidates(piece: &Piece, neighbours: usize) -> Vec<BigRational> {
    if let Some(only) = piece.only() {
        return vec![only];
    }
    let ends = || [&piece.low, &piece.high].into_iter().flatten().map(|(end, _)| end.clone());
    let large = ends().flat_map(|end| doubles_near(&end));
    if let Some(of) = &piece.of {
        return multiples(piece, of, neighbours).into_iter().chain(large).collect();
    }
    let mut candidates = multiples(piece, &BigRational::one(), neighbours);
    candidates.extend(ends());
    for digits in 1..=MOST_DIGITS {
        let step = BigRational::new(BigInt::one(), BigInt::from(10).pow(digits));
        candidates.extend(multiples(piece, &step, neighbours));
        if candidates.iter().any(|value| !value.is_integer() && piece.contains(value)) {
            break;
        }
    }
    candidates.extend(large);
    candidates
}

/// Doubles around a number: where they are far apart, few other numbers can be written.
fn doubles_near(end: &BigRational) -> Vec<BigRational> {
    let near = end.to_f64().into_iter().flat_map(|end| [end.next_up(), end.next_down(), end * 1.5, end * 2.0]);
    near.filter_map(Number::from_f64).map(|number| exact(&number)).collect()
}

/// Multiples of a number in the interval of a piece: the nearest to 0 and its neighbours, and those at the ends.
fn multiples(piece: &Piece, of: &BigRational, neighbours: usize) -> Vec<BigRational> {
    let (first, last) = (piece.first(of), piece.last(of));
    let mut nearest = BigInt::zero();
    if let Some(first) = first.as_ref().filter(|first| nearest < **first) {
        nearest.clone_from(first);
    }
    if let Some(last) = last.as_ref().filter(|last| nearest > **last) {
        nearest.clone_from(last);
    }
    let neighbours = (0..neighbours).flat_map(|step| [&nearest + step, &nearest - step]);
    let mut indices: Vec<BigInt> = neighbours.chain(first.clone()).chain(last.clone()).collect();
    indices.retain(|index| {
        first.as_ref().is_none_or(|first| index >= first) && last.as_ref().is_none_or(|last| index <= last)
    });
    indices.into_iter().map(|index| of * BigRational::from(index)).collect()
}
