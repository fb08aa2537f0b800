//! A write that changes nothing but the times of its managers is none.

use serde_json::Value;

use super::update::managed_of;
use super::value::equal;

/// Puts back the times of the managers of `new` if it is `old` otherwise, so that it is not written.
///
/// Both are as they would be stored.
pub fn keep_times(old: &Value, new: &mut Value) {
    let (Some(before), Some(after)) = (managed_of(old), managed_of(new)) else { return };
    if before != after && timeless(before) == timeless(after) && same_but_managed(old, new) {
        let before = before.clone();
        if let Some(managed) = new.pointer_mut("/metadata/managedFields") {
            *managed = before;
        }
    }
}

/// The entries without their times.
fn timeless(managed: &Value) -> Vec<Vec<(&String, &Value)>> {
    let entries = managed.as_array().into_iter().flatten().filter_map(Value::as_object);
    entries.map(|entry| entry.iter().filter(|(name, _)| *name != "time").collect()).collect()
}

fn same_but_managed(one: &Value, other: &Value) -> bool {
    same(one, other, |name, one, other| match name {
        "metadata" => same(one, other, |name, one, other| name == "managedFields" || equal(one, other)),
        _ => equal(one, other),
    })
}

fn same(one: &Value, other: &Value, alike: impl Fn(&str, &Value, &Value) -> bool) -> bool {
    let (Some(one), Some(other)) = (one.as_object(), other.as_object()) else { return false };
    one.len() == other.len()
        && one.iter().zip(other).all(|(one, other)| one.0 == other.0 && alike(one.0, one.1, other.1))
}
