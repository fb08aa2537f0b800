use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/required-undeclared",
    class: Class::Presence,
    explanation: "A property is required that the schema does not describe.",
    help: ["make it optional, or publish the change as a new major version", "keep sending the property"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let missing = change.newly_required()?;
    if change.reads("properties").is_some_and(|known| known.get(missing).is_some()) {
        return None;
    }
    let (reader, writer) = (change.reader_name(), change.writer_name());
    let message = format!(
        "{reader} requires `{missing}`{}, which is not among its `properties`; {writer} does not",
        change.place()
    );
    Some(change.said_at_name(message, missing))
}
