//! Which objects a request means: label selectors and field selectors, as they stand in a query string.

mod field;
mod label;
mod lexer;
mod selectable;
mod selection;
mod syntax;

pub use field::FieldSelector;
pub use label::LabelSelector;
pub use selectable::Selectable;
pub use selection::Selection;

/// A selector cannot be read; the text is the message of the `BadRequest` that a client gets, worded as apimachinery does.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SelectorError(pub(crate) String);
