//! Field sets as `FieldsV1` writes them: an object per step, `.` for the path that ends there.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::element::{FieldsError, PathElement};
use super::set::{FieldSet, Node};

impl<'a> FieldSet<'a> {
    /// Reads the value of `fieldsV1`. Kinds of steps that are not known are left out.
    ///
    /// # Errors
    ///
    /// If a step is malformed, or something else than an object stands below one.
    pub fn read(fields: &'a Value) -> Result<Self, FieldsError> {
        Ok(read(fields)?.1)
    }

    /// The value of `fieldsV1`.
    #[must_use]
    pub fn to_value(&self) -> Value {
        self.write(false).into()
    }

    fn write(&self, member: bool) -> Map<String, Value> {
        let itself = (member && !self.is_empty()).then(|| (".".to_owned(), Value::Object(Map::new())));
        let below = self.nodes.iter().map(|node| (node.element.write(), node.below.write(node.member).into()));
        itself.into_iter().chain(below).collect()
    }

    /// The text of `fieldsV1`, in the order of the elements: `k:{"port":80}` stands before `k:{"port":443}`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = String::new();
        self.append(false, &mut text);
        text
    }

    fn append(&self, member: bool, to: &mut String) {
        to.push('{');
        let mut separator = "";
        if member && !self.is_empty() {
            to.push_str("\".\":{}");
            separator = ",";
        }
        for node in &self.nodes {
            let _ = write!(to, "{separator}{}:", Value::from(node.element.write()));
            node.below.append(node.member, to);
            separator = ",";
        }
        to.push('}');
    }
}

/// Whether the path that ends here belongs to the set, and what is below.
fn read(fields: &Value) -> Result<(bool, FieldSet<'_>), FieldsError> {
    let mut set = FieldSet::default();
    let mut member = false;
    let fields = match fields {
        Value::Object(fields) => fields,
        Value::Null => return Ok((true, set)),
        _ => return Err(FieldsError::Below),
    };
    for (key, below) in fields {
        if key == "." {
            member = true;
        } else if let Some(element) = PathElement::read(key)? {
            let (member, below) = read(below)?;
            set.nodes.push(Node { element, member, below });
        }
    }
    set.sort();
    set.nodes.dedup_by(|later, earlier| later.element == earlier.element && absorb(earlier, later));
    Ok((member || set.is_empty(), set))
}

/// The same step, written twice (`k:{"a":1}` and `k:{"a": 1}`).
fn absorb<'a>(node: &mut Node<'a>, other: &mut Node<'a>) -> bool {
    node.member |= other.member;
    let other = std::mem::take(&mut other.below);
    if !other.is_empty() {
        node.below = other;
    }
    true
}
