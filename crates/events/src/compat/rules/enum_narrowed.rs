use std::collections::HashSet;

use super::change::Change;
use super::words::list;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/enum-narrowed",
    class: Class::Values,
    explanation: "Values are gone from an enumeration.",
    help: ["keep the values", "send only values that the old schema lists"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let (read, wrote) = (change.reads("enum")?.as_array()?, change.wrote("enum")?.as_array()?);
    let read: HashSet<_> = read.iter().collect();
    let gone: Vec<_> = wrote.iter().filter(|value| !read.contains(value)).collect();
    if change.keyword != "enum" || gone.is_empty() {
        return None;
    }
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("{reader} does not list {}{}, {writer} does", list(gone), change.place()).into())
}
