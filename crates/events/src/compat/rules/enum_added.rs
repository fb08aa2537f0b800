use super::change::Change;
use super::words::list;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/enum-added",
    class: Class::Values,
    explanation: "Only listed values are accepted where others were, too.",
    help: [
        "list all values that were accepted, or publish the change as a new major version",
        "send only values that the old schema lists",
    ],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let read = change.reads("enum").filter(|_| change.keyword == "enum" && change.wrote("enum").is_none())?;
    let (reader, writer) = (change.reader_name(), change.writer_name());
    let values = list(read.as_array().into_iter().flatten());
    Some(format!("{reader} accepts only {values}{}, {writer} also {}", change.place(), change.value()).into())
}
