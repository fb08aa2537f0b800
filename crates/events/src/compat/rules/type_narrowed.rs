use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/type-narrowed",
    class: Class::Values,
    explanation: "One of the accepted types is gone.",
    help: ["keep the type", "send only values of the types that the old schema accepts"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let (read, wrote) = (change.types(change.reads("type")), change.types(change.wrote("type")));
    if change.keyword != "type" || wrote.is_empty() || !read.iter().all(|name| wrote.contains(name)) {
        return None;
    }
    let gone: Vec<_> = wrote.iter().filter(|name| !read.contains(name)).map(|name| format!("`{name}`")).collect();
    if gone.is_empty() {
        return None;
    }
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("{reader} does not accept the type {}{}, {writer} does", gone.join(", "), change.place()).into())
}
