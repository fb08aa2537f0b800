use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/dependent-schema-changed",
    class: Class::Logic,
    explanation: "The schema that holds where a property is present demands more.",
    help: [
        "demand no more than before where the property is present",
        "demand no less than before where the property is present",
    ],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    change.passed(&["dependentSchemas", "dependencies"])?;
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("where a property is present, {reader} rejects {}, {writer} does not", change.what()).into())
}
