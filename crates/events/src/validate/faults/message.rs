//! What a fault says to people.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

/// How much of a value is shown, in characters.
const SHOWN: usize = 60;

/// How many of the allowed values are named.
const MOST_ALLOWED: usize = 12;

/// What is wrong with a value; `value` is how it is shown.
pub(crate) fn message(kind: &Kind, error: &ValidationError<'_>, value: &str) -> String {
    match kind {
        Kind::AdditionalItems { limit } => format!("the list has more than the {limit} items that are allowed"),
        Kind::AnyOf { .. } => format!("{value} fits none of the alternatives of `anyOf`"),
        Kind::OneOfNotValid { .. } => format!("{value} fits none of the alternatives of `oneOf`"),
        Kind::OneOfMultipleValid { context } => {
            let fitting: Vec<_> = fitting(context).map(|index| index.to_string()).collect();
            format!("{value} fits more than one alternative of `oneOf`: {}", fitting.join(", "))
        }
        Kind::Constant { expected_value } => format!("{value} is not {}", shown(expected_value)),
        Kind::Contains => "no item, or too few or too many items, are what the list must contain".to_owned(),
        Kind::ContentEncoding { content_encoding } => format!("{value} is not encoded as `{content_encoding}`"),
        Kind::ContentMediaType { content_media_type } => format!("{value} is not `{content_media_type}`"),
        Kind::Enum { .. } => format!("{value} is not one of the allowed values"),
        Kind::ExclusiveMaximum { limit } => format!("{value} is not less than `{limit}`"),
        Kind::ExclusiveMinimum { limit } => format!("{value} is not greater than `{limit}`"),
        Kind::Maximum { limit } => format!("{value} is greater than the maximum of `{limit}`"),
        Kind::Minimum { limit } => format!("{value} is less than the minimum of `{limit}`"),
        Kind::FalseSchema => format!("nothing is allowed here, but there is {value}"),
        Kind::Format { format } => format!("{value} is not of the format `{format}`"),
        Kind::MaxItems { limit } => format!("the list has {}, more than `{limit}`", items(error.instance())),
        Kind::MinItems { limit } => format!("the list has {}, fewer than `{limit}`", items(error.instance())),
        Kind::MaxLength { limit } => format!("{value} is longer than `{limit}` characters"),
        Kind::MinLength { limit } => format!("{value} is shorter than `{limit}` characters"),
        Kind::MaxProperties { limit } => format!("the object has more than `{limit}` properties"),
        Kind::MinProperties { limit } => format!("the object has fewer than `{limit}` properties"),
        Kind::MultipleOf { multiple_of } => format!("{value} is no multiple of `{multiple_of}`"),
        Kind::Not { .. } => format!("{value} is what the schema excludes"),
        Kind::Pattern { pattern } => format!("{value} does not match the pattern `{pattern}`"),
        Kind::Required { property } => {
            format!("the required property `{}` is missing", property.as_str().unwrap_or_default())
        }
        Kind::Type { kind } => format!("{value} is not {}", types(kind)),
        Kind::UnevaluatedItems { .. } => "the list has items that are not allowed here".to_owned(),
        Kind::UniqueItems => "the list has equal items".to_owned(),
        Kind::BacktrackLimitExceeded { .. } | Kind::RegexEngineFailure { .. } => {
            format!("{value} cannot be held against the schema's pattern: it takes too long")
        }
        _ => format!("{value} does not fit the keyword `{}`", kind.keyword()),
    }
}

/// What is allowed instead.
pub(crate) fn help(kind: &Kind) -> Option<String> {
    match kind {
        Kind::Enum { options } => Some(allowed(options.as_array()?)),
        _ => None,
    }
}

/// The values that are allowed, as far as there are not too many.
pub(super) fn allowed(options: &[Value]) -> String {
    let first: Vec<_> = options.iter().take(MOST_ALLOWED).map(shown).collect();
    let more = options.len().saturating_sub(MOST_ALLOWED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("allowed are {}{more}", first.join(", "))
}

fn fitting(context: &[Vec<ValidationError<'static>>]) -> impl Iterator<Item = usize> {
    context.iter().enumerate().filter(|(_, errors)| errors.is_empty()).map(|(index, _)| index)
}

fn items(value: &Value) -> String {
    match value.as_array().map_or(0, Vec::len) {
        1 => "1 item".to_owned(),
        count => format!("{count} items"),
    }
}

/// The types that a `type` wants.
pub(super) fn types(kind: &TypeKind) -> String {
    let named = |name: &str| match name {
        "array" => "a list".to_owned(),
        "object" => "an object".to_owned(),
        "integer" => "an integer".to_owned(),
        "string" => "a string".to_owned(),
        "null" => "null".to_owned(),
        other => format!("a {other}"),
    };
    match kind {
        TypeKind::Single(single) => named(&single.to_string()),
        TypeKind::Multiple(several) => {
            several.iter().map(|single| named(&single.to_string())).collect::<Vec<_>>().join(" or ")
        }
    }
}

/// A value in backticks, cut where it is long.
pub(crate) fn shown(value: &Value) -> String {
    let text = match value {
        // A long text is not written out as a whole only to be cut.
        Value::String(text) if text.len() > 4 * SHOWN => Value::String(text.chars().take(SHOWN).collect()).to_string(),
        _ => value.to_string(),
    };
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}
