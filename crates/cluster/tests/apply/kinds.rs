//! The kinds that requests are for.

use std::thread::sleep;
use std::time::Duration;

use linkspan_cluster::apply::{FieldSet, Reset};
use linkspan_cluster::types::openapi::custom;
use linkspan_cluster::types::{Field, Format, Shape, Struct, TypeId, Types, builtin};
use serde_json::{Value, json};

use super::server::Server;

/// What objects are called.
pub(crate) const NAMES: [&str; 3] = ["one", "two", OLD];

/// An object that lives long, and has many managers.
pub(crate) const OLD: &str = "old";

/// What the configurations of a kind look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Map,
    Service,
    Deployment,
    Template,
    Custom,
    Free,
}

pub(crate) struct Kind {
    pub(crate) content: Content,
    pub(crate) api_version: String,
    pub(crate) kind: String,
    pub(crate) collection: String,
    pub(crate) types: Types,
    pub(crate) schema: Option<TypeId>,
    pub(crate) reset: Reset<'static>,
    pub(crate) status_reset: Option<Reset<'static>>,
}

pub(crate) fn all(server: &Server) -> Vec<Kind> {
    let space = format!("namespaces/{}", server.namespace);
    let status = || Reset::Fields(FieldSet::of_fields(&[&["status"]]));
    vec![
        known(Content::Map, "v1", "ConfigMap", format!("/api/v1/{space}/configmaps"), Reset::Nothing),
        known(Content::Service, "v1", "Service", format!("/api/v1/{space}/services"), status()),
        known(Content::Deployment, "apps/v1", "Deployment", format!("/apis/apps/v1/{space}/deployments"), status()),
        template(format!("/api/v1/{space}/podtemplates")),
        made(server, Content::Custom, "Thing", &schema()),
        made(server, Content::Free, "Any", &json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true})),
    ]
}

fn known(content: Content, api_version: &str, kind: &str, collection: String, reset: Reset<'static>) -> Kind {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let found = builtin().kind(group, version, kind).unwrap();
    Kind {
        content,
        api_version: api_version.into(),
        kind: kind.into(),
        collection,
        types: builtin().types.clone(),
        schema: Some(found.schema),
        reset,
        status_reset: None,
    }
}

/// A kind that no controller looks after; the embedded cluster does not have it, but all that it consists of.
fn template(collection: String) -> Kind {
    let mut structs = builtin().types.all().to_vec();
    let place = |name: &str| builtin().types.find(name).unwrap();
    let field = |name: &str| Field { empty: Some(json!({})), ..Field::new(Shape::Struct(place(name))) };
    let text = || Field::new(Shape::String(Format::Plain));
    let fields = [
        ("apiVersion", text()),
        ("kind", text()),
        ("metadata", field("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")),
        ("template", field("io.k8s.api.core.v1.PodTemplateSpec")),
    ];
    let fields = fields.map(|(name, field)| (name.to_owned(), field)).into();
    structs.push(Struct { fields, ..Struct::default() });
    let schema = TypeId(u32::try_from(structs.len() - 1).unwrap());
    Kind {
        content: Content::Template,
        api_version: "v1".into(),
        kind: "PodTemplate".into(),
        collection,
        types: Types::new(structs),
        schema: Some(schema),
        reset: Reset::Nothing,
        status_reset: None,
    }
}

fn group(namespace: &str) -> String {
    format!("{namespace}.example.com")
}

/// The paths of what [`made`] makes.
pub(crate) fn definitions(namespace: &str) -> [String; 2] {
    ["things", "anies"]
        .map(|plural| format!("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{plural}.{}", group(namespace)))
}

/// The paths of all objects that there can be.
pub(crate) fn objects(namespace: &str) -> Vec<String> {
    let (group, space) = (group(namespace), format!("namespaces/{namespace}"));
    let collections = [
        format!("/api/v1/{space}/configmaps"),
        format!("/api/v1/{space}/services"),
        format!("/api/v1/{space}/podtemplates"),
        format!("/apis/apps/v1/{space}/deployments"),
        format!("/apis/{group}/v1/{space}/things"),
        format!("/apis/{group}/v1/{space}/anies"),
    ];
    let names = |collection: &String| NAMES.map(|name| format!("{collection}/{name}"));
    collections.iter().flat_map(names).collect()
}

fn made(server: &Server, content: Content, kind: &str, schema: &Value) -> Kind {
    let group = group(&server.namespace);
    let plural = if kind == "Any" { "anies".to_owned() } else { format!("{}s", kind.to_lowercase()) };
    let version = json!({"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": schema},
        "subresources": {"status": {}}});
    let definition = json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{plural}.{group}")},
        "spec": {"group": group, "scope": "Namespaced", "versions": [version],
            "names": {"kind": kind, "plural": plural, "singular": kind.to_lowercase()}}});
    let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    let (status, answer) = server.send("POST", path, "application/json", &definition);
    assert_eq!(status, 201, "{answer}");
    let collection = format!("/apis/{group}/v1/namespaces/{}/{plural}", server.namespace);
    let served = (0..100).any(|_| {
        sleep(Duration::from_millis(100));
        server.get(&collection).is_some()
    });
    assert!(served, "`{collection}` is not served");
    // The server learns of the schema a moment after it serves the resource.
    sleep(Duration::from_secs(2));
    let (types, schema) = custom(schema, &builtin().types);
    Kind {
        content,
        api_version: format!("{group}/v1"),
        kind: kind.into(),
        collection,
        types,
        schema: Some(schema),
        reset: Reset::Fields(FieldSet::of_fields(&[&["status"]])),
        status_reset: Some(Reset::Fields(FieldSet::of_fields(&[&["metadata"], &["spec"]]))),
    }
}

/// One of everything that decides who owns what.
fn schema() -> Value {
    let text = json!({"type": "string"});
    let part = json!({"type": "object", "required": ["name"], "properties": {
        "name": text, "zone": {"type": "string", "default": "here"}, "count": {"type": "integer"},
        "tags": {"type": "array", "x-kubernetes-list-type": "set", "items": text},
        "on": {"type": "boolean"}}});
    json!({"type": "object", "properties": {
        "spec": {"type": "object", "properties": {
            "text": text,
            "number": {"type": "integer"},
            "either": {"x-kubernetes-int-or-string": true},
            "plain": {"type": "array", "items": text},
            "set": {"type": "array", "x-kubernetes-list-type": "set", "items": text},
            "numbers": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "integer"}},
            "parts": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name", "zone"],
                "items": part},
            "map": {"type": "object", "additionalProperties": text},
            "whole": {"type": "object", "additionalProperties": text, "x-kubernetes-map-type": "atomic"},
            "lists": {"type": "object", "additionalProperties": {"type": "array", "items": text}},
            "struct": {"type": "object", "x-kubernetes-map-type": "atomic",
                "properties": {"a": text, "b": {"type": "integer"}}},
            "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
            "nullable": {"type": "string", "nullable": true}}},
        "status": {"type": "object", "properties": {"phase": text, "seen": {"type": "integer"},
            "conditions": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"],
                "items": {"type": "object", "required": ["type"], "properties": {"type": text, "status": text}}}}}}})
}
