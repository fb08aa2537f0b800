use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/unevaluated-properties-closed",
    class: Class::Closed,
    explanation: "Properties that no part of the schema knows are no longer allowed.",
    help: [
        "leave the object open, or publish the change as a new major version",
        "send no properties that the old schema does not know",
    ],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    if change.keyword != "unevaluatedProperties" && !change.passes(&["unevaluatedProperties"]) {
        return None;
    }
    let (reader, writer) = (change.reader_name(), change.writer_name());
    let names = change.names();
    Some(format!("{reader} does not allow {names}{} by `unevaluatedProperties`, {writer} does", change.place()).into())
}
