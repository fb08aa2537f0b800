use serde_json::{Map, Value, json};

use super::rows::{Generation, Strategy};

pub(super) fn no_status() -> Value {
    json!({})
}

pub(super) fn active() -> Value {
    json!({"phase": "Active"})
}

/// What a client may not say of a new object: its status and its generation.
pub(crate) fn prepare_create(strategy: &Strategy, object: &mut Value) {
    if let (Some(first), Some(fields)) = (strategy.first_status, object.as_object_mut()) {
        fields.insert("status".to_owned(), first());
    }
    let generation = (strategy.generation != Generation::None).then_some(1);
    set_generation(object, generation);
}

/// What an update leaves as it was: the status, unless the update is of the status; the generation, unless what counts
/// has changed.
pub(crate) fn prepare_update(strategy: &Strategy, of_status: bool, old: &Value, new: &mut Value) {
    if of_status {
        keep_all_but_status(strategy, old, new);
    } else if strategy.first_status.is_some() {
        keep(old, new, "status");
    }
    let before = old.pointer("/metadata/generation").and_then(Value::as_i64);
    let changed = !of_status && changed(strategy.generation, old, new);
    set_generation(new, before.map(|generation| generation + i64::from(changed)));
}

/// An update of the status changes nothing else of what the object is about, and of its metadata what the kind lets pass.
fn keep_all_but_status(strategy: &Strategy, old: &Value, new: &mut Value) {
    let (Some(before), Some(after)) = (old.as_object(), new.as_object_mut()) else { return };
    after.retain(|name, _| matches!(name.as_str(), "metadata" | "status"));
    let about = before.iter().filter(|(name, _)| !matches!(name.as_str(), "metadata" | "status"));
    after.extend(about.map(|(name, value)| (name.clone(), value.clone())));
    if let (Some(before), Some(after)) = (old.get("metadata"), new.get_mut("metadata")) {
        strategy.kept_by_status.iter().for_each(|field| keep(before, after, field));
    }
}

fn keep(old: &Value, new: &mut Value, field: &str) {
    let Some(fields) = new.as_object_mut() else { return };
    match old.get(field) {
        Some(value) => fields.insert(field.to_owned(), value.clone()),
        None => fields.remove(field),
    };
}

fn changed(generation: Generation, old: &Value, new: &Value) -> bool {
    match generation {
        Generation::None | Generation::Fixed => false,
        Generation::Of(fields) => fields.iter().any(|field| old.pointer(field) != new.pointer(field)),
        Generation::AllButMetadata => {
            let labels = |object: &'_ Value| object.pointer("/metadata/labels").cloned();
            labels(old) != labels(new) || without_metadata(old).ne(without_metadata(new))
        }
    }
}

fn without_metadata(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flat_map(Map::iter).filter(|(name, _)| *name != "metadata")
}

fn set_generation(object: &mut Value, generation: Option<i64>) {
    let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) else { return };
    match generation {
        Some(generation) => metadata.insert("generation".to_owned(), generation.into()),
        None => metadata.remove("generation"),
    };
}
