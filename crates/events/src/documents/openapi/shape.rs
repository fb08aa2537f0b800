//! Which objects an OpenAPI document is made of, and where they are.

use serde_json::Value;

use crate::documents::select::{Part, whole};

/// The kinds of objects that rules are about, as the specification names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Document,
    Components,
    PathItem,
    Operation,
    Parameter,
    Header,
    RequestBody,
    Response,
    MediaType,
    Encoding,
    Callback,
    Link,
    Server,
    SecurityRequirement,
    Schema,
}

/// How the objects of a kind stand in a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    /// The field's value is one.
    One,
    /// The members or items of the field's value are.
    Each,
}

use Within::{Each, One};

/// The fields in which objects stand (OpenAPI 3.0 to 3.2); the fields of Schema Objects are those with subschemas.
const FIELDS: &[(Kind, &[&str], Within, Kind)] = &[
    (Kind::Document, &["paths", "webhooks"], Each, Kind::PathItem),
    (Kind::Document, &["servers"], Each, Kind::Server),
    (Kind::Document, &["security"], Each, Kind::SecurityRequirement),
    (Kind::Document, &["components"], One, Kind::Components),
    (Kind::Components, &["schemas"], Each, Kind::Schema),
    (Kind::Components, &["responses"], Each, Kind::Response),
    (Kind::Components, &["parameters"], Each, Kind::Parameter),
    (Kind::Components, &["requestBodies"], Each, Kind::RequestBody),
    (Kind::Components, &["headers"], Each, Kind::Header),
    (Kind::Components, &["links"], Each, Kind::Link),
    (Kind::Components, &["callbacks"], Each, Kind::Callback),
    (Kind::Components, &["pathItems"], Each, Kind::PathItem),
    (Kind::Components, &["mediaTypes"], Each, Kind::MediaType),
    (Kind::PathItem, METHODS, One, Kind::Operation),
    (Kind::PathItem, &["additionalOperations"], Each, Kind::Operation),
    (Kind::PathItem, &["servers"], Each, Kind::Server),
    (Kind::PathItem, &["parameters"], Each, Kind::Parameter),
    (Kind::Operation, &["parameters"], Each, Kind::Parameter),
    (Kind::Operation, &["requestBody"], One, Kind::RequestBody),
    (Kind::Operation, &["responses"], Each, Kind::Response),
    (Kind::Operation, &["callbacks"], Each, Kind::Callback),
    (Kind::Operation, &["security"], Each, Kind::SecurityRequirement),
    (Kind::Operation, &["servers"], Each, Kind::Server),
    (Kind::Parameter, &["schema"], One, Kind::Schema),
    (Kind::Parameter, &["content"], Each, Kind::MediaType),
    (Kind::Header, &["schema"], One, Kind::Schema),
    (Kind::Header, &["content"], Each, Kind::MediaType),
    (Kind::RequestBody, &["content"], Each, Kind::MediaType),
    (Kind::Response, &["content"], Each, Kind::MediaType),
    (Kind::Response, &["headers"], Each, Kind::Header),
    (Kind::Response, &["links"], Each, Kind::Link),
    (Kind::MediaType, &["schema", "itemSchema"], One, Kind::Schema),
    (Kind::MediaType, &["encoding", "prefixEncoding"], Each, Kind::Encoding),
    (Kind::MediaType, &["itemEncoding"], One, Kind::Encoding),
    (Kind::Encoding, &["headers"], Each, Kind::Header),
    (Kind::Link, &["server"], One, Kind::Server),
    (Kind::Schema, SUBSCHEMA, One, Kind::Schema),
    (Kind::Schema, SUBSCHEMAS, Each, Kind::Schema),
];

/// The methods that are fields of a Path Item Object; `query` since 3.2.
pub(super) const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

const SUBSCHEMA: &[&str] = &[
    "items",
    "additionalProperties",
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
];

const SUBSCHEMAS: &[&str] =
    &["properties", "patternProperties", "allOf", "anyOf", "oneOf", "prefixItems", "$defs", "dependentSchemas"];

/// An object with its kind.
pub(super) type Object<'v> = (Kind, Part<'v>);

/// All objects of a document, each before what is in it.
pub(super) fn objects(document: &Value) -> Vec<Object<'_>> {
    let mut found: Vec<Object<'_>> = Vec::new();
    let mut open = vec![(Kind::Document, whole(document))];
    while let Some((kind, part)) = open.pop() {
        let mut inside = contents(kind, &part);
        inside.reverse();
        open.extend(inside);
        found.push((kind, part));
    }
    found
}

fn contents<'v>(kind: Kind, part: &Part<'v>) -> Vec<Object<'v>> {
    if kind == Kind::Callback {
        // Each expression names a Path Item Object.
        let named = part.children().into_iter().filter(|child| !child.name().starts_with("x-"));
        return named.map(|child| (Kind::PathItem, child)).collect();
    }
    let fields = FIELDS.iter().filter(|(owner, ..)| *owner == kind);
    fields
        .flat_map(|(_, names, within, inner)| names.iter().flat_map(|name| field(part, name, *within, *inner)))
        .collect()
}

fn field<'v>(part: &Part<'v>, name: &str, within: Within, kind: Kind) -> Vec<Object<'v>> {
    let Some(value) = part.member(name) else { return Vec::new() };
    let paths = matches!(name, "paths" | "responses");
    let parts = match within {
        One => vec![value],
        Each => value.children().into_iter().filter(|child| !paths || !child.name().starts_with("x-")).collect(),
    };
    let sound = |part: &Part<'_>| part.value.is_object() || (kind == Kind::Schema && part.value.is_boolean());
    parts.into_iter().filter(sound).map(|part| (kind, part)).collect()
}
