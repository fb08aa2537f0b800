//! The parts of a document that a rule is about.

use linkspan_source::pointer;
use serde_json::Value;

/// A part of a document.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part<'v> {
    /// Where it is.
    pub(super) at: String,
    /// The value.
    pub(super) value: &'v Value,
}

impl<'v> Part<'v> {
    /// The key or index that names it.
    pub(super) fn name(&self) -> String {
        pointer::parent(&self.at).map(|(_, name)| name.into_owned()).unwrap_or_default()
    }

    /// A member of it.
    pub(super) fn member(&self, name: &str) -> Option<Self> {
        let value = self.value.get(name)?;
        Some(Self { at: pointer::join(&self.at, name), value })
    }

    /// What is in it: members with their names, items with their indices.
    pub(super) fn children(&self) -> Vec<Self> {
        let child = |name: &str, value: &'v Value| Self { at: pointer::join(&self.at, name), value };
        match self.value {
            Value::Object(members) => members.iter().map(|(name, value)| child(name, value)).collect(),
            Value::Array(items) => {
                items.iter().enumerate().map(|(index, value)| child(&index.to_string(), value)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The members of the object at a name; none, if that is no object.
    pub(super) fn members(&self, name: &str) -> Vec<Self> {
        self.member(name).filter(|part| part.value.is_object()).map(|part| part.children()).unwrap_or_default()
    }

    /// The items of the array at a name; none, if that is no array.
    pub(super) fn items(&self, name: &str) -> Vec<Self> {
        self.member(name).filter(|part| part.value.is_array()).map(|part| part.children()).unwrap_or_default()
    }

    /// A member that is a text.
    pub(super) fn text(&self, name: &str) -> Option<&'v str> {
        self.value.get(name).and_then(Value::as_str)
    }
}

/// The whole document as a part.
pub(super) fn whole(value: &Value) -> Part<'_> {
    Part { at: String::new(), value }
}

/// The parts that a path such as `channels/*/publish|subscribe/message` leads to: `*` is any member or item, `|`
/// stands between alternatives.
pub(super) fn select<'v>(root: &'v Value, path: &str) -> Vec<Part<'v>> {
    let mut parts = vec![whole(root)];
    for step in path.split('/').filter(|step| !step.is_empty()) {
        parts = match step {
            "*" => parts.iter().flat_map(Part::children).collect(),
            names => parts.iter().flat_map(|part| names.split('|').filter_map(|name| part.member(name))).collect(),
        };
    }
    parts
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_have_wildcards_and_alternatives() {
        let value = json!({"c": {"a/b": {"x": 1, "y": 2}, "d": {"y": [3]}}});
        let found: Vec<_> = select(&value, "c/*/x|y").into_iter().map(|part| part.at).collect();
        assert_eq!(found, ["/c/a~1b/x", "/c/a~1b/y", "/c/d/y"]);
        assert_eq!(select(&value, "c/d/y/*")[0].value, &json!(3));
        assert_eq!(select(&value, "").len(), 1);
    }
}
