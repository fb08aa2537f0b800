use linkspan_source::pointer;

use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/property-undescribed",
    class: Class::Values,
    explanation: "A property is no longer described by itself, so that it must be what further properties must be.",
    help: [
        "keep describing the property, or accept its values among further properties",
        "send under this name what the old schema accepts among further properties",
    ],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let at = change.passed(&["additionalProperties"])?;
    let around = at.strip_suffix("/additionalProperties")?;
    let property = |name: &str| format!("{around}/properties/{}", pointer::escape(name));
    let named = pointer::split(&change.rejection.at)
        .map(|name| (property(&name), name))
        .find(|(property, _)| change.writer_has(property) && change.read_at(property).is_none());
    let (property, name) = named?;
    let (reader, writer) = (change.reader_name(), change.writer_name());
    let message = format!("{reader} does not describe `{name}` any more and rejects {}, {writer} does", change.what());
    Some(Said { message, reader: None, writer: Some(change.writer_place(&property)) })
}
