//! Filling in what is missing, as the real server's defaulters do: by the committed tables, and by code where a default is
//! computed from other fields.

mod computed;
mod pod;

use serde_json::{Map, Value};

use crate::types::{Condition, Field, Rule, Shape, Struct, TypeId, Types};

type Object = Map<String, Value>;

/// Fills in what is missing of an object of the struct at `schema`.
pub fn default(types: &Types, schema: TypeId, value: &mut Value) {
    fill(types, &Shape::Struct(schema), value);
    derive(types, &Shape::Struct(schema), value);
}

/// Calls `step` with every struct at and directly below a value, and whatever it holds.
fn each(types: &Types, shape: &Shape, value: &mut Value, step: &mut dyn FnMut(&Struct, &mut Object)) {
    match (shape, value) {
        (Shape::Struct(id), Value::Object(object)) => step(types.get(*id), object),
        (Shape::Map(map), Value::Object(object)) => {
            object.values_mut().for_each(|value| each(types, &map.value, value, step));
        }
        (Shape::List(list), Value::Array(items)) => {
            items.iter_mut().for_each(|item| each(types, list.item(), item, step));
        }
        _ => {}
    }
}

/// The defaults that depend on nothing, from the outside in.
fn fill(types: &Types, shape: &Shape, value: &mut Value) {
    each(types, shape, value, &mut |of, object| {
        for (name, field) in &of.fields {
            if let Some(default) = field.default.as_ref().filter(|_| is_missing(object.get(name), field)) {
                object.insert(name.clone(), default.clone());
            }
            if let Some(value) = object.get_mut(name) {
                fill(types, &field.shape, value);
            }
        }
    });
}

/// Whether a field is not there, or as empty as it is written when it is not.
fn is_missing(value: Option<&Value>, field: &Field) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(value) => !field.pointer && field.empty.as_ref() == Some(value) && !value.is_object(),
    }
}

/// The defaults that depend on other fields, from the outside in.
fn derive(types: &Types, shape: &Shape, value: &mut Value) {
    each(types, shape, value, &mut |of, object| {
        of.rules.iter().for_each(|rule| follow(types, of, rule, object));
        computed::apply(of, object);
        for (name, field) in &of.fields {
            if let Some(value) = object.get_mut(name) {
                derive(types, &field.shape, value);
            }
        }
    });
}

fn follow(types: &Types, of: &Struct, rule: &Rule, object: &mut Object) {
    if rule.when.iter().all(|condition| holds(condition, object)) {
        set(types, of, &rule.set, &rule.to, object);
    }
}

fn holds(condition: &Condition, object: &Object) -> bool {
    let mut names = condition.field.iter();
    let first = names.next().and_then(|name| object.get(name));
    let value =
        names.fold(first, |value, name| value.and_then(|value| value.get(name))).filter(|value| !value.is_null());
    let set = condition.set.is_none_or(|set| set == value.is_some());
    set && condition.is.as_ref().is_none_or(|is| value == Some(is))
}

/// Sets a field at a path, through structs that are there and every item of lists.
fn set(types: &Types, of: &Struct, path: &[String], to: &Value, object: &mut Object) {
    let Some((name, rest)) = path.split_first() else { return };
    let Some(field) = of.fields.get(name) else { return };
    if !rest.is_empty() {
        if let Some(value) = object.get_mut(name) {
            each(types, &field.shape, value, &mut |of, object| set(types, of, rest, to, object));
        }
    } else if is_missing(object.get(name), field) {
        let mut value = to.clone();
        fill(types, &field.shape, &mut value);
        object.insert(name.clone(), value);
    }
}
