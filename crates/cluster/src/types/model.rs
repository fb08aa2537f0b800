use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Rule;

/// The place of a [`Struct`] within [`Types`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TypeId(pub u32);

/// All structs that can be reached from each other, by place and by name.
///
/// The built-in kinds share one of these; each version of a custom resource has its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Types {
    structs: Vec<Struct>,
    #[serde(skip)]
    by_name: BTreeMap<String, TypeId>,
}

/// An object with named fields.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Struct {
    /// The name in the OpenAPI document, `io.k8s.api.core.v1.PodSpec`. Its last part is the name of the Go type, which
    /// the messages about a value of a wrong type say. Empty within custom resources.
    pub name: String,
    /// The fields by their names in JSON.
    pub fields: BTreeMap<String, Field>,
    /// Whether one manager owns it as a whole (`x-kubernetes-map-type: atomic`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub atomic: bool,
    /// Whether fields that are not named here are kept (`x-kubernetes-preserve-unknown-fields`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub open: bool,
    /// The defaults that depend on something, in the order in which they are applied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
}

/// One field of a struct.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// What it may be.
    pub shape: Shape,
    /// Whether it is written even when it is empty (a Go field without `omitempty`): then this is its empty value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub empty: Option<Value>,
    /// What it becomes when it is missing, as the server answers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// How a strategic merge patch treats it, where that is not plain replacement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch: Option<Patch>,
    /// Whether it is a pointer in Go: then an empty value that was given (`""`, `0`, `[]`) is kept, though it may be
    /// left out.
    #[serde(default, skip_serializing_if = "is_false")]
    pub pointer: bool,
    /// The Go type without a pointer's star (`v1.ServiceType`, `[]v1.Capability`, `map[string]string`), which the message
    /// about a value of a wrong type says. Empty where it follows from the shape.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub go_type: String,
    /// Whether `null` is a value of its own (`nullable` in a custom resource's schema).
    #[serde(default, skip_serializing_if = "is_false")]
    pub nullable: bool,
}

/// What a value may be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Shape {
    /// A string.
    String(Format),
    /// A whole number of 32 bits.
    Int32,
    /// A whole number of 64 bits.
    Int64,
    /// Any number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A whole number of 32 bits or a string (`intstr.IntOrString`).
    IntOrString,
    /// A `resource.Quantity`: a number or a string, answered in its canonical form.
    Quantity,
    /// An object with named fields.
    Struct(TypeId),
    /// An object with any keys.
    Map(Box<Map>),
    /// A list.
    List(Box<List>),
    /// Any value, kept as it is (`runtime.RawExtension`, `JSON`).
    Any,
}

/// What a string stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// Text.
    #[default]
    Plain,
    /// Bytes in base64.
    Bytes,
    /// RFC 3339, whole seconds, UTC (`metav1.Time`).
    Time,
    /// RFC 3339 with microseconds (`metav1.MicroTime`).
    MicroTime,
    /// A Go duration, `1m30s` (`metav1.Duration`).
    Duration,
}

/// An object with any keys and values of one shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Map {
    /// What each value may be.
    pub value: Shape,
    /// Whether one manager owns it as a whole.
    #[serde(default, skip_serializing_if = "is_false")]
    pub atomic: bool,
}

/// A list, and what identifies its items (`x-kubernetes-list-type`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum List {
    /// One manager owns it as a whole.
    Atomic(Shape),
    /// Each item is its own key.
    Set(Shape),
    /// The named fields of an item are its key.
    Map(Shape, Vec<String>),
}

/// How a strategic merge patch treats a field (`x-kubernetes-patch-strategy`, `x-kubernetes-patch-merge-key`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patch {
    /// Whether lists are merged item by item; maps always are.
    #[serde(default, skip_serializing_if = "is_false")]
    pub merge: bool,
    /// The field of an item that is its key, where items are objects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Whether fields that the patch does not name are dropped.
    #[serde(default, skip_serializing_if = "is_false")]
    pub retain_keys: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

impl Types {
    /// These structs; their places are those in `structs`.
    #[must_use]
    pub fn new(structs: Vec<Struct>) -> Self {
        let place = |place: usize| TypeId(u32::try_from(place).unwrap_or(u32::MAX));
        let by_name = structs.iter().enumerate().map(|(index, one)| (one.name.clone(), place(index))).collect();
        Self { structs, by_name }
    }

    /// The struct at a place.
    ///
    /// # Panics
    ///
    /// If the place is another table's.
    #[must_use]
    pub fn get(&self, id: TypeId) -> &Struct {
        &self.structs[id.0 as usize]
    }

    /// All structs, by place.
    #[must_use]
    pub fn all(&self) -> &[Struct] {
        &self.structs
    }

    /// All structs by place, to change what their fields are; their names stay.
    #[must_use]
    pub fn all_mut(&mut self) -> &mut [Struct] {
        &mut self.structs
    }

    /// The Go type of a shape, where nothing else is known of it: `v1.PodSpec`, `[]string`.
    #[must_use]
    pub fn go_type(&self, shape: &Shape) -> String {
        match shape {
            Shape::String(Format::Bytes) => "[]uint8".to_owned(),
            Shape::String(_) => "string".to_owned(),
            Shape::Int32 | Shape::IntOrString => "int32".to_owned(),
            Shape::Int64 => "int64".to_owned(),
            Shape::Number => "float64".to_owned(),
            Shape::Boolean => "bool".to_owned(),
            Shape::Quantity => "resource.Quantity".to_owned(),
            Shape::Any => "interface {}".to_owned(),
            Shape::Struct(id) => self.get(*id).qualified_go_name(),
            Shape::Map(map) => format!("map[string]{}", self.go_type(&map.value)),
            Shape::List(list) => format!("[]{}", self.go_type(list.item())),
        }
    }

    /// The place of the struct that the OpenAPI document calls `name`.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<TypeId> {
        self.by_name.get(name).copied()
    }
}

impl Field {
    /// A field that may be left out, with nothing special about it.
    #[must_use]
    pub const fn new(shape: Shape) -> Self {
        Self { shape, empty: None, default: None, patch: None, pointer: false, go_type: String::new(), nullable: false }
    }
}

impl Struct {
    /// The name of the Go type.
    #[must_use]
    pub fn go_name(&self) -> &str {
        let name = self.name.rsplit('.').next().unwrap_or_default();
        name.split('#').next().unwrap_or_default()
    }
}

impl Struct {
    /// The last part of the package and the type, `v1.PodSpec`.
    fn qualified_go_name(&self) -> String {
        let package = self.name.rsplit('.').nth(1).unwrap_or_default();
        format!("{package}.{}", self.go_name())
    }
}

impl List {
    /// What each item may be.
    #[must_use]
    pub fn item(&self) -> &Shape {
        match self {
            Self::Atomic(item) | Self::Set(item) | Self::Map(item, _) => item,
        }
    }

    /// What each item may be, to change it.
    pub(super) const fn item_mut(&mut self) -> &mut Shape {
        match self {
            Self::Atomic(item) | Self::Set(item) | Self::Map(item, _) => item,
        }
    }
}
