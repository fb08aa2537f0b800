use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/any-of-narrowed",
    class: Class::Values,
    explanation: "An alternative of `anyOf` is gone, or accepts less.",
    help: ["keep the alternative", "send only what fits an alternative of the old schema"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    if change.keyword != "anyOf" || change.wrote("anyOf").is_none() {
        return None;
    }
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("{} fits no alternative of `anyOf` in {reader}, but one in {writer}", change.located()).into())
}
