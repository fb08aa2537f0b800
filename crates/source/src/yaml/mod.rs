//! YAML: composed from the events of `granit-parser`, then converted to JSON's values by one of two dialects.

mod compose;
mod convert;
mod core;
mod kubernetes;
mod scalar;
mod syntax;

use linkspan_report::{Position, Span};

use crate::{
    Document, Fault,
    fault::rule,
    json,
    map::{Source, small},
};

/// What plain scalars mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// The core schema of YAML 1.2.2 (section 10.3): `no`, `off` and `yes` are strings, `010` is ten, `0o10` is
    /// eight, `1_000` is a string, dates are strings. Keys are taken as they are written. Merge keys (`<<`), which
    /// are not in that specification, but in people's files, are followed.
    Yaml12,
    /// As `sigs.k8s.io/yaml` and with it kubectl read (YAML 1.1): `yes`, `no`, `on`, `off` are booleans in their
    /// three cases, `010` is eight, `1_000` a thousand, dates stay strings, `1.0` is the integer one; keys are
    /// resolved and printed again (`on: 1` has the key `true`). Other than there, duplicate keys and unknown tags
    /// are faults.
    Kubernetes,
}

/// The documents of a YAML stream.
#[derive(Debug, Clone, Default)]
pub struct Stream {
    /// The documents that have a value, in order.
    pub documents: Vec<Document>,
    /// How many had none: nothing but comments (and, for [`Dialect::Kubernetes`], those that are `null`).
    pub empty: usize,
}

/// All documents of a YAML stream that have a value.
///
/// # Errors
///
/// Everything that is wrong with them up to and including the first error of syntax.
pub fn yaml(text: &str, dialect: Dialect) -> Result<Vec<Document>, Vec<Fault>> {
    yaml_stream(text, dialect).map(|stream| stream.documents)
}

/// [`yaml`], with the number of empty documents.
///
/// # Errors
///
/// As [`yaml`].
pub fn yaml_stream(text: &str, dialect: Dialect) -> Result<Stream, Vec<Fault>> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    if u32::try_from(text.len()).is_err() {
        let message = format!("the text is longer than {} bytes", small(usize::MAX));
        return Err(vec![Fault::new(rule::LIMIT, message, Span::at(Position::START))]);
    }
    if let Some(document) = as_json(text) {
        return Ok(Stream { documents: vec![document], empty: 0 });
    }
    convert::stream(text, dialect, &Source::new(text, 1))
}

/// JSON is YAML, and faster read as what it is.
fn as_json(text: &str) -> Option<Document> {
    let first = text.trim_start().bytes().next()?;
    matches!(first, b'{' | b'[').then(|| json(text).ok()).flatten()
}

#[cfg(test)]
mod tests;
