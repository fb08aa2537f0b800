use serde_json::Value;

use super::list::{self, no_key};
use super::schema::{Rule, Schema};
use super::{DIRECTIVE, Error, Object, SET_ORDER, after_slash, without_directives};

/// Merges the lists whose order the patch gives in `$setElementOrder`, and puts them into that order.
pub(super) fn apply(current: &mut Object, patch: &mut Object, schema: Schema<'_>) -> Result<(), Error> {
    let directives: Vec<_> = patch.keys().filter(|name| name.starts_with(SET_ORDER)).cloned().collect();
    for directive in directives {
        let order = array(patch.remove(&directive).unwrap_or_default())?;
        let name = after_slash(&directive).ok_or(Error::SetElementOrder)?;
        let before = current.get(name).cloned().map(array).transpose()?;
        let change = patch.get(name).cloned().map(array).transpose()?;
        let (items, rule) = schema.list(name)?;
        agrees(change.as_deref().unwrap_or_default(), &order, &rule.key)?;
        let Some(merged) = merged(before.clone(), change.clone(), items, &rule)? else { continue };
        let (before, change) = (before.unwrap_or_default(), change.unwrap_or_default());
        list::of_objects(&[&before, &change])?;
        let arranged = if rule.key.is_empty() {
            arrange_scalars(merged, &order, &before)
        } else {
            arrange(merged, &order, &before, &rule.key)?
        };
        current.insert(name.to_owned(), arranged.into());
        patch.remove(name);
    }
    Ok(())
}

fn array(value: Value) -> Result<Vec<Value>, Error> {
    match value {
        Value::Array(list) => Ok(list),
        actual => Err(Error::WrongType { expected: "[]interface {}", actual }),
    }
}

fn merged(
    before: Option<Vec<Value>>,
    change: Option<Vec<Value>>,
    schema: Schema<'_>,
    rule: &Rule,
) -> Result<Option<Vec<Value>>, Error> {
    Ok(match (before, change) {
        (None, None) => None,
        (Some(before), None) => Some(before),
        (None, Some(change)) => Some(change.into_iter().filter_map(without_directives).collect()),
        (Some(before), Some(change)) => Some(list::merge(before, change, schema, rule, false)?),
    })
}

/// Whether the items of a patch stand in the order that it gives.
fn agrees(patch: &[Value], order: &[Value], key: &str) -> Result<(), Error> {
    if order.is_empty() || patch.is_empty() {
        return Ok(());
    }
    let object = |item: &Value| {
        let wrong = || Error::WrongType { expected: "map[string]interface {}", actual: item.clone() };
        item.as_object().cloned().ok_or_else(wrong)
    };
    let identity = |item: &Value| {
        if key.is_empty() {
            return Ok(item.clone());
        }
        let object = object(item)?;
        object.get(key).cloned().ok_or_else(|| no_key(&object, key))
    };
    let mut rest = order.iter();
    for item in patch {
        if !key.is_empty() && object(item)?.contains_key(DIRECTIVE) {
            continue;
        }
        let wanted = identity(item)?;
        loop {
            let Some(next) = rest.next() else { return Err(Error::Order(patch.into(), order.into())) };
            if identity(next)? == wanted {
                break;
            }
        }
    }
    Ok(())
}

/// Puts the items of `order` into that order, and those of the server only among them as they stood before.
pub(super) fn arrange(merged: Vec<Value>, order: &[Value], before: &[Value], key: &str) -> Result<Vec<Value>, Error> {
    let keyed = |item: &Value| item.get(key).is_some();
    if let Some(object) = merged.iter().chain(order).filter(|item| !keyed(item)).find_map(Value::as_object) {
        return Err(no_key(object, key));
    }
    Ok(arranged(merged, order, before, |item| item.get(key).cloned().unwrap_or_default()))
}

/// [`arrange`], for lists of scalars.
pub(super) fn arrange_scalars(merged: Vec<Value>, order: &[Value], before: &[Value]) -> Vec<Value> {
    arranged(merged, order, before, Value::clone)
}

fn arranged(merged: Vec<Value>, order: &[Value], before: &[Value], identity: impl Fn(&Value) -> Value) -> Vec<Value> {
    let places = |list: &[Value]| -> Vec<Value> { list.iter().map(&identity).collect() };
    let (order, before) = (places(order), places(before));
    let place = |list: &[Value], item: &Value| list.iter().position(|one| *one == identity(item));
    let (mut named, mut others): (Vec<_>, Vec<_>) = merged.into_iter().partition(|item| place(&order, item).is_some());
    named.sort_by_key(|item| place(&order, item));
    sort_known(&mut others, |item| place(&before, item));
    let mut arranged = Vec::with_capacity(named.len() + others.len());
    let (mut named, mut others) = (named.into_iter().peekable(), others.into_iter().peekable());
    while let (Some(one), Some(other)) = (named.peek(), others.peek()) {
        let earlier = place(&before, other).zip(place(&before, one)).is_some_and(|(other, one)| other < one);
        arranged.extend(if earlier { others.next() } else { named.next() });
    }
    arranged.extend(named);
    arranged.extend(others);
    arranged
}

/// Sorts by place; items without one come after those that have one, in the order in which they came.
fn sort_known(items: &mut [Value], place: impl Fn(&Value) -> Option<usize>) {
    items.sort_by_key(|item| place(item).unwrap_or(usize::MAX));
}
