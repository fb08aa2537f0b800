//! Unicode scalar values, numbered without the gap that the surrogates leave.

/// How many surrogates there are.
const GAP: u32 = 0x800;

/// The first surrogate.
const SURROGATES: u32 = 0xD800;

/// One more than the last symbol.
pub(super) const END: u32 = 0x11_0000 - GAP;

/// Characters from the ones that people like to read to the ones that they can at least read.
const READABLE: [(char, char); 7] =
    [('a', 'z'), ('0', '9'), ('A', 'Z'), ('-', '/'), (' ', ' '), ('!', '~'), ('\u{a1}', '\u{17f}')];

/// The symbol of a character.
pub(super) fn of(character: char) -> u32 {
    let scalar = u32::from(character);
    if scalar < SURROGATES { scalar } else { scalar - GAP }
}

/// The character of a symbol.
pub(super) fn character(symbol: u32) -> char {
    let scalar = if symbol < SURROGATES { symbol } else { symbol + GAP };
    char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The most readable symbol from `first` to before `end`, and its rank: the lower, the better.
pub(super) fn nicest(first: u32, end: u32) -> (usize, u32) {
    let readable = READABLE.iter().enumerate().find_map(|(rank, (low, high))| {
        let candidate = first.max(of(*low));
        (candidate < end && candidate <= of(*high)).then_some((rank, candidate))
    });
    readable.unwrap_or((READABLE.len(), if first == 0 && end > 1 { 1 } else { first }))
}
