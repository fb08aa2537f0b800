//! Whether a value meets a formula.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::ir::{Graph, Id, Kind, Node, Scope};
use super::meter::Meter;
use super::number::exact;
use super::value::{is_multiple, key, length};

/// Judges values by formulas; what it cannot tell is `None`.
pub(super) struct Judge<'g> {
    graph: &'g Graph,
    meter: &'g Meter,
}

impl<'g> Judge<'g> {
    pub(super) fn new(graph: &'g Graph, meter: &'g Meter) -> Self {
        Self { graph, meter }
    }

    pub(super) fn holds(&self, id: Id, value: &Value) -> Option<bool> {
        self.meter.deeper(|| self.judged(id, value))
    }

    fn judged(&self, id: Id, value: &Value) -> Option<bool> {
        let node = self.graph.get(id);
        if node.kind().is_some_and(|kind| kind != Kind::of(value)) {
            return Some(true);
        }
        match node {
            Node::All(ids) => all(ids.iter().map(|id| self.holds(*id, value))),
            Node::Any(ids) => any(ids.iter().map(|id| self.holds(*id, value))),
            Node::One(branches) => self.one(branches, value),
            Node::Not(id) => self.holds(*id, value).map(|holds| !holds),
            Node::Cond(condition, then, otherwise) => match self.holds(*condition, value) {
                Some(true) => self.holds(*then, value),
                Some(false) => self.holds(*otherwise, value),
                None => None,
            },
            Node::Link(_) | Node::Opaque(_) => None,
            Node::Kinds(kinds) => Some(kinds.has(Kind::of(value))),
            Node::Values(values) => Some(self.graph.values(*values).has(value)),
            node => match value {
                Value::Number(number) => number_holds(node, &exact(number)),
                Value::String(text) => self.string(node, text),
                Value::Array(items) => self.array(node, items),
                Value::Object(members) => self.object(node, members),
                _ => None,
            },
        }
    }

    fn one(&self, branches: &[(Id, Id)], value: &Value) -> Option<bool> {
        let (mut holding, mut unknown) = (0, false);
        for (id, _) in branches {
            match self.holds(*id, value) {
                Some(true) if holding == 1 => return Some(false),
                Some(true) => holding += 1,
                Some(false) => {}
                None => unknown = true,
            }
        }
        if unknown { None } else { Some(holding == 1) }
    }

    fn string(&self, node: &Node, text: &str) -> Option<bool> {
        match node {
            Node::MinLength(least) => Some(length(text) >= *least),
            Node::MaxLength(most) => Some(length(text) <= *most),
            Node::Text(test) => self.graph.test(*test).passes(text),
            _ => None,
        }
    }

    fn array(&self, node: &Node, items: &[Value]) -> Option<bool> {
        match node {
            Node::MinItems(least) => Some(items.len() as u64 >= *least),
            Node::MaxItems(most) => Some(items.len() as u64 <= *most),
            Node::Item(place, id) => items.get(*place).map_or(Some(true), |item| self.holds(*id, item)),
            Node::ItemsFrom(place, id) => all(items.iter().skip(*place).map(|item| self.holds(*id, item))),
            Node::Containing(least, id) => self.containing(*least, *id, items),
            Node::Unique => {
                let mut seen = HashSet::new();
                Some(items.iter().all(|item| seen.insert(key(item))))
            }
            _ => None,
        }
    }

    fn containing(&self, least: u64, id: Id, items: &[Value]) -> Option<bool> {
        let (mut holding, mut unknown) = (0, 0);
        for item in items {
            match self.holds(id, item) {
                Some(true) => holding += 1,
                Some(false) => {}
                None => unknown += 1,
            }
        }
        if holding >= least {
            Some(true)
        } else if holding + unknown < least {
            Some(false)
        } else {
            None
        }
    }

    fn object(&self, node: &Node, members: &Map<String, Value>) -> Option<bool> {
        match node {
            Node::MinMembers(least) => Some(members.len() as u64 >= *least),
            Node::MaxMembers(most) => Some(members.len() as u64 <= *most),
            Node::Required(name) => Some(members.contains_key(name)),
            Node::Each(Scope::Name(name), id) => members.get(name).map_or(Some(true), |member| self.holds(*id, member)),
            Node::Each(scope, id) => all(members.iter().map(|(name, member)| match self.covers(scope, name) {
                Some(false) => Some(true),
                Some(true) => self.holds(*id, member),
                None => self.holds(*id, member).filter(|holds| *holds),
            })),
            Node::Names(id) => all(members.keys().map(|name| self.holds(*id, &Value::from(name.as_str())))),
            _ => None,
        }
    }

    /// Whether a scope covers a name.
    pub(super) fn covers(&self, scope: &Scope, name: &str) -> Option<bool> {
        match scope {
            Scope::Name(own) => Some(own == name),
            Scope::Matching(test) => self.graph.test(*test).passes(name),
            Scope::Except(names, _) if names.contains(name) => Some(false),
            Scope::Except(_, tests) => {
                any(tests.iter().map(|test| self.graph.test(*test).passes(name))).map(|passes| !passes)
            }
        }
    }
}

/// Whether a number meets an assertion about numbers.
pub(super) fn number_holds(node: &Node, number: &num_rational::BigRational) -> Option<bool> {
    Some(match node {
        Node::AtLeast(bound, strict) => number > bound || (!strict && number == bound),
        Node::AtMost(bound, strict) => number < bound || (!strict && number == bound),
        Node::Multiple(divisor) => is_multiple(number, divisor),
        _ => return None,
    })
}

fn all(holds: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = Some(true);
    for holds in holds {
        match holds {
            Some(false) => return Some(false),
            Some(true) => {}
            None => result = None,
        }
    }
    result
}

fn any(holds: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    all(holds.map(|holds| holds.map(|holds| !holds))).map(|none| !none)
}
