//! What is wrong with one field, worded as `field.Error` of apimachinery words it.

use std::fmt;

use serde_json::Value;

use crate::quote::quote;

/// The way from the root of an object to a field: `spec.template.spec.containers[0].name`.
///
/// A chain on the stack: going down costs nothing, only writing it out does.
#[derive(Clone, Copy, Debug)]
pub struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    part: Part<'a>,
}

/// One step of a path.
#[derive(Clone, Copy, Debug)]
enum Part<'a> {
    Nil,
    Name(&'a str),
    Index(usize),
    Key(&'a str),
}

impl<'a> Path<'a> {
    /// The object itself; it is written `<nil>`.
    pub const NIL: Path<'static> = Path { parent: None, part: Part::Nil };

    /// A field of the object itself.
    #[must_use]
    pub const fn new(name: &'a str) -> Self {
        Self { parent: None, part: Part::Name(name) }
    }

    /// The field `name` below this one.
    #[must_use]
    pub const fn child(&'a self, name: &'a str) -> Self {
        Self { parent: Some(self), part: Part::Name(name) }
    }

    /// The item at `index` of this list.
    #[must_use]
    pub const fn index(&'a self, index: usize) -> Self {
        Self { parent: Some(self), part: Part::Index(index) }
    }

    /// The value at `key` of this map, written `[key]`.
    #[must_use]
    pub const fn key(&'a self, key: &'a str) -> Self {
        Self { parent: Some(self), part: Part::Key(key) }
    }

    fn is_nil(&self) -> bool {
        matches!(self.part, Part::Nil)
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parent = self.parent.filter(|parent| !parent.is_nil());
        if let Some(parent) = parent {
            write!(f, "{parent}")?;
        }
        match self.part {
            Part::Nil => f.write_str("<nil>"),
            Part::Name(name) if parent.is_some() => write!(f, ".{name}"),
            Part::Name(name) => f.write_str(name),
            Part::Index(index) => write!(f, "[{index}]"),
            Part::Key(key) => write!(f, "[{key}]"),
        }
    }
}

/// What kind of mistake it is (`field.ErrorType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// A value that was looked up and is not there.
    NotFound,
    /// A missing or empty value.
    Required,
    /// A value that stands twice where it must be unique.
    Duplicate,
    /// A malformed value.
    Invalid,
    /// A value that is none of those listed.
    NotSupported,
    /// A well-formed value that may not stand here.
    Forbidden,
    /// Too many bytes or characters.
    TooLong,
    /// Too few characters.
    TooShort,
    /// Too many items.
    TooMany,
    /// Too few items.
    TooFew,
    /// A value of another type than the schema's.
    TypeInvalid,
    /// The server's own fault.
    Internal,
}

impl Mistake {
    /// The word in a cause's `reason`.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::NotFound => "FieldValueNotFound",
            Self::Required => "FieldValueRequired",
            Self::Duplicate => "FieldValueDuplicate",
            Self::Invalid => "FieldValueInvalid",
            Self::NotSupported => "FieldValueNotSupported",
            Self::Forbidden => "FieldValueForbidden",
            Self::TooLong => "FieldValueTooLong",
            Self::TooShort => "FieldValueTooShort",
            Self::TooMany => "FieldValueTooMany",
            Self::TooFew => "FieldValueTooFew",
            Self::TypeInvalid => "FieldValueTypeInvalid",
            Self::Internal => "InternalError",
        }
    }

    /// How a message begins.
    const fn words(self) -> &'static str {
        match self {
            Self::NotFound => "Not found",
            Self::Required => "Required value",
            Self::Duplicate => "Duplicate value",
            Self::Invalid | Self::TypeInvalid => "Invalid value",
            Self::NotSupported => "Unsupported value",
            Self::Forbidden => "Forbidden",
            Self::TooLong => "Too long",
            Self::TooShort => "Too short",
            Self::TooMany => "Too many",
            Self::TooFew => "Too few",
            Self::Internal => "Internal error",
        }
    }

    /// Whether a message says the value.
    const fn says_value(self) -> bool {
        !matches!(self, Self::Required | Self::Forbidden | Self::TooLong | Self::TooShort | Self::Internal)
    }
}

/// The value that a message says.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// None.
    Nothing,
    /// As JSON; a string in Go's quotes.
    Value(Value),
    /// These very letters, where the real server prints a Go struct.
    Verbatim(String),
}

impl<T: Into<Value>> From<T> for Said {
    fn from(value: T) -> Self {
        Self::Value(value.into())
    }
}

/// One thing that is wrong with one field.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{field}: {}", self.body())]
pub struct FieldError {
    /// What kind of mistake it is.
    pub mistake: Mistake,
    /// The field's path, written out.
    pub field: String,
    /// The value in question.
    pub value: Said,
    /// What would be right. Empty when there is nothing to add.
    pub detail: String,
}

impl FieldError {
    /// A mistake of any kind.
    #[must_use]
    pub fn new(mistake: Mistake, path: &Path<'_>, value: impl Into<Said>, detail: impl Into<String>) -> Self {
        Self { mistake, field: path.to_string(), value: value.into(), detail: detail.into() }
    }

    /// A missing or empty value.
    #[must_use]
    pub fn required(path: &Path<'_>, detail: impl Into<String>) -> Self {
        Self::new(Mistake::Required, path, "", detail)
    }

    /// A malformed value.
    #[must_use]
    pub fn invalid(path: &Path<'_>, value: impl Into<Said>, detail: impl Into<String>) -> Self {
        Self::new(Mistake::Invalid, path, value, detail)
    }

    /// A value that may not stand here.
    #[must_use]
    pub fn forbidden(path: &Path<'_>, detail: impl Into<String>) -> Self {
        Self::new(Mistake::Forbidden, path, "", detail)
    }

    /// A value that stands twice.
    #[must_use]
    pub fn duplicate(path: &Path<'_>, value: impl Into<Said>) -> Self {
        Self::new(Mistake::Duplicate, path, value, "")
    }

    /// A value that was looked up and is not there.
    #[must_use]
    pub fn not_found(path: &Path<'_>, value: impl Into<Said>) -> Self {
        Self::new(Mistake::NotFound, path, value, "")
    }

    /// A value that is none of `supported`, which the message lists in the order given.
    #[must_use]
    pub fn not_supported(path: &Path<'_>, value: impl Into<Said>, supported: &[&str]) -> Self {
        let quoted: Vec<_> = supported.iter().map(|one| quote(one)).collect();
        let detail = if quoted.is_empty() { String::new() } else { format!("supported values: {}", quoted.join(", ")) };
        Self::new(Mistake::NotSupported, path, value, detail)
    }

    /// More than `limit` bytes.
    #[must_use]
    pub fn too_long(path: &Path<'_>, limit: usize) -> Self {
        let detail = format!("may not be more than {limit} {}", counted(limit, "byte"));
        Self::new(Mistake::TooLong, path, "<value omitted>", detail)
    }

    /// More than `limit` items.
    #[must_use]
    pub fn too_many(path: &Path<'_>, actual: usize, limit: usize) -> Self {
        Self::new(Mistake::TooMany, path, actual, format!("must have at most {limit} {}", counted(limit, "item")))
    }

    /// The message without the path: what a cause says.
    #[must_use]
    pub fn body(&self) -> String {
        let mut body = self.mistake.words().to_owned();
        if let Some(value) = self.said().filter(|_| self.mistake.says_value()) {
            body += ": ";
            body += &value;
        }
        if !self.detail.is_empty() {
            body += ": ";
            body += &self.detail;
        }
        body
    }

    fn said(&self) -> Option<String> {
        match &self.value {
            Said::Nothing => None,
            Said::Value(Value::String(text)) => Some(quote(text)),
            Said::Value(value) => Some(escaped(&value.to_string())),
            Said::Verbatim(text) => Some(text.clone()),
        }
    }
}

fn counted(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}

/// JSON as Go's `json.Marshal` escapes it, safe within HTML.
fn escaped(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{FieldError, Mistake, Path, Said};

    #[test]
    fn a_path_is_written_with_dots_and_brackets() {
        let spec = Path::new("spec");
        assert_eq!(spec.child("containers").index(2).child("name").to_string(), "spec.containers[2].name");
        assert_eq!(Path::new("metadata").child("labels").key("a/b").to_string(), "metadata.labels[a/b]");
        assert_eq!(Path::NIL.to_string(), "<nil>");
        assert_eq!(Path::NIL.child("spec").index(0).to_string(), "spec[0]");
    }

    #[test]
    fn messages_say_the_value_where_apimachinery_says_it() {
        let path = Path::new("f");
        let say = |error: FieldError| error.to_string();
        assert_eq!(say(FieldError::required(&path, "")), "f: Required value");
        assert_eq!(say(FieldError::invalid(&path, "A\n", "no")), r#"f: Invalid value: "A\n": no"#);
        assert_eq!(say(FieldError::invalid(&path, -1, "no")), "f: Invalid value: -1: no");
        assert_eq!(say(FieldError::invalid(&path, json!({"a": "<"}), "")), r#"f: Invalid value: {"a":"\u003c"}"#);
        assert_eq!(say(FieldError::invalid(&path, Said::Verbatim("x{}".into()), "")), "f: Invalid value: x{}");
        assert_eq!(
            say(FieldError::not_supported(&path, "c", &["a", "b"])),
            r#"f: Unsupported value: "c": supported values: "a", "b""#
        );
        assert_eq!(say(FieldError::too_long(&path, 1)), "f: Too long: may not be more than 1 byte");
        assert_eq!(say(FieldError::too_many(&path, 3, 2)), "f: Too many: 3: must have at most 2 items");
        assert_eq!(say(FieldError::new(Mistake::TooMany, &path, Said::Nothing, "")), "f: Too many");
        assert_eq!(say(FieldError::duplicate(&path, "a")), r#"f: Duplicate value: "a""#);
        assert_eq!(say(FieldError::not_found(&path, "a")), r#"f: Not found: "a""#);
        assert_eq!(say(FieldError::forbidden(&path, "never")), "f: Forbidden: never");
    }
}
