//! The addresses of a schema's parts: what `$id`, `$anchor` and their relatives name, and where references lead.

use std::collections::{BTreeMap, HashMap};

use jsonschema::{Uri, uri};
use serde_json::Value;

use crate::schema::{Bundle, Dialect, unescaped};

const SCHEMAS: [&str; 13] = [
    "additionalItems",
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
    "extends",
];
const LISTS: [&str; 5] = ["allOf", "anyOf", "oneOf", "prefixItems", "items"];
const MAPS: [&str; 6] = ["$defs", "definitions", "dependentSchemas", "dependencies", "patternProperties", "properties"];

/// A part of a bundle with an address of its own.
#[derive(Debug)]
pub(super) struct Resource {
    pub(super) pointer: String,
    base: Uri<String>,
    pub(super) dialect: Dialect,
    /// Where `$dynamicAnchor` marks something; under the empty name, where `$recursiveAnchor` does.
    pub(super) dynamic: BTreeMap<String, String>,
    anchors: HashMap<String, String>,
}

/// All addresses of a bundle.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) resources: Vec<Resource>,
    by_uri: HashMap<String, usize>,
    by_pointer: HashMap<String, usize>,
    /// Whether a reference depends on the way that leads to it.
    pub(super) is_dynamic: bool,
}

/// Where a reference leads.
pub(super) enum Target {
    /// To a JSON Pointer in the bundle.
    Within(String),
    /// To a place outside, or nowhere.
    Outside(String),
}

/// A JSON Pointer, one step longer.
pub(in crate::compat::semantic) fn step(pointer: &str, token: &str) -> String {
    format!("{pointer}/{}", token.replace('~', "~0").replace('/', "~1"))
}

impl Index {
    pub(super) fn new(bundle: &Bundle) -> Option<Self> {
        let base = uri::from_str("json-schema:///").ok()?;
        let mut index =
            Self { resources: Vec::new(), by_uri: HashMap::new(), by_pointer: HashMap::new(), is_dynamic: false };
        index.add(String::new(), base, bundle.dialect);
        let mut open = vec![(String::new(), &bundle.value, 0)];
        while let Some((pointer, schema, resource)) = open.pop() {
            let resource = index.enter(&pointer, schema, resource);
            children(&pointer, schema, &mut |pointer, child| open.push((pointer, child, resource)));
        }
        Some(index)
    }

    fn add(&mut self, pointer: String, base: Uri<String>, dialect: Dialect) -> usize {
        let resource = self.resources.len();
        self.by_uri.entry(address(&base)).or_insert(resource);
        self.by_pointer.insert(pointer.clone(), resource);
        self.resources.push(Resource { pointer, base, dialect, dynamic: BTreeMap::new(), anchors: HashMap::new() });
        resource
    }

    fn enter(&mut self, pointer: &str, schema: &Value, resource: usize) -> usize {
        let Some(members) = schema.as_object() else { return resource };
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let named = text("$schema").and_then(Dialect::named);
        let dialect = named.unwrap_or(self.resources[resource].dialect);
        let alone = dialect <= Dialect::Draft7 && members.contains_key("$ref");
        let id = text(if dialect == Dialect::Draft4 { "id" } else { "$id" }).filter(|_| !alone);
        let resource = match id {
            Some(id) if !id.starts_with('#') => self.identified(pointer, id, dialect, resource),
            _ => resource,
        };
        let here = &mut self.resources[resource];
        let plain = id.and_then(|id| Some(id.split_once('#')?.1)).filter(|_| dialect <= Dialect::Draft7);
        for anchor in plain.into_iter().chain(text("$anchor")).chain(text("$dynamicAnchor")) {
            here.anchors.entry(anchor.to_owned()).or_insert_with(|| pointer.to_owned());
        }
        if let Some(anchor) = text("$dynamicAnchor") {
            here.dynamic.entry(anchor.to_owned()).or_insert_with(|| pointer.to_owned());
        }
        if members.get("$recursiveAnchor") == Some(&Value::Bool(true)) && here.pointer == pointer {
            here.dynamic.insert(String::new(), pointer.to_owned());
        }
        self.is_dynamic |= members.contains_key("$dynamicRef") || members.contains_key("$recursiveRef");
        resource
    }

    fn identified(&mut self, pointer: &str, id: &str, dialect: Dialect, parent: usize) -> usize {
        let id = id.split('#').next().unwrap_or_default();
        let base = uri::resolve_against(&self.resources[parent].base.borrow(), id);
        let base = base.unwrap_or_else(|_| self.resources[parent].base.clone());
        if pointer.is_empty() {
            self.by_uri.entry(address(&base)).or_insert(0);
            self.resources[0].base = base;
            self.resources[0].dialect = dialect;
            return 0;
        }
        self.add(pointer.to_owned(), base, dialect)
    }

    /// The innermost resource that a place lies in.
    pub(super) fn resource_at(&self, pointer: &str) -> usize {
        let mut pointer = pointer;
        loop {
            if let Some(resource) = self.by_pointer.get(pointer) {
                return *resource;
            }
            match pointer.rfind('/') {
                Some(end) => pointer = &pointer[..end],
                None => return 0,
            }
        }
    }

    pub(super) fn resolve(&self, reference: &str, from: usize) -> Target {
        let (address_part, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let Some(resource) = self.resource_named(address_part, from) else {
            return Target::Outside(reference.to_owned());
        };
        let resource = &self.resources[resource];
        let fragment = unescaped(fragment);
        if fragment.is_empty() || fragment.starts_with('/') {
            return Target::Within(format!("{}{fragment}", resource.pointer));
        }
        match resource.anchors.get(&fragment) {
            Some(pointer) => Target::Within(pointer.clone()),
            None => Target::Outside(reference.to_owned()),
        }
    }

    fn resource_named(&self, reference: &str, from: usize) -> Option<usize> {
        if reference.is_empty() {
            return Some(from);
        }
        let target = uri::resolve_against(&self.resources[from].base.borrow(), reference).ok()?;
        self.by_uri.get(&address(&target)).copied()
    }
}

fn address(uri: &Uri<String>) -> String {
    uri.as_str().trim_end_matches('#').to_owned()
}

/// The schemas directly within a schema.
pub(super) fn children<'v>(pointer: &str, schema: &'v Value, found: &mut impl FnMut(String, &'v Value)) {
    let Some(members) = schema.as_object() else { return };
    for (name, value) in members {
        let at = || step(pointer, name);
        match value {
            Value::Array(items) if LISTS.contains(&name.as_str()) => {
                for (place, item) in items.iter().enumerate() {
                    found(format!("{}/{place}", at()), item);
                }
            }
            Value::Object(inner) if MAPS.contains(&name.as_str()) => {
                for (inner_name, inner_value) in inner {
                    found(step(&at(), inner_name), inner_value);
                }
            }
            Value::Object(_) if SCHEMAS.contains(&name.as_str()) => found(at(), value),
            _ => {}
        }
    }
}
