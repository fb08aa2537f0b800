use linkspan_source::pointer;

use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/pattern-property-narrowed",
    class: Class::Values,
    explanation: "What properties with names of a pattern may be is less than before.",
    help: ["accept the values that were accepted before", "send only values that the old schema accepts"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let at = change.passed(&["patternProperties"])?;
    let pattern = pointer::split(change.rejection.path.strip_prefix(&at)?).next()?.into_owned();
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("for names that match `{pattern}`, {reader} rejects {}, {writer} accepts it", change.what()).into())
}
