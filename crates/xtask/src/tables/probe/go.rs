use anyhow::Result;
use linkspan_cluster::types::{Format, Shape, TypeId, Types};
use serde_json::{Value, json};

use super::ask::Asker;

/// The Go type of a field.
pub(super) type GoType = (TypeId, String, String);

/// Sends a value of a wrong type in each field: the refusal names the Go type.
pub(super) fn read(asker: &Asker<'_>, types: &Types) -> Result<Vec<GoType>> {
    let mut found = Vec::new();
    for (id, place) in &asker.places {
        for (name, field) in &types.get(*id).fields {
            if place.is_filled(name) {
                continue;
            }
            let Some(wrong) = wrong(&field.shape) else { continue };
            if let Err(refusal) = asker.at(place, json!({ name: wrong }))?
                && let Some(go) = go_type(&refusal)
            {
                found.push((*id, name.clone(), go));
            }
        }
    }
    Ok(found)
}

/// Types that read themselves say otherwise what is wrong, and name no type.
fn wrong(shape: &Shape) -> Option<Value> {
    match shape {
        Shape::String(Format::Plain | Format::Bytes) => Some(1.into()),
        Shape::String(_) | Shape::IntOrString | Shape::Quantity | Shape::Any => None,
        _ => Some("x".into()),
    }
}

fn go_type(refusal: &str) -> Option<String> {
    let (_, rest) = refusal.split_once(" of type ")?;
    rest.split(['\n', ',', '"']).next().map(|name| name.trim().to_owned())
}

/// Writes the Go types that do not follow from the shapes.
pub(super) fn apply(types: &mut Types, found: Vec<GoType>) {
    let derived: Vec<_> = found.iter().map(|(id, name, _)| types.go_type(&types.get(*id).fields[name].shape)).collect();
    for ((id, name, go), derived) in found.into_iter().zip(derived) {
        if let Some(field) = types.all_mut()[id.0 as usize].fields.get_mut(&name) {
            field.go_type = if go == derived { String::new() } else { go };
        }
    }
}
