use linkspan_source::Document;
use serde_json::{Map, Value};

use super::super::Dialect;

/// What a schema's keywords mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// A draft of JSON Schema.
    Schema(Dialect),
    /// The Schema Object of OpenAPI 3.0 (section 4.7.24 of 3.0.4): `nullable`, bounds that are exclusive by a switch,
    /// references without siblings, and none of the keywords that came with draft 6.
    OpenApi30,
}

impl From<Dialect> for Language {
    fn from(dialect: Dialect) -> Self {
        Self::Schema(dialect)
    }
}

/// How a keyword's value holds schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// It is one.
    One,
    /// It is a list of them.
    List,
    /// It is one, or a list of them.
    OneOrList,
    /// Its members are.
    Map,
}

const OPEN_API_30: [&str; 34] = [
    "$ref",
    "title",
    "multipleOf",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "maxProperties",
    "minProperties",
    "required",
    "enum",
    "type",
    "allOf",
    "oneOf",
    "anyOf",
    "not",
    "items",
    "properties",
    "additionalProperties",
    "description",
    "format",
    "default",
    "nullable",
    "discriminator",
    "readOnly",
    "writeOnly",
    "example",
    "deprecated",
];

impl Language {
    /// The draft that says the same, or the oldest that can.
    pub(super) const fn dialect(self) -> Dialect {
        match self {
            Self::Schema(dialect) => dialect,
            Self::OpenApi30 => Dialect::Draft202012,
        }
    }

    /// Whether a keyword beside `$ref` counts: from 2019-09.
    pub(super) fn siblings(self) -> bool {
        matches!(self, Self::Schema(dialect) if dialect >= Dialect::Draft201909)
    }

    /// The language of a schema that may name its draft. A `$schema` that is none of the drafts counts as the newest.
    pub(super) fn detect(self, schema: &Map<String, Value>) -> Self {
        match schema.get("$schema").and_then(Value::as_str) {
            Some(uri) => Self::Schema(Dialect::named(uri).unwrap_or(Dialect::Draft202012)),
            None => self,
        }
    }

    /// The language of the schemas in a document that is itself none: AsyncAPI's and OpenAPI's default.
    pub(super) fn of_document(self, document: &Document) -> Self {
        let word = |key: &str| document.value.get(key).and_then(Value::as_str);
        match (word("asyncapi"), word("openapi")) {
            (Some(_), _) => Self::Schema(Dialect::Draft7),
            (None, Some(version)) if version.starts_with("3.0") => Self::OpenApi30,
            (None, Some(_)) => {
                let named = word("jsonSchemaDialect").and_then(Dialect::named);
                Self::Schema(named.unwrap_or(Dialect::Draft202012))
            }
            (None, None) => self,
        }
    }

    /// The identifier that a schema gives itself, without an empty fragment.
    pub(super) fn id(self, schema: &Map<String, Value>) -> Option<&str> {
        let Self::Schema(dialect) = self else { return None };
        if !self.siblings() && schema.contains_key("$ref") {
            return None;
        }
        let key = if dialect == Dialect::Draft4 { "id" } else { "$id" };
        Some(schema.get(key)?.as_str()?.trim_end_matches('#')).filter(|id| !id.is_empty())
    }

    /// How a keyword's value holds schemas; `None` where it holds none. `dependencies` is a map whose lists of names
    /// are none.
    pub(super) fn shape(self, keyword: &str) -> Option<Shape> {
        let Self::Schema(dialect) = self else { return self.shape_in_open_api(keyword) };
        let from = |first: Dialect, shape: Shape| (dialect >= first).then_some(shape);
        match keyword {
            "not" | "additionalProperties" => Some(Shape::One),
            "allOf" | "anyOf" | "oneOf" => Some(Shape::List),
            "properties" | "patternProperties" | "definitions" | "dependencies" => Some(Shape::Map),
            "items" if dialect == Dialect::Draft202012 => Some(Shape::One),
            "items" => Some(Shape::OneOrList),
            "additionalItems" => (dialect < Dialect::Draft202012).then_some(Shape::One),
            "contains" | "propertyNames" => from(Dialect::Draft6, Shape::One),
            "if" | "then" | "else" => from(Dialect::Draft7, Shape::One),
            "unevaluatedItems" | "unevaluatedProperties" | "contentSchema" => from(Dialect::Draft201909, Shape::One),
            "$defs" | "dependentSchemas" => from(Dialect::Draft201909, Shape::Map),
            "prefixItems" => from(Dialect::Draft202012, Shape::List),
            _ => None,
        }
    }

    fn shape_in_open_api(self, keyword: &str) -> Option<Shape> {
        match keyword {
            "not" | "items" | "additionalProperties" => Some(Shape::One),
            "allOf" | "anyOf" | "oneOf" => Some(Shape::List),
            "properties" => Some(Shape::Map),
            _ => None,
        }
    }

    /// Whether a keyword has its meaning in this language. Unknown ones are only words.
    pub(super) fn knows(self, keyword: &str) -> bool {
        match self {
            Self::Schema(dialect) => jsonschema::Draft::from(dialect).is_known_keyword(keyword),
            Self::OpenApi30 => OPEN_API_30.contains(&keyword),
        }
    }

    /// What a keyword is called in a newer draft; `None` for one that says nothing there.
    pub(super) fn renamed<'k>(self, keyword: &'k str, value: &Value, tuple: bool, target: Dialect) -> Option<&'k str> {
        if self == Self::Schema(target) {
            return Some(keyword);
        }
        let later = jsonschema::Draft::from(target).is_known_keyword(keyword);
        if later && !self.knows(keyword) {
            return None;
        }
        let newest = target == Dialect::Draft202012;
        match keyword {
            "items" if newest && value.is_array() => Some("prefixItems"),
            "additionalItems" if newest => tuple.then_some("items"),
            "nullable" if self == Self::OpenApi30 => None,
            _ => Some(keyword),
        }
    }
}

/// Says in the words of the later drafts what a schema of an older language says by switches.
pub(super) fn modernise(
    schema: &mut Map<String, Value>,
    source: &Map<String, Value>,
    language: Language,
    target: Dialect,
) {
    let switches = matches!(language, Language::OpenApi30 | Language::Schema(Dialect::Draft4));
    if switches && target > Dialect::Draft4 {
        exclusive(schema, "minimum", "exclusiveMinimum");
        exclusive(schema, "maximum", "exclusiveMaximum");
    }
    if language == Language::OpenApi30 && source.get("nullable") == Some(&Value::Bool(true)) {
        nullable(schema);
    }
    if language.dialect() < Dialect::Draft201909 && target >= Dialect::Draft201909 {
        dependencies(schema);
    }
}

fn exclusive(schema: &mut Map<String, Value>, inclusive: &str, exclusive: &str) {
    let switch = schema.get(exclusive).and_then(Value::as_bool);
    if switch.is_some() {
        schema.remove(exclusive);
    }
    if switch == Some(true)
        && let Some(bound) = schema.remove(inclusive)
    {
        schema.insert(exclusive.to_owned(), bound);
    }
}

/// `nullable` adds `null` to a `type` beside it; without one it says nothing (3.0.3, section 4.7.24.1).
fn nullable(schema: &mut Map<String, Value>) {
    if let Some(name @ Value::String(_)) = schema.get("type").cloned() {
        schema.insert("type".to_owned(), Value::Array(vec![name, "null".into()]));
    }
}

fn dependencies(schema: &mut Map<String, Value>) {
    let Some(Value::Object(dependencies)) = schema.remove("dependencies") else { return };
    let (names, schemas): (Map<_, _>, Map<_, _>) = dependencies.into_iter().partition(|(_, value)| value.is_array());
    for (keyword, members) in [("dependentRequired", names), ("dependentSchemas", schemas)] {
        if !members.is_empty() {
            schema.insert(keyword.to_owned(), Value::Object(members));
        }
    }
}
