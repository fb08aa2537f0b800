use serde::{Deserialize, Serialize};

use super::TypeId;

/// One kind of object in one version of its group: how it is called, what can be done with it, how it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Kind {
    /// The group, empty for the core group.
    pub group: String,
    /// The version within the group, `v1`.
    pub version: String,
    /// The name in `kind`, `Deployment`.
    pub kind: String,
    /// The name in addresses, `deployments`.
    pub plural: String,
    /// The name for one of it, `deployment`.
    pub singular: String,
    /// What may be typed instead of the plural, `deploy`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub short_names: Vec<String>,
    /// The groups of kinds that it belongs to, `all`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
    /// What can be done with it, in the order of discovery: `create`, `delete`, `deletecollection`, `get`, `list`, `patch`,
    /// `update`, `watch`. Only `create` for what is answered and not kept (reviews).
    pub verbs: Vec<String>,
    /// The name of [`Kind::schema`] in the OpenAPI document.
    pub schema_name: String,
    /// What its fields may be, within the types that it was loaded with.
    #[serde(skip)]
    pub schema: TypeId,
    /// Eight bytes in base64 that stand for the version that is stored, as discovery says them; empty if nothing is.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub storage_version_hash: String,
    /// What has an address below an object.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subresources: Vec<Subresource>,
    /// What is shown of it in a table.
    #[serde(skip)]
    pub columns: Vec<Column>,
}

/// An address below an object, `deployments/scale`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Subresource {
    /// The last part of the address, `scale`.
    pub name: String,
    /// The group of what is read and written there.
    pub group: String,
    /// The version of what is read and written there.
    pub version: String,
    /// The kind of what is read and written there, `Scale`; for `exec` and its like, that of its options.
    pub kind: String,
    /// What can be done with it.
    pub verbs: Vec<String>,
    /// The name of [`Subresource::schema`] in the OpenAPI document; empty where it has no body that is described.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub schema_name: String,
    /// What its fields may be; nothing where it has no body that is described.
    #[serde(skip)]
    pub schema: Option<TypeId>,
}

/// A column of a table (`metav1.TableColumnDefinition`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Column {
    /// The heading.
    pub name: String,
    /// `string`, `integer`, `boolean`, `date` or `number`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `name` for the object's name, else empty.
    pub format: String,
    /// What it shows.
    pub description: String,
    /// 0 is always shown, anything above only when more is asked for.
    pub priority: i32,
}

/// A group of kinds, in the order of discovery.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The name, empty for the core group.
    pub name: String,
    /// The versions, the preferred one first.
    pub versions: Vec<String>,
}

impl Kind {
    /// `apps/v1`, or `v1` in the core group: what an object says in `apiVersion`.
    #[must_use]
    pub fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.clone() } else { format!("{}/{}", self.group, self.version) }
    }

    /// What has the address `name` below an object.
    #[must_use]
    pub fn subresource(&self, name: &str) -> Option<&Subresource> {
        self.subresources.iter().find(|one| one.name == name)
    }
}
