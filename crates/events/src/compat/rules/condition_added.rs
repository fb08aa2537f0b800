use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/condition-added",
    class: Class::Logic,
    explanation: "A condition (`if`) that the other version does not have demands more of some events.",
    help: [
        "make what the condition demands optional, or publish the change as a new major version",
        "keep the condition while readers of the old schema rely on it, or publish the change as a new major version",
    ],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let at = change.passed(&["then", "else"])?;
    let condition = at.rsplit_once('/').map_or("", |(condition, _)| condition);
    if change.writer_has(&at) || change.writer_has(&format!("{condition}/if")) {
        return None;
    }
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("{reader} has a condition that rejects {}, {writer} has none", change.what()).into())
}
