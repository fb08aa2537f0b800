use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/additional-properties-narrowed",
    class: Class::Values,
    explanation: "Properties that were free are now described, all of them.",
    help: ["accept the values that were accepted before", "send only values that the old schema accepts"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    change.first_absent("additionalProperties")?;
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(
        format!("{reader} says what further properties must be and rejects {}, which {writer} accepts", change.what())
            .into(),
    )
}
