//! Values that schemas mention.

use serde_json::Value;

use super::value::key;

const MOST: usize = 400;

/// Strings, numbers and short lists that stand in a schema where values do, most telling first.
pub(super) fn mined(schemas: [&Value; 2]) -> Vec<Value> {
    let mut found: Vec<(u8, Value)> = Vec::new();
    let mut open: Vec<&Value> = schemas.to_vec();
    while let Some(value) = open.pop() {
        if found.len() >= MOST {
            break;
        }
        let Some(members) = value.as_object() else {
            open.extend(value.as_array().into_iter().flatten().take(MOST));
            continue;
        };
        for (name, inner) in members {
            match name.as_str() {
                "const" | "default" | "example" => found.push((0, inner.clone())),
                "enum" | "examples" => {
                    found.extend(inner.as_array().into_iter().flatten().take(32).map(|value| (1, value.clone())));
                }
                "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => {
                    found.push((2, inner.clone()));
                }
                _ => open.push(inner),
            }
        }
    }
    found.sort_by_key(|(rank, _)| *rank);
    let mut seen = std::collections::BTreeSet::new();
    found.into_iter().map(|(_, value)| value).filter(|value| seen.insert(key(value))).collect()
}
