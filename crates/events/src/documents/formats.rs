//! The formats that are asserted: those of the draft, and those that AsyncAPI's own parser asserts beside them.

use std::sync::OnceLock;

use jsonschema::{Draft, PatternOptions, ValidationOptions, Validator};
use serde_json::json;

/// A pattern that backtracks more often than this on one value is given up, with an error.
const BACKTRACKS: usize = 1_000_000;

/// Options that assert formats.
pub(super) fn asserted(options: ValidationOptions<'_>) -> ValidationOptions<'_> {
    options
        .should_validate_formats(true)
        .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(BACKTRACKS))
        .with_format("uuid", is_uuid)
        .with_format("regex", is_regex)
}

/// A regular expression of ECMA-262, also in the older syntax (annex B.1.2), where a brace may stand for itself.
fn is_regex(text: &str) -> bool {
    static STRICT: OnceLock<Option<Validator>> = OnceLock::new();
    let strict = STRICT.get_or_init(|| {
        let options = jsonschema::options().with_draft(Draft::Draft7).should_validate_formats(true);
        options.build(&json!({ "format": "regex" })).ok()
    });
    let valid = |text: &str| strict.as_ref().is_none_or(|strict| strict.is_valid(&json!(text)));
    valid(text) || valid(&with_plain_braces(text))
}

/// The expression with a backslash before each brace that neither begins nor ends a count.
fn with_plain_braces(text: &str) -> String {
    let mut plain = String::with_capacity(text.len() + 8);
    let (mut escaped, mut counting, mut atom) = (false, false, false);
    for (index, character) in text.char_indices() {
        let count = || {
            let inner = text.get(index + 1..).and_then(|rest| rest.split_once('}')).map(|(inner, _)| inner);
            atom && inner.is_some_and(|inner| {
                let (least, most) = inner.split_once(',').unwrap_or((inner, ""));
                let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
                !least.is_empty() && digits(least) && digits(most)
            })
        };
        match character {
            '{' if !escaped && count() => counting = true,
            '}' if !escaped && counting => counting = false,
            '{' | '}' if !escaped => plain.push('\\'),
            _ => {}
        }
        atom = escaped || !matches!(character, '(' | '|' | ':' | '^' | '\\');
        escaped = !escaped && character == '\\';
        plain.push(character);
    }
    plain
}

/// RFC 9562, section 4, with or without the prefix of a URN.
fn is_uuid(text: &str) -> bool {
    let text = text.strip_prefix("urn:uuid:").unwrap_or(text);
    let groups: Vec<_> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions() {
        for good in ["^(?:{[0-9a-f]{4}}|x)$", "a{2,3}", "a{,3}", r"\{x", "^{x}$", "[{}]"] {
            assert!(is_regex(good), "{good}");
        }
        for bad in ["(", "[", "*a"] {
            assert!(!is_regex(bad), "{bad}");
        }
    }

    #[test]
    fn identifiers() {
        assert!(
            is_uuid("f81d4fae-7dec-11d0-a765-00a0c91e6bf6") && is_uuid("urn:uuid:F81D4FAE-7dec-11d0-a765-00a0c91e6bf6")
        );
        assert!(!is_uuid("f81d4fae-7dec-11d0-a765") && !is_uuid("f81d4fae-7dec-11d0-a765-00a0c91e6bg6"));
    }
}
