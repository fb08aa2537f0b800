//! A schema as a registry holds it: the document as it is, and those that it refers to by the names that it uses.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use linkspan_source::pointer;
use serde_json::Value;

use super::registry::{Order, Registered};
use crate::schema::{Bundle, Files, Place, unescaped};

/// How many documents a schema may refer to.
const MOST: usize = 1_000;

/// For how many objects of a bundle it is looked up how their members stand.
const MOST_ORDERED: usize = 2_000;

/// The document at a place with its references; a part of a document stands alone, as its bundle.
pub(super) fn registered(files: &Files, place: &Place, bundle: Option<&Bundle>) -> Registered {
    let document = files.document(&place.path).ok().filter(|_| place.pointer.is_empty());
    let Some(document) = document else {
        let schema = bundle.map(|bundle| bundle.value.clone()).unwrap_or_default();
        let order = bundle.map(|bundle| order(files, bundle)).unwrap_or_default();
        return Registered { schema, orders: [(String::new(), order)].into(), ..Registered::default() };
    };
    let mut registered = Registered {
        schema: document.value.clone(),
        orders: [(String::new(), document.orders())].into(),
        ..Registered::default()
    };
    let mut waiting = vec![(place.path.clone(), document)];
    while let Some((path, document)) = waiting.pop() {
        for address in addresses(&document.value) {
            let target = target(files, &path, &address).filter(|_| !registered.references.contains_key(&address));
            let document = target.and_then(|target| Some((files.document(&target).ok()?, target)));
            if let Some((document, target)) = document.filter(|_| registered.references.len() < MOST) {
                registered.references.insert(address.clone(), document.value.clone());
                registered.orders.insert(address, document.orders());
                waiting.push((target, document));
            }
        }
    }
    registered
}

/// How the members of a bundle's objects stand where they come from.
fn order(files: &Files, bundle: &Bundle) -> Order {
    let mut known: BTreeMap<PathBuf, Order> = BTreeMap::new();
    let mut found = Order::new();
    let mut open = vec![(&bundle.value, String::new())];
    while let Some((value, at)) = open.pop().filter(|_| found.len() < MOST_ORDERED) {
        match value {
            Value::Object(members) => {
                let names = bundle.origin(&at).and_then(|origin| {
                    let orders = known.entry(origin.path.clone()).or_insert_with(|| {
                        files.document(&origin.path).map(|document| document.orders()).unwrap_or_default()
                    });
                    orders.get(&origin.pointer).cloned()
                });
                open.extend(members.iter().map(|(name, value)| (value, pointer::join(&at, name))));
                found.extend(names.map(|names| (at, names)));
            }
            Value::Array(items) => {
                open.extend(items.iter().enumerate().map(|(index, item)| (item, pointer::join_index(&at, index))));
            }
            _ => {}
        }
    }
    found
}

/// The addresses, without fragments, of all references that lead out of a document.
fn addresses(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(value, &mut found);
    found
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            let reference = members.get("$ref").and_then(Value::as_str);
            let address = reference.map(|reference| reference.split('#').next().unwrap_or_default());
            found.extend(address.filter(|address| !address.is_empty()).map(ToOwned::to_owned));
            members.values().for_each(|value| collect(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

fn target(files: &Files, from: &Path, address: &str) -> Option<PathBuf> {
    if address.contains("://") || address.starts_with("urn:") {
        return files.path(address);
    }
    let mut path = from.parent().unwrap_or(from).to_owned();
    for component in Path::new(&unescaped(address)).components() {
        match component {
            Component::ParentDir => drop(path.pop()),
            Component::Normal(name) => path.push(name),
            Component::RootDir => path = PathBuf::new(),
            Component::Prefix(_) | Component::CurDir => {}
        }
    }
    Some(path)
}
