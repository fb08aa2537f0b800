use super::change::Change;
use super::words::shown;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/format-changed",
    class: Class::Values,
    explanation: "The format of a text is another one.",
    help: ["accept the old format, too", "send the format that the old schema demands"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let (read, wrote) = (change.reads("format")?, change.wrote("format")?);
    if change.keyword != "format" || read == wrote {
        return None;
    }
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("{reader} wants the format {}{}, {writer} {}", shown(read), change.place(), shown(wrote)).into())
}
