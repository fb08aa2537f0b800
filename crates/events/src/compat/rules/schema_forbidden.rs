use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/schema-forbidden",
    class: Class::Closed,
    explanation: "What was allowed is forbidden by the schema `false`.",
    help: ["allow what was allowed before", "send nothing that the old schema forbids"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    if !change.keyword.is_empty() {
        return None;
    }
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("{reader} allows nothing{}, {writer} allows {}", change.place(), change.value()).into())
}
