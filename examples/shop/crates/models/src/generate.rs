//! Writes Rust types from JSON Schemas: just what the shop's models need.
//! What it does not know it refuses, rather than guessing.

use std::collections::BTreeMap;

use serde::Deserialize;

const HEAD: &str = "//! Written by `cargo run -p models --bin generate` from `contracts/models`.
//! Change the models, not this file: a test compares the two.

use serde::{Deserialize, Serialize};

use crate::model;
";

#[derive(Deserialize)]
struct Schema {
    #[serde(rename = "$id")]
    id: String,
    title: String,
    description: String,
    required: Vec<String>,
    properties: BTreeMap<String, Property>,
}

#[derive(Deserialize)]
struct Property {
    description: Option<String>,
    #[serde(rename = "type")]
    kind: String,
}

/// The text of `types.rs` for these schemas, given as file name and content.
pub fn types(schemas: &[(String, String)]) -> Result<String, String> {
    let mut text = HEAD.to_owned();
    for (file, content) in schemas {
        let schema: Schema = serde_saphyr::from_str(content).map_err(|error| format!("{file}: {error}"))?;
        text += &item(file, &schema).map_err(|problem| format!("{file}: {problem}"))?;
    }
    Ok(text)
}

fn item(file: &str, schema: &Schema) -> Result<String, String> {
    let Schema { id, title, description, .. } = schema;
    let mut text = format!(
        "\n/// {description}\n#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]\n\
         #[serde(rename_all = \"camelCase\")]\npub struct {title} {{\n"
    );
    for (name, property) in &schema.properties {
        text += &field(name, property, schema.required.contains(name))?;
    }
    text += &format!("}}\n\nmodel!({title}, \"{id}\", \"{file}\");\n");
    Ok(text)
}

fn field(name: &str, property: &Property, required: bool) -> Result<String, String> {
    let rust = match property.kind.as_str() {
        "string" => "String",
        "integer" => "i64",
        "boolean" => "bool",
        other => return Err(format!("property `{name}` has type `{other}`: teach it to `generate.rs`")),
    };
    let comment = property.description.clone().unwrap_or_else(|| format!("`{name}` of the model."));
    let snake = snake(name);
    Ok(match required {
        true => format!("    /// {comment}\n    pub {snake}: {rust},\n"),
        false => format!(
            "    /// {comment}\n    #[serde(default, skip_serializing_if = \"Option::is_none\")]\n    pub {snake}: Option<{rust}>,\n"
        ),
    })
}

fn snake(camel: &str) -> String {
    camel.chars().fold(String::new(), |mut snake, letter| {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
        snake
    })
}
