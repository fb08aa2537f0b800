use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/required-added",
    class: Class::Presence,
    explanation: "A property is required that events may lack.",
    help: ["make it optional, or publish the change as a new major version", "keep sending the property"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let missing = change.newly_required()?;
    let (reader, writer) = (change.reader_name(), change.writer_name());
    let message = format!("{reader} requires `{missing}`{}, {writer} does not", change.place());
    Some(change.said_at_name(message, missing))
}
