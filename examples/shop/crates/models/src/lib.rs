//! The shop's models as Rust types, and events that carry them.
//!
//! A model is defined once, as a JSON Schema in `contracts/models`. The types
//! in [`types`] are written from there; the check at run time uses the very
//! same file.

pub mod event_types;
pub mod generate;
pub mod types;

pub use types::{Order, Points, Product, Reservation};

use jsonschema::Validator;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use shopkit::{CloudEvent, Problem};

/// A type that a JSON Schema in `contracts/models` defines.
pub trait Model: Serialize + DeserializeOwned {
    /// The schema's `$id`: what an event says in `dataschema`.
    const ID: &'static str;

    /// The schema, ready to check values with.
    fn validator() -> &'static Validator;
}

/// Ties a generated type to its schema.
macro_rules! model {
    ($name:ident, $id:literal, $file:literal) => {
        impl crate::Model for $name {
            const ID: &'static str = $id;

            fn validator() -> &'static jsonschema::Validator {
                static VALIDATOR: std::sync::LazyLock<jsonschema::Validator> = std::sync::LazyLock::new(|| {
                    let schema = include_str!(concat!("../../../contracts/models/", $file));
                    crate::compile(schema).expect("a model is part of the program, and a test compiles each")
                });
                &VALIDATOR
            }
        }
    };
}
use model;

fn compile(schema: &str) -> Result<Validator, String> {
    let schema: Value = serde_saphyr::from_str(schema).map_err(|error| error.to_string())?;
    jsonschema::options().should_validate_formats(true).build(&schema).map_err(|error| error.to_string())
}

/// Reads a model from JSON; 422 with all that is wrong if it is not one.
pub fn from_value<M: Model>(value: &Value) -> Result<M, Problem> {
    let faults: Vec<String> = M::validator().iter_errors(value).map(|error| fault(&error)).collect();
    if !faults.is_empty() {
        return Err(Problem::invalid(faults.join("; ")));
    }
    serde_json::from_value(value.clone()).map_err(|error| Problem::invalid(error.to_string()))
}

fn fault(error: &jsonschema::ValidationError<'_>) -> String {
    match error.instance_path().to_string() {
        root if root.is_empty() => error.to_string(),
        path => format!("`{path}`: {error}"),
    }
}

/// Reads the model that an event carries.
///
/// Every consumer does this first: what comes in from outside is checked at the
/// door, once, and is a proper type from there on.
pub fn read<M: Model>(event: &CloudEvent) -> Result<M, Problem> {
    from_value(&event.data)
}

/// A new event that says that `event_type` happened to `model`.
///
/// The data is checked here too: what breaks the contract must not leave.
pub fn event<M: Model>(source: &str, event_type: &str, subject: &str, model: &M) -> Result<CloudEvent, Problem> {
    let data = serde_json::to_value(model).map_err(|error| Problem::invalid(error.to_string()))?;
    from_value::<M>(&data)?;
    Ok(CloudEvent::new(source, event_type, subject, M::ID, data))
}
