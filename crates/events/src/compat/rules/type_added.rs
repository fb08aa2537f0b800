use super::change::Change;
use super::words::shown;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/type-added",
    class: Class::Values,
    explanation: "A type is demanded where any value was accepted.",
    help: ["do not demand a type, or publish the change as a new major version", "send only values of that type"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let read = change.reads("type").filter(|_| change.keyword == "type" && change.wrote("type").is_none())?;
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(
        format!("{reader} wants the type {}{}, {writer} has none: {}", shown(read), change.place(), change.value())
            .into(),
    )
}
