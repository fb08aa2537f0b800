use serde_json::Value;

use super::Object;
use crate::patch::print::print;
use crate::status::Status;

/// A strategic merge patch cannot be applied.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(in crate::patch) enum Error {
    #[error("lists of lists are not supported")]
    ListOfLists,
    #[error("invalid patch format of primitive list")]
    PrimitiveList,
    #[error("invalid patch format of retainKeys")]
    RetainKeys,
    #[error("invalid patch format of setElementOrder list")]
    SetElementOrder,
    #[error("map: {} does not contain declared merge key: {key}", print(&Value::Object(map.clone())))]
    NoMergeKey { map: Object, key: String },
    #[error("unknown patch type: {} in map: {}", print(.0), print(&Value::Object(.1.clone())))]
    UnknownDirective(Value, Object),
    #[error("merging lists cannot yet be specified in the patch")]
    MergeDirective,
    #[error("expected a {expected}, but received a {}", go_type(actual))]
    WrongType { expected: &'static str, actual: Value },
    #[error("value for key {0} is not a map")]
    NoMap(usize),
    #[error("cannot merge lists without merge key for {0}")]
    NoKeyDeclared(&'static str),
    #[error("list element types are not identical: [{}]", .0.iter().map(print).collect::<Vec<_>>().join(" "))]
    MixedList(Vec<Value>),
    #[error("no elements in any of the given slices")]
    EmptyLists,
    #[error("unable to find api field in struct {of} for the json field {}", crate::quote::quote(field))]
    UnknownField { of: String, field: String },
    #[error("merging an object in json but data type is not struct, instead is: {0}")]
    NoStruct(&'static str),
    #[error("expected slice or array type, but got: struct")]
    NoList,
    #[error("The order in patch list:\n{}\n doesn't match $setElementOrder list:\n{}\n", print(.0), print(.1))]
    Order(Value, Value),
}

impl Error {
    /// What the client is told. Some of these the real server takes for its own fault.
    pub(in crate::patch) fn status(&self) -> Status {
        match self {
            Self::PrimitiveList | Self::RetainKeys | Self::SetElementOrder => Status::bad_request(self.to_string()),
            Self::ListOfLists => Status::unprocessable(),
            _ => Status::unknown(self),
        }
    }
}

const fn go_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "<nil>",
        Value::Bool(_) => "bool",
        Value::Number(_) => "int64",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    }
}
