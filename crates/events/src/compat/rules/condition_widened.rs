use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/condition-widened",
    class: Class::Logic,
    explanation: "The condition (`if`) holds for more events, so that `then` demands something of events that were free of it.",
    help: [
        "let the condition hold for no more events than before, or publish the change as a new major version",
        "let the condition hold for no fewer events than before, or publish the change as a new major version",
    ],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let at = change.passed(&["then", "else"])?;
    let condition = format!("{}/if", at.rsplit_once('/').map_or("", |(condition, _)| condition));
    let same = change.read_at(&at) == change.wrote_at(&at) && change.wrote_at(&at).is_some();
    if !same || change.read_at(&condition) == change.wrote_at(&condition) {
        return None;
    }
    let (reader, writer) = (change.reader_name(), change.writer_name());
    let message =
        format!("the condition `if` of {reader} holds where that of {writer} does not, and rejects {}", change.what());
    Some(Said { reader: Some(change.reader_place(&condition)), writer: Some(change.writer_place(&condition)), message })
}
