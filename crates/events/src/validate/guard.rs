//! Schemas that would take for ever: branches that multiply on the way from reference to reference, and chains of
//! references without an end in sight. They are refused before a validator follows them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use linkspan_source::{Document, pointer};
use serde_json::{Map, Value};

use crate::catalog::target;
use crate::schema::{Error, Files, Place};

/// How many schemas may be tried on one value.
const MOST: u64 = 1_000_000;

/// How many schemas may lead from one to the next on one value.
const DEEPEST: usize = 2_000;

/// Keywords whose schemas describe the same value.
const SAME: [&str; 8] = ["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"];

/// Keywords that lead to a schema for the same value.
const REFERENCES: [&str; 3] = ["$ref", "$dynamicRef", "$recursiveRef"];

/// Keywords whose values are no schemas.
const DATA: [&str; 4] = ["enum", "const", "default", "examples"];

/// Whether the schemas in a document, and in those that it refers to, can be followed in bounded time.
///
/// # Errors
/// They cannot; the error names the first place.
pub(super) fn check(files: &Files, path: &Path) -> Result<(), Error> {
    let mut guard = Guard { files, names: HashMap::new(), costs: BTreeMap::new(), reached: BTreeSet::new() };
    let mut waiting = vec![path.to_owned()];
    let mut checked = BTreeSet::new();
    while let Some(path) = waiting.pop() {
        // What cannot be read is said by whoever needs it.
        let Ok(document) = files.document(&path) else { continue };
        if !checked.insert(path.clone()) {
            continue;
        }
        let root = Place { path, pointer: String::new() };
        if let Some((place, why)) = guard.worst(&document.value, &root) {
            let span = files.document(&place.path).ok().map(|document| document.nearest(&place.pointer));
            let message = format!("the schema cannot be used: {why} at `{}`", place.pointer);
            return Err(Error::Invalid { file: files.shown(&place.path), message, span });
        }
        waiting.extend(guard.reached.iter().filter(|path| !checked.contains(*path)).cloned());
    }
    Ok(())
}

struct Guard<'f> {
    files: &'f Files,
    /// What the schemas of each document call themselves.
    names: HashMap<PathBuf, Arc<Names>>,
    /// `None` while it is counted: references in a circle add nothing to it.
    costs: BTreeMap<Place, Option<u64>>,
    /// The documents that references lead to.
    reached: BTreeSet<PathBuf>,
}

/// A schema whose parts are being counted.
struct Open {
    place: Place,
    parts: std::vec::IntoIter<Place>,
    sum: u64,
}

impl Guard<'_> {
    /// The first place that is too much, and why.
    fn worst(&mut self, value: &Value, at: &Place) -> Option<(Place, String)> {
        let below = |pointer| Place { path: at.path.clone(), pointer };
        match value {
            Value::Object(members) => {
                let combines = REFERENCES.iter().chain(&SAME).any(|keyword| members.contains_key(*keyword));
                if combines && let Err(why) = self.count(at) {
                    return Some((at.clone(), why));
                }
                let parts = members.iter().filter(|(name, _)| !DATA.contains(&name.as_str()));
                parts.into_iter().find_map(|(name, value)| match value {
                    Value::Object(_) | Value::Array(_) => self.worst(value, &below(pointer::join(&at.pointer, name))),
                    _ => None,
                })
            }
            Value::Array(items) => {
                let mut parts = items.iter().enumerate();
                parts.find_map(|(index, item)| self.worst(item, &below(pointer::join_index(&at.pointer, index))))
            }
            _ => None,
        }
    }

    /// Counts how many schemas are tried on a value that the schema at a place describes.
    fn count(&mut self, at: &Place) -> Result<(), String> {
        let mut open = Vec::new();
        let mut next = Some(at.clone());
        loop {
            if let Some(place) = next.take().filter(|place| !self.costs.contains_key(place)) {
                let parts = self.parts(&place).into_iter();
                self.costs.insert(place.clone(), None);
                open.push(Open { place, parts, sum: 1 });
            }
            if open.len() > DEEPEST {
                return Err(format!("more than {DEEPEST} schemas lead from one to the next"));
            }
            let Some(inner) = open.last_mut() else { return Ok(()) };
            if let Some(part) = inner.parts.next() {
                match self.costs.get(&part) {
                    Some(known) => inner.sum = inner.sum.saturating_add(known.unwrap_or(0)),
                    None => next = Some(part),
                }
                continue;
            }
            let (place, sum) = (inner.place.clone(), inner.sum);
            if sum > MOST {
                return Err(format!("its branches multiply to more than {MOST} schemas for one value"));
            }
            self.costs.insert(place, Some(sum));
            open.pop();
            if let Some(outer) = open.last_mut() {
                outer.sum = outer.sum.saturating_add(sum);
            }
        }
    }

    /// The places of the schemas that describe the same value as the one at a place.
    fn parts(&mut self, at: &Place) -> Vec<Place> {
        let Ok(document) = self.files.document(&at.path) else { return Vec::new() };
        let Some(Value::Object(schema)) = pointer::get(&document.value, &at.pointer) else { return Vec::new() };
        let mut found = self.references(schema, at);
        found.extend(parts(schema, at));
        found
    }

    /// The places that the references of a schema lead to.
    fn references(&mut self, schema: &Map<String, Value>, at: &Place) -> Vec<Place> {
        let references = REFERENCES.iter().filter_map(|keyword| schema.get(*keyword).and_then(Value::as_str));
        let references: Vec<_> = references.filter_map(|reference| self.target(at, reference)).collect();
        self.reached.extend(references.iter().map(|place| place.path.clone()));
        references
    }

    fn target(&mut self, from: &Place, reference: &str) -> Option<Place> {
        let (address, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let own = self.names(&from.path)?;
        let mut place = match own.identified(address) {
            Some(pointer) => Place { path: from.path.clone(), pointer: pointer.clone() },
            None => target(self.files, from, reference.split('#').next().unwrap_or_default()).ok()?,
        };
        match self.names(&place.path)?.anchors.get(fragment) {
            Some(pointer) => place.pointer.clone_from(pointer),
            None => place.pointer.push_str(&crate::schema::unescaped(fragment)),
        }
        Some(place)
    }

    fn names(&mut self, path: &Path) -> Option<Arc<Names>> {
        if let Some(known) = self.names.get(path) {
            return Some(Arc::clone(known));
        }
        let document = self.files.document(path).ok()?;
        let names = Arc::new(Names::of(&document));
        self.names.insert(path.to_owned(), Arc::clone(&names));
        Some(names)
    }
}

/// The names that schemas in a document give themselves, each with a pointer to the schema.
#[derive(Default)]
struct Names {
    anchors: HashMap<String, String>,
    identifiers: HashMap<String, String>,
}

impl Names {
    fn of(document: &Document) -> Self {
        let mut names = Self::default();
        let mut waiting = vec![(String::new(), &document.value)];
        while let Some((at, value)) = waiting.pop() {
            match value {
                Value::Object(members) => {
                    let inner = members.iter().filter(|(name, _)| !DATA.contains(&name.as_str()));
                    waiting.extend(inner.map(|(name, value)| (pointer::join(&at, name), value)));
                    names.add(members, &at);
                }
                Value::Array(items) => {
                    let items = items.iter().enumerate();
                    waiting.extend(items.map(|(index, item)| (pointer::join_index(&at, index), item)));
                }
                _ => {}
            }
        }
        names
    }

    fn add(&mut self, members: &Map<String, Value>, at: &str) {
        let named = |keyword: &str| members.get(keyword).and_then(Value::as_str);
        for anchor in ["$anchor", "$dynamicAnchor"].into_iter().filter_map(named) {
            self.anchors.insert(anchor.to_owned(), at.to_owned());
        }
        for identifier in ["$id", "id"].into_iter().filter_map(named) {
            match identifier.strip_prefix('#') {
                Some(anchor) => self.anchors.insert(anchor.to_owned(), at.to_owned()),
                None => self.identifiers.insert(last(identifier).to_owned(), at.to_owned()),
            };
        }
    }

    /// The schema that an address names, by its last part: whether it is that one or another of the same name does not
    /// matter to what it costs.
    fn identified(&self, address: &str) -> Option<&String> {
        self.identifiers.get(last(address)).filter(|_| !address.is_empty())
    }
}

/// The last part of an address.
fn last(address: &str) -> &str {
    address.trim_end_matches(['#', '/']).rsplit(['/', ':']).next().unwrap_or(address)
}

/// The schemas in a schema that describe the same value.
fn parts(schema: &Map<String, Value>, at: &Place) -> Vec<Place> {
    let mut parts = Vec::new();
    for keyword in SAME {
        let at = pointer::join(&at.pointer, keyword);
        match schema.get(keyword) {
            Some(Value::Array(list)) => parts.extend((0..list.len()).map(|index| pointer::join_index(&at, index))),
            Some(Value::Object(map)) if keyword == "dependentSchemas" => {
                parts.extend(map.keys().map(|name| pointer::join(&at, name)));
            }
            Some(Value::Object(_)) => parts.push(at),
            _ => {}
        }
    }
    parts.into_iter().map(|pointer| Place { path: at.path.clone(), pointer }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn checked(schema: &Value) -> Result<(), String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("s.json"), schema.to_string()).unwrap();
        check(&Files::new(folder.path(), folder.path()), Path::new("s.json")).map_err(|error| error.to_string())
    }

    fn chain(length: usize, link: impl Fn(Value) -> Value) -> Value {
        let next = |index| link(json!({"$ref": format!("#/$defs/a{}", index + 1)}));
        let mut defs: Map<String, Value> = (0..length).map(|index| (format!("a{index}"), next(index))).collect();
        defs.insert(format!("a{length}"), json!({"type": "integer"}));
        json!({"$ref": "#/$defs/a0", "$defs": defs})
    }

    #[test]
    fn what_multiplies_is_refused() {
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let twice = |next: Value| json!({keyword: [next.clone(), next]});
            assert!(checked(&chain(40, twice)).unwrap_err().contains("multiply"));
            assert_eq!(checked(&chain(15, twice)), Ok(()));
        }
        assert!(checked(&chain(5000, |next| next)).unwrap_err().contains("lead from one to the next"));
    }

    #[test]
    fn whatever_leads_there() {
        let bomb = |link: &dyn Fn(usize) -> Value, name: &dyn Fn(usize) -> Option<(&'static str, String)>| {
            let part = |index: usize| {
                let mut part =
                    if index == 40 { json!({}) } else { json!({ "anyOf": [link(index + 1), link(index + 1)] }) };
                part.as_object_mut()
                    .unwrap()
                    .extend(name(index).map(|(keyword, name)| (keyword.to_owned(), name.into())));
                (format!("a{index}"), part)
            };
            json!({ "items": link(0), "$defs": (0..=40).map(part).collect::<Map<_, _>>() })
        };
        let to = |keyword: &'static str, before: &'static str| move |index: usize| json!({ keyword: format!("{before}a{index}") });
        let is = |keyword: &'static str| move |index: usize| Some((keyword, format!("a{index}")));
        for schema in [
            bomb(&to("$ref", "#"), &is("$anchor")),
            bomb(&to("$dynamicRef", "#"), &is("$dynamicAnchor")),
            bomb(&to("$ref", ""), &is("$id")),
            bomb(&to("$ref", "s.json#/$defs/"), &|_| None),
        ] {
            assert!(checked(&schema).unwrap_err().contains("multiply"), "{schema}");
        }
    }

    #[test]
    fn ordinary_schemas_and_circles_are_not() {
        assert_eq!(checked(&chain(1000, |next| next)), Ok(()));
        assert_eq!(checked(&json!({"$ref": "#"})), Ok(()));
        assert_eq!(
            checked(&json!({"properties": {"a": {"$ref": "#"}}, "items": {"$ref": "#"}, "allOf": [true]})),
            Ok(())
        );
        assert_eq!(checked(&json!({"enum": [{"$ref": "#/enum/0", "allOf": [1]}]})), Ok(()));
    }
}
