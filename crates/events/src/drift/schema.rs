//! A model and another schema: an API's, or an event's payload.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::judge::{Question, Towards};
use super::mapping::Mapping;
use super::object::{Object, alone};
use super::rules::{self, Rule};
use crate::schema::Bundle;

/// The questions about each property. What one side does not name counts as absent from what that side writes.
pub(crate) fn questions(model: &Object, projection: &Object, mapping: &Mapping) -> Vec<Question> {
    names(model, projection, mapping).iter().flat_map(|name| about(name, model, projection, mapping)).collect()
}

fn names(model: &Object, projection: &Object, mapping: &Mapping) -> BTreeSet<String> {
    let own = model.properties.keys().filter(|name| !mapping.omitted.contains(*name)).cloned();
    let theirs = projection.properties.keys().filter(|name| !mapping.computed.contains(*name));
    let theirs = theirs.map(|name| mapping.here(name).to_owned()).filter(|name| !mapping.omitted.contains(name));
    own.chain(theirs).collect()
}

fn about(name: &str, model: &Object, projection: &Object, mapping: &Mapping) -> Vec<Question> {
    let there = mapping.there(name);
    let (own, theirs) = (model.properties.contains_key(name), projection.properties.contains_key(there));
    let (here, there_view) = (model.view(name), renamed(projection, there, name));
    let nothing = |like: &Bundle| Bundle::alone(alone(name, Value::Bool(false), false), like.dialect);
    let ask = |towards, rule: Option<Rule>, writer: Bundle, reader: Bundle| Question {
        property: Some(name.to_owned()),
        counterpart: Some(there.to_owned()),
        rule,
        ..Question::new(towards, writer, reader)
    };
    let mut questions = Vec::new();
    match (own, theirs) {
        (true, true) => {
            if mapping.takes_all() {
                questions.push(ask(Towards::Projection, None, here.clone(), there_view.clone()));
            }
            if mapping.gives_all() {
                questions.push(ask(Towards::Model, None, there_view, here));
            }
        }
        (true, false) => {
            let rule = Some(rules::MISSING);
            let reader = if mapping.gives_all() { nothing(&there_view) } else { there_view.clone() };
            if mapping.takes_all() {
                questions.push(ask(Towards::Projection, rule, here, reader));
            } else if mapping.gives_all() {
                questions.push(ask(Towards::Model, rule, nothing(&there_view), here));
            }
        }
        (false, _) => {
            let rule = Some(rules::EXTRA);
            let reader = if mapping.takes_all() { nothing(&here) } else { here.clone() };
            if mapping.gives_all() {
                questions.push(ask(Towards::Model, rule, there_view, reader));
            } else {
                questions.push(ask(Towards::Projection, rule, nothing(&here), there_view));
            }
        }
    }
    // A question that names its rule is only sure of it if nothing can be written at all.
    for question in &mut questions {
        let sure = question.reader.value["properties"][name] == Value::Bool(false);
        question.rule = question.rule.filter(|_| sure || !own || !theirs);
    }
    questions
}

/// One property of the projection by the model's name.
fn renamed(projection: &Object, there: &str, name: &str) -> Bundle {
    let mut view = projection.view(there);
    if there != name {
        if let Some(properties) = view.value.get_mut("properties").and_then(Value::as_object_mut)
            && let Some(schema) = properties.remove(there)
        {
            properties.insert(name.to_owned(), schema);
        }
        if view.value.get("required").is_some() {
            view.value["required"] = json!([name]);
        }
    }
    view
}

/// The questions about the whole; for when every property is the same.
pub(crate) fn whole(model: &Object, projection: &Object, mapping: &Mapping) -> Vec<Question> {
    let own: BTreeSet<_> = model.properties.keys().filter(|name| !mapping.omitted.contains(*name)).cloned().collect();
    let theirs = projection.properties.keys().filter(|name| !mapping.computed.contains(*name));
    let theirs: BTreeSet<_> = theirs.map(|name| mapping.here(name).to_owned()).collect();
    let here = without(&model.bundle, &mapping.omitted);
    let there = without(&projection.bundle, &mapping.computed);
    let there = mapping.renames.iter().fold(there, |there, (here, name)| rename(there, name, here));
    let mut questions = Vec::new();
    if mapping.takes_all() {
        let absent: Vec<_> = theirs.difference(&own).chain(&mapping.omitted).cloned().collect();
        questions.push(Question::new(Towards::Projection, never(&here, &absent), there.clone()));
    }
    if mapping.gives_all() {
        let absent: Vec<_> = own.difference(&theirs).cloned().collect();
        questions.push(Question::new(Towards::Model, never(&there, &absent), here));
    }
    questions
}

fn without(bundle: &Bundle, names: &BTreeSet<String>) -> Bundle {
    let mut bundle = bundle.clone();
    if let Some(properties) = bundle.value.get_mut("properties").and_then(Value::as_object_mut) {
        properties.retain(|name, _| !names.contains(name));
    }
    if let Some(required) = bundle.value.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| !name.as_str().is_some_and(|name| names.contains(name)));
    }
    bundle
}

fn rename(mut bundle: Bundle, from: &str, to: &str) -> Bundle {
    if let Some(properties) = bundle.value.get_mut("properties").and_then(Value::as_object_mut)
        && let Some(schema) = properties.remove(from)
    {
        properties.insert(to.to_owned(), schema);
    }
    for name in bundle.value.get_mut("required").and_then(Value::as_array_mut).into_iter().flatten() {
        if name == from {
            *name = to.into();
        }
    }
    bundle
}

/// The schema, for values without some properties.
fn never(bundle: &Bundle, names: &[String]) -> Bundle {
    let mut bundle = bundle.clone();
    let none: Map<String, Value> = names.iter().map(|name| (name.clone(), Value::Bool(false))).collect();
    if none.is_empty() {
        return bundle;
    }
    let none = json!({ "properties": none });
    if let Value::Object(root) = &mut bundle.value {
        match root.get_mut("allOf").and_then(Value::as_array_mut) {
            Some(parts) => parts.push(none),
            None => {
                root.insert("allOf".to_owned(), json!([none]));
            }
        }
    }
    bundle
}
