use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/condition-tightened",
    class: Class::Logic,
    explanation: "What `then` or `else` demands is more than before.",
    help: [
        "demand no more than before under the condition, or publish the change as a new major version",
        "demand no less than before under the condition, or publish the change as a new major version",
    ],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let at = change.passed(&["then", "else"])?;
    let branch = at.rsplit('/').next().unwrap_or_default();
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("`{branch}` of {reader} rejects {}, that of {writer} does not", change.what()).into())
}
