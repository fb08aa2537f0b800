use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use linkspan_cluster::types::{Format, Shape, TypeId, Types};
use serde_json::{Value, json};

use super::ask::Asker;
use super::fields::is_computed;
use super::place::{FILLED, Place};

/// A field that was sent, and what another one of its struct became.
pub(super) struct Change {
    pub(super) field: String,
    /// What was sent, where it is one of the few values that the field may have.
    pub(super) value: Option<Value>,
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
}

/// All changes of one field.
pub(super) struct Changes {
    pub(super) id: TypeId,
    /// The struct and the field that hold the struct, where it was asked.
    pub(super) parent: Option<(TypeId, String)>,
    /// The field, or a path from it.
    pub(super) path: Vec<String>,
    pub(super) all: Vec<Change>,
}

/// Fields with few values that are not declared as such.
const FEW: [(&str, &str, &[&str]); 1] = [("Subject", "kind", &["Group", "ServiceAccount", "User"])];

/// Sends every field of every struct, and sees what the others become.
pub(super) fn read(asker: &Asker<'_>, types: &Types, schemas: &Value) -> Result<Vec<Changes>> {
    let mut found = Vec::new();
    for (id, place) in &asker.places {
        let Ok(before) = asker.at(place, json!({}))? else { continue };
        let mut changes: BTreeMap<Vec<String>, Vec<Change>> = BTreeMap::new();
        for (name, field) in types.get(*id).fields.iter().filter(|(name, _)| !place.is_filled(name)) {
            let one = types.get(*id);
            let declared = &schemas[&one.name]["properties"][name]["enum"];
            let few = FEW.iter().find(|(holder, field, _)| *holder == one.go_name() && field == name);
            let values = values(few.map_or_else(|| declared.clone(), |(_, _, values)| json!(values)), &field.shape);
            let answers = ask(asker, place, name, values)?;
            let keep = |path: &Vec<String>| {
                path.first().is_some_and(|first| {
                    first != name && !is_computed(one, first) && !(place.is_root() && FILLED.contains(&first.as_str()))
                })
            };
            for path in differences(&before, &answers).into_iter().filter(keep) {
                let change = |(value, after): &(Option<Value>, Value)| Change {
                    field: name.clone(),
                    value: value.clone(),
                    before: at(&before, &path),
                    after: at(after, &path),
                };
                changes.entry(path.clone()).or_default().extend(answers.iter().map(change));
            }
        }
        let parent = || place.parent.clone();
        found.extend(changes.into_iter().map(|(path, all)| Changes { id: *id, parent: parent(), path, all }));
    }
    Ok(found)
}

type Answers = Vec<(Option<Value>, Value)>;

/// What the struct becomes with each value in a field; the values that are refused are left out.
fn ask(asker: &Asker<'_>, place: &Place<'_>, name: &str, values: Vec<(Value, bool)>) -> Result<Answers> {
    let mut answers = Vec::new();
    for (value, named) in values {
        if let Ok(answer) = asker.at(place, json!({ name: value }))? {
            answers.push((named.then_some(value), answer));
        }
    }
    Ok(answers)
}

fn differences(before: &Value, answers: &Answers) -> BTreeSet<Vec<String>> {
    let mut paths = BTreeSet::new();
    answers.iter().for_each(|(_, after)| differ(before, after, &mut Vec::new(), &mut paths));
    paths
}

fn differ(before: &Value, after: &Value, path: &mut Vec<String>, paths: &mut BTreeSet<Vec<String>>) {
    let (Value::Object(old), Value::Object(new)) = (before, after) else {
        if before != after {
            paths.insert(path.clone());
        }
        return;
    };
    for name in old.keys().chain(new.keys().filter(|name| !old.contains_key(*name))) {
        path.push(name.clone());
        differ(&old.get(name).cloned().unwrap_or_default(), &new.get(name).cloned().unwrap_or_default(), path, paths);
        path.pop();
    }
}

fn at(value: &Value, path: &[String]) -> Option<Value> {
    path.iter().try_fold(value, |value, name| value.get(name)).cloned()
}

/// The values to send: all that a field may have where these are few, else one that is not empty.
fn values(few: Value, shape: &Shape) -> Vec<(Value, bool)> {
    match few {
        Value::Array(few) => few.into_iter().map(|value| (value, true)).collect(),
        _ => vec![(sample(shape), false)],
    }
}

fn sample(shape: &Shape) -> Value {
    match shape {
        Shape::String(Format::Plain) => "x".into(),
        Shape::String(Format::Bytes) => "eA==".into(),
        Shape::String(Format::Time) => "2026-01-01T00:00:00Z".into(),
        Shape::String(Format::MicroTime) => "2026-01-01T00:00:00.000001Z".into(),
        Shape::String(Format::Duration) => "1s".into(),
        Shape::Int32 | Shape::Int64 | Shape::Number | Shape::IntOrString | Shape::Quantity => 1.into(),
        Shape::Boolean => true.into(),
        Shape::Struct(_) | Shape::Any => json!({}),
        Shape::Map(map) => json!({"key": sample(&map.value)}),
        Shape::List(list) => json!([sample(list.item())]),
    }
}
