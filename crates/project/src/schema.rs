use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::Manifest;

/// The JSON Schema of `linkspan.yaml`, generated from [`Manifest`]; nothing is behind a reference.
#[must_use]
pub fn json_schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<Manifest>();
    schema.insert("$id".to_owned(), "https://linkspan.dev/schemas/linkspan.yaml.schema.json".into());
    schema.insert("title".to_owned(), "linkspan.yaml".into());
    schema.to_value()
}
