use serde_json::Value;

use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/pattern-property-removed",
    class: Class::Closed,
    explanation: "A pattern of names is gone from an object that allows no others.",
    help: ["keep the pattern, or allow further properties", "send no names that the old schema does not know"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let names = change.closed_to();
    let known = |schema: Option<&Value>| schema.and_then(Value::as_object).map_or(0, serde_json::Map::len);
    let fewer = known(change.wrote("patternProperties")) > 0 && change.differs("patternProperties");
    let name = names.first().filter(|_| fewer && change.wrote("additionalProperties") == Some(&Value::Bool(false)))?;
    let (reader, writer) = (change.reader_name(), change.writer_name());
    let message =
        format!("no pattern of {reader} allows the property `{name}`{}, one of {writer} does", change.place());
    Some(Said { message, reader: None, writer: Some(format!("{}/patternProperties", change.writer_at.pointer)) })
}
