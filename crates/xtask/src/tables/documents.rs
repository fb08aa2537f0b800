use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;
use linkspan_cluster::types::openapi::Reader;
use linkspan_cluster::types::{Kinds, Types};
use serde_json::{Map, Value};

use super::served;
use super::server::Server;

/// The OpenAPI documents of what is served by their addresses, `api/v1`, `apis/apps/v1`.
pub(crate) type Documents = BTreeMap<String, Value>;

const DELETE_OPTIONS: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions";

/// All documents, each without the resources that are not served.
pub(crate) fn read(server: &Server) -> Result<Documents> {
    let one = |(group, version)| {
        let address = served::address(group, version);
        let mut document = server.get(&format!("/openapi/v3/{address}"), "application/json")?;
        prune(&mut document, group, version);
        Ok((address, document))
    };
    served::versions().map(one).collect()
}

fn prune(document: &mut Value, group: &str, version: &str) {
    if let Some(paths) = document["paths"].as_object_mut() {
        paths.retain(|path, _| plural(path).is_none_or(|plural| served::resource(group, version, plural)));
    }
    let mut used = BTreeSet::new();
    let schemas = document["components"]["schemas"].clone();
    reach(&document["paths"], &schemas, &mut used);
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.retain(|name, _| used.contains(name));
    }
}

/// The resource that an address is about; nothing for the list of resources itself.
fn plural(path: &str) -> Option<&str> {
    let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
    let below = if parts.first() == Some(&"api") { parts.get(2..)? } else { parts.get(3..)? };
    match below {
        ["watch", rest @ ..] => named(rest),
        rest => named(rest),
    }
}

fn named<'a>(parts: &[&'a str]) -> Option<&'a str> {
    match parts {
        ["namespaces", "{namespace}", plural, ..] => Some(plural),
        [plural, ..] => Some(plural),
        [] => None,
    }
}

fn reach(value: &Value, schemas: &Value, used: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            let name = fields.get("$ref").and_then(Value::as_str).and_then(|name| name.rsplit('/').next());
            if let Some(name) = name
                && used.insert(name.to_owned())
            {
                reach(&schemas[name], schemas, used);
            }
            fields.values().for_each(|field| reach(field, schemas, used));
        }
        Value::Array(items) => items.iter().for_each(|item| reach(item, schemas, used)),
        _ => {}
    }
}

/// The components of all documents.
pub(crate) fn schemas(documents: &Documents) -> Map<String, Value> {
    let all = documents.values().filter_map(|document| document["components"]["schemas"].as_object());
    all.flatten().map(|(name, schema)| (name.clone(), schema.clone())).collect()
}

/// The name of the component that describes a kind, by group, version and kind. Those that every version has
/// (`DeleteOptions`) are nobody's.
pub(crate) fn names(documents: &Documents) -> BTreeMap<(String, String, String), String> {
    let mut names = BTreeMap::new();
    for (name, schema) in schemas(documents) {
        if let Some([one]) = schema["x-kubernetes-group-version-kind"].as_array().map(Vec::as_slice) {
            let part = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
            names.insert((part("group"), part("version"), part("kind")), name);
        }
    }
    names
}

/// What the kinds, and what is sent to their subresources, consist of.
pub(crate) fn types(documents: &Documents, kinds: &Kinds) -> Types {
    let schemas = schemas(documents);
    let mut reader = Reader::new(&schemas);
    let subresources = |kind: &linkspan_cluster::types::Kind| kind.subresources.clone();
    let own = kinds.kinds.iter().map(|kind| kind.schema_name.clone());
    let below = kinds.kinds.iter().flat_map(subresources).map(|one| one.schema_name);
    for name in own.chain(below).chain([DELETE_OPTIONS.to_owned()]).filter(|name| !name.is_empty()) {
        reader.component(&name);
    }
    reader.finish()
}

/// The documents as they are served.
pub(crate) fn served(documents: &Documents) -> impl Iterator<Item = (String, String)> {
    documents.iter().map(|(path, document)| (path.clone(), document.to_string()))
}

/// The name of a document's file within the folder of the tables.
pub(crate) fn file(path: &str) -> String {
    format!("openapi/{}.json.gz", path.replace('/', "_"))
}

/// A document as small as it gets; without a time, so that it is always the same.
pub(crate) fn compressed(document: &str) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(document.as_bytes())?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_address_is_about_a_resource() {
        let about = |path| plural(path);
        assert_eq!(about("/api/v1/"), None);
        assert_eq!(about("/api/v1/nodes/{name}/status"), Some("nodes"));
        assert_eq!(about("/api/v1/namespaces/{name}/finalize"), Some("namespaces"));
        assert_eq!(about("/apis/apps/v1/namespaces/{namespace}/deployments/{name}"), Some("deployments"));
        assert_eq!(about("/apis/apps/v1/watch/namespaces/{namespace}/daemonsets"), Some("daemonsets"));
    }

    #[test]
    fn what_is_not_served_leaves_a_document_with_its_schemas() {
        let refers = |name: &str| json!({"get": {"schema": {"$ref": format!("#/components/schemas/{name}")}}});
        let mut document = json!({
            "paths": {"/api/v1/pods": refers("Pod"), "/api/v1/podtemplates": refers("Template")},
            "components": {"schemas": {
                "Pod": {"properties": {"spec": {"allOf": [{"$ref": "#/components/schemas/Spec"}]}}},
                "Spec": {}, "Template": {},
            }},
        });
        prune(&mut document, "", "v1");
        let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&document["paths"]), ["/api/v1/pods"]);
        assert_eq!(names(&document["components"]["schemas"]), ["Pod", "Spec"]);
    }
}
