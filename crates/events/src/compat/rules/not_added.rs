use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/not-added",
    class: Class::Closed,
    explanation: "`not` excludes values that were allowed.",
    help: ["exclude nothing that was allowed", "send nothing that the old schema excludes"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    if change.keyword != "not" || change.wrote("not").is_some() {
        return None;
    }
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("{reader} excludes {} by `not`, {writer} does not", change.located()).into())
}
