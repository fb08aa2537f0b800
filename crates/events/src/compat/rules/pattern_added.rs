use super::change::Change;
use super::words::shown;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/pattern-added",
    class: Class::Values,
    explanation: "A text must match a pattern.",
    help: [
        "do not demand a pattern, or publish the change as a new major version",
        "send only texts that match the pattern",
    ],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let read = change.reads("pattern").filter(|_| change.keyword == "pattern" && change.wrote("pattern").is_none())?;
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("{reader} demands the pattern {}, {writer} none: {}", shown(read), change.located()).into())
}
