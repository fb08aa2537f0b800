use linkspan_kube::time::unix_seconds;
use serde_json::{Map, Value};

use super::human;

/// One object to be shown, at a time in seconds since 1970.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'a> {
    pub(crate) object: &'a Value,
    pub(crate) now: i64,
}

impl<'a> Row<'a> {
    /// What is at a JSON Pointer.
    pub(crate) fn at(&self, pointer: &str) -> Option<&'a Value> {
        self.object.pointer(pointer)
    }

    /// A text; empty if there is none.
    pub(crate) fn text(&self, pointer: &str) -> &'a str {
        self.at(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// A text, or what is said if there is none.
    pub(crate) fn text_or(&self, pointer: &str, other: &'a str) -> &'a str {
        self.at(pointer).and_then(Value::as_str).filter(|text| !text.is_empty()).unwrap_or(other)
    }

    /// A number; 0 if there is none.
    pub(crate) fn number(&self, pointer: &str) -> i64 {
        self.at(pointer).and_then(Value::as_i64).unwrap_or_default()
    }

    /// Whether something is said to be so.
    pub(crate) fn flag(&self, pointer: &str) -> bool {
        self.at(pointer).and_then(Value::as_bool).unwrap_or_default()
    }

    /// A list; empty if there is none.
    pub(crate) fn list(&self, pointer: &str) -> &'a [Value] {
        self.at(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// A map's entries in the order of their keys.
    pub(crate) fn map(&self, pointer: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.at(pointer).and_then(Value::as_object).into_iter().flat_map(Map::iter)
    }

    /// The object's name.
    pub(crate) fn name(&self) -> Value {
        self.text("/metadata/name").into()
    }

    /// How long the object has been there.
    pub(crate) fn age(&self) -> Value {
        self.since(self.text("/metadata/creationTimestamp")).into()
    }

    /// How long ago a time was.
    pub(crate) fn since(&self, time: &str) -> String {
        unix_seconds(time).map_or_else(|| "<unknown>".to_owned(), |then| human(self.now - then))
    }

    /// Whether the object is being deleted.
    pub(crate) fn is_being_deleted(&self) -> bool {
        self.at("/metadata/deletionTimestamp").is_some()
    }

    /// Whether a condition in `status` holds.
    pub(crate) fn holds(&self, condition: &str) -> bool {
        self.list("/status/conditions")
            .iter()
            .any(|one| text(one, "type") == condition && text(one, "status") == "True")
    }
}

/// A member that is a text; empty if it is not.
pub(crate) fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// A number or a text as it is written.
pub(crate) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The first three of a list, and how many more there are.
pub(crate) fn first_three(list: &[String], none: &str) -> String {
    match list {
        [] => none.to_owned(),
        [first, second, third, rest @ ..] if !rest.is_empty() => {
            format!("{first},{second},{third} + {} more...", rest.len())
        }
        few => few.join(","),
    }
}

/// Labels as `a=b,c=d`, or `<none>`.
pub(crate) fn labels<'a>(entries: impl Iterator<Item = (&'a String, &'a Value)>) -> String {
    let pairs: Vec<_> = entries.map(|(key, value)| format!("{key}={}", plain(value))).collect();
    if pairs.is_empty() { "<none>".to_owned() } else { pairs.join(",") }
}

/// A label selector as it is typed, in the order of the keys; empty if it selects everything.
pub(crate) fn selector(selector: Option<&Value>) -> String {
    let Some(selector) = selector else { return String::new() };
    let equal = selector.get("matchLabels").and_then(Value::as_object).into_iter().flatten();
    let mut parts: Vec<_> = equal.map(|(key, value)| (key.as_str(), format!("{key}={}", plain(value)))).collect();
    let expressions = selector.get("matchExpressions").and_then(Value::as_array).into_iter().flatten();
    parts.extend(expressions.map(|one| (text(one, "key"), expression(one))));
    parts.sort_by_key(|(key, _)| *key);
    parts.into_iter().map(|(_, part)| part).collect::<Vec<_>>().join(",")
}

fn expression(one: &Value) -> String {
    let key = text(one, "key");
    let mut values: Vec<_> = one.get("values").and_then(Value::as_array).into_iter().flatten().map(plain).collect();
    values.sort();
    match text(one, "operator") {
        "In" => format!("{key} in ({})", values.join(",")),
        "NotIn" => format!("{key} notin ({})", values.join(",")),
        "DoesNotExist" => format!("!{key}"),
        _ => key.to_owned(),
    }
}

/// A selector, or `<none>` if it selects everything.
pub(crate) fn selector_or_none(value: Option<&Value>) -> String {
    let text = selector(value);
    if text.is_empty() { "<none>".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn selectors_are_written_as_they_are_typed() {
        let value = json!({
            "matchLabels": {"b": "2", "d": "4"},
            "matchExpressions": [
                {"key": "c", "operator": "In", "values": ["y", "x"]},
                {"key": "a", "operator": "DoesNotExist"},
                {"key": "e", "operator": "Exists"},
                {"key": "f", "operator": "NotIn", "values": ["z"]},
            ],
        });
        assert_eq!(selector(Some(&value)), "!a,b=2,c in (x,y),d=4,e,f notin (z)");
        assert_eq!(selector_or_none(Some(&json!({}))), "<none>");
    }

    #[test]
    fn long_lists_are_cut() {
        let list: Vec<_> = (1..=5).map(|one| one.to_string()).collect();
        assert_eq!(first_three(&list, "<unset>"), "1,2,3 + 2 more...");
        assert_eq!(first_three(&list[..3], "<unset>"), "1,2,3");
        assert_eq!(first_three(&[], "<unset>"), "<unset>");
    }
}
