use std::collections::{BTreeMap, VecDeque};

use linkspan_cluster::types::{Kind, Kinds, Shape, TypeId, Types};
use serde_json::{Value, json};

pub(super) const FILLED: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// Where a value stands in an object of a kind.
#[derive(Clone, Debug)]
pub(super) struct Place<'a> {
    pub(super) kind: &'a Kind,
    /// The struct and the field that hold what is here.
    pub(super) parent: Option<(TypeId, String)>,
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
enum Step {
    Field(String),
    Item,
    Entry,
}

impl<'a> Place<'a> {
    pub(super) const fn root(kind: &'a Kind) -> Self {
        Self { kind, parent: None, steps: Vec::new() }
    }

    /// A field of the struct `id` that is here; the struct itself where the field is a list or map of them.
    pub(super) fn field(&self, id: TypeId, name: &str, shape: &Shape) -> Self {
        let mut place = self.clone();
        place.parent = Some((id, name.to_owned()));
        place.steps.push(Step::Field(name.to_owned()));
        let mut shape = shape;
        loop {
            shape = match shape {
                Shape::List(list) => {
                    place.steps.push(Step::Item);
                    list.item()
                }
                Shape::Map(map) => {
                    place.steps.push(Step::Entry);
                    &map.value
                }
                _ => return place,
            };
        }
    }

    /// An object with nothing but `value` here.
    pub(super) fn object(&self, value: Value) -> Value {
        self.steps.iter().rev().fold(value, |value, step| match step {
            Step::Field(name) => json!({ name: value }),
            Step::Item => json!([value]),
            Step::Entry => json!({"key": value}),
        })
    }

    /// What stands here in an object.
    pub(super) fn of<'o>(&self, object: &'o Value) -> Option<&'o Value> {
        self.steps.iter().try_fold(object, |value, step| match step {
            Step::Field(name) => value.get(name),
            Step::Item => value.get(0),
            Step::Entry => value.get("key"),
        })
    }

    pub(super) fn is_root(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether the server itself fills in a field that is here, because this is the object itself.
    pub(super) fn is_filled(&self, name: &str) -> bool {
        self.is_root() && FILLED.contains(&name)
    }
}

/// The struct that a field holds, or its items or entries.
pub(super) fn held(shape: &Shape) -> Option<TypeId> {
    match shape {
        Shape::Struct(id) => Some(*id),
        Shape::List(list) => held(list.item()),
        Shape::Map(map) => held(&map.value),
        _ => None,
    }
}

/// The nearest place of each struct that an object of some kind holds.
///
/// Pods come last: the server adds to them before the webhook sees them. The metadata of an object itself is no place:
/// the server fills it in.
pub(super) fn places<'a>(types: &Types, kinds: &'a Kinds) -> BTreeMap<TypeId, Place<'a>> {
    let (pods, others): (Vec<_>, Vec<_>) = kinds.kinds.iter().partition(|kind| kind.kind == "Pod");
    let mut found = BTreeMap::new();
    let mut waiting: VecDeque<_> = others.into_iter().map(|kind| (kind.schema, Place::root(kind))).collect();
    let mut late: VecDeque<_> = pods.into_iter().map(|kind| (kind.schema, Place::root(kind))).collect();
    while let Some((id, place)) = waiting.pop_front().or_else(|| late.pop_front()) {
        if found.contains_key(&id) {
            continue;
        }
        for (name, field) in &types.get(id).fields {
            if let Some(below) = held(&field.shape)
                && !place.is_filled(name)
            {
                waiting.push_back((below, place.field(id, name, &field.shape)));
            }
        }
        found.insert(id, place);
    }
    found
}
