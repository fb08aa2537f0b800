use super::change::Change;
use super::words::shown;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/format-added",
    class: Class::Values,
    explanation: "A text must have a format.",
    help: ["do not demand a format, or publish the change as a new major version", "send only texts of that format"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let read = change.reads("format").filter(|_| change.keyword == "format" && change.wrote("format").is_none())?;
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("{reader} wants the format {}, {writer} none: {}", shown(read), change.located()).into())
}
