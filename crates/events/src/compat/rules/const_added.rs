use super::change::Change;
use super::words::shown;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/const-added",
    class: Class::Values,
    explanation: "Only one value is accepted where others were, too.",
    help: ["accept the values that were accepted before", "send only the value that the old schema demands"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let read = change.reads("const").filter(|_| change.keyword == "const" && change.wrote("const").is_none())?;
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("{reader} accepts only {}{}, {writer} also {}", shown(read), change.place(), change.value()).into())
}
