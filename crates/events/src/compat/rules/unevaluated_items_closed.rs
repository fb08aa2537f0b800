use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/unevaluated-items-closed",
    class: Class::Closed,
    explanation: "Items that no part of the schema knows are no longer allowed.",
    help: [
        "leave the list open, or publish the change as a new major version",
        "send no more items than the old schema knows",
    ],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    if change.keyword != "unevaluatedItems" && !change.passes(&["unevaluatedItems"]) {
        return None;
    }
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(
        format!("{reader} does not allow all items of {} by `unevaluatedItems`, {writer} does", change.located())
            .into(),
    )
}
