use super::change::Change;
use super::words::shown;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/contains-added",
    class: Class::Presence,
    explanation: "A list must hold an item of a kind.",
    help: ["do not demand such an item, or publish the change as a new major version", "keep sending such an item"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let read =
        change.reads("contains").filter(|_| change.keyword == "contains" && change.wrote("contains").is_none())?;
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("{reader} wants an item like {} in the list{}, {writer} does not", shown(read), change.place()).into())
}
