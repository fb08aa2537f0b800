use linkspan_events::compat::registry::{Answer, Policy, Registered, compare};
use serde_json::Value;

pub(crate) const STRICT: Policy = Policy::Strict;
pub(crate) const LENIENT: Policy = Policy::Lenient;

/// A schema from a text that may leave out what is the same everywhere: `'` for quotes, `string`, `integer`, `number`,
/// `null`, `object` after a colon, comma or bracket, for the schemas of these types.
pub(crate) fn schema(text: &str) -> Value {
    let mut json = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        json.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        let end = tail.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(tail.len());
        match &tail[..end] {
            name @ ("string" | "integer" | "number" | "null" | "object" | "array" | "boolean")
                if !json.ends_with('\'') =>
            {
                json.push_str(&format!("{{'type':'{name}'}}"));
                rest = &tail[end..];
            }
            _ => {
                json.push('$');
                rest = tail;
            }
        }
    }
    json.push_str(rest);
    let json = json.replace('\'', "\"");
    serde_json::from_str(&json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

/// The same in the newest draft.
pub(crate) fn newer(text: &str) -> Value {
    let mut schema = schema(text);
    if let Value::Object(members) = &mut schema {
        members.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
    }
    schema
}

pub(crate) fn registered(schema: Value) -> Registered {
    Registered { schema, ..Registered::default() }
}

pub(crate) fn ask(original: Value, update: Value, policy: Policy) -> Answer {
    let (original, update) = (registered(original), registered(update));
    let answer = compare(&original, &update, policy);
    assert_eq!(answer, compare(&original, &update, policy), "the same question has the same answer");
    answer
}

/// The changes as lines, sorted.
pub(crate) fn lines(answer: &Answer) -> Vec<String> {
    assert!(answer.error.is_none(), "{:?}", answer.error);
    let mut lines: Vec<_> = answer.changes.iter().map(|change| format!("{} {}", change.kind, change.path)).collect();
    lines.sort();
    lines
}

/// Holds an answer against its changes, one a line; `!` before a change that breaks.
pub(crate) fn expect(what: &str, answer: &Answer, changes: &str) {
    let mut expected: Vec<_> = changes.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let breaks = expected.iter().any(|line| line.starts_with('!'));
    expected.iter_mut().for_each(|line| *line = line.trim_start_matches('!'));
    expected.sort_unstable();
    assert_eq!(lines(answer), expected, "{what}");
    assert_eq!(answer.compatible, Some(!breaks), "{what}");
}
