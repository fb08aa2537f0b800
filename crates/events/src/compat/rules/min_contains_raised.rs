use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/min-contains-raised",
    class: Class::Presence,
    explanation: "A list must hold more items of a kind; an absent `minContains` means 1.",
    help: ["keep `minContains` as it was; leaving it out means 1", "keep holding as many of these items as before"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let read = change.reads("minContains").map_or_else(|| "1".to_owned(), ToString::to_string);
    let wrote = change.wrote("minContains").map_or_else(|| "1".to_owned(), ToString::to_string);
    let contains = change.keyword == "contains" && !change.differs("contains") && read != wrote;
    if !contains && change.keyword != "minContains" {
        return None;
    }
    let (reader, writer) = (change.reader_name(), change.writer_name());
    let known = change.wrote("contains").is_some();
    let wrote = if known { format!("`{wrote}` in {writer}") } else { format!("not known to {writer}") };
    Some(format!("`minContains` is `{read}` in {reader}, {wrote}: {}", change.located()).into())
}
