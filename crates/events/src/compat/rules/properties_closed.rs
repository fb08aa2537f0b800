use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/properties-closed",
    class: Class::Closed,
    explanation: "Properties beyond those that the schema names are no longer allowed.",
    help: [
        "leave the object open, or publish the change as a new major version",
        "send no properties that the old schema does not know",
    ],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let names = change.closed_to();
    if names.is_empty() {
        return None;
    }
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("{reader} allows no further properties{}, {writer} allows {}", change.place(), change.names()).into())
}
