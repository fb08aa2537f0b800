//! Numbers that differ only in digits that a double does not have: the prover and both validators take them for equal.

use std::sync::Arc;

use linkspan_source::{Document, pointer};
use serde_json::Value;

use super::pair::Side;
use crate::schema::Bundle;

/// A number as it is written, and the double that is compared.
type Written = (String, f64);

/// A number of each schema that differ, and are compared as equal.
pub(super) fn alike(one: &Side, other: &Side) -> Option<[String; 2]> {
    let (here, there) = (documents(one), documents(other));
    let twin = |(text, double): Written, documents: &[Arc<Document>]| {
        let same = numbers(documents).into_iter().find(|(twin, value)| *value == double && *twin != text);
        same.map(|(twin, _)| [text, twin])
    };
    let forth = inexact(&here).into_iter().find_map(|number| twin(number, &there));
    forth.or_else(|| inexact(&there).into_iter().find_map(|number| twin(number, &here)))
}

/// All documents that a schema is made of.
fn documents(side: &Side) -> Vec<Arc<Document>> {
    let parts = side.bundle.iter().flat_map(Bundle::files);
    let mut paths: Vec<_> = parts.chain([side.place.path.as_path()]).collect();
    paths.sort_unstable();
    paths.dedup();
    paths.into_iter().filter_map(|path| side.files.document(path).ok()).collect()
}

fn inexact(documents: &[Arc<Document>]) -> Vec<Written> {
    let of = |document: &Arc<Document>| {
        let lost = document.inexact().into_iter();
        lost.filter_map(|number| Some((number.text, pointer::get(&document.value, &number.pointer)?.as_f64()?)))
            .collect::<Vec<_>>()
    };
    documents.iter().flat_map(of).collect()
}

fn numbers(documents: &[Arc<Document>]) -> Vec<Written> {
    let mut found = Vec::new();
    for document in documents {
        let mut open = vec![(String::new(), &document.value)];
        while let Some((at, value)) = open.pop() {
            match value {
                Value::Number(number) => {
                    let text = document.number_text(&at).map_or_else(|| number.to_string(), str::to_owned);
                    found.extend(number.as_f64().map(|double| (text, double)));
                }
                Value::Array(items) => {
                    let item = |(index, item): (usize, _)| (pointer::join(&at, &index.to_string()), item);
                    open.extend(items.iter().enumerate().map(item));
                }
                Value::Object(members) => {
                    open.extend(members.iter().map(|(name, member)| (pointer::join(&at, name), member)));
                }
                _ => {}
            }
        }
    }
    found
}
