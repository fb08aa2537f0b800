use super::change::Change;
use super::words::shown;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/contains-changed",
    class: Class::Presence,
    explanation: "The item that a list must hold is another one.",
    help: ["accept the items that counted before", "keep sending an item that counts under the old schema"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    if change.keyword != "contains" || !change.differs("contains") {
        return None;
    }
    let (reader, writer) = (change.reader_name(), change.writer_name());
    let (read, wrote) = (change.reads("contains")?, change.wrote("contains")?);
    let place = change.place();
    Some(
        format!(
            "{reader} wants an item like {} in the list{place}, where {writer} wants {}",
            shown(read),
            shown(wrote)
        )
        .into(),
    )
}
