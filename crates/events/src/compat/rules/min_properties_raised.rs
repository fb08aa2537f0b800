use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/min-properties-raised",
    class: Class::Presence,
    explanation: "An object must have more properties.",
    help: ["accept objects with as few properties as before", "send as many properties as the old schema demands"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let read = change.bound(&["minProperties"])?;
    Some(format!("{}: {}", read, change.located()).into())
}
