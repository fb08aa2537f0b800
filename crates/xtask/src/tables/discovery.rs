use std::collections::BTreeMap;

use anyhow::{Context, Result};
use linkspan_cluster::types::{Group, Kind, Kinds, Subresource, Types};
use serde_json::Value;

use super::documents::{self, Documents};
use super::served;
use super::server::Server;

const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/// The kinds that are served, from discovery.
pub(crate) fn kinds(server: &Server, documents: &Documents) -> Result<Kinds> {
    let names = documents::names(documents);
    let mut all = Kinds::default();
    for path in ["/api", "/apis"] {
        let answer = server.get(path, AGGREGATED)?;
        for group in answer["items"].as_array().into_iter().flatten() {
            add_group(server, group, &names, &mut all)?;
        }
    }
    Ok(all)
}

fn add_group(server: &Server, group: &Value, names: &Names, all: &mut Kinds) -> Result<()> {
    let name = text(&group["metadata"], "name");
    let mut served = Group { name: name.clone(), versions: Vec::new() };
    for described in group["versions"].as_array().into_iter().flatten() {
        let version = text(described, "version");
        if !served::versions().any(|one| one == (&name, &version)) {
            continue;
        }
        let hashes = hashes(server, &name, &version)?;
        for resource in described["resources"].as_array().into_iter().flatten() {
            let plural = text(resource, "resource");
            if served::resource(&name, &version, &plural) {
                let mut kind = kind(&name, &version, resource, names)?;
                kind.storage_version_hash = hashes.get(&plural).cloned().unwrap_or_default();
                all.kinds.push(kind);
            }
        }
        served.versions.push(version);
    }
    if !served.versions.is_empty() {
        all.groups.push(served);
    }
    Ok(())
}

/// The name of the component that describes a kind, by group, version and kind.
type Names = BTreeMap<(String, String, String), String>;

fn kind(group: &str, version: &str, resource: &Value, names: &Names) -> Result<Kind> {
    let kind = text(&resource["responseKind"], "kind");
    let name = names.get(&(group.to_owned(), version.to_owned(), kind.clone()));
    let subresources = resource["subresources"].as_array().into_iter().flatten();
    Ok(Kind {
        group: group.to_owned(),
        version: version.to_owned(),
        plural: text(resource, "resource"),
        singular: text(resource, "singularResource"),
        short_names: texts(&resource["shortNames"]),
        categories: texts(&resource["categories"]),
        namespaced: resource["scope"] == "Namespaced",
        verbs: texts(&resource["verbs"]),
        schema_name: name.with_context(|| format!("`{kind}` of `{group}/{version}` is not described"))?.clone(),
        kind,
        subresources: subresources.map(|one| subresource(group, version, one, names)).collect(),
        ..Kind::default()
    })
}

/// Where discovery names no version, it is the resource's.
fn subresource(group: &str, version: &str, described: &Value, names: &Names) -> Subresource {
    let answered = &described["responseKind"];
    let own = text(answered, "version").is_empty();
    let (group, version) =
        if own { (group.to_owned(), version.to_owned()) } else { (text(answered, "group"), text(answered, "version")) };
    let kind = text(answered, "kind");
    let name = names.get(&(group.clone(), version.clone(), kind.clone()));
    Subresource {
        name: text(described, "subresource"),
        schema_name: name.cloned().unwrap_or_default(),
        verbs: texts(&described["verbs"]),
        group,
        version,
        kind,
        ..Subresource::default()
    }
}

/// Finds the structs that the kinds are.
pub(crate) fn resolve(kinds: &mut Kinds, types: &Types) {
    for kind in &mut kinds.kinds {
        kind.schema = types.find(&kind.schema_name).unwrap_or_default();
    }
}

/// Only the older form of discovery says them.
fn hashes(server: &Server, group: &str, version: &str) -> Result<BTreeMap<String, String>> {
    let answer = server.get(&format!("/{}", served::address(group, version)), "application/json")?;
    let resources = answer["resources"].as_array().into_iter().flatten();
    Ok(resources.map(|one| (text(one, "name"), text(one, "storageVersionHash"))).collect())
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
