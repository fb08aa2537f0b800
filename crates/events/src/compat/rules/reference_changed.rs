use linkspan_source::pointer;
use serde_json::Value;

use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/reference-changed",
    class: Class::Reading,
    explanation: "A reference leads to another schema, which accepts less.",
    help: ["refer to what was referred to before", "refer to what was referred to before"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let [here, there] = change.led_elsewhere()?;
    let text = |schema: &'_ Value, at: &str| pointer::get(schema, at).and_then(Value::as_str).map(ToOwned::to_owned);
    let (read, wrote) = (text(change.reader, &here)?, text(change.writer, &there)?);
    let message = format!("the reference leads to `{read}` instead of `{wrote}` and rejects {}", change.what());
    Some(Said { message, reader: Some(here), writer: Some(there) })
}
