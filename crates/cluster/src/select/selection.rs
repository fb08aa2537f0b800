use serde_json::Value;

use super::{FieldSelector, LabelSelector};

/// What a list or watch leaves out: objects that do not match both selectors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// `labelSelector`.
    pub labels: LabelSelector,
    /// `fieldSelector`.
    pub fields: FieldSelector,
}

impl Selection {
    /// Whether it leaves nothing out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    /// Whether an object is in it.
    #[must_use]
    pub fn matches(&self, object: &Value) -> bool {
        let labels = || object.get("metadata").and_then(|metadata| metadata.get("labels")).and_then(Value::as_object);
        (self.labels.is_empty() || self.labels.matches(labels())) && self.fields.matches(object)
    }
}
