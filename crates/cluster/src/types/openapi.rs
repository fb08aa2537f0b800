//! From the schemas of OpenAPI documents and of custom resources to structs.

use std::collections::BTreeMap;

use serde_json::{Map as Object, Value};

use super::{Field, Format, List, Map, Patch, Shape, Struct, TypeId, Types};

const META: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.";
const EMPTY_STRUCT: &str = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceStatus";

/// Puts structs together from the schemas of an OpenAPI document, version 3, and from those of custom resources.
#[derive(Debug)]
pub struct Reader<'a> {
    components: &'a Object<String, Value>,
    structs: Vec<Struct>,
    places: BTreeMap<String, TypeId>,
    custom: bool,
}

impl<'a> Reader<'a> {
    /// A reader of the built-in kinds; `components` are the document's `components.schemas`.
    #[must_use]
    pub const fn new(components: &'a Object<String, Value>) -> Self {
        Self { components, structs: Vec::new(), places: BTreeMap::new(), custom: false }
    }

    /// What the component `name` may be; with a struct come all that it reaches.
    pub fn component(&mut self, name: &str) -> Shape {
        let components = self.components;
        match components.get(name) {
            Some(schema) => leaf(name, schema).unwrap_or_else(|| Shape::Struct(self.named(name, schema))),
            None => Shape::Any,
        }
    }

    /// The structs read so far.
    #[must_use]
    pub fn finish(self) -> Types {
        Types::new(self.structs)
    }

    fn named(&mut self, name: &str, schema: &Value) -> TypeId {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        let place = self.reserve();
        self.places.insert(name.to_owned(), place);
        self.fill(place, name, schema)
    }

    fn reserve(&mut self) -> TypeId {
        self.structs.push(Struct::default());
        TypeId(u32::try_from(self.structs.len() - 1).unwrap_or(u32::MAX))
    }

    fn fill(&mut self, place: TypeId, name: &str, schema: &Value) -> TypeId {
        let properties = schema["properties"].as_object().into_iter().flatten();
        let fields = properties.map(|(name, schema)| (name.clone(), self.field(schema))).collect();
        self.structs[place.0 as usize] = Struct {
            name: name.to_owned(),
            fields,
            atomic: is_atomic(schema),
            open: is_open(schema),
            rules: Vec::new(),
        };
        place
    }

    fn field(&mut self, schema: &Value) -> Field {
        let mut field = Field::new(self.shape(schema));
        if self.custom {
            field.pointer = true;
            field.default = schema.get("default").cloned();
            field.nullable = schema["nullable"] == true;
            return field;
        }
        field.patch = patch(schema);
        match schema.get("default") {
            Some(value) if is_zero(value) => field.empty = Some(value.clone()),
            other => field.default = other.cloned(),
        }
        field
    }

    fn shape(&mut self, schema: &Value) -> Shape {
        if let Some(name) = reference(schema) {
            return self.referred(name, schema);
        }
        if schema["x-kubernetes-int-or-string"] == true || schema["format"] == "int-or-string" {
            return Shape::IntOrString;
        }
        match schema["type"].as_str() {
            Some("string") if schema["format"] == "byte" && !self.custom => Shape::String(Format::Bytes),
            Some("string") => Shape::String(Format::Plain),
            Some("integer") if schema["format"] == "int32" => Shape::Int32,
            Some("integer") => Shape::Int64,
            Some("number") => Shape::Number,
            Some("boolean") => Shape::Boolean,
            Some("array") => Shape::List(Box::new(self.list(schema))),
            Some("object") => self.object(schema),
            _ => Shape::Any,
        }
    }

    /// A field may say otherwise than its type whether it is owned as a whole: then it has a copy of that type.
    fn referred(&mut self, name: &str, schema: &Value) -> Shape {
        let components = self.components;
        match (schema["x-kubernetes-map-type"].as_str(), components.get(name)) {
            (Some(kind), Some(component)) if (kind == "atomic") != is_atomic(component) => {
                let place = self.named(&format!("{name}#{kind}"), component);
                self.structs[place.0 as usize].atomic = kind == "atomic";
                Shape::Struct(place)
            }
            _ => self.component(name),
        }
    }

    fn list(&mut self, schema: &Value) -> List {
        let item = self.shape(&schema["items"]);
        match schema["x-kubernetes-list-type"].as_str() {
            Some("set") => List::Set(item),
            Some("map") => List::Map(item, strings(&schema["x-kubernetes-list-map-keys"])),
            _ => List::Atomic(item),
        }
    }

    fn object(&mut self, schema: &Value) -> Shape {
        match schema.get("additionalProperties") {
            Some(value) if schema.get("properties").is_none() && *value != Value::Bool(false) => {
                Shape::Map(Box::new(Map { value: self.shape(value), atomic: is_atomic(schema) }))
            }
            _ => Shape::Struct(self.anonymous(schema)),
        }
    }

    fn anonymous(&mut self, schema: &Value) -> TypeId {
        let place = self.reserve();
        self.fill(place, "", schema);
        if schema["x-kubernetes-embedded-resource"] == true {
            self.embed(place);
        }
        place
    }

    fn embed(&mut self, place: TypeId) {
        let text = || Field { pointer: true, ..Field::new(Shape::String(Format::Plain)) };
        let metadata = self.places.get(&format!("{META}ObjectMeta")).map_or(Shape::Any, |place| Shape::Struct(*place));
        let fields = &mut self.structs[place.0 as usize].fields;
        fields.insert("apiVersion".to_owned(), text());
        fields.insert("kind".to_owned(), text());
        fields.insert("metadata".to_owned(), Field::new(metadata));
    }
}

/// What the objects of one version of a custom resource may be: its structural schema (`openAPIV3Schema`), with the
/// metadata of every object, whose structs `builtin` has.
#[must_use]
pub fn custom(schema: &Value, builtin: &Types) -> (Types, TypeId) {
    let components = Object::new();
    let mut reader = Reader { custom: true, ..Reader::new(&components) };
    if let Some(metadata) = builtin.find(&format!("{META}ObjectMeta")) {
        reader.import(builtin, metadata);
    }
    let root = reader.anonymous(schema);
    reader.embed(root);
    (reader.finish(), root)
}

impl Reader<'_> {
    fn import(&mut self, from: &Types, id: TypeId) -> TypeId {
        let original = from.get(id);
        if let Some(place) = self.places.get(&original.name) {
            return *place;
        }
        let place = self.reserve();
        self.places.insert(original.name.clone(), place);
        let mut copy = original.clone();
        for field in copy.fields.values_mut() {
            self.import_shape(from, &mut field.shape);
        }
        self.structs[place.0 as usize] = copy;
        place
    }

    fn import_shape(&mut self, from: &Types, shape: &mut Shape) {
        match shape {
            Shape::Struct(id) => *id = self.import(from, *id),
            Shape::Map(map) => self.import_shape(from, &mut map.value),
            Shape::List(list) => self.import_shape(from, list.item_mut()),
            _ => {}
        }
    }
}

/// Components that are no structs in the documents, or that are written otherwise than their fields say.
fn leaf(name: &str, schema: &Value) -> Option<Shape> {
    if schema["format"] == "int-or-string" {
        return Some(Shape::IntOrString);
    }
    match (name.strip_prefix(META), schema["type"].as_str()) {
        (Some("Time"), _) => Some(Shape::String(Format::Time)),
        (Some("MicroTime"), _) => Some(Shape::String(Format::MicroTime)),
        (Some("Duration"), _) => Some(Shape::String(Format::Duration)),
        _ if name.ends_with(".resource.Quantity") => Some(Shape::Quantity),
        // One manager owns all of it, whereas `JSON` is merged as what it is.
        _ if name.ends_with(".runtime.RawExtension") => {
            Some(Shape::Map(Box::new(Map { value: Shape::Any, atomic: true })))
        }
        (_, Some("object")) if schema.get("properties").is_some() || name == EMPTY_STRUCT => None,
        _ => Some(Shape::Any),
    }
}

fn reference(schema: &Value) -> Option<&str> {
    let named = schema.get("$ref").or_else(|| schema["allOf"][0].get("$ref"));
    named?.as_str()?.strip_prefix("#/components/schemas/")
}

fn is_atomic(schema: &Value) -> bool {
    schema["x-kubernetes-map-type"] == "atomic"
}

fn is_open(schema: &Value) -> bool {
    schema["x-kubernetes-preserve-unknown-fields"] == true
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    }
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn patch(schema: &Value) -> Option<Patch> {
    let strategies: Vec<_> = schema["x-kubernetes-patch-strategy"].as_str()?.split(',').collect();
    let patch = Patch {
        merge: strategies.contains(&"merge"),
        key: schema["x-kubernetes-patch-merge-key"].as_str().map(str::to_owned),
        retain_keys: strategies.contains(&"retainKeys"),
    };
    (patch != Patch::default()).then_some(patch)
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::json;

    use super::*;
    use crate::types::{builtin, notation};

    /// Each field below the root with its shape, and the structs that have no name.
    fn shown(schema: &Value) -> String {
        let (types, root) = custom(schema, &builtin().types);
        let mut lines = String::new();
        show(&types, types.get(root), 0, &mut lines);
        lines
    }

    fn show(types: &Types, one: &Struct, depth: usize, lines: &mut String) {
        for (name, field) in &one.fields {
            let marks = [
                (one.atomic, "atomic".to_owned()),
                (one.open, "open".to_owned()),
                (field.pointer, "pointer".to_owned()),
                (field.nullable, "nullable".to_owned()),
                (field.default.is_some(), format!("default {}", field.default.clone().unwrap_or_default())),
            ];
            let marks: Vec<_> = marks.into_iter().filter_map(|(is, mark)| is.then_some(mark)).collect();
            let shape = notation::write(&field.shape, types);
            lines.push_str(&format!("{}{name}: {shape} ({})\n", "  ".repeat(depth), marks.join(", ")));
            if let Some(below) = anonymous(types, &field.shape) {
                show(types, below, depth + 1, lines);
            }
        }
    }

    fn anonymous<'a>(types: &'a Types, shape: &Shape) -> Option<&'a Struct> {
        match shape {
            Shape::Struct(id) => Some(types.get(*id)).filter(|one| one.name.is_empty()),
            Shape::List(list) => anonymous(types, list.item()),
            Shape::Map(map) => anonymous(types, &map.value),
            _ => None,
        }
    }

    #[test]
    fn a_custom_resource_has_metadata_and_what_its_schema_says() {
        let schema = json!({"type": "object", "properties": {
            "metadata": {"type": "object"},
            "spec": {"type": "object", "properties": {
                "size": {"type": "integer", "default": 3},
                "ratio": {"type": "number"},
                "when": {"type": "string", "format": "date-time", "nullable": true},
                "port": {"x-kubernetes-int-or-string": true},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
            }},
        }});
        assert_snapshot!(shown(&schema), @"
        apiVersion: string (pointer)
        kind: string (pointer)
        metadata: io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta ()
        spec:  (pointer)
          labels: {string} (pointer)
          port: int-or-string (pointer)
          ratio: number (pointer)
          size: int64 (pointer, default 3)
          when: string (pointer, nullable)
        ");
    }

    #[test]
    fn lists_and_maps_have_their_keys() {
        let item = json!({"type": "object", "properties": {"name": {"type": "string"}}});
        let schema = json!({"type": "object", "properties": {
            "atomic": {"type": "array", "items": item},
            "set": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
            "map": {
                "type": "array", "items": item, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
            },
            "whole": {"type": "object", "x-kubernetes-map-type": "atomic", "properties": {"a": {"type": "string"}}},
            "entries": {"type": "object", "x-kubernetes-map-type": "atomic", "additionalProperties": {"type": "integer"}},
        }});
        assert_snapshot!(shown(&schema), @"
        apiVersion: string (pointer)
        atomic: atomic[] (pointer)
          name: string (pointer)
        entries: atomic{int64} (pointer)
        kind: string (pointer)
        map: name[] (pointer)
          name: string (pointer)
        metadata: io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta ()
        set: set[string] (pointer)
        whole:  (pointer)
          a: string (atomic, pointer)
        ");
    }

    #[test]
    fn what_is_unknown_is_kept_where_the_schema_says_so() {
        let schema = json!({"type": "object", "properties": {
            "open": {
                "type": "object", "x-kubernetes-preserve-unknown-fields": true, "properties": {"a": {"type": "string"}},
            },
            "any": {"x-kubernetes-preserve-unknown-fields": true},
            "object": {"type": "object", "x-kubernetes-embedded-resource": true},
        }});
        assert_snapshot!(shown(&schema), @"
        any: any (pointer)
        apiVersion: string (pointer)
        kind: string (pointer)
        metadata: io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta ()
        object:  (pointer)
          apiVersion: string (pointer)
          kind: string (pointer)
          metadata: io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta ()
        open:  (pointer)
          a: string (open, pointer)
        ");
    }

    #[test]
    fn a_schema_that_says_nothing_is_read() {
        assert_snapshot!(shown(&json!({})), @"
        apiVersion: string (pointer)
        kind: string (pointer)
        metadata: io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta ()
        ");
        assert_snapshot!(shown(&json!(null)), @"
        apiVersion: string (pointer)
        kind: string (pointer)
        metadata: io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta ()
        ");
        assert_snapshot!(shown(&json!({"properties": {"a": {"type": "array"}, "b": {"type": 1}}})), @"
        a: atomic[any] (pointer)
        apiVersion: string (pointer)
        b: any (pointer)
        kind: string (pointer)
        metadata: io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta ()
        ");
    }
}
