use std::collections::{BTreeMap, BTreeSet};

use jsonschema::uri;
use linkspan_source::pointer;
use serde_json::{Map, Value};

use super::language::{Language, Shape};

/// What holds at a schema: the address that its references start from, and what its keywords mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scope {
    pub(super) base: String,
    pub(super) language: Language,
}

/// A name within a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Anchor {
    pub(super) pointer: String,
    pub(super) dynamic: bool,
}

/// What can be referred to in one document. Pointers lead into the document.
#[derive(Debug, Clone)]
pub(super) struct Index {
    document: Scope,
    /// The schemas that name an identifier or a draft, and what holds from there.
    scopes: BTreeMap<String, Scope>,
    /// Identifiers.
    pub(super) resources: BTreeMap<String, String>,
    /// Anchors, by resource and name.
    pub(super) anchors: BTreeMap<(String, String), Anchor>,
    /// The resources with `$recursiveAnchor`, and where they begin.
    pub(super) recursive: BTreeMap<String, String>,
    roots: BTreeSet<String>,
}

impl Index {
    /// An index of nothing yet.
    pub(super) fn new(document: Scope) -> Self {
        let resources = BTreeMap::from([(document.base.clone(), String::new())]);
        Self {
            document,
            scopes: BTreeMap::new(),
            resources,
            anchors: BTreeMap::new(),
            recursive: BTreeMap::new(),
            roots: BTreeSet::new(),
        }
    }

    /// Adds the schema at a pointer, and all that are in it.
    pub(super) fn add(&mut self, document: &Value, at: &str) {
        let covered = self.roots.iter().any(|root| at == root);
        if let Some(schema) = pointer::get(document, at).filter(|_| !covered) {
            self.roots.insert(at.to_owned());
            let around = at.rsplit_once('/').map_or_else(|| self.document.clone(), |(parent, _)| self.scope(parent));
            self.walk(schema, at, &around);
        }
    }

    /// What holds at a pointer.
    pub(super) fn scope(&self, at: &str) -> Scope {
        let mut at = at;
        loop {
            match (self.scopes.get(at), at.rsplit_once('/')) {
                (Some(scope), _) => return scope.clone(),
                (None, Some((parent, _))) => at = parent,
                (None, None) => return self.document.clone(),
            }
        }
    }

    /// What holds from the schema at a pointer on, if that is not what holds around it.
    pub(super) fn own_scope(&self, at: &str) -> Option<&Scope> {
        self.scopes.get(at)
    }

    fn walk(&mut self, schema: &Value, at: &str, around: &Scope) {
        let Value::Object(schema) = schema else { return };
        let scope = self.enter(schema, at, around);
        for (keyword, value) in schema {
            for (below, child) in children(scope.language, keyword, value, at) {
                self.walk(child, &below, &scope);
            }
        }
    }

    fn enter(&mut self, schema: &Map<String, Value>, at: &str, around: &Scope) -> Scope {
        let language = around.language.detect(schema);
        let mut scope = Scope { base: around.base.clone(), language };
        match language.id(schema) {
            Some(id) if id.starts_with('#') && !language.siblings() => self.anchor(&scope.base, &id[1..], at, false),
            Some(id) => {
                if let Some(uri) = resolve(&scope.base, id) {
                    let (base, name) = uri.split_once('#').unwrap_or((&uri, ""));
                    base.clone_into(&mut scope.base);
                    self.resources.entry(scope.base.clone()).or_insert_with(|| at.to_owned());
                    if !name.is_empty() {
                        self.anchor(base, name, at, false);
                    }
                }
            }
            None => {}
        }
        self.names(schema, at, &scope);
        if scope != *around {
            self.scopes.insert(at.to_owned(), scope.clone());
        }
        scope
    }

    fn names(&mut self, schema: &Map<String, Value>, at: &str, scope: &Scope) {
        let word = |key: &str| schema.get(key).and_then(Value::as_str).filter(|_| scope.language.knows(key));
        if let Some(name) = word("$anchor") {
            self.anchor(&scope.base, name, at, false);
        }
        if let Some(name) = word("$dynamicAnchor") {
            self.anchor(&scope.base, name, at, true);
        }
        let recursive = schema.get("$recursiveAnchor") == Some(&Value::Bool(true));
        if recursive && scope.language.knows("$recursiveAnchor") {
            self.recursive.entry(scope.base.clone()).or_insert_with(|| at.to_owned());
        }
    }

    fn anchor(&mut self, base: &str, name: &str, at: &str, dynamic: bool) {
        let key = (base.to_owned(), name.to_owned());
        self.anchors.entry(key).or_insert_with(|| Anchor { pointer: at.to_owned(), dynamic });
    }
}

/// An absolute address; `None` where one of the two is no address.
pub(crate) fn resolve(base: &str, reference: &str) -> Option<String> {
    let base = uri::from_str(base).ok()?;
    Some(uri::resolve_against(&base.borrow(), reference).ok()?.as_str().to_owned())
}

/// The schemas directly in a keyword's value, with their pointers.
fn children<'v>(language: Language, keyword: &str, value: &'v Value, at: &str) -> Vec<(String, &'v Value)> {
    let Some(shape) = language.shape(keyword) else { return Vec::new() };
    let at = pointer::join(at, keyword);
    match (shape, value) {
        (Shape::List | Shape::OneOrList, Value::Array(items)) => {
            items.iter().enumerate().map(|(index, item)| (pointer::join_index(&at, index), item)).collect()
        }
        (Shape::Map, Value::Object(members)) => {
            members.iter().map(|(name, member)| (pointer::join(&at, name), member)).collect()
        }
        (Shape::One | Shape::OneOrList, _) => vec![(at, value)],
        _ => Vec::new(),
    }
}

/// The schemas of an AsyncAPI or OpenAPI document: below `schemas`, and what is called `schema`, `payload` or, as an
/// object with keywords, `headers`.
pub(super) fn schemas_of(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    search(document, "", &mut found);
    found
}

fn search(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                search(item, &pointer::join_index(at, index), found);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let below = pointer::join(at, name);
                let schema = matches!(name.as_str(), "schema" | "payload") || at == "/components/schemas";
                if schema && member.is_object() && !member.get("schemaFormat").is_some_and(Value::is_string) {
                    found.push(below);
                } else if !matches!(name.as_str(), "example" | "examples" | "default") {
                    search(member, &below, found);
                }
            }
        }
        _ => {}
    }
}
