use std::collections::HashMap;
use std::rc::Rc;

use serde_json::{Map, Value};

use super::keywords::{self, Left};
use super::{Loader, Root, Scope, annotate};
use crate::compat::registry::documents::Draft;
use crate::compat::registry::fault::{Outcome, unloadable};
use crate::compat::registry::node::{Id, Kind, Link, Node};
use crate::compat::registry::uri;

/// The references to one target, which is loaded once.
#[derive(Default)]
pub(super) struct Knot {
    waiting: Vec<Link>,
    target: Option<Id>,
}

/// A document's schemas by the text of their ids.
pub(super) type Places<'a> = HashMap<&'a str, Place<'a>>;

/// A value in a document, and its own scope.
#[derive(Clone)]
pub(super) struct Place<'a> {
    value: &'a Value,
    scope: Scope<'a>,
}

impl<'a> Loader<'a, '_> {
    /// A schema with `$ref`; beside it only title and description count, and what nobody knows.
    pub(super) fn reference(
        &mut self,
        object: &'a Map<String, Value>,
        left: Left<'a>,
        scope: &Scope<'a>,
    ) -> Outcome<Node<'a>> {
        let reference = keywords::text("$ref", &object["$ref"])?;
        let (link, text) = self.lookup(reference, scope)?;
        let node = Node::of(Kind::Reference { link, text });
        // Id and default come too late, but for a target that is still being loaded.
        let late = self.arena.target(link).is_none();
        annotate(node, left, scope, late)
    }

    /// The link, and how the reference prints: as written the first time, absolute later.
    fn lookup(&mut self, reference: &str, scope: &Scope<'a>) -> Outcome<(Link, String)> {
        let absolute = uri::resolve(scope.base.as_deref(), reference)?;
        let link = self.arena.link();
        if let Some(knot) = self.knots.get_mut(&absolute) {
            match knot.target {
                Some(target) => self.arena.resolve(link, target),
                None => knot.waiting.push(link),
            }
            return Ok((link, absolute));
        }
        let place = self.find(reference, &absolute, scope)?;
        self.knots.insert(absolute.clone(), Knot { waiting: vec![link], target: None });
        let target = self.schema(place.value, &place.scope)?;
        let knot = self.knots.entry(absolute).or_default();
        knot.target = Some(target);
        for waiting in std::mem::take(&mut knot.waiting) {
            self.arena.resolve(waiting, target);
        }
        Ok((link, reference.to_owned()))
    }

    fn find(&mut self, reference: &str, absolute: &str, scope: &Scope<'a>) -> Outcome<Place<'a>> {
        if let Some(place) = self.places(&scope.root)?.get(absolute) {
            return Ok(place.clone());
        }
        if reference.starts_with('#') {
            return self.query(&scope.root.clone(), reference);
        }
        if absolute.starts_with('#') {
            return self.query(&scope.root.clone(), absolute);
        }
        let (document, address, fragment) = self.document(absolute)?;
        // References with only a fragment, inside of it, are read as the referring document is.
        let outer = Scope::of_document(document, Some(address.into()), scope.draft)?;
        let found = self.query(&outer.root, fragment)?;
        let draft = own_draft(document, scope.draft)?;
        let base = Some(Rc::from(uri::split(absolute).0));
        let inner = Scope { root: outer.root, base, draft };
        Ok(Place { value: found.value, scope: inner.inside(found.value)? })
    }

    /// A registered document, with its address and the fragment that is asked for.
    fn document<'t>(&self, absolute: &'t str) -> Outcome<(&'a Value, &'t str, &'t str)> {
        if let Some(document) = self.addresses.get(absolute) {
            return Ok((document, absolute, "#"));
        }
        let (address, fragment) = uri::split(absolute);
        if let Some(document) = self.addresses.get(address) {
            return Ok((document, address, fragment));
        }
        match crate::compat::registry::meta::document(address) {
            Some(document) => Ok((document, address, fragment)),
            None => unloadable(format!("`{absolute}` is not among the registered references")),
        }
    }

    /// Follows a fragment in a document: an id that is only a fragment, or a JSON Pointer.
    fn query(&mut self, root: &Rc<Root<'a>>, fragment: &str) -> Outcome<Place<'a>> {
        let scope = Scope { root: root.clone(), base: root.base.clone(), draft: root.draft };
        if !root.document.is_object() {
            return unloadable("a document that is referred to must be an object");
        }
        let mut place = Place { value: root.document, scope };
        if fragment.is_empty() {
            return Ok(place);
        }
        if let Some(found) = self.places(root)?.get(fragment) {
            return Ok(found.clone());
        }
        let Some(segments) = uri::pointer(fragment) else {
            return unloadable(format!("`{fragment}` is neither an id nor a JSON Pointer"));
        };
        for segment in segments {
            let next = match place.value {
                Value::Object(members) => members.get(&segment),
                Value::Array(items) => segment.parse::<usize>().ok().and_then(|at| items.get(at)),
                _ => None,
            };
            let Some(value) = next else { return unloadable(format!("`{fragment}` leads nowhere")) };
            place = Place { value, scope: place.scope.inside(value)? };
        }
        Ok(place)
    }

    fn places(&mut self, root: &Rc<Root<'a>>) -> Outcome<Rc<Places<'a>>> {
        let key: *const Value = root.document;
        if let Some(places) = self.places.get(&key) {
            return Ok(places.clone());
        }
        let scope = Scope { root: root.clone(), base: root.base.clone(), draft: root.draft };
        let places = Rc::new(collect(Place { value: root.document, scope })?);
        self.places.insert(key, places.clone());
        Ok(places)
    }
}

/// Every object with an id, wherever it stands.
fn collect<'a>(root: Place<'a>) -> Outcome<Places<'a>> {
    let mut places = Places::new();
    let mut open = vec![root];
    while let Some(place) = open.pop() {
        let children: Box<dyn Iterator<Item = &'a Value>> = match place.value {
            Value::Object(members) => Box::new(members.values()),
            Value::Array(items) => Box::new(items.iter()),
            _ => continue,
        };
        if let Some(id) = place.value.get(place.scope.draft.id_keyword()).and_then(Value::as_str) {
            places.insert(id, place.clone());
        }
        for value in children.filter(|value| value.is_object() || value.is_array()) {
            open.push(Place { value, scope: place.scope.inside(value)? });
        }
    }
    Ok(places)
}

/// The draft that a document names itself, where it is one of this loader's.
fn own_draft(document: &Value, outer: Draft) -> Outcome<Draft> {
    match document.get("$schema") {
        None => Ok(outer),
        Some(Value::String(schema)) => match Draft::of_classic(schema) {
            Some(draft) => Ok(draft),
            None if outer > Draft::Four => Ok(outer),
            None => unloadable(format!("the version of `{schema}` is unknown")),
        },
        Some(_) => unloadable("`$schema` must be a string"),
    }
}
