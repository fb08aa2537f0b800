//! How a model's projections are written in `linkspan.yaml`: a place alone, or a place with its mapping.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, SchemaGenerator};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::OneOrMany;

/// How the values of a projection relate to those of its model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Every value of the projection is one of the model.
    Subset,
    /// Every value of the model is one of the projection.
    Superset,
    /// Both have the same values.
    Equal,
}

/// Which side of an exchange an API's schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Exchange {
    /// What a client sends: `readOnly` properties are not part of it.
    Request,
    /// What a server answers: `writeOnly` properties are not part of it.
    Response,
}

/// Whose SQL it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SqlDialect {
    /// PostgreSQL.
    Postgresql,
    /// SQLite.
    Sqlite,
}

/// A schema in a document: `file#/pointer`, or a mapping with that under `at`.
#[derive(Debug, Clone, PartialEq)]
pub struct SchemaProjection {
    /// The place: `file#/pointer`.
    pub at: String,
    /// How its values relate to the model's; an event's payload is a subset, an API's schema is equal, a request's a
    /// superset and a response's a subset, if not given.
    pub is: Option<Direction>,
    /// Which side of an exchange an API's schema describes.
    pub exchange: Option<Exchange>,
    /// Properties that are called differently here: the model's name, and the one here.
    pub renames: BTreeMap<String, String>,
    /// Properties here that the model does not have.
    pub computed: Vec<String>,
    /// Properties of the model that are left out here.
    pub omitted: Vec<String>,
}

/// A table: `file#table`, or a mapping with that under `at`.
#[derive(Debug, Clone, PartialEq)]
pub struct TableProjection {
    /// The place: `file#table`; a folder or a pattern stands for all its files in the order of their names.
    pub at: OneOrMany,
    /// How its rows relate to the model's values; they are a superset, if not given.
    pub is: Option<Direction>,
    /// Whose SQL it is; told from the text, if not given.
    pub dialect: Option<SqlDialect>,
    /// Columns that are called differently: the property, and the column.
    pub renames: BTreeMap<String, String>,
    /// Columns that the model does not have.
    pub computed: Vec<String>,
    /// Properties of the model that are left out here.
    pub omitted: Vec<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct SchemaFields {
    /// The place: `file#/pointer`.
    at: String,
    /// How its values relate to the model's: subset, superset or equal.
    #[serde(default)]
    is: Option<Direction>,
    /// Which side of an exchange an API's schema describes: request or response.
    #[serde(default, rename = "as")]
    exchange: Option<Exchange>,
    /// Properties that are called differently here: the model's name, and the one here.
    #[serde(default)]
    renames: BTreeMap<String, String>,
    /// Properties here that the model does not have.
    #[serde(default)]
    computed: Vec<String>,
    /// Properties of the model that are left out here.
    #[serde(default)]
    omitted: Vec<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct TableFields {
    /// The place: `file#table`; a folder or a pattern stands for all its files in the order of their names.
    at: OneOrMany,
    /// How its rows relate to the model's values: subset, superset or equal.
    #[serde(default)]
    is: Option<Direction>,
    /// Whose SQL it is; told from the text, if not given.
    #[serde(default)]
    dialect: Option<SqlDialect>,
    /// Columns that are called differently: the property, and the column.
    #[serde(default)]
    renames: BTreeMap<String, String>,
    /// Columns that the model does not have.
    #[serde(default)]
    computed: Vec<String>,
    /// Properties of the model that are left out here.
    #[serde(default)]
    omitted: Vec<String>,
}

impl From<SchemaFields> for SchemaProjection {
    fn from(fields: SchemaFields) -> Self {
        let SchemaFields { at, is, exchange, renames, computed, omitted } = fields;
        Self { at, is, exchange, renames, computed, omitted }
    }
}

impl From<String> for SchemaProjection {
    fn from(at: String) -> Self {
        Self { at, is: None, exchange: None, renames: BTreeMap::new(), computed: Vec::new(), omitted: Vec::new() }
    }
}

impl From<TableFields> for TableProjection {
    fn from(fields: TableFields) -> Self {
        let TableFields { at, is, dialect, renames, computed, omitted } = fields;
        Self { at, is, dialect, renames, computed, omitted }
    }
}

impl From<String> for TableProjection {
    fn from(at: String) -> Self {
        let at = OneOrMany(vec![at]);
        Self { at, is: None, dialect: None, renames: BTreeMap::new(), computed: Vec::new(), omitted: Vec::new() }
    }
}

impl<'de> Deserialize<'de> for SchemaProjection {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        short_or_long::<Self, SchemaFields, D>(deserializer)
    }
}

impl<'de> Deserialize<'de> for TableProjection {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        short_or_long::<Self, TableFields, D>(deserializer)
    }
}

fn short_or_long<'de, T, F, D>(deserializer: D) -> Result<T, D::Error>
where
    T: From<String> + From<F>,
    F: DeserializeOwned,
    D: Deserializer<'de>,
{
    match Value::deserialize(deserializer)? {
        Value::String(at) => Ok(at.into()),
        fields => serde_json::from_value::<F>(fields).map(Into::into).map_err(D::Error::custom),
    }
}

impl JsonSchema for SchemaProjection {
    fn schema_name() -> Cow<'static, str> {
        "SchemaProjection".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> schemars::Schema {
        text_or(SchemaFields::json_schema(generator), "A place, or a place with its mapping.")
    }
}

impl JsonSchema for TableProjection {
    fn schema_name() -> Cow<'static, str> {
        "TableProjection".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> schemars::Schema {
        text_or(TableFields::json_schema(generator), "A table, or a table with its mapping.")
    }
}

/// The schema of an object, or of the text that stands for the one in which nothing else is said.
fn text_or(mut schema: schemars::Schema, description: &str) -> schemars::Schema {
    schema.insert("type".to_owned(), serde_json::json!(["string", "object"]));
    schema.insert("description".to_owned(), description.into());
    schema
}
