//! Strategic merge patch, as `k8s.io/apimachinery/pkg/util/strategicpatch` applies it.

mod error;
mod list;
mod order;
mod schema;

use serde_json::{Map, Value};

pub(super) use error::Error;
use schema::Schema;

use crate::types::{Shape, TypeId, Types};

type Object = Map<String, Value>;

const DIRECTIVE: &str = "$patch";
const RETAIN_KEYS: &str = "$retainKeys";
const DELETE_FROM_LIST: &str = "$deleteFromPrimitiveList";
const SET_ORDER: &str = "$setElementOrder";

/// Merges a patch into an object of the struct at `id`.
pub(super) fn merge(types: &Types, id: TypeId, current: Object, patch: Object) -> Result<Object, Error> {
    merge_maps(current, patch, Schema { types, shape: &Shape::Struct(id) })
}

fn merge_maps(mut current: Object, mut patch: Object, schema: Schema<'_>) -> Result<Object, Error> {
    match patch.get(DIRECTIVE) {
        None => {}
        Some(Value::String(directive)) if directive == "replace" => {
            patch.remove(DIRECTIVE);
            return Ok(patch);
        }
        Some(Value::String(directive)) if directive == "delete" => return Ok(Object::new()),
        Some(directive) => return Err(Error::UnknownDirective(directive.clone(), patch)),
    }
    retain_keys(&mut current, &mut patch)?;
    order::apply(&mut current, &mut patch, schema)?;
    for (name, value) in patch {
        let deleting = name.starts_with(DELETE_FROM_LIST);
        let name = if deleting { after_slash(&name).ok_or(Error::PrimitiveList)?.to_owned() } else { name };
        merge_field(&mut current, name, value, schema, deleting)?;
    }
    Ok(current)
}

/// The field that a directive such as `$setElementOrder/containers` is about.
fn after_slash(name: &str) -> Option<&str> {
    name.split_once('/').map(|(_, field)| field)
}

fn merge_field(current: &mut Object, name: String, value: Value, of: Schema<'_>, deleting: bool) -> Result<(), Error> {
    let merged = match (current.remove(&name), value) {
        (_, Value::Null) => None,
        (Some(Value::Object(current)), Value::Object(patch)) => {
            let (schema, rule) = of.field(&name)?;
            Some(Value::Object(if rule.replaces_maps { patch } else { merge_maps(current, patch, schema)? }))
        }
        (Some(Value::Array(current)), Value::Array(patch)) => {
            let (schema, rule) = of.list(&name)?;
            Some(Value::Array(list::merge(current, patch, schema, &rule, deleting)?))
        }
        (current, _) if deleting => current,
        (Some(current), value) if of_one_type(&current, &value) => without_directives(value),
        (_, value) => without_directives(without_nulls(value)),
    };
    if let Some(merged) = merged {
        current.insert(name, merged);
    }
    Ok(())
}

/// Whether two values are of one type in Go. A scalar has no fields that could be `null`.
const fn of_one_type(left: &Value, right: &Value) -> bool {
    matches!(
        (left, right),
        (Value::Bool(_), Value::Bool(_)) | (Value::Number(_), Value::Number(_)) | (Value::String(_), Value::String(_))
    )
}

/// Drops the fields that `$retainKeys` does not name.
fn retain_keys(current: &mut Object, patch: &mut Object) -> Result<(), Error> {
    let Some(kept) = patch.remove(RETAIN_KEYS) else { return Ok(()) };
    let Value::Array(kept) = kept else { return Err(Error::RetainKeys) };
    let kept: Vec<_> = kept.iter().filter_map(Value::as_str).collect();
    let directive = |name: &str| name.starts_with(DELETE_FROM_LIST) || name.starts_with(SET_ORDER);
    let named = |(name, value): (&String, &Value)| value.is_null() || directive(name) || kept.contains(&name.as_str());
    if !patch.iter().all(named) {
        return Err(Error::RetainKeys);
    }
    current.retain(|name, _| kept.contains(&name.as_str()));
    Ok(())
}

/// A value without fields that are `null`, at any depth.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let kept = object.into_iter().filter(|(_, value)| !value.is_null());
            kept.map(|(name, value)| (name, without_nulls(value))).collect::<Object>().into()
        }
        Value::Array(list) => list.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

/// A value without the objects that hold a directive. Nothing if it is one itself.
fn without_directives(value: Value) -> Option<Value> {
    match value {
        Value::Object(object) if object.contains_key(DIRECTIVE) => None,
        Value::Object(object) => {
            let kept = object.into_iter().filter_map(|(name, value)| Some((name, without_directives(value)?)));
            Some(kept.collect::<Object>().into())
        }
        Value::Array(list) => Some(list.into_iter().filter_map(without_directives).collect()),
        other => Some(other),
    }
}
