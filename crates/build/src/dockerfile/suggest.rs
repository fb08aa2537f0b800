//! "Did you mean": the nearest known word, as BuildKit finds it.

/// Words farther away than this are not meant.
const MAX_DISTANCE: usize = 2;
/// Longer words are not compared.
const MAX_LENGTH: usize = 64;

/// The nearest of `options` within two edits; `None` as well if one is equal.
pub(super) fn nearest<'a>(word: &str, options: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut best = None;
    let mut limit = MAX_DISTANCE + 1;
    for option in options {
        if option == word {
            return None;
        }
        if word.len() > MAX_LENGTH || option.len() > MAX_LENGTH {
            continue;
        }
        let distance = distance(word, option);
        if distance < limit {
            (best, limit) = (Some(option), distance);
        }
    }
    best.filter(|best: &&str| !best.is_empty())
}

/// Insertions, deletions and substitutions from one word to the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, c) in from.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (column, other) in to.iter().enumerate() {
            let substituted = diagonal + usize::from(c != *other);
            diagonal = row[column + 1];
            row[column + 1] = substituted.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}
