//! An object as the API sees it: raw JSON, so that no field is lost or added.

use std::fmt;

use serde_json::{Map, Value};

use crate::{GroupKind, GroupVersionKind};

/// Why a value is not a Kubernetes object. The place is the reader's to name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    /// Not a mapping.
    #[error("a Kubernetes object is a mapping, but this is {0}")]
    NotAMapping(&'static str),
    /// A field is missing or empty.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A field has the wrong type.
    #[error("`{field}` must be a string, but is {found}")]
    NotAString {
        /// The field's path, with dots.
        field: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// `apiVersion` is not `version` or `group/version`.
    #[error("`apiVersion: {0}` is malformed: expected `version` or `group/version`")]
    ApiVersion(String),
    /// `metadata` is not a mapping.
    #[error("`metadata` must be a mapping")]
    Metadata,
}

impl ObjectError {
    /// A JSON Pointer to the field that is wrong; empty for the whole value.
    #[must_use]
    pub fn pointer(&self) -> String {
        match self {
            Self::NotAMapping(_) => String::new(),
            Self::Missing(field) | Self::NotAString { field, .. } => {
                format!("/{}", field.replace('.', "/"))
            }
            Self::ApiVersion(_) => "/apiVersion".to_owned(),
            Self::Metadata => "/metadata".to_owned(),
        }
    }
}

/// What identifies an object inside one cluster.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectKey {
    /// Its group and kind.
    pub kind: GroupKind,
    /// Its namespace; empty for an object of the cluster.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl fmt::Display for ObjectKey {
    /// `Deployment.apps shop/orders`, or `Namespace shop`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.namespace.as_str() {
            "" => write!(formatter, "{} {}", self.kind, self.name),
            namespace => write!(formatter, "{} {namespace}/{}", self.kind, self.name),
        }
    }
}

/// A Kubernetes object as raw JSON with an `apiVersion`, a `kind` and, if there is one, a string as name.
#[derive(Clone, PartialEq)]
pub struct Object {
    gvk: GroupVersionKind,
    value: Value,
}

impl Object {
    /// Takes a value that has `apiVersion` and `kind`, and strings where names belong.
    ///
    /// # Errors
    /// [`ObjectError`] if it is not a mapping, or one of these fields is missing or malformed.
    pub fn new(value: Value) -> Result<Self, ObjectError> {
        let Value::Object(fields) = &value else {
            return Err(ObjectError::NotAMapping(type_name(&value)));
        };
        let api_version = required(fields, "apiVersion")?;
        let kind = required(fields, "kind")?;
        let gvk = GroupVersionKind::parse(api_version, kind)
            .ok_or_else(|| ObjectError::ApiVersion(api_version.to_owned()))?;
        match fields.get("metadata") {
            None | Some(Value::Null) => {}
            Some(Value::Object(metadata)) => {
                optional(metadata, "name", "metadata.name")?;
                optional(metadata, "namespace", "metadata.namespace")?;
                optional(metadata, "generateName", "metadata.generateName")?;
            }
            Some(_) => return Err(ObjectError::Metadata),
        }
        Ok(Self { gvk, value })
    }

    /// Group, version and kind.
    #[must_use]
    pub const fn gvk(&self) -> &GroupVersionKind {
        &self.gvk
    }

    /// The kind alone.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.gvk.kind
    }

    /// The name; empty if there is none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.text("/metadata/name").unwrap_or_default()
    }

    /// The namespace, if one is named.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.text("/metadata/namespace").filter(|namespace| !namespace.is_empty())
    }

    /// What identifies it inside one cluster.
    #[must_use]
    pub fn key(&self) -> ObjectKey {
        ObjectKey {
            kind: self.gvk.group_kind(),
            namespace: self.namespace().unwrap_or_default().to_owned(),
            name: self.name().to_owned(),
        }
    }

    /// The unique id that the API gave it; empty before.
    #[must_use]
    pub fn uid(&self) -> &str {
        self.text("/metadata/uid").unwrap_or_default()
    }

    /// The version that a write or watch goes on from; empty before the API has seen the object.
    #[must_use]
    pub fn resource_version(&self) -> &str {
        self.text("/metadata/resourceVersion").unwrap_or_default()
    }

    /// The generation of the desired state; 0 for kinds that do not count one.
    #[must_use]
    pub fn generation(&self) -> i64 {
        self.integer("/metadata/generation").unwrap_or_default()
    }

    /// Whether deletion was asked for.
    #[must_use]
    pub fn is_being_deleted(&self) -> bool {
        self.text("/metadata/deletionTimestamp").is_some()
    }

    /// One label's value.
    #[must_use]
    pub fn label(&self, name: &str) -> Option<&str> {
        self.value.pointer("/metadata/labels")?.get(name)?.as_str()
    }

    /// One annotation's value.
    #[must_use]
    pub fn annotation(&self, name: &str) -> Option<&str> {
        self.value.pointer("/metadata/annotations")?.get(name)?.as_str()
    }

    /// All labels.
    #[must_use]
    pub fn labels(&self) -> Option<&Map<String, Value>> {
        self.value.pointer("/metadata/labels")?.as_object()
    }

    /// The unique id of the controller that owns it.
    #[must_use]
    pub fn controller_uid(&self) -> Option<&str> {
        let owners = self.value.pointer("/metadata/ownerReferences")?.as_array()?;
        let controller = owners.iter().find(|owner| owner.get("controller").and_then(Value::as_bool) == Some(true))?;
        controller.get("uid")?.as_str()
    }

    /// The condition of `status.conditions` with this type.
    #[must_use]
    pub fn condition(&self, kind: &str) -> Option<Condition<'_>> {
        self.conditions().find(|condition| condition.kind == kind)
    }

    /// All of `status.conditions`; malformed ones are left out.
    pub fn conditions(&self) -> impl Iterator<Item = Condition<'_>> {
        let all = self.value.pointer("/status/conditions").and_then(Value::as_array);
        all.into_iter().flatten().filter_map(Condition::of)
    }

    /// The value at a JSON Pointer.
    #[must_use]
    pub fn at(&self, pointer: &str) -> Option<&Value> {
        self.value.pointer(pointer)
    }

    /// The string at a JSON Pointer.
    #[must_use]
    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.at(pointer)?.as_str()
    }

    /// The integer at a JSON Pointer.
    #[must_use]
    pub fn integer(&self, pointer: &str) -> Option<i64> {
        self.at(pointer)?.as_i64()
    }

    /// The truth value at a JSON Pointer; `false` if there is none.
    #[must_use]
    pub fn flag(&self, pointer: &str) -> bool {
        self.at(pointer).and_then(Value::as_bool).unwrap_or_default()
    }

    /// The elements of the array at a JSON Pointer; none if it is no array.
    #[must_use]
    pub fn list(&self, pointer: &str) -> &[Value] {
        self.at(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The raw JSON.
    #[must_use]
    pub const fn value(&self) -> &Value {
        &self.value
    }

    /// The value at a JSON Pointer, to be changed. `apiVersion` and `kind` are out of reach.
    #[must_use]
    pub fn at_mut(&mut self, pointer: &str) -> Option<&mut Value> {
        let fixed = pointer.is_empty() || pointer == "/apiVersion" || pointer == "/kind";
        if fixed { None } else { self.value.pointer_mut(pointer) }
    }

    /// Names the namespace.
    pub fn set_namespace(&mut self, namespace: &str) {
        if let Some(metadata) = self.mapping_mut("metadata") {
            metadata.insert("namespace".to_owned(), Value::from(namespace));
        }
    }

    /// Sets an annotation.
    pub fn annotate(&mut self, name: &str, value: &str) {
        let Some(metadata) = self.mapping_mut("metadata") else {
            return;
        };
        let annotations = metadata.entry("annotations").or_insert(Value::Null);
        if !annotations.is_object() {
            *annotations = Value::Object(Map::new());
        }
        if let Some(annotations) = annotations.as_object_mut() {
            annotations.insert(name.to_owned(), Value::from(value));
        }
    }

    /// Drops fields of `metadata` by name.
    pub fn drop_metadata(&mut self, fields: &[&str]) {
        if let Some(metadata) = self.mapping_mut("metadata") {
            metadata.retain(|name, _| !fields.contains(&name.as_str()));
        }
    }

    /// Drops a field at the top, for example `status`. `apiVersion` and `kind` stay.
    pub fn drop_field(&mut self, field: &str) {
        if field != "apiVersion"
            && field != "kind"
            && let Some(fields) = self.value.as_object_mut()
        {
            fields.remove(field);
        }
    }

    /// Sets a field at the top, for example `data`. `apiVersion` and `kind` stay.
    pub fn set_field(&mut self, field: &str, value: Value) {
        if field != "apiVersion"
            && field != "kind"
            && let Some(fields) = self.value.as_object_mut()
        {
            fields.insert(field.to_owned(), value);
        }
    }

    /// The raw JSON, given away.
    #[must_use]
    pub fn into_value(self) -> Value {
        self.value
    }

    /// A mapping at the top, which becomes an empty one if it is none.
    fn mapping_mut(&mut self, field: &str) -> Option<&mut Map<String, Value>> {
        let entry = self.value.as_object_mut()?.entry(field).or_insert(Value::Null);
        if !entry.is_object() {
            *entry = Value::Object(Map::new());
        }
        entry.as_object_mut()
    }
}

impl fmt::Debug for Object {
    /// The identity only: data may be secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Object({})", self.key())
    }
}

/// One entry of `status.conditions`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition<'a> {
    /// Its type, for example `Ready`.
    pub kind: &'a str,
    /// `True`, `False` or `Unknown`.
    pub status: &'a str,
    /// One word; may be empty.
    pub reason: &'a str,
    /// A sentence; may be empty.
    pub message: &'a str,
    /// The generation that it speaks of, where the controller says so.
    pub observed_generation: Option<i64>,
    /// When the status changed last, as RFC 3339; may be empty.
    pub last_transition: &'a str,
}

impl<'a> Condition<'a> {
    fn of(value: &'a Value) -> Option<Self> {
        let text = |field: &str| value.get(field).and_then(Value::as_str);
        Some(Self {
            kind: text("type")?,
            status: text("status")?,
            reason: text("reason").unwrap_or_default(),
            message: text("message").unwrap_or_default(),
            observed_generation: value.get("observedGeneration").and_then(Value::as_i64),
            last_transition: text("lastTransitionTime").unwrap_or_default(),
        })
    }

    /// Whether its status is `True`.
    #[must_use]
    pub fn is_true(&self) -> bool {
        self.status == "True"
    }

    /// Whether its status is `False`.
    #[must_use]
    pub fn is_false(&self) -> bool {
        self.status == "False"
    }
}

fn required<'a>(fields: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, ObjectError> {
    match optional(fields, name, name)? {
        Some(text) if !text.is_empty() => Ok(text),
        _ => Err(ObjectError::Missing(name)),
    }
}

fn optional<'a>(
    fields: &'a Map<String, Value>,
    name: &str,
    path: &'static str,
) -> Result<Option<&'a str>, ObjectError> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(ObjectError::NotAString { field: path, found: type_name(other) }),
    }
}

const fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "empty",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_no_object_says_why_and_where() {
        let cases = [
            (json!([]), "a Kubernetes object is a mapping, but this is a list", ""),
            (json!({"kind": "Pod"}), "`apiVersion` is missing", "/apiVersion"),
            (json!({"apiVersion": "v1"}), "`kind` is missing", "/kind"),
            (json!({"apiVersion": 1, "kind": "Pod"}), "`apiVersion` must be a string, but is a number", "/apiVersion"),
            (
                json!({"apiVersion": "a/b/c", "kind": "Pod"}),
                "`apiVersion: a/b/c` is malformed: expected `version` or `group/version`",
                "/apiVersion",
            ),
            (
                json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": true}}),
                "`metadata.name` must be a string, but is a boolean",
                "/metadata/name",
            ),
            (json!({"apiVersion": "v1", "kind": "Pod", "metadata": 3}), "`metadata` must be a mapping", "/metadata"),
        ];
        for (value, message, pointer) in cases {
            let error = Object::new(value).unwrap_err();
            assert_eq!((error.to_string().as_str(), error.pointer().as_str()), (message, pointer));
        }
    }

    #[test]
    fn unknown_fields_survive_and_secrets_stay_out_of_debug() {
        let value = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "n"},
                           "data": {"password": "c2VjcmV0"}, "future": {"field": [1, null]}});
        let object = Object::new(value.clone()).unwrap();
        assert_eq!(format!("{object:?}"), "Object(Secret n/s)");
        assert_eq!(object.into_value(), value);
    }

    #[test]
    fn owners_count_only_when_they_control() {
        let owned = |controller: bool| {
            Object::new(json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"ownerReferences":
                [{"uid": "u", "controller": controller}]}}))
            .unwrap()
        };
        assert_eq!(owned(true).controller_uid(), Some("u"));
        assert_eq!(owned(false).controller_uid(), None);
    }
}
