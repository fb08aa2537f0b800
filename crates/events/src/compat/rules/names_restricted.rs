use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/names-restricted",
    class: Class::Closed,
    explanation: "`propertyNames` rejects a name that was allowed.",
    help: ["allow the names that were allowed before", "use only names that the old schema allows"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    change.passed(&["propertyNames"])?;
    let (reader, writer) = (change.reader_name(), change.writer_name());
    let name = change.unexpected().into_iter().next();
    let name = name.map(|name| format!("the property name `{name}`")).unwrap_or_else(|| "property names".to_owned());
    Some(format!("{reader} rejects {name}{} by `propertyNames`, {writer} allows it", change.place()).into())
}
