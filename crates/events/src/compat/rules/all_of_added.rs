use serde_json::Value;

use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/all-of-added",
    class: Class::Logic,
    explanation: "`allOf` has a part that demands more.",
    help: ["demand no more than before, or publish the change as a new major version", "keep what the part demands"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let at = change.passed(&["allOf"])?;
    let parts = |schema: Option<&Value>| schema.and_then(Value::as_array).map_or(0, Vec::len);
    if parts(change.read_at(&at)) <= parts(change.wrote_at(&at)) || change.wrote(&change.keyword).is_some() {
        return None;
    }
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("`allOf` of {reader} has a part that {writer} does not have; it rejects {}", change.what()).into())
}
