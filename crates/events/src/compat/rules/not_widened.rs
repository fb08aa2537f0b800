use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/not-widened",
    class: Class::Closed,
    explanation: "`not` excludes more values than before.",
    help: ["exclude nothing that was allowed", "send nothing that the old schema excludes"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    if change.keyword != "not" {
        return None;
    }
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("`not` of {reader} excludes {}, that of {writer} does not", change.located()).into())
}
