//! From a bundle to formulas, for all drafts.

mod assertions;
mod index;
mod members;
mod unevaluated;

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

pub(super) use self::index::step;
use self::index::{Index, Target};
use super::ir::{Graph, Id, Node};
use crate::schema::{Bundle, Dialect};

/// Schemas that are nested, or refer to each other, in longer chains than this are not looked into.
const DEPTH: usize = 2_000;

/// Larger schemas than this, in nodes, are not looked into.
const NODES: usize = 400_000;

/// Where in a bundle the parser is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Place {
    pointer: String,
    resource: usize,
    /// Which schemas the dynamic references on the way here lead to, by number.
    scope: usize,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Open(Option<(usize, Id)>),
    Done(Id),
}

/// Reads one bundle into a graph.
struct Parser<'b, 'g> {
    bundle: &'b Bundle,
    graph: &'g mut Graph,
    index: Index,
    states: HashMap<Place, State>,
    scopes: Vec<BTreeMap<String, String>>,
    depth: usize,
}

/// The formula of a bundle's schema.
///
/// # Errors
/// Why it has none.
pub(super) fn parse(bundle: &Bundle, graph: &mut Graph) -> Result<Id, String> {
    let index = Index::new(bundle).ok_or("its address is malformed")?;
    let scopes = vec![BTreeMap::new()];
    let mut parser = Parser { bundle, graph, index, states: HashMap::new(), scopes, depth: 0 };
    let root = Place { pointer: String::new(), resource: 0, scope: 0 };
    let root = parser.entered(root);
    parser.schema(&root)
}

fn malformed<T>(at: &Place, keyword: &str) -> Result<T, String> {
    Err(format!("`{}/{keyword}` is malformed", at.pointer))
}

impl<'b> Parser<'b, '_> {
    fn value(&self, at: &Place) -> Option<&'b Value> {
        linkspan_source::pointer::get(&self.bundle.value, &at.pointer)
    }

    fn dialect(&self, at: &Place) -> Dialect {
        self.index.resources[at.resource].dialect
    }

    /// A place, with the resource and the dynamic scope that it is in.
    fn entered(&mut self, mut place: Place) -> Place {
        place.resource = self.index.resource_at(&place.pointer);
        if !self.index.is_dynamic {
            return place;
        }
        let mut scope = self.scopes[place.scope].clone();
        for (name, pointer) in &self.index.resources[place.resource].dynamic {
            scope.entry(name.clone()).or_insert_with(|| pointer.clone());
        }
        place.scope = self.scopes.iter().position(|known| *known == scope).unwrap_or_else(|| {
            self.scopes.push(scope);
            self.scopes.len() - 1
        });
        place
    }

    fn below(&mut self, at: &Place, tokens: &[&str]) -> Place {
        let pointer = tokens.iter().fold(at.pointer.clone(), |pointer, token| step(&pointer, token));
        self.entered(Place { pointer, ..at.clone() })
    }

    /// The formula of the schema at a place below another.
    fn child(&mut self, at: &Place, tokens: &[&str]) -> Result<Id, String> {
        let place = self.below(at, tokens);
        self.schema(&place)
    }

    fn schema(&mut self, at: &Place) -> Result<Id, String> {
        match self.states.get(at) {
            Some(State::Done(id)) => return Ok(*id),
            Some(State::Open(Some((_, id)))) => return Ok(*id),
            Some(State::Open(None)) => {
                let link = self.graph.link();
                self.states.insert(at.clone(), State::Open(Some(link)));
                return Ok(link.1);
            }
            None => {}
        }
        if self.depth > DEPTH || self.graph.len() > NODES {
            return Err("it is nested too deeply, or too large".to_owned());
        }
        self.states.insert(at.clone(), State::Open(None));
        self.depth += 1;
        let id = self.fresh(at)?;
        self.depth -= 1;
        if let Some(State::Open(Some((link, _)))) = self.states.insert(at.clone(), State::Done(id)) {
            self.graph.set_link(link, id);
        }
        Ok(id)
    }

    fn fresh(&mut self, at: &Place) -> Result<Id, String> {
        match self.value(at) {
            Some(Value::Bool(true)) => Ok(self.graph.anything()),
            Some(Value::Bool(false)) => Ok(self.graph.nothing()),
            Some(Value::Object(schema)) => self.keywords(at, schema),
            Some(_) => Err(format!("`{}` is no schema", at.pointer)),
            None => Err(format!("a reference leads to `{}`, where nothing is", at.pointer)),
        }
    }

    fn keywords(&mut self, at: &Place, schema: &'b Map<String, Value>) -> Result<Id, String> {
        let dialect = self.dialect(at);
        if dialect <= Dialect::Draft7 && schema.contains_key("$ref") {
            return self.reference(at, schema, "$ref");
        }
        let mut parts = Vec::new();
        self.assertions(at, schema, &mut parts)?;
        self.members(at, schema, &mut parts)?;
        self.items(at, schema, &mut parts)?;
        self.combined(at, schema, &mut parts)?;
        for keyword in references(dialect) {
            if schema.contains_key(*keyword) {
                parts.push(self.reference(at, schema, keyword)?);
            }
        }
        if dialect >= Dialect::Draft201909 {
            self.unevaluated(at, schema, &mut parts)?;
        }
        Ok(self.graph.all(parts))
    }

    fn reference(&mut self, at: &Place, schema: &Map<String, Value>, keyword: &str) -> Result<Id, String> {
        match self.target(at, schema, keyword)? {
            Ok(place) => self.schema(&place),
            Err(outside) => Ok(self.graph.add(Node::Opaque(format!("a reference to `{outside}`")))),
        }
    }

    /// Where a reference leads; the inner error is its text if that is outside.
    fn target(
        &mut self,
        at: &Place,
        schema: &Map<String, Value>,
        keyword: &str,
    ) -> Result<Result<Place, String>, String> {
        let Some(reference) = schema.get(keyword).and_then(Value::as_str) else { return malformed(at, keyword) };
        let pointer = match self.index.resolve(reference, at.resource) {
            Target::Within(pointer) => pointer,
            Target::Outside(outside) => return Ok(Err(outside)),
        };
        let pointer = self.redirected(at, keyword, reference, &pointer).unwrap_or(pointer);
        Ok(Ok(self.entered(Place { pointer, ..at.clone() })))
    }

    /// Where a dynamic reference leads instead of its static target.
    fn redirected(&self, at: &Place, keyword: &str, reference: &str, target: &str) -> Option<String> {
        let resource = &self.index.resources[self.index.resource_at(target)];
        let anchor = match keyword {
            "$dynamicRef" => reference.split_once('#')?.1,
            "$recursiveRef" => "",
            _ => return None,
        };
        (resource.dynamic.get(anchor).map(String::as_str) == Some(target)).then_some(())?;
        self.scopes[at.scope].get(anchor).cloned()
    }

    fn combined(&mut self, at: &Place, schema: &Map<String, Value>, parts: &mut Vec<Id>) -> Result<(), String> {
        if schema.contains_key("allOf") {
            parts.extend(self.branches(at, schema, "allOf")?);
        }
        if schema.contains_key("anyOf") {
            let branches = self.branches(at, schema, "anyOf")?;
            parts.push(self.graph.any(branches));
        }
        if schema.contains_key("oneOf") {
            let branches = self.branches(at, schema, "oneOf")?;
            parts.push(self.graph.one(branches));
        }
        if schema.contains_key("not") {
            let negated = self.child(at, &["not"])?;
            parts.push(self.graph.not(negated));
        }
        if self.dialect(at) >= Dialect::Draft7 && schema.contains_key("if") {
            parts.push(self.conditional(at, schema)?);
        }
        Ok(())
    }

    fn conditional(&mut self, at: &Place, schema: &Map<String, Value>) -> Result<Id, String> {
        let condition = self.child(at, &["if"])?;
        let then = if schema.contains_key("then") { self.child(at, &["then"])? } else { self.graph.anything() };
        let otherwise = if schema.contains_key("else") { self.child(at, &["else"])? } else { self.graph.anything() };
        Ok(self.graph.cond(condition, then, otherwise))
    }

    fn branches(&mut self, at: &Place, schema: &Map<String, Value>, keyword: &str) -> Result<Vec<Id>, String> {
        let Some(branches) = schema.get(keyword).and_then(Value::as_array) else { return malformed(at, keyword) };
        (0..branches.len()).map(|branch| self.child(at, &[keyword, &branch.to_string()])).collect()
    }
}

/// The keywords that refer to other schemas, where they do not stand alone.
fn references(dialect: Dialect) -> &'static [&'static str] {
    match dialect {
        Dialect::Draft201909 => &["$ref", "$recursiveRef"],
        Dialect::Draft202012 => &["$ref", "$dynamicRef"],
        _ => &[],
    }
}
