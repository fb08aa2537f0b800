use super::change::Change;
use super::words::shown;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/const-changed",
    class: Class::Values,
    explanation: "The one value that is accepted is another one.",
    help: ["accept the old value, too, by `enum`", "send the value that the old schema demands"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let (read, wrote) = (change.reads("const")?, change.wrote("const")?);
    if change.keyword != "const" || read == wrote {
        return None;
    }
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("{reader} wants {}{}, {writer} {}", shown(read), change.place(), shown(wrote)).into())
}
