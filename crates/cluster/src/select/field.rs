use std::borrow::Cow;

use serde_json::Value;

use super::SelectorError;
use super::selectable::{Known, Selectable};

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    field: Known,
    equal: bool,
    value: String,
}

impl Term {
    fn holds(&self, object: &Value) -> bool {
        (self.field.read(object) == self.value) == self.equal
    }
}

impl Known {
    fn read<'a>(&self, object: &'a Value) -> Cow<'a, str> {
        let at = |path: &String| path.split('.').try_fold(object, |value, field| value.get(field));
        let found = self.paths.iter().filter_map(at).map(text).find(|text| !text.is_empty());
        found.unwrap_or(Cow::Borrowed(self.missing))
    }
}

fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Null | Value::Array(_) | Value::Object(_) => Cow::Borrowed(""),
        Value::Bool(_) | Value::Number(_) => Cow::Owned(value.to_string()),
    }
}

/// A field selector as a query string has it: `metadata.name=web,status.phase!=Running`.
///
/// `\\`, `\,` and `\=` stand for themselves in values. Grammar and the words of refusals are those of apimachinery's
/// `fields.ParseSelector`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldSelector {
    terms: Vec<Term>,
}

impl FieldSelector {
    /// Reads it for a kind; an empty text selects everything.
    ///
    /// # Errors
    ///
    /// [`SelectorError`] with the message that a client gets, if the text is malformed or names a field that the kind
    /// cannot be selected by.
    pub fn parse(text: &str, fields: &Selectable) -> Result<Self, SelectorError> {
        let mut parts = split(text);
        parts.sort_unstable();
        let split = parts.into_iter().filter(|part| !part.is_empty()).map(|part| term(text, part));
        let split = split.collect::<Result<Vec<_>, _>>().map_err(SelectorError)?;
        let known = split
            .into_iter()
            .map(|(label, equal, value)| fields.find(label).map(|field| Term { field: field.clone(), equal, value }));
        Ok(Self { terms: known.collect::<Result<_, _>>()? })
    }

    /// Whether it demands nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether an object is selected.
    #[must_use]
    pub fn matches(&self, object: &Value) -> bool {
        self.terms.iter().all(|term| term.holds(object))
    }

    /// The value that a field must have, if the selector demands one: `metadata.name=web` leaves a single object.
    #[must_use]
    pub fn exact(&self, label: &str) -> Option<&str> {
        self.terms.iter().find(|term| term.equal && term.field.label == label).map(|term| term.value.as_str())
    }
}

/// The terms between commas; an escaped comma is part of its term.
fn split(text: &str) -> Vec<&str> {
    let (mut terms, mut start, mut escaped) = (Vec::new(), 0, false);
    for (place, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ',' => {
                terms.push(&text[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    terms.push(&text[start..]);
    terms
}

fn term<'a>(whole: &str, part: &'a str) -> Result<(&'a str, bool, String), String> {
    let at = part.char_indices().map(|(place, _)| part.split_at(place)).find_map(|(field, rest)| {
        let operators = [("!=", false), ("==", true), ("=", true)];
        operators.iter().find_map(|(sign, equal)| rest.strip_prefix(sign).map(|value| (field, *equal, value)))
    });
    let (field, equal, value) = at.ok_or_else(|| format!("invalid selector: '{whole}'; can't understand '{part}'"))?;
    Ok((field, equal, unescape(value)?))
}

fn unescape(value: &str) -> Result<String, String> {
    let mut plain = String::with_capacity(value.len());
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        plain.push(match letter {
            '\\' => match letters.next() {
                Some(escaped @ ('\\' | ',' | '=')) => escaped,
                other => {
                    let other = other.map(String::from).unwrap_or_default();
                    return Err(format!("invalid field selector: invalid escape sequence: \\{other}"));
                }
            },
            // Go prints the letter's number.
            ',' | '=' => {
                let number = u32::from(letter);
                return Err(format!("invalid field selector: unescaped character in value: {number}"));
            }
            other => other,
        });
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pods(text: &str) -> Result<FieldSelector, SelectorError> {
        FieldSelector::parse(text, &Selectable::builtin("", "Pod"))
    }

    fn refusal(text: &str, group: &str, kind: &str) -> String {
        FieldSelector::parse(text, &Selectable::builtin(group, kind)).expect_err(text).to_string()
    }

    #[test]
    fn fields_are_compared_as_text() {
        let pod = json!({"metadata": {"name": "a", "namespace": "b"}, "spec": {"nodeName": "n", "hostNetwork": true},
            "status": {"phase": "Running"}});
        for text in [
            "",
            "metadata.name=a",
            "metadata.name==a,metadata.namespace=b",
            "status.phase!=Failed",
            "spec.hostNetwork=true",
            "spec.host=n",
            "status.podIP=",
            "status.podIP!=x",
            ",metadata.name=a,",
        ] {
            assert!(pods(text).unwrap().matches(&pod), "{text}");
        }
        for text in
            ["metadata.name=b", "metadata.name!=a", "spec.hostNetwork=false", "status.phase=Running,spec.nodeName="]
        {
            assert!(!pods(text).unwrap().matches(&pod), "{text}");
        }
        assert!(pods("spec.hostNetwork=false").unwrap().matches(&json!({})));
        let odd = json!({"metadata": {"name": "a,b=c\\"}});
        assert!(pods("metadata.name=a\\,b\\=c\\\\").unwrap().matches(&odd));
        assert_eq!(pods("metadata.name=a,status.phase!=b").unwrap().exact("metadata.name"), Some("a"));
        assert_eq!(pods("metadata.name!=a").unwrap().exact("metadata.name"), None);
    }

    #[test]
    fn missing_fields_have_the_values_that_go_gives_them() {
        let of = |text: &str, group: &str, kind: &str, object: &Value| {
            FieldSelector::parse(text, &Selectable::builtin(group, kind)).unwrap().matches(object)
        };
        assert!(of("spec.unschedulable=false", "", "Node", &json!({})));
        assert!(of("status.successful=0", "batch", "Job", &json!({})));
        assert!(of("status.successful=3", "batch", "Job", &json!({"status": {"succeeded": 3}})));
        assert!(of("source=kubelet", "", "Event", &json!({"source": {"component": "kubelet"}})));
        assert!(of("source=kubelet", "", "Event", &json!({"source": {}, "reportingComponent": "kubelet"})));
        assert!(of("regarding.name=a", "events.k8s.io", "Event", &json!({"involvedObject": {"name": "a"}})));
        let custom = Selectable::custom(true, [".spec.color", ".spec.size"]);
        let selector = FieldSelector::parse("spec.color=blue,spec.size=3", &custom).unwrap();
        assert!(selector.matches(&json!({"spec": {"color": "blue", "size": 3}})));
    }

    /// Each was read from a kube-apiserver 1.36.
    #[test]
    fn refusals_are_worded_as_the_api_server_does() {
        for (text, group, kind, message) in [
            ("foo=bar", "", "Pod", "field label not supported: foo"),
            ("foo=bar", "", "Namespace", "field label not supported: foo"),
            ("metadata.namespace=a", "", "Node", "field label not supported: metadata.namespace"),
            ("source.component=a", "", "Event", "field label not supported: source.component"),
            ("involvedObject.name=a", "events.k8s.io", "Event", "field label not supported: involvedObject.name"),
            ("status.foo=77", "batch", "Job", "field label \"status.foo\" not supported for Job"),
            (
                "foo=bar",
                "",
                "ConfigMap",
                "\"foo\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"",
            ),
            (
                "status.replicas=1",
                "apps",
                "ReplicaSet",
                "\"status.replicas\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"",
            ),
            ("foo", "", "Pod", "invalid selector: 'foo'; can't understand 'foo'"),
            (
                "status.phase=Running,foo",
                "",
                "Pod",
                "invalid selector: 'status.phase=Running,foo'; can't understand 'foo'",
            ),
            ("metadata.name=a\\", "", "Pod", "invalid field selector: invalid escape sequence: \\"),
            ("metadata.name=a\\b", "", "Pod", "invalid field selector: invalid escape sequence: \\b"),
            ("metadata.name=a=b", "", "Pod", "invalid field selector: unescaped character in value: 61"),
        ] {
            assert_eq!(refusal(text, group, kind), message, "{text}");
        }
        let custom = FieldSelector::parse("spec.size=1", &Selectable::custom(false, [".spec.color"]));
        assert_eq!(custom.unwrap_err().to_string(), "field label not supported: spec.size");
    }

    proptest::proptest! {
        #[test]
        fn escaped_values_are_read_back(value in "[a,=\\\\é]{0,12}") {
            let escaped = value.replace('\\', "\\\\").replace(',', "\\,").replace('=', "\\=");
            let selector = pods(&format!("metadata.name={escaped}")).unwrap();
            proptest::prop_assert_eq!(selector.exact("metadata.name"), Some(value.as_str()));
        }
    }
}
