use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/unique-items-added",
    class: Class::Values,
    explanation: "The items of a list must differ.",
    help: ["allow equal items, or publish the change as a new major version", "send no equal items"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    if change.keyword != "uniqueItems" || !change.differs("uniqueItems") {
        return None;
    }
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(
        format!("{reader} wants items that all differ{}, {writer} does not: {}", change.place(), change.value()).into(),
    )
}
