use super::change::Change;
use super::words::shown;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/type-changed",
    class: Class::Values,
    explanation: "The type is another one.",
    help: [
        "accept the old type, too, or publish the change as a new major version",
        "send the type that the old schema accepts",
    ],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let (read, wrote) = (change.reads("type")?, change.wrote("type")?);
    if change.keyword != "type" || read == wrote {
        return None;
    }
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("{reader} wants the type {}{}, {writer} {}", shown(read), change.place(), shown(wrote)).into())
}
