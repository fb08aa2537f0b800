use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/property-added",
    class: Class::Values,
    explanation: "A property that was free is now described; events may hold anything there already.",
    help: [
        "if nothing else was ever sent there, waive it; a closed object (`additionalProperties: false`) has no such events",
        "send under this name only what the old schema accepts",
    ],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let name = change.first_absent("properties")?;
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("{reader} says what `{name}` must be and rejects {}, which {writer} accepts", change.what()).into())
}
