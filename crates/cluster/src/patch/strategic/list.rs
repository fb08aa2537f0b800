use serde_json::Value;

use super::schema::{Rule, Schema};
use super::{DIRECTIVE, Error, Object, merge_maps, order};

/// Merges a list into a list, or replaces it, or takes items away from it.
pub(super) fn merge(
    current: Vec<Value>,
    patch: Vec<Value>,
    schema: Schema<'_>,
    rule: &Rule,
    deleting: bool,
) -> Result<Vec<Value>, Error> {
    if !rule.merges_lists && !deleting {
        return Ok(patch);
    }
    if current.is_empty() && patch.is_empty() {
        return Ok(current);
    }
    if !of_objects(&[&current, &patch])? {
        return Ok(scalars(current, patch, deleting));
    }
    if rule.key.is_empty() {
        return Err(Error::NoKeyDeclared(schema.kind()));
    }
    let (current, patch) = directives(current, patch, &rule.key)?;
    let merged = by_key(current.clone(), &patch, &rule.key, schema)?;
    order::arrange(merged, &patch, &current, &rule.key)
}

/// Whether the items are objects; they must all be of one type, and none a list.
pub(super) fn of_objects(lists: &[&[Value]]) -> Result<bool, Error> {
    let mut items = lists.iter().flat_map(|list| list.iter());
    let first = items.next().ok_or(Error::EmptyLists)?;
    if first.is_array() {
        return Err(Error::ListOfLists);
    }
    let kind = std::mem::discriminant(first);
    if items.any(|item| std::mem::discriminant(item) != kind) {
        return Err(Error::MixedList(lists.iter().map(|list| Value::from(list.to_vec())).collect()));
    }
    Ok(first.is_object())
}

fn scalars(current: Vec<Value>, patch: Vec<Value>, deleting: bool) -> Vec<Value> {
    if deleting {
        return current.into_iter().filter(|item| !patch.contains(item)).collect();
    }
    let before = current.clone();
    let merged = unique([current, patch.clone()].concat());
    order::arrange_scalars(merged, &patch, &before)
}

/// Each item once: the last one takes the place of a second one, as in the real one.
fn unique(mut items: Vec<Value>) -> Vec<Value> {
    let mut at = 0;
    while at < items.len() {
        let mut other = at + 1;
        while other < items.len() {
            if items[other] == items[at] {
                items.swap_remove(other);
            } else {
                other += 1;
            }
        }
        at += 1;
    }
    items
}

/// Carries out what the items of a patch say in `$patch`; what remains of both lists.
fn directives(mut current: Vec<Value>, patch: Vec<Value>, key: &str) -> Result<(Vec<Value>, Vec<Value>), Error> {
    let (mut rest, mut replace) = (Vec::new(), false);
    for item in patch {
        let Value::Object(object) = &item else { continue };
        match object.get(DIRECTIVE) {
            None => rest.push(item),
            Some(Value::String(directive)) if directive == "delete" => {
                let value = object.get(key).ok_or_else(|| no_key(object, key))?;
                current.retain(|one| one.get(key) != Some(value));
            }
            Some(Value::String(directive)) if directive == "replace" => replace = true,
            Some(Value::String(directive)) if directive == "merge" => return Err(Error::MergeDirective),
            Some(directive) => return Err(Error::UnknownDirective(directive.clone(), object.clone())),
        }
    }
    Ok(if replace { (rest, Vec::new()) } else { (current, rest) })
}

fn by_key(mut current: Vec<Value>, patch: &[Value], key: &str, schema: Schema<'_>) -> Result<Vec<Value>, Error> {
    for item in patch {
        let Value::Object(object) = item else { continue };
        let value = object.get(key).ok_or_else(|| no_key(object, key))?;
        match find(&current, key, value)? {
            Some(at) => {
                let before = current[at].as_object().cloned().unwrap_or_default();
                current[at] = merge_maps(before, object.clone(), schema)?.into();
            }
            None => current.push(item.clone()),
        }
    }
    Ok(current)
}

/// The place of the item with this key.
pub(super) fn find(items: &[Value], key: &str, value: &Value) -> Result<Option<usize>, Error> {
    for (at, item) in items.iter().enumerate() {
        let object = item.as_object().ok_or(Error::NoMap(at))?;
        if object.get(key) == Some(value) {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

pub(super) fn no_key(map: &Object, key: &str) -> Error {
    Error::NoMergeKey { map: map.clone(), key: key.to_owned() }
}
