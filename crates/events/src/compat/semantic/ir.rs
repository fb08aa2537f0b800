//! Schemas of all drafts in one form: a graph of formulas over the assertions that a value meets or not. Equal
//! formulas are one node, so that what two schemas have in common is seen at once.

use std::collections::{BTreeSet, HashMap, HashSet};

use num_rational::BigRational;
use serde_json::Value;

use super::text::Test;
use super::value::key;

/// The kinds of JSON values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl Kind {
    pub(super) const ALL: [Self; 6] =
        [Self::Null, Self::Boolean, Self::Number, Self::String, Self::Array, Self::Object];

    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }
}

/// A set of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Kinds(u8);

impl Kinds {
    pub(super) fn of(kinds: impl IntoIterator<Item = Kind>) -> Self {
        Self(kinds.into_iter().fold(0, |set, kind| set | 1 << (kind as u8)))
    }

    pub(super) fn has(self, kind: Kind) -> bool {
        self.0 & 1 << (kind as u8) != 0
    }
}

/// A node of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Id(u32);

/// Which of an object's members an assertion is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Scope {
    /// The member of this name.
    Name(String),
    /// Members whose names pass the test.
    Matching(TestId),
    /// Members of any other name, that passes none of these tests.
    Except(BTreeSet<String>, BTreeSet<TestId>),
}

/// A test on strings, by its number in the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct TestId(u32);

/// A finite set of values, by its number in the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ValuesId(u32);

/// A formula. Those from `AtLeast` on are about one kind of values, and hold for all values of any other kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Node {
    /// All of these; with none, everything.
    All(Vec<Id>),
    /// Any of these; with none, nothing.
    Any(Vec<Id>),
    /// Exactly one of these; beside each, any of those after it.
    One(Vec<(Id, Id)>),
    Not(Id),
    /// If, then, else.
    Cond(Id, Id, Id),
    /// A reference back to a schema that this one is part of.
    Link(usize),
    /// Values of these kinds.
    Kinds(Kinds),
    /// One of these values.
    Values(ValuesId),
    /// What cannot be seen into, known by its text.
    Opaque(String),
    /// Numbers from here (excluded, if so said).
    AtLeast(BigRational, bool),
    /// Numbers up to here (excluded, if so said).
    AtMost(BigRational, bool),
    Multiple(BigRational),
    MinLength(u64),
    MaxLength(u64),
    Text(TestId),
    MinItems(u64),
    MaxItems(u64),
    /// The item at this place, if there is one.
    Item(usize, Id),
    /// All items from this place on.
    ItemsFrom(usize, Id),
    /// At least so many items are of this kind.
    Containing(u64, Id),
    Unique,
    MinMembers(u64),
    MaxMembers(u64),
    Required(String),
    Each(Scope, Id),
    Names(Id),
}

impl Node {
    /// The one kind of values that the formula is about.
    pub(super) fn kind(&self) -> Option<Kind> {
        Some(match self {
            Self::AtLeast(..) | Self::AtMost(..) | Self::Multiple(_) => Kind::Number,
            Self::MinLength(_) | Self::MaxLength(_) | Self::Text(_) => Kind::String,
            Self::MinItems(_)
            | Self::MaxItems(_)
            | Self::Item(..)
            | Self::ItemsFrom(..)
            | Self::Containing(..)
            | Self::Unique => Kind::Array,
            Self::MinMembers(_) | Self::MaxMembers(_) | Self::Required(_) | Self::Each(..) | Self::Names(_) => {
                Kind::Object
            }
            _ => return None,
        })
    }

    /// The formulas that are about the same value as this one.
    pub(super) fn same_value(&self) -> Vec<Id> {
        match self {
            Self::All(ids) | Self::Any(ids) => ids.clone(),
            Self::One(branches) => branches.iter().map(|(id, _)| *id).collect(),
            Self::Not(id) => vec![*id],
            Self::Cond(one, two, three) => vec![*one, *two, *three],
            _ => Vec::new(),
        }
    }
}

/// A finite set of values: in order, and by what makes them equal.
#[derive(Debug)]
pub(super) struct Values {
    pub(super) list: Vec<Value>,
    keys: HashSet<String>,
}

impl Values {
    pub(super) fn has(&self, value: &Value) -> bool {
        self.keys.contains(&key(value))
    }
}

/// The nodes of both schemas.
#[derive(Debug, Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    ids: HashMap<Node, Id>,
    links: Vec<Option<Id>>,
    tests: Vec<Test>,
    values: Vec<Values>,
    values_ids: HashMap<Vec<String>, ValuesId>,
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Graph {
    /// The formula itself; references are followed.
    pub(super) fn get(&self, id: Id) -> &Node {
        let mut node = &self.nodes[id.0 as usize];
        let mut steps = 0;
        while let Node::Link(link) = node {
            steps += 1;
            match self.links[*link] {
                Some(id) if steps < 100 => node = &self.nodes[id.0 as usize],
                _ => break,
            }
        }
        node
    }

    /// The node that references lead to.
    pub(super) fn follow(&self, mut id: Id) -> Id {
        for _ in 0..100 {
            match &self.nodes[id.0 as usize] {
                Node::Link(link) => match self.links[*link] {
                    Some(next) => id = next,
                    None => break,
                },
                _ => break,
            }
        }
        id
    }

    pub(super) fn test(&self, id: TestId) -> &Test {
        &self.tests[id.0 as usize]
    }

    pub(super) fn values(&self, id: ValuesId) -> &Values {
        &self.values[id.0 as usize]
    }

    /// How many nodes there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn all(&mut self, ids: impl IntoIterator<Item = Id>) -> Id {
        let mut flat: BTreeSet<Id> = BTreeSet::new();
        for id in ids {
            match &self.nodes[id.0 as usize] {
                Node::All(inner) => flat.extend(inner.iter().copied()),
                Node::Any(none) if none.is_empty() => return id,
                _ => _ = flat.insert(id),
            }
        }
        let flat: Vec<Id> = flat.into_iter().collect();
        if let [only] = flat[..] { only } else { self.add(Node::All(flat)) }
    }

    pub(super) fn any(&mut self, ids: impl IntoIterator<Item = Id>) -> Id {
        let mut flat: BTreeSet<Id> = BTreeSet::new();
        for id in ids {
            match &self.nodes[id.0 as usize] {
                Node::Any(inner) => flat.extend(inner.iter().copied()),
                Node::All(none) if none.is_empty() => return id,
                _ => _ = flat.insert(id),
            }
        }
        let (finite, mut flat): (Vec<Id>, Vec<Id>) = flat.into_iter().partition(|id| self.finite(*id).is_some());
        match finite[..] {
            [] => {}
            [only] => flat.push(only),
            _ => {
                let values = finite.iter().filter_map(|id| self.finite(*id)).flat_map(|values| values.list.clone());
                let values: Vec<Value> = values.collect();
                flat.push(self.one_of_values(&values));
            }
        }
        flat.sort_unstable();
        if let [only] = flat[..] { only } else { self.add(Node::Any(flat)) }
    }

    fn finite(&self, id: Id) -> Option<&Values> {
        match &self.nodes[id.0 as usize] {
            Node::Values(values) => Some(self.values(*values)),
            _ => None,
        }
    }

    pub(super) fn one(&mut self, ids: Vec<Id>) -> Id {
        let nothing = self.nothing();
        let mut left: Vec<Id> = ids.into_iter().filter(|id| *id != nothing).collect();
        left.sort_unstable();
        if left.len() < 2 {
            return self.any(left);
        }
        let twice: BTreeSet<Id> = left.windows(2).filter(|two| two[0] == two[1]).map(|two| two[0]).collect();
        if !twice.is_empty() {
            left.retain(|id| !twice.contains(id));
            let neither: Vec<Id> = twice.into_iter().map(|id| self.not(id)).collect();
            let one = self.one(left);
            return self.all(neither.into_iter().chain([one]));
        }
        if let Some(lists) = left.iter().map(|id| self.finite(*id)).collect::<Option<Vec<&Values>>>() {
            let values = once(&lists);
            return self.one_of_values(&values);
        }
        let mut branches = Vec::new();
        let mut later = nothing;
        for id in left.into_iter().rev() {
            branches.push((id, later));
            later = self.any([id, later]);
        }
        self.add(Node::One(branches))
    }

    pub(super) fn not(&mut self, id: Id) -> Id {
        match &self.nodes[id.0 as usize] {
            Node::Not(inner) => *inner,
            Node::All(ids) if ids.is_empty() => self.nothing(),
            Node::Any(ids) if ids.is_empty() => self.anything(),
            _ => self.add(Node::Not(id)),
        }
    }

    pub(super) fn cond(&mut self, condition: Id, then: Id, otherwise: Id) -> Id {
        match &self.nodes[condition.0 as usize] {
            _ if then == otherwise => then,
            Node::All(ids) if ids.is_empty() => then,
            Node::Any(ids) if ids.is_empty() => otherwise,
            _ => self.add(Node::Cond(condition, then, otherwise)),
        }
    }

    pub(super) fn anything(&mut self) -> Id {
        self.add(Node::All(Vec::new()))
    }

    pub(super) fn nothing(&mut self) -> Id {
        self.add(Node::Any(Vec::new()))
    }

    /// What does not assert anything about parts of a value is not kept.
    pub(super) fn add(&mut self, node: Node) -> Id {
        let node = match node {
            Node::Item(_, id) | Node::ItemsFrom(_, id) | Node::Each(_, id) | Node::Names(id) if matches!(&self.nodes[id.0 as usize], Node::All(ids) if ids.is_empty()) => {
                Node::All(Vec::new())
            }
            Node::MinItems(0) | Node::MinMembers(0) | Node::MinLength(0) | Node::Containing(0, _) => {
                Node::All(Vec::new())
            }
            node => node,
        };
        if let Some(id) = self.ids.get(&node) {
            return *id;
        }
        let id = Id(number(self.nodes.len()));
        self.nodes.push(node.clone());
        self.ids.insert(node, id);
        id
    }

    /// A reference to what is not yet known.
    pub(super) fn link(&mut self) -> (usize, Id) {
        self.links.push(None);
        let link = self.links.len() - 1;
        (link, self.add(Node::Link(link)))
    }

    pub(super) fn set_link(&mut self, link: usize, target: Id) {
        self.links[link] = Some(target);
    }

    pub(super) fn add_test(&mut self, test: Test) -> TestId {
        match self.tests.iter().position(|known| known.same(&test)) {
            Some(known) => TestId(number(known)),
            None => {
                self.tests.push(test);
                TestId(number(self.tests.len() - 1))
            }
        }
    }

    pub(super) fn one_of_values(&mut self, values: &[Value]) -> Id {
        let mut list: Vec<(String, &Value)> = values.iter().map(|value| (key(value), value)).collect();
        list.sort_by(|one, other| one.0.cmp(&other.0));
        list.dedup_by(|one, other| one.0 == other.0);
        let keys: Vec<String> = list.iter().map(|(key, _)| key.clone()).collect();
        if keys.is_empty() {
            return self.nothing();
        }
        let next = ValuesId(number(self.values.len()));
        let id = *self.values_ids.entry(keys.clone()).or_insert(next);
        if id == next {
            let list = list.into_iter().map(|(_, value)| value.clone()).collect();
            self.values.push(Values { list, keys: keys.into_iter().collect() });
        }
        self.add(Node::Values(id))
    }

    /// The formula that this value alone meets: of arrays and objects, in terms of their parts.
    pub(super) fn shape(&mut self, value: &Value) -> Id {
        let mut parts = vec![self.add(Node::Kinds(Kinds::of([Kind::of(value)])))];
        let nothing = self.nothing();
        match value {
            Value::Array(items) => {
                parts.push(self.add(Node::MinItems(items.len() as u64)));
                parts.push(self.add(Node::ItemsFrom(items.len(), nothing)));
                for (place, item) in items.iter().enumerate() {
                    let item = self.shape(item);
                    parts.push(self.add(Node::Item(place, item)));
                }
            }
            Value::Object(members) => {
                parts.push(
                    self.add(Node::Each(Scope::Except(members.keys().cloned().collect(), BTreeSet::new()), nothing)),
                );
                for (name, member) in members {
                    let member = self.shape(member);
                    parts.push(self.add(Node::Required(name.clone())));
                    parts.push(self.add(Node::Each(Scope::Name(name.clone()), member)));
                }
            }
            value => return self.one_of_values(std::slice::from_ref(value)),
        }
        self.all(parts)
    }

    /// Whether a value's schema leads back to itself without a step into the value: nobody can check such a schema.
    pub(super) fn circular(&self) -> bool {
        let mut state = vec![0_u8; self.nodes.len()];
        for start in 0..self.nodes.len() {
            let mut stack = vec![(start, false)];
            while let Some((at, done)) = stack.pop() {
                if done {
                    state[at] = 2;
                    continue;
                }
                match state[at] {
                    0 => state[at] = 1,
                    _ => continue,
                }
                stack.push((at, true));
                for next in self.nodes_within(at) {
                    match state[next] {
                        0 => stack.push((next, false)),
                        1 => return true,
                        _ => {}
                    }
                }
            }
        }
        false
    }

    fn nodes_within(&self, at: usize) -> Vec<usize> {
        match &self.nodes[at] {
            Node::Link(link) => self.links[*link].into_iter().map(|id| id.0 as usize).collect(),
            node => node.same_value().into_iter().map(|id| id.0 as usize).collect(),
        }
    }
}

/// The values that are in exactly one of the lists.
fn once(lists: &[&Values]) -> Vec<Value> {
    let mut counts: HashMap<String, (usize, &Value)> = HashMap::new();
    for value in lists.iter().flat_map(|list| &list.list) {
        counts.entry(key(value)).or_insert((0, value)).0 += 1;
    }
    counts.into_values().filter(|(count, _)| *count == 1).map(|(_, value)| value.clone()).collect()
}
