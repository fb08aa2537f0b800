use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/min-items-raised",
    class: Class::Presence,
    explanation: "A list must have more items.",
    help: ["accept lists as short as before", "send lists as long as the old schema demands"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let read = change.bound(&["minItems"])?;
    Some(format!("{}: {}", read, change.located()).into())
}
