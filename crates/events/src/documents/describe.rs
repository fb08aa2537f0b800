//! What a fault of a document says to people.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use linkspan_source::pointer;

use crate::validate::{help, message, shown};

/// One fault of one node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Description {
    /// The node.
    pub(super) pointer: String,
    /// Whether the node's name is at fault, not its value.
    pub(super) name: bool,
    /// What is wrong with it.
    pub(super) message: String,
    /// What to do.
    pub(super) help: Option<String>,
}

/// All that an error says.
pub(super) fn describe(error: &ValidationError<'_>) -> Vec<Description> {
    let at = error.instance_path().as_str();
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let one = |name: &String| named(at, name, format!("the property `{name}` is not allowed here"));
            unexpected.iter().map(one).collect()
        }
        Kind::PropertyNames { error } => {
            let name = error.instance().as_str().unwrap_or_default();
            let text = message(error.kind(), error, &shown(error.instance()));
            vec![named(at, name, format!("the property's name does not fit: {text}"))]
        }
        kind => {
            let message = message(kind, error, &shown(error.instance()));
            vec![Description { pointer: at.to_owned(), name: false, message, help: help(kind) }]
        }
    }
}

fn named(at: &str, name: &str, message: String) -> Description {
    Description { pointer: pointer::join(at, name), name: true, message, help: None }
}
