use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/dependency-added",
    class: Class::Presence,
    explanation: "A property must be there where another one is.",
    help: [
        "make the dependent property optional, or publish the change as a new major version",
        "keep sending the dependent property",
    ],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let missing =
        change.missing().filter(|_| matches!(change.keyword.as_str(), "dependentRequired" | "dependencies"))?;
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("{reader} requires `{missing}`{} beside another property, {writer} does not", change.place()).into())
}
