use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/null-removed",
    class: Class::Values,
    explanation: "`null` is no longer accepted.",
    help: ["keep accepting `null`", "send no `null`"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let had = change.types(change.wrote("type")).iter().any(|name| name == "null");
    if change.keyword != "type" || !had || !change.rejection.value.is_null() {
        return None;
    }
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("{reader} does not accept `null`{}, {writer} does", change.place()).into())
}
