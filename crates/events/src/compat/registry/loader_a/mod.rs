//! The loader for drafts 4, 6 and 7: one object becomes a set of parts, and two or more parts an `allOf`.

mod keywords;
mod kinds;
mod reference;

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use serde_json::{Map, Value};

use self::keywords::Left;
use self::reference::{Knot, Places};
use super::documents::{Documents, Draft};
use super::fault::{Fault, MAX_DEPTH, Outcome, unloadable};
use super::node::{Arena, Bag, Combined, Criterion, Id, Kind, Node};
use super::value::{Datum, Reading};

/// Loads a schema and what it refers to into the arena.
pub(super) fn load<'a>(documents: &'a Documents<'_>, draft: Draft, arena: &mut Arena<'a>) -> Outcome<Id> {
    let addresses = documents.by_address(draft.id_keyword())?;
    let mut loader = Loader { arena, addresses, knots: HashMap::new(), places: HashMap::new(), depth: 0 };
    let root: &'a Value = &documents.root;
    let scope = Scope::of_document(root, None, draft)?;
    loader.schema(root, &scope)
}

pub(super) struct Loader<'a, 'n> {
    arena: &'n mut Arena<'a>,
    addresses: BTreeMap<String, &'a Value>,
    /// One per absolute reference.
    knots: HashMap<String, Knot>,
    /// Schemas with an id, per document.
    places: HashMap<*const Value, Rc<Places<'a>>>,
    depth: usize,
}

/// A document, and what holds for references into it that have only a fragment.
pub(super) struct Root<'a> {
    document: &'a Value,
    base: Option<Rc<str>>,
    draft: Draft,
}

/// Where an object stands: its document, the base address that references resolve against, the draft.
#[derive(Clone)]
pub(super) struct Scope<'a> {
    root: Rc<Root<'a>>,
    base: Option<Rc<str>>,
    draft: Draft,
}

impl<'a> Scope<'a> {
    /// The scope of a document's root.
    fn of_document(document: &'a Value, base: Option<Rc<str>>, draft: Draft) -> Outcome<Self> {
        let base = own_base(document, base, draft)?;
        Ok(Self { root: Rc::new(Root { document, base: base.clone(), draft }), base, draft })
    }

    /// The scope of a value within, whose own id counts.
    fn inside(&self, value: &Value) -> Outcome<Self> {
        Ok(Self { base: own_base(value, self.base.clone(), self.draft)?, ..self.clone() })
    }
}

fn own_base(value: &Value, base: Option<Rc<str>>, draft: Draft) -> Outcome<Option<Rc<str>>> {
    match value.get(draft.id_keyword()).and_then(Value::as_str) {
        Some(id) => Ok(Some(super::uri::resolve(base.as_deref(), id)?.into())),
        None => Ok(base),
    }
}

impl<'a> Loader<'a, '_> {
    /// A schema as a node of its own; `scope` is its own scope already.
    fn schema(&mut self, value: &'a Value, scope: &Scope<'a>) -> Outcome<Id> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Fault::TooDeep);
        }
        let node = match value {
            Value::Bool(true) => Node::of(Kind::True),
            Value::Bool(false) => Node::of(Kind::False),
            Value::Object(object) => self.object(object, scope)?,
            _ => return unloadable("a schema within is neither an object nor a boolean"),
        };
        self.depth -= 1;
        self.arena.push(node)
    }

    /// A schema within another.
    fn child(&mut self, value: &'a Value, scope: &Scope<'a>) -> Outcome<Id> {
        let own = scope.inside(value)?;
        self.schema(value, &own)
    }

    fn object(&mut self, object: &'a Map<String, Value>, scope: &Scope<'a>) -> Outcome<Node<'a>> {
        let mut left = Left::new(object, scope.draft);
        if left.take("$ref").is_some() {
            return self.reference(object, left, scope);
        }
        let mut parts = self.parts(&mut left, scope)?;
        let kind = match parts.len() {
            0 => Kind::Empty,
            1 => parts.remove(0),
            _ => {
                let branches = parts.into_iter().map(|part| self.arena.push(Node::of(part)));
                let branches = branches.collect::<Outcome<_>>()?;
                Kind::Combined(Combined { criterion: Criterion::All, branches, generated: true })
            }
        };
        annotate(Node::of(kind), left, scope, true)
    }

    /// A fixed order of what the peer holds in no order.
    fn parts(&mut self, left: &mut Left<'a>, scope: &Scope<'a>) -> Outcome<Vec<Kind<'a>>> {
        let mut parts = Vec::new();
        parts.extend(kinds::enumeration(left)?);
        for criterion in Criterion::EACH {
            parts.extend(self.combined(left, criterion, scope)?);
        }
        if let Some(inner) = left.take("not") {
            parts.push(Kind::Not(self.child(inner, scope)?));
        }
        if let Some(value) = left.take_since("const", Draft::Six) {
            parts.push(Kind::Const(Datum::of(value, Reading::Classic)));
        }
        parts.extend(self.by_type(left, scope)?);
        parts.extend(self.by_keywords(left, scope)?);
        Ok(parts)
    }

    fn combined(&mut self, left: &mut Left<'a>, criterion: Criterion, scope: &Scope<'a>) -> Outcome<Option<Kind<'a>>> {
        let Some(list) = left.take(criterion.keyword()) else { return Ok(None) };
        let branches = keywords::array(criterion.keyword(), list)?.iter().map(|branch| self.child(branch, scope));
        let branches = branches.collect::<Outcome<_>>()?;
        Ok(Some(Kind::Combined(Combined { criterion, branches, generated: false })))
    }
}

/// Title, description, id, default and the bag. `late` is whether id and default still reach the node.
fn annotate<'a>(mut node: Node<'a>, mut left: Left<'a>, scope: &Scope<'a>, late: bool) -> Outcome<Node<'a>> {
    let id = left.text(scope.draft.id_keyword())?;
    node.title = left.text("title")?;
    node.description = left.text("description")?;
    if scope.draft == Draft::Seven {
        node.access = [left.boolean("readOnly")?, left.boolean("writeOnly")?];
    }
    let default = left.take("default").map(|value| Datum::of(value, Reading::Classic));
    if late {
        node.id = id.map(str::to_owned);
        node.default = default;
    } else {
        node.access = [None; 2];
    }
    node.bag = Bag { raw: left.rest(), ..Bag::default() };
    Ok(node)
}
