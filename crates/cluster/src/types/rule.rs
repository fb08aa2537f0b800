use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A default that depends on other fields of the struct that has it, or on where the struct stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The field that gets it, or the path to one through structs that are there, and through every item of lists.
    pub set: Vec<String>,
    /// The value, if the field is missing.
    pub to: Value,
    /// All of these must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<Condition>,
}

/// Something about another field: exactly one of `is` and `set`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The field, or the path to it, from the struct that has the rule.
    pub field: Vec<String>,
    /// The value that it must have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is: Option<Value>,
    /// Whether it must be there, or must be missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set: Option<bool>,
}

/// The rules of each struct by its name in OpenAPI, in the order in which they are applied.
pub type Defaults = BTreeMap<String, Vec<Rule>>;
