use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use serde_json::{Map, Value};

use super::{pieces, reading};
use crate::compat::registry::documents::{Documents, Written};
use crate::compat::registry::fault::{Outcome, unloadable};
use crate::compat::registry::uri;
use crate::compat::registry::value::Reading;

/// The address of a root document without one of its own.
const INPUT: &str = "mem://input";

/// A value in a document, with the base address that references resolve against.
#[derive(Clone)]
pub(super) struct Place<'a> {
    pub(super) value: &'a Value,
    pub(super) base: Rc<str>,
    pub(super) reading: Reading,
    written: Rc<Written<'a>>,
}

impl<'a> Place<'a> {
    /// An object's members in the peer's order.
    pub(super) fn members<'v>(&self, object: &'v Map<String, Value>) -> Vec<(&'v str, &'v Value)> {
        super::order::members(object, self.reading, &self.written)
    }

    pub(super) fn inside(&self, value: &'a Value) -> Self {
        Self { value, ..self.clone() }
    }

    /// The same place after its own `$id`.
    pub(super) fn entered(&self) -> Outcome<Self> {
        match self.value.get("$id").and_then(Value::as_str) {
            Some(id) if !self.base.ends_with(id) => Ok(Self { base: against(&self.base, id)?.into(), ..self.clone() }),
            _ => Ok(self.clone()),
        }
    }
}

/// What references can reach, by address.
pub(super) struct Places<'a> {
    documents: BTreeMap<String, &'a Value>,
    known: HashMap<Rc<str>, Place<'a>>,
    root: (Rc<str>, Place<'a>),
    written: Rc<Written<'a>>,
}

impl<'a> Places<'a> {
    pub(super) fn new(documents: &'a Documents<'_>) -> Outcome<Self> {
        let written = Rc::new(documents.written());
        let (value, base) = (&*documents.root, INPUT.into());
        let place = Place { value, base, reading: reading(true), written: written.clone() };
        let address = normal(&place.entered()?.base);
        let mut places = Self {
            documents: documents.by_address("$id")?,
            known: HashMap::new(),
            root: (address.clone(), place.clone()),
            written,
        };
        places.register(&place)?;
        places.known.insert(address, place);
        Ok(places)
    }

    pub(super) fn root(&self) -> (Rc<str>, Place<'a>) {
        self.root.clone()
    }

    /// A reference as an absolute address.
    pub(super) fn address(&self, reference: &str, place: &Place<'a>) -> Outcome<Rc<str>> {
        let as_written = uri::is_absolute(reference) || self.documents.contains_key(uri::split(reference).0);
        let absolute = if as_written { reference.to_owned() } else { against(&place.base, reference)? };
        Ok(normal(&absolute))
    }

    /// What stands at an address.
    pub(super) fn find(&mut self, address: &str) -> Outcome<Place<'a>> {
        if let Some(place) = self.known.get(address) {
            return Ok(place.clone());
        }
        let (document, fragment) = uri::split(address);
        let document = self.document(document)?;
        if fragment.is_empty() {
            return Ok(document);
        }
        if let Some(place) = self.known.get(address) {
            return Ok(place.clone());
        }
        follow(document, fragment)
    }

    fn document(&mut self, address: &str) -> Outcome<Place<'a>> {
        if let Some(place) = self.known.get(address) {
            return Ok(place.clone());
        }
        let registered = self.documents.get(address).copied();
        let Some(value) = registered.or_else(|| crate::compat::registry::meta::document(address)) else {
            return unloadable(format!("`{address}` is not among the registered references"));
        };
        let written = self.written.clone();
        let place = Place { value, base: address.into(), reading: reading(false), written };
        self.known.insert(address.into(), place.clone());
        self.register(&place)?;
        Ok(place)
    }

    /// Notes every id and anchor of a document; unknown keywords are not looked into.
    fn register(&mut self, root: &Place<'a>) -> Outcome<()> {
        let mut open = vec![(root.clone(), ["", ""])];
        while let Some((place, [before, last])) = open.pop() {
            if !last.is_empty() && !pieces::is_known(last) && !pieces::has_free_names(before) {
                continue;
            }
            match place.value {
                Value::Object(members) => {
                    let place = place.entered()?;
                    self.name(&place)?;
                    let members = members.iter().filter(|(name, _)| *name != "enum" && *name != "const");
                    open.extend(members.map(|(name, value)| (place.inside(value), [last, name.as_str()])));
                }
                Value::Array(items) => open.extend(items.iter().map(|item| (place.inside(item), [last, "0"]))),
                _ => {}
            }
        }
        Ok(())
    }

    fn name(&mut self, place: &Place<'a>) -> Outcome<()> {
        if place.value.get("$id").is_some_and(Value::is_string) {
            self.reserve(normal(&place.base), place)?;
        }
        if let Some(anchor) = place.value.get("$anchor").and_then(Value::as_str) {
            self.reserve(normal(&against(&place.base, &format!("#{anchor}"))?), place)?;
        }
        if let Some(anchor) = place.value.get("$dynamicAnchor").and_then(Value::as_str) {
            let address = against(&place.base, &format!("#{anchor}"))?;
            self.known.insert(normal(&address), place.clone());
        }
        Ok(())
    }

    fn reserve(&mut self, address: Rc<str>, place: &Place<'a>) -> Outcome<()> {
        let taken = self.known.get(&address).is_some_and(|known| !std::ptr::eq(known.value, place.value));
        if taken {
            return unloadable(format!("two schemas have the address `{address}`"));
        }
        self.known.entry(address).or_insert_with(|| place.clone());
        Ok(())
    }
}

/// The schema with a dynamic anchor: a scope itself, or what its first definition leads to.
pub(super) fn with_dynamic_anchor<'a>(scope: &Place<'a>, anchor: &str) -> Option<Place<'a>> {
    let mut scope = scope.clone();
    loop {
        if scope.value.get("$dynamicAnchor").and_then(Value::as_str) == Some(anchor) {
            return Some(scope);
        }
        let definitions = scope.value.get("$defs").and_then(Value::as_object)?;
        let mut definitions = scope.members(definitions).into_iter();
        let (_, first) = definitions.find(|(_, value)| value.is_object())?;
        scope = scope.inside(first).entered().ok()?;
    }
}

fn follow<'a>(document: Place<'a>, fragment: &str) -> Outcome<Place<'a>> {
    let Some(segments) = uri::pointer(fragment) else {
        return unloadable(format!("`{fragment}` is neither an anchor nor a JSON Pointer"));
    };
    let mut place = document.entered()?;
    for segment in segments {
        let next = match place.value {
            Value::Object(members) => members.get(&segment),
            Value::Array(items) => segment.parse::<usize>().ok().and_then(|at| items.get(at)),
            _ => None,
        };
        let Some(value) = next else { return unloadable(format!("`{fragment}` leads nowhere")) };
        place = place.inside(value).entered()?;
    }
    Ok(place)
}

/// Without an empty fragment.
fn normal(address: &str) -> Rc<str> {
    address.strip_suffix('#').unwrap_or(address).into()
}

/// `urn:` and `tag:` addresses take a reference as it is.
fn against(base: &str, reference: &str) -> Outcome<String> {
    if base.starts_with("urn:") || base.starts_with("tag:") {
        return Ok(format!("{base}{reference}"));
    }
    uri::resolve(Some(base), reference)
}
