//! What the server does to an object of a kind between reading and storing it, beyond what every kind has in common
//! (`pkg/registry/*/*/strategy.go` of the real one).

mod prepare;
mod rows;

pub(crate) use prepare::{prepare_create, prepare_update};
pub(crate) use rows::{Dependents, Strategy, strategy};
