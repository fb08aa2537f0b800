use serde_json::Value;

use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/items-closed",
    class: Class::Closed,
    explanation: "Items beyond those that the schema names are no longer allowed.",
    help: [
        "leave the list open, or publish the change as a new major version",
        "send no more items than the old schema knows",
    ],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let closed = |keyword: &str| change.keyword == keyword && change.reads(keyword) == Some(&Value::Bool(false));
    if !closed("items") && !closed("additionalItems") {
        return None;
    }
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("{reader} allows no further items{}, {writer} does", change.place()).into())
}
