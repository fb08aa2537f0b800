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

/// The schemas as they are committed: programs need not know how to generate them.
pub(crate) mod committed {
    use serde_json::Value;

    /// That of `linkspan.yaml`.
    pub(crate) fn manifest() -> Value {
        read(include_str!("schemas/linkspan.yaml.schema.json"))
    }

    /// That of the file of accepted breaks.
    pub(crate) fn waivers() -> Value {
        read(include_str!("schemas/waivers.schema.json"))
    }

    /// A test holds them against what is generated, so that they are read.
    fn read(text: &str) -> Value {
        serde_json::from_str(text).unwrap_or_default()
    }

    #[cfg(test)]
    mod tests {
        #[test]
        fn the_committed_schemas_are_those_that_are_generated() {
            let help = "run `cargo run -p linkspan-xtask -- generate`";
            assert_eq!(super::manifest(), crate::json_schema(), "{help}");
            assert_eq!(super::waivers(), crate::waivers_schema(), "{help}");
        }
    }
}
