use linkspan_verdict::{ASCII, Table};

use super::dfa::{Dfa, at};
use super::{pattern, symbol};

/// A larger automaton is no table: tables lie in a core's nearest cache.
const MOST_STATES: usize = 128;

/// What may be looked at to make a table; most expressions need a hundredth of it.
const MOST_WORK: usize = 100_000;

/// A longer expression is no table.
const LONGEST: usize = 200;

/// The table of the regular expression of `pattern` or `patternProperties`; `None` if it is not regular, read
/// differently by the validators, or would take too much time or memory.
pub(crate) fn table(pattern: &str) -> Option<Table> {
    if pattern.len() > LONGEST {
        return None;
    }
    let dfa = pattern::dfa(pattern, MOST_WORK)?.minimal()?;
    let few = dfa.rows.len() <= MOST_STATES;
    let rows = few.then(|| (0..dfa.rows.len()).map(|state| row(&dfa, state)).collect::<Option<_>>())??;
    Some(Table::new(rows, dfa.accepting))
}

fn row(dfa: &Dfa, state: usize) -> Option<[u8; ASCII]> {
    let runs = dfa.rows.get(state)?;
    let mut row = [0; ASCII];
    for (character, next) in ('\0'..).zip(&mut row) {
        *next = u8::try_from(at(runs, symbol::of(character))).ok()?;
    }
    Some(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_says_what_the_expression_does() {
        let made = table("^o-[0-9]{2}$").unwrap();
        let found = ["o-12", "o-1", "o-123", "", "o-1x", "\u{e9}"].map(|text| made.finds(text));
        assert_eq!(found, [Some(true), Some(false), Some(false), Some(false), Some(false), None]);
        assert!(table("b").unwrap().finds("abc").unwrap());
    }

    #[test]
    fn what_is_no_table_is_none() {
        let long = "a".repeat(LONGEST + 1);
        for pattern in ["(a)\\1", "[0-9]{200}", "(x{100}){100}", "(", &long] {
            assert!(table(pattern).is_none(), "{pattern}");
        }
    }
}
