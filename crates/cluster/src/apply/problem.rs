//! What is wrong with a value, and where.

use std::fmt::{Display, Formatter, Result as Written};

use super::element::PathElement;

/// What is wrong with a value, in the peer's words.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Problems {
    found: Vec<(String, String)>,
}

impl Problems {
    /// One, at the value itself.
    pub(super) fn one(what: impl Into<String>) -> Self {
        Self { found: vec![(String::new(), what.into())] }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(super) fn add(&mut self, others: Self) {
        self.found.extend(others.found);
    }

    /// The same, seen from the value that this element leads into.
    pub(super) fn below(mut self, element: &PathElement<'_>) -> Self {
        for (path, _) in &mut self.found {
            *path = format!("{element}{path}");
        }
        self
    }

    /// The value, if there are none.
    pub(super) fn or<T>(self, value: T) -> Result<T, Self> {
        if self.is_empty() { Ok(value) } else { Err(self) }
    }
}

/// An item of a list that cannot be told apart from the others.
pub(super) fn item_problem(place: usize, why: &str) -> Problems {
    Problems::one(format!("element {place}: {why}"))
}

impl Display for Problems {
    fn fmt(&self, to: &mut Formatter<'_>) -> Written {
        let lines: Vec<_> = self.found.iter().map(|(path, what)| line(path, what)).collect();
        match &lines[..] {
            [only] => to.write_str(only),
            _ => write!(to, "errors:\n  {}", lines.join("\n  ")),
        }
    }
}

fn line(path: &str, what: &str) -> String {
    if path.is_empty() { what.to_owned() } else { format!("{path}: {what}") }
}
