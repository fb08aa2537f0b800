use linkspan_source::pointer;
use serde_json::Value;

use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/property-removed",
    class: Class::Closed,
    explanation: "A property is gone from an object that allows no others.",
    help: ["keep the property, or allow further ones", "send no properties that the old schema does not know"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let removed = change.closed_to().into_iter().find(|name| {
        let known = |schema: Option<&Value>| schema.is_some_and(|known| known.get(name).is_some());
        known(change.wrote("properties")) && !known(change.reads("properties"))
    })?;
    let (reader, writer) = (change.reader_name(), change.writer_name());
    let message = format!(
        "{reader} does not know the property `{removed}`{} and allows no others, {writer} knows it",
        change.place()
    );
    let there = format!("{}/properties/{}", change.writer_at.pointer, pointer::escape(&removed));
    Some(Said { message, reader: None, writer: Some(there) })
}
