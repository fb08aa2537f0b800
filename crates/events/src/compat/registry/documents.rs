use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Registered;
use super::fault::{Fault, MAX_DEPTH, Outcome, unloadable};
use super::{uri, value};

/// A registered schema and what it refers to, made ready for a loader.
pub(super) struct Documents<'r> {
    pub(super) root: Cow<'r, Value>,
    references: Vec<(&'r str, Cow<'r, Value>)>,
}

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
        Ok(Self { root: bridged(&registered.schema)?, references: references.collect::<Outcome<_>>()? })
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
