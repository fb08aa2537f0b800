use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/max-items-lowered",
    class: Class::Closed,
    explanation: "A list must have fewer items.",
    help: ["accept lists as long as before", "send lists no longer than the old schema allows"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let read = change.bound(&["maxItems"])?;
    Some(format!("{}: {}", read, change.located()).into())
}
