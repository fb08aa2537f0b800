use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/integer-required",
    class: Class::Values,
    explanation: "Only whole numbers are accepted where any number was.",
    help: ["keep `number`", "send whole numbers only"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let (read, wrote) = (change.types(change.reads("type")), change.types(change.wrote("type")));
    let has = |types: &[String], wanted: &str| types.iter().any(|name| name == wanted);
    if change.keyword != "type"
        || !change.rejection.value.is_number()
        || !has(&read, "integer")
        || !has(&wrote, "number")
    {
        return None;
    }
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("{reader} wants a whole number{}, {writer} any number: {}", change.place(), change.value()).into())
}
