use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/required-with-default",
    class: Class::Presence,
    explanation: "A property is required; its `default` fills in nothing, since JSON Schema defaults are no data.",
    help: [
        "make it optional: readers can use the default",
        "keep sending the property: its `default` fills in nothing",
    ],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let missing = change.newly_required()?;
    let property = change.reads("properties").and_then(|known| known.get(missing));
    property.and_then(|property| property.get("default"))?;
    let (reader, writer) = (change.reader_name(), change.writer_name());
    let message =
        format!("{reader} requires `{missing}`{}, {writer} does not; its `default` is no data", change.place());
    Some(change.said_at_name(message, missing))
}
