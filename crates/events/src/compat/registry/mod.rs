//! The registry verdict: what a schema registry with Confluent's rules says about two schemas.
//!
//! Each side is loaded as the registry's own loaders do (one for drafts 4, 6 and 7, one for 2019-09 and 2020-12) into
//! one arena, whose nodes are then compared pair by pair. The rules are those of Confluent Schema Registry 8.5, its
//! quirks included; where it is arbitrary, a fixed choice stands in.

mod changes;
mod compare;
mod documents;
mod fault;
mod list;
mod loader_a;
mod loader_b;
mod matching;
mod memo;
mod meta;
mod node;
mod pattern;
mod text;
mod uri;
mod value;

use std::collections::BTreeMap;

use serde_json::Value;

pub use self::changes::{Class, KINDS, class, explain};
use self::documents::{Documents, Draft};
use self::fault::Outcome;
use self::node::{Arena, Id};

/// A registry's policy for what counts as compatible.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Policy {
    /// The default.
    #[default]
    Strict,
    /// Optional properties may come and go in open models, too.
    Lenient,
}

/// A schema as it is registered: a document, and those that it refers to, by the name that `$ref` uses.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Registered {
    /// The schema.
    pub schema: Value,
    /// Documents that it refers to.
    pub references: BTreeMap<String, Value>,
    /// How the members of objects stand in the documents, by the documents' names; the schema's own is the empty one.
    /// What is not known stands in the order of names, the type first.
    pub orders: BTreeMap<String, Order>,
}

/// The names of objects' members as they are written, by the objects' JSON Pointers.
pub type Order = BTreeMap<String, Vec<String>>;

/// What a registry would say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether the update is accepted; `None` where the registry answers with an error.
    pub compatible: Option<bool>,
    /// The error.
    pub error: Option<String>,
    /// What changed, in the order of kinds and paths; the same change may stand there several times.
    pub changes: Vec<Change>,
}

/// One change, in the registry's words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The kind of change, like `TYPE_EXTENDED`.
    pub kind: &'static str,
    /// Where: `#/` and the segments, unescaped.
    pub path: String,
}

/// The stack of the thread that loads and compares: room for the deepest schemas that are taken on.
const STACK: usize = 64 << 20;

/// What a registry says about `update`, which must read what was written under `original`.
///
/// Schemas that the registry's loaders refuse, and those too large or too deep to be compared within a few seconds,
/// are answered with an error.
#[must_use]
pub fn compare(original: &Registered, update: &Registered, policy: Policy) -> Answer {
    let answer = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        let thread = thread.spawn_scoped(scope, || decide(original, update, policy));
        thread.ok().and_then(|thread| thread.join().ok())
    });
    match answer {
        Some(Ok((compatible, changes))) => Answer { compatible: Some(compatible), error: None, changes },
        Some(Err(fault)) => Answer { compatible: None, error: Some(fault.to_string()), changes: Vec::new() },
        None => {
            let error = Some("the comparison could not be carried out".to_owned());
            Answer { compatible: None, error, changes: Vec::new() }
        }
    }
}

fn decide(original: &Registered, update: &Registered, policy: Policy) -> Outcome<(bool, Vec<Change>)> {
    let (original, update) = (Documents::new(original)?, Documents::new(update)?);
    let mut arena = Arena::default();
    let original = load(&original, &mut arena).map_err(|fault| fault.of("original"))?;
    let update = load(&update, &mut arena).map_err(|fault| fault.of("updated"))?;
    let list = compare::compare(&arena, original, update, policy)?;
    let mut changes = list.flat()?;
    changes.sort_unstable();
    Ok((list.is_compatible(), changes))
}

fn load<'a>(documents: &'a Documents<'_>, arena: &mut Arena<'a>) -> Outcome<Id> {
    match documents.draft()? {
        Draft::Newer => loader_b::load(documents, arena),
        draft => loader_a::load(documents, draft, arena),
    }
}
