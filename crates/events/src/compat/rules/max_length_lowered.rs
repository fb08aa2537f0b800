use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/max-length-lowered",
    class: Class::Values,
    explanation: "A text must be shorter.",
    help: ["accept texts as long as before", "send texts no longer than the old schema allows"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let read = change.bound(&["maxLength"])?;
    Some(format!("{}: {}", read, change.located()).into())
}
