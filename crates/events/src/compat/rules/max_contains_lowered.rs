use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/max-contains-lowered",
    class: Class::Closed,
    explanation: "A list may hold fewer items of a kind.",
    help: ["allow as many of these items as before", "send no more of these items than the old schema allows"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let read = change.reads("maxContains").filter(|_| change.keyword == "maxContains")?;
    let (reader, writer) = (change.reader_name(), change.writer_name());
    let wrote =
        change.wrote("maxContains").map_or_else(|| "has no such bound".to_owned(), |wrote| format!("says `{wrote}`"));
    Some(format!("`maxContains` is `{read}` in {reader}, {writer} {wrote}").into())
}
