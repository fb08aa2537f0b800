//! What a validator's error says to people: one message per faulty node.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use linkspan_source::pointer;
use serde_json::Value;

/// How much of a value is shown.
const SHOWN: usize = 60;

/// One fault of one node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Description {
    /// The node.
    pub(super) pointer: String,
    /// Whether the node's name is at fault, not its value.
    pub(super) name: bool,
    /// What is wrong with it.
    pub(super) message: String,
    /// What to do, or what comes closest.
    pub(super) help: Option<String>,
}

/// All that an error says; `known` are the property names that the schema knows where the error arose.
pub(super) fn describe(error: &ValidationError<'_>, known: &[String]) -> Vec<Description> {
    let at = error.instance_path().as_str();
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            unexpected.iter().map(|name| unexpected_property(at, name, known)).collect()
        }
        Kind::PropertyNames { error } => describe(error, &[])
            .into_iter()
            .map(|inner| {
                let name = error.instance().as_str().unwrap_or_default();
                let message = format!("the property's name does not fit: {}", inner.message);
                Description { pointer: pointer::join(at, name), name: true, message, help: inner.help }
            })
            .collect(),
        kind => {
            let (message, help) = (message(kind, error), help(kind));
            vec![Description { pointer: at.to_owned(), name: false, message, help }]
        }
    }
}

fn unexpected_property(at: &str, name: &str, known: &[String]) -> Description {
    let distance = |candidate: &&String| strsim::damerau_levenshtein(name, candidate);
    let nearest = known.iter().min_by_key(distance).filter(|candidate| distance(candidate) <= 1 + name.len() / 3);
    Description {
        pointer: pointer::join(at, name),
        name: true,
        message: format!("the property `{name}` is not allowed here"),
        help: nearest.map(|name| format!("did you mean `{name}`?")),
    }
}

fn message(kind: &Kind, error: &ValidationError<'_>) -> String {
    let value = shown(error.instance());
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
        _ => error.to_string(),
    }
}

fn help(kind: &Kind) -> Option<String> {
    match kind {
        Kind::Enum { options } => {
            let options: Vec<_> = options.as_array()?.iter().take(12).map(shown).collect();
            Some(format!("allowed are {}", options.join(", ")))
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => closest(context),
        _ => None,
    }
}

/// The alternative that came closest: its faults lie deepest, and are fewest.
fn closest(context: &[Vec<ValidationError<'static>>]) -> Option<String> {
    let depth = |errors: &[ValidationError<'_>]| {
        errors.iter().map(|error| error.instance_path().as_str().matches('/').count()).min().unwrap_or(0)
    };
    let (index, errors) = context
        .iter()
        .enumerate()
        .filter(|(_, errors)| !errors.is_empty())
        .min_by_key(|(_, errors)| (usize::MAX - depth(errors), errors.len()))?;
    let what: Vec<_> = errors
        .iter()
        .flat_map(|error| describe(error, &[]))
        .take(3)
        .map(|inner| {
            if inner.pointer.is_empty() { inner.message } else { format!("at `{}`: {}", inner.pointer, inner.message) }
        })
        .collect();
    Some(format!("alternative {index} comes closest: {}", what.join("; ")))
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

fn types(kind: &TypeKind) -> String {
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
fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}
