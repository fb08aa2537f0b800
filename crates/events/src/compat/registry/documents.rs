use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use linkspan_source::pointer;
use serde_json::{Map, Value};

use super::fault::{Fault, MAX_DEPTH, Outcome, unloadable};
use super::{Order, Registered};
use super::{uri, value};

/// A registered schema and what it refers to, made ready for a loader.
pub(super) struct Documents<'r> {
    pub(super) root: Cow<'r, Value>,
    references: Vec<(&'r str, Cow<'r, Value>)>,
    orders: &'r BTreeMap<String, Order>,
}

/// How the members of each object stand in its document, by the object.
#[derive(Debug, Default)]
pub(super) struct Written<'a>(HashMap<*const Map<String, Value>, &'a [String]>);

/// Which loader a schema gets, by its `$schema`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Draft {
    Four,
    Six,
    Seven,
    /// 2019-09 and 2020-12.
    Newer,
}

impl Draft {
    pub(super) fn id_keyword(self) -> &'static str {
        if self == Self::Four { "id" } else { "$id" }
    }

    /// The draft of a root document.
    fn of_root(root: &Value) -> Self {
        let text = root.get("$schema").and_then(Value::as_str).unwrap_or_default();
        let text = text.strip_suffix('#').unwrap_or(text);
        match text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) {
            Some("json-schema.org/draft/2019-09/schema" | "json-schema.org/draft/2020-12/schema") => Self::Newer,
            _ => Self::of_classic(text).unwrap_or(Self::Seven),
        }
    }

    /// The draft that a `$schema` begins with, of those of the loader for 4, 6 and 7.
    pub(super) fn of_classic(schema: &str) -> Option<Self> {
        let rest = schema.strip_prefix("https://").or_else(|| schema.strip_prefix("http://"))?;
        let rest = rest.strip_prefix("json-schema.org/")?;
        let known = [("draft-04/", Self::Four), ("draft-06/", Self::Six), ("draft-07/", Self::Seven)];
        let named = known.iter().find_map(|(name, draft)| Some((rest.strip_prefix(name)?, *draft)));
        let (rest, draft) = named.unwrap_or((rest, Self::Four));
        rest.starts_with("schema").then_some(draft)
    }
}

impl<'r> Documents<'r> {
    /// # Errors
    ///
    /// A document nested too deeply.
    pub(super) fn new(registered: &'r Registered) -> Outcome<Self> {
        let bridged = |document: &'r Value| {
            if value::depth(document) > MAX_DEPTH { Err(Fault::TooDeep) } else { Ok(bridge(document)) }
        };
        let references = registered.references.iter();
        let references = references.map(|(name, document)| Ok((name.as_str(), bridged(document)?)));
        let references = references.collect::<Outcome<_>>()?;
        Ok(Self { root: bridged(&registered.schema)?, references, orders: &registered.orders })
    }

    /// The draft, by the root.
    ///
    /// # Errors
    ///
    /// The root is neither an object nor a boolean.
    pub(super) fn draft(&self) -> Outcome<Draft> {
        match &*self.root {
            Value::Object(_) | Value::Bool(_) => Ok(Draft::of_root(&self.root)),
            _ => unloadable("a schema is an object or a boolean"),
        }
    }

    /// How the members of the documents' objects are written.
    pub(super) fn written(&self) -> Written<'_> {
        let mut written = Written::default();
        let references = self.references.iter().map(|(name, document)| (*name, &**document));
        for (name, document) in references.chain([("", &*self.root)]) {
            if let Some(order) = self.orders.get(name) {
                written.add(document, order);
            }
        }
        written
    }

    /// The referred documents by the addresses that they have beside the root.
    pub(super) fn by_address(&self, id_keyword: &str) -> Outcome<BTreeMap<String, &Value>> {
        let base = self.root.get(id_keyword).and_then(Value::as_str);
        let mut addressed = BTreeMap::new();
        for (name, document) in &self.references {
            addressed.insert(uri::resolve(base, name)?, &**document);
        }
        Ok(addressed)
    }
}

impl<'a> Written<'a> {
    fn add(&mut self, document: &Value, order: &'a Order) {
        let mut open = vec![(document, String::new())];
        while let Some((value, at)) = open.pop() {
            match value {
                Value::Object(members) => {
                    // What the bridge added stands elsewhere in the text.
                    let bridged = || order.get(&at.strip_prefix("/$defs").map(|rest| format!("/definitions{rest}"))?);
                    let names = order.get(&at).or_else(bridged);
                    self.0.extend(names.map(|names| (std::ptr::from_ref(members), names.as_slice())));
                    open.extend(members.iter().map(|(name, value)| (value, pointer::join(&at, name))));
                }
                Value::Array(items) => {
                    open.extend(items.iter().enumerate().map(|(index, item)| (item, pointer::join_index(&at, index))));
                }
                _ => {}
            }
        }
    }

    /// An object's members as they are written; where that is not known, the type first, as people write it, then by
    /// name.
    pub(super) fn members<'v>(&self, object: &'v Map<String, Value>) -> Vec<(&'v str, &'v Value)> {
        let mut members: Vec<_> = object.iter().map(|(name, value)| (name.as_str(), value)).collect();
        match self.0.get(&std::ptr::from_ref(object)) {
            Some(names) => {
                let ranks: HashMap<_, _> = names.iter().enumerate().map(|(rank, name)| (name.as_str(), rank)).collect();
                members.sort_by_key(|(name, _)| ranks.get(name).copied().unwrap_or(usize::MAX));
            }
            None => members.sort_by_key(|(name, _)| *name != "type"),
        }
        members
    }
}

/// A document whose top-level `definitions` are also in `$defs`, each unless its name is taken there.
fn bridge(document: &Value) -> Cow<'_, Value> {
    let Some(Value::Object(old)) = document.get("definitions") else { return Cow::Borrowed(document) };
    let mut defs = match document.get("$defs") {
        None => Map::new(),
        Some(Value::Object(defs)) => defs.clone(),
        Some(_) => return Cow::Borrowed(document),
    };
    for (name, schema) in old {
        if !defs.contains_key(name) {
            defs.insert(name.clone(), schema.clone());
        }
    }
    let mut whole = document.clone();
    if let Value::Object(members) = &mut whole {
        members.insert("$defs".to_owned(), Value::Object(defs));
    }
    Cow::Owned(whole)
}
