use std::collections::{BTreeMap, BTreeSet};

use linkspan_source::pointer;
use serde_json::Value;

/// A `$ref` (its schema's pointer) that leads back to itself without a step into the instance: no validator comes to
/// an end with it.
pub(super) fn first(bundle: &Value) -> Option<String> {
    let mut search = Search { bundle, edges: BTreeMap::new(), done: BTreeSet::new() };
    let definitions = ["$defs", "definitions"]
        .into_iter()
        .filter_map(|container| Some((container, bundle.get(container)?.as_object()?)));
    let starts: Vec<_> = std::iter::once(String::new())
        .chain(definitions.flat_map(|(container, members)| {
            members.keys().map(move |name| pointer::join(&format!("/{container}"), name))
        }))
        .collect();
    starts.iter().find_map(|start| search.from(start))
}

struct Search<'b> {
    bundle: &'b Value,
    edges: BTreeMap<String, Vec<String>>,
    done: BTreeSet<String>,
}

impl Search<'_> {
    /// Depth first without recursion: definitions may form long chains.
    fn from(&mut self, start: &str) -> Option<String> {
        let mut way = vec![(start.to_owned(), 0)];
        let mut on_way = BTreeSet::from([start.to_owned()]);
        while let Some((at, next)) = way.last_mut() {
            let bundle = self.bundle;
            let edges = self.edges.entry(at.clone()).or_insert_with(|| edges(bundle, at));
            match edges.get(*next).cloned() {
                Some(target) => {
                    *next += 1;
                    if on_way.contains(&target) {
                        return Some(at.clone());
                    }
                    if !self.done.contains(&target) {
                        on_way.insert(target.clone());
                        way.push((target, 0));
                    }
                }
                None => {
                    self.done.insert(at.clone());
                    on_way.remove(at.as_str());
                    way.pop();
                }
            }
        }
        None
    }
}

/// The definitions that apply to the same instance as the schema at a pointer.
fn edges(bundle: &Value, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(schema) = pointer::get(bundle, at) {
        in_place(schema, &mut found);
    }
    found
}

fn in_place(schema: &Value, found: &mut Vec<String>) {
    let Some(schema) = schema.as_object() else { return };
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        found.push(reference.trim_start_matches('#').to_owned());
    }
    for (keyword, value) in schema {
        match (keyword.as_str(), value) {
            ("allOf" | "anyOf" | "oneOf", Value::Array(branches)) => {
                branches.iter().for_each(|one| in_place(one, found));
            }
            ("not" | "if" | "then" | "else", one) => in_place(one, found),
            ("dependentSchemas" | "dependencies", Value::Object(members)) => {
                members.values().for_each(|one| in_place(one, found));
            }
            _ => {}
        }
    }
}
