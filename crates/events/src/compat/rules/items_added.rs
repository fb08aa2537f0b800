use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/items-added",
    class: Class::Values,
    explanation: "The items of a list, which were free, are now described.",
    help: ["accept the items that were accepted before", "send only items that the old schema accepts"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let described = ["items", "prefixItems", "additionalItems"];
    described.iter().find_map(|keyword| change.first_absent(keyword))?;
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("{reader} says what items must be and rejects {}, which {writer} accepts", change.what()).into())
}
