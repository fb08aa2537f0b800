//! Regular expressions as automata.
//!
//! The dialect is that of ECMA-262 with the flag `u`, as JSON Schema recommends, and what both validators read alike
//! besides (`(?i)`, `(?P<name>…)`, `\A`, `\z`). Where the `jsonschema` crate reads an expression differently from
//! ECMA-262, or a validator refuses it, it is not read at all. `boon` takes `\s`, `.` and the operators of its engine's
//! classes differently for some rare characters; there ECMA-262 counts, and an event that hinges on it is not confirmed.

mod alphabet;
mod class;
mod conditions;
mod nfa;
mod node;
mod subset;
mod syntax;

use super::dfa::Dfa;

pub(super) use conditions::{conditions, looks_around};

/// A longer expression is not read.
const LONGEST: usize = 50_000;

/// The automaton of the strings in which an expression finds a match; `None` also where so many steps of threads are
/// not enough to make it.
pub(super) fn dfa(pattern: &str, work: usize) -> Option<Dfa> {
    if pattern.len() > LONGEST {
        return None;
    }
    subset::search(&syntax::parse(pattern)?, work)
}
