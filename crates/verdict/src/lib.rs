//! A schema as a plan for tapes: what most schemas consist of is checked cell by cell; the leaves (formats, patterns
//! that are no tables, bounds that no `f64` holds) are left to others. The plan is sure, or says that it is not.
//!
//! This is where the time of a large validation goes, apart so that it is optimised for speed in a small program.

mod check;
mod rule;
mod table;

pub use check::{Scratch, Verdict};
pub use rule::{Array, Bounds, Exact, Id, Leaf, Name, Names, Numbers, Object, Plan, Rule, Types, Values};
pub use table::{ASCII, Table};

/// Whether two texts are the same; short ones are compared in place.
#[inline]
fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    match (one.first_chunk::<8>(), other.first_chunk::<8>()) {
        (Some(first), Some(second)) if one.len() <= 16 => {
            first == second && one.last_chunk::<8>() == other.last_chunk::<8>()
        }
        (None, None) => match (one.first_chunk::<4>(), other.first_chunk::<4>()) {
            (Some(first), Some(second)) => first == second && one.last_chunk::<4>() == other.last_chunk::<4>(),
            _ => one.iter().eq(other),
        },
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn texts_of_every_length_are_told_apart() {
        let text = "abcdefghijklmnopqrstuvwxyz";
        for length in 0..text.len() {
            let short = &text[..length];
            assert!(same(short, short));
            assert!(!same(short, &text[..=length]));
            for at in 0..length {
                let other = format!("{}-{}", &short[..at], &short[at + 1..]);
                assert!(!same(short, &other), "{short} {other}");
            }
        }
    }
}
