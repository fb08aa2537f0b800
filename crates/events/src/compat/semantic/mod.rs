//! The semantic verdict: whether a schema accepts everything that another accepts, proved, or refuted by an event.

mod check;
mod condense;
mod eval;
mod hints;
mod ir;
mod language;
mod meter;
mod number;
mod parse;
mod prove;
mod search;
mod shrink;
mod solve;
mod text;
mod value;

pub(crate) use language::table;

use std::time::Duration;

use serde_json::Value;

use crate::schema::Bundle;

/// What is known about two schemas.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Everything that the one accepts the other accepts.
    Compatible,
    /// There is an event that the one accepts and the other rejects.
    Breaking(Witness),
    /// Neither could be shown; why.
    Unknown(String),
}

/// An event that one schema accepts and the other rejects, as both validators confirm; shrunk as far as it goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// The event.
    pub event: Value,
    /// Which keywords of the other schema reject it: JSON Pointers into its `Bundle::value`, in order.
    pub rejected_by: Vec<String>,
}

/// How much may be spent on one pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Wall time.
    pub time: Duration,
}

impl Default for Budget {
    fn default() -> Self {
        Self { time: Duration::from_secs(4) }
    }
}

/// Whether `reader` accepts everything that `writer` accepts. For backward compatibility the writer is the old
/// schema and the reader the new one; for forward compatibility it is the other way round.
#[must_use]
pub fn compare(writer: &Bundle, reader: &Bundle, budget: Budget) -> Verdict {
    prove::compare(writer, reader, budget)
}
