//! What stays hidden: values that people name, or that a schema calls sensitive.

use std::collections::BTreeSet;

use linkspan_report::Finding;
use linkspan_source::pointer;
use serde_json::Value;

/// What stands in place of a value that stays hidden.
pub(in crate::validate) const MASK: &str = "***";

/// How long a text must be to be looked for in messages.
const SHORTEST: usize = 4;

/// What the user wants to stay hidden: JSON Pointers (`*` is any one token), and names of members at any depth.
#[derive(Debug, Clone, Default)]
pub(in crate::validate) struct Masks {
    pointers: Vec<Vec<String>>,
    names: BTreeSet<String>,
}

impl Masks {
    /// From what was given: what begins with `/` is a pointer, anything else a name.
    pub(in crate::validate) fn new(given: &[String]) -> Self {
        let mut masks = Self::default();
        for mask in given {
            if mask.starts_with('/') {
                masks.pointers.push(pointer::split(mask).map(std::borrow::Cow::into_owned).collect());
            } else {
                masks.names.insert(mask.clone());
            }
        }
        masks
    }

    pub(in crate::validate) fn is_empty(&self) -> bool {
        self.pointers.is_empty() && self.names.is_empty()
    }

    /// What of a document they hide; pointers count from the document and from the event at `at`.
    pub(in crate::validate) fn hidden(&self, document: &Value, at: &str) -> Hidden {
        let mut hidden = Hidden::default();
        if !self.is_empty() {
            self.collect(document, "", &mut Vec::new(), at, &mut hidden);
        }
        hidden
    }

    fn collect(&self, value: &Value, at: &str, tokens: &mut Vec<String>, event: &str, hidden: &mut Hidden) {
        if self.hides(tokens, pointer::split(event).count()) {
            hidden.0.insert(at.to_owned());
            return;
        }
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    tokens.push(name.clone());
                    self.collect(value, &pointer::join(at, name), tokens, event, hidden);
                    tokens.pop();
                }
            }
            Value::Array(items) => {
                for (index, value) in items.iter().enumerate() {
                    tokens.push(index.to_string());
                    self.collect(value, &pointer::join_index(at, index), tokens, event, hidden);
                    tokens.pop();
                }
            }
            _ => {}
        }
    }

    fn hides(&self, tokens: &[String], event: usize) -> bool {
        let is = |mask: &[String], tokens: &[String]| {
            mask.len() == tokens.len() && mask.iter().zip(tokens).all(|(mask, token)| mask == "*" || mask == token)
        };
        let inside = tokens.get(event..).unwrap_or_default();
        let named = tokens.last().is_some_and(|name| self.names.contains(name));
        named || self.pointers.iter().any(|mask| is(mask, tokens) || (!inside.is_empty() && is(mask, inside)))
    }
}

/// Pointers to the values of one document that stay hidden.
#[derive(Debug, Clone, Default)]
pub(in crate::validate) struct Hidden(BTreeSet<String>);

impl Extend<String> for Hidden {
    fn extend<I: IntoIterator<Item = String>>(&mut self, pointers: I) {
        self.0.extend(pointers);
    }
}

impl Hidden {
    pub(in crate::validate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The part of a pointer that may be shown: it ends at the first value that stays hidden.
    pub(in crate::validate) fn shown<'p>(&self, at: &'p str) -> &'p str {
        if self.0.contains("") {
            return "";
        }
        let ends = at.match_indices('/').map(|(end, _)| end).skip(1).chain([at.len()]);
        ends.map(|end| &at[..end]).find(|part| self.0.contains(*part)).unwrap_or(at)
    }

    /// Keeps a finding about a document from showing what stays hidden: its lines, and its values in messages.
    pub(in crate::validate) fn scrub(&self, finding: &mut Finding, document: &Value) {
        finding.hidden = !self.is_empty();
        for at in &self.0 {
            let text = match pointer::get(document, at) {
                Some(Value::String(text)) => text.clone(),
                Some(value @ Value::Number(_)) => value.to_string(),
                _ => continue,
            };
            // A shorter one would be found where it does not stand.
            if text.len() >= SHORTEST {
                finding.message = finding.message.replace(&text, MASK);
                finding.help = finding.help.take().map(|help| help.replace(&text, MASK));
            }
        }
    }

    /// Whether the value at a pointer stays hidden, or what is around it.
    pub(in crate::validate) fn hides(&self, at: &str) -> bool {
        !self.0.is_empty() && (self.0.contains(self.shown(at)) || self.0.contains(at))
    }

    /// A value, with everything in it that stays hidden replaced.
    pub(in crate::validate) fn masked(&self, value: &Value, at: &str) -> Value {
        if self.hides(at) {
            return Value::String(MASK.to_owned());
        }
        if !self.0.iter().any(|hidden| hidden.starts_with(at)) {
            return value.clone();
        }
        match value {
            Value::Object(members) => {
                let masked =
                    |(name, value): (&String, &Value)| (name.clone(), self.masked(value, &pointer::join(at, name)));
                Value::Object(members.iter().map(masked).collect())
            }
            Value::Array(items) => {
                let masked = |(index, value)| self.masked(value, &pointer::join_index(at, index));
                Value::Array(items.iter().enumerate().map(masked).collect())
            }
            other => other.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pointers_and_names_hide_what_is_below_them() {
        let masks = Masks::new(&["/data/card".to_owned(), "/data/lines/*/price".to_owned(), "email".to_owned()]);
        let event =
            json!({"data": {"card": {"number": "4"}, "lines": [{"price": 1, "sku": "a"}], "customer": {"email": "x"}}});
        for (document, at) in [(event.clone(), ""), (json!([0, event]), "/1")] {
            let hidden = masks.hidden(&document, at);
            let masked = hidden.masked(pointer::get(&document, at).unwrap_or(&Value::Null), at);
            let expected =
                json!({"data": {"card": "***", "lines": [{"price": "***", "sku": "a"}], "customer": {"email": "***"}}});
            assert_eq!(masked, expected);
            assert_eq!(hidden.shown(&format!("{at}/data/card/number/x")), format!("{at}/data/card"));
            assert!(hidden.hides(&format!("{at}/data/card")) && !hidden.hides(&format!("{at}/data")));
        }
        assert!(!Masks::new(&[]).hidden(&event, "").hides(""));
    }
}
