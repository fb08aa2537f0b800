//! The loader for 2019-09 and 2020-12: each keyword of an object is a piece, and the pieces are folded into one node
//! in the peer's order.

mod fold;
mod order;
mod pieces;
mod places;
mod queue;

use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use serde_json::{Map, Value};

use self::places::{Place, Places};
use super::documents::Documents;
use super::fault::{Fault, MAX_DEPTH, Outcome, unloadable};
use super::node::{Arena, Id, Kind, Link, Node};
use super::value::{Datum, Reading};

/// Loads a schema and what it refers to into the arena.
pub(super) fn load<'a>(documents: &'a Documents<'_>, arena: &mut Arena<'a>) -> Outcome<Id> {
    let places = Places::new(documents)?;
    let (address, root) = places.root();
    let mut loader = Loader {
        arena,
        places,
        queue: VecDeque::new(),
        translated: HashMap::new(),
        frames: Vec::new(),
        dynamic: Vec::new(),
        depth: 0,
    };
    let node = loader.schema(&root, Some(address))?;
    loader.drain()?;
    loader.arena.push(node)
}

struct Loader<'a, 'n> {
    arena: &'n mut Arena<'a>,
    places: Places<'a>,
    /// References that wait for their targets.
    queue: VecDeque<(Link, Rc<str>)>,
    /// Targets that are finished.
    translated: HashMap<Rc<str>, Rc<Node<'a>>>,
    /// The objects being translated, outermost first.
    frames: Vec<Frame<'a>>,
    /// Where dynamic references look for their anchor, outermost first.
    dynamic: Vec<Place<'a>>,
    depth: usize,
}

/// An object being translated.
struct Frame<'a> {
    /// The address by which references reach it, if it was reached by one.
    target: Option<Rc<str>>,
    so_far: Option<Rc<Node<'a>>>,
}

impl<'a> Loader<'a, '_> {
    /// A schema, not yet in the arena.
    fn schema(&mut self, place: &Place<'a>, target: Option<Rc<str>>) -> Outcome<Rc<Node<'a>>> {
        match place.value {
            Value::Bool(true) => Ok(Node::of(Kind::True).into()),
            Value::Bool(false) => Ok(Node::of(Kind::False).into()),
            Value::Object(object) => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(Fault::TooDeep);
                }
                let node = self.object(object, &place.entered()?, target)?;
                self.depth -= 1;
                Ok(node)
            }
            _ => unloadable("a schema within is neither an object nor a boolean"),
        }
    }

    /// A schema within another, as a node of its own.
    fn child(&mut self, value: &'a Value, place: &Place<'a>) -> Outcome<Id> {
        let node = self.schema(&place.inside(value), None)?;
        self.arena.push(node)
    }

    fn object(
        &mut self,
        object: &'a Map<String, Value>,
        place: &Place<'a>,
        target: Option<Rc<str>>,
    ) -> Outcome<Rc<Node<'a>>> {
        self.dynamic.push(place.clone());
        let referred = object.get("$dynamicRef").map(|value| self.dynamic(value, place)).transpose()?;
        self.frames.push(Frame { target: target.clone(), so_far: None });
        self.pieces(object, place)?;
        self.finish(object, place)?;
        let own = self.frames.pop().and_then(|frame| frame.so_far).unwrap_or_default();
        self.dynamic.pop();
        let node = match referred {
            Some(referred) => fold::fold(self.arena, Some(referred), Rc::unwrap_or_clone(own))?.into(),
            None => own,
        };
        if let Some(target) = target {
            self.translated.insert(target, node.clone());
        }
        Ok(node)
    }

    /// Folds a piece into the object at hand.
    fn fold(&mut self, piece: Option<Node<'a>>) -> Outcome<()> {
        let Some((piece, frame)) = piece.zip(self.frames.last_mut()) else { return Ok(()) };
        let so_far = frame.so_far.take();
        frame.so_far = Some(fold::fold(self.arena, so_far, piece)?.into());
        Ok(())
    }

    /// Title, description and default; then unknown keywords and `$defs` in place of the bag.
    fn finish(&mut self, object: &'a Map<String, Value>, place: &Place<'a>) -> Outcome<()> {
        let Some(frame) = self.frames.last_mut() else { return Ok(()) };
        let whole = Rc::unwrap_or_clone(frame.so_far.take().unwrap_or_default());
        let mut node = fold::unwrapped(self.arena, whole);
        node.title = pieces::text("title", object)?.or(node.title);
        node.description = pieces::text("description", object)?.or(node.description);
        if object.get("deprecated").is_some_and(|value| !value.is_boolean()) {
            return unloadable("`deprecated` must be a boolean");
        }
        let default = object.get("default").filter(|value| !value.is_null());
        if !matches!(node.kind, Kind::Reference { .. }) {
            node.default = default.map(|value| Datum::of(value, place.reading)).or(node.default);
        }
        frame.so_far = Some(node.into());
        let raw: Vec<_> = object.iter().filter(|(name, _)| !pieces::is_known(name)).collect();
        let definitions = self.definitions(object, place)?;
        if let Some(node) = self.frames.last_mut().and_then(|frame| frame.so_far.as_mut())
            && !(raw.is_empty() && definitions.is_none())
        {
            Rc::make_mut(node).bag = super::node::Bag {
                raw: raw.into_iter().map(|(name, value)| (name.as_str(), value)).collect(),
                definitions: definitions.unwrap_or_default(),
                ..Default::default()
            };
        }
        Ok(())
    }

    /// Translates `$defs`, and after each entry what waits for a target.
    fn definitions(
        &mut self,
        object: &'a Map<String, Value>,
        place: &Place<'a>,
    ) -> Outcome<Option<Vec<(&'a str, Id)>>> {
        let Some(map) = object.get("$defs") else { return Ok(None) };
        let mut translated = Vec::new();
        for (name, value) in place.members(pieces::map("$defs", map)?) {
            translated.push((name, self.child(value, place)?));
            self.drain()?;
        }
        translated.sort_unstable();
        Ok(Some(translated).filter(|entries| !entries.is_empty()))
    }

    /// The schema with the anchor of a `$dynamicRef`, translated in place.
    fn dynamic(&mut self, value: &'a Value, place: &Place<'a>) -> Outcome<Rc<Node<'a>>> {
        let Some(reference) = value.as_str() else { return unloadable("`$dynamicRef` must be a string") };
        let anchor = reference.split_once('#').map_or(reference, |(_, anchor)| anchor);
        let found = self.dynamic.iter().find_map(|scope| places::with_dynamic_anchor(scope, anchor));
        let (found, target) = match found {
            Some(found) => (found, None),
            None => {
                let address = self.places.address(reference, place)?;
                (self.places.find(&address)?, Some(address))
            }
        };
        self.schema(&found, target)
    }
}

/// Reading of a document by whether it is the root.
fn reading(is_root: bool) -> Reading {
    if is_root { Reading::Root } else { Reading::Fetched }
}
