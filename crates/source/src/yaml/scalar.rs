//! What a scalar means, by its tag, its style and the dialect.

use granit_parser::ScalarStyle;
use serde_json::Value;

use super::{Dialect, core, kubernetes};

/// What a scalar means, or why it has no meaning in JSON.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meaning {
    Value(Value),
    /// An infinity or not a number.
    NotFinite,
    /// A number that no `f64` holds.
    TooLarge,
    /// The text does not fit the tag.
    NotA(&'static str),
    /// Nobody here knows the tag.
    UnknownTag,
}

/// The prefix of YAML's own tags.
pub(super) const PREFIX: &str = "tag:yaml.org,2002:";

/// The meaning of a scalar.
pub(super) fn meaning(dialect: Dialect, text: &str, style: ScalarStyle, tag: Option<&str>) -> Meaning {
    match tag {
        None if style == ScalarStyle::Plain => plain(dialect, text),
        None | Some("!") => string(text),
        Some(tag) => match tag.strip_prefix(PREFIX) {
            Some(name) => tagged(dialect, text, name),
            None => Meaning::UnknownTag,
        },
    }
}

/// The meaning of a scalar without quotes and tag.
pub(super) fn plain(dialect: Dialect, text: &str) -> Meaning {
    match dialect {
        Dialect::Yaml12 => core::plain(text),
        Dialect::Kubernetes => kubernetes::plain(text),
    }
}

fn string(text: &str) -> Meaning {
    Meaning::Value(Value::String(text.to_owned()))
}

fn tagged(dialect: Dialect, text: &str, name: &str) -> Meaning {
    match name {
        "str" | "timestamp" => string(text),
        "binary" => binary(dialect, text),
        "null" => expect(plain(dialect, text), Value::is_null, "null"),
        "bool" => expect(plain(dialect, text), Value::is_boolean, "boolean"),
        "int" => expect(plain(dialect, text), |value| value.is_u64() || value.is_i64(), "integer"),
        "float" => float(plain(dialect, text)),
        _ => Meaning::UnknownTag,
    }
}

fn expect(meaning: Meaning, fits: fn(&Value) -> bool, name: &'static str) -> Meaning {
    match meaning {
        Meaning::Value(value) if fits(&value) => Meaning::Value(value),
        Meaning::Value(_) => Meaning::NotA(name),
        other => other,
    }
}

/// An integer tagged as a float is the same number in JSON.
fn float(meaning: Meaning) -> Meaning {
    expect(meaning, Value::is_number, "number")
}

/// Binary data has no counterpart in JSON. Where a program reads the JSON, it is the base64 text; kubectl puts
/// the decoded bytes there, which works if they are text.
fn binary(dialect: Dialect, text: &str) -> Meaning {
    let base64: String = text.split_ascii_whitespace().collect();
    match (decode(&base64), dialect) {
        (None, _) => Meaning::NotA("base64 text"),
        (Some(_), Dialect::Yaml12) => Meaning::Value(Value::String(base64)),
        (Some(bytes), Dialect::Kubernetes) => match String::from_utf8(bytes) {
            Ok(text) => Meaning::Value(Value::String(text)),
            Err(_) => Meaning::NotA("base64 of UTF-8 text"),
        },
    }
}

/// Base64 with padding (RFC 4648 section 4), without anything else in between.
fn decode(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}
